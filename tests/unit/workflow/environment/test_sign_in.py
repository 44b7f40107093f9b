"""What the doctor says of signing in by OAuth, and what stands in its way."""

import datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from koppeling_harness.clock import SystemClock, today
from koppeling_harness.workflow.environment.access import TokenSources
from koppeling_harness.workflow.environment.doctor import as_plain, diagnose, text_of
from support.clock import FixedClock
from support.partners import REFERENCE, partner
from support.strange_environment import CLIENT, SECRET, Strangeness, strange_environment

MANIFEST = str(REFERENCE / "koppeling.yaml")
NOW = SystemClock().now()


def key_with_certificate(ends=NOW + datetime.timedelta(days=100)):
    """Return a private key and a certificate of it, both in PEM."""
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "acme")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(7)
        .not_valid_before(NOW - datetime.timedelta(days=200))
        .not_valid_after(ends)
        .sign(private, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private_form = serialization.PrivateFormat.PKCS8
    return (
        private.private_bytes(pem, private_form, serialization.NoEncryption()).decode(),
        certificate.public_bytes(pem).decode(),
    )


KEY, CERTIFICATE = key_with_certificate()


@pytest.fixture(autouse=True)
def _state(tmp_path, monkeypatch):
    monkeypatch.setenv("KOPPELING_STATE", str(tmp_path / "state"))


@pytest.fixture(scope="module")
def by_secret(tmp_path_factory):
    odd = Strangeness(manifests=(MANIFEST,), oauth=True)
    with strange_environment(tmp_path_factory.mktemp("secret"), odd) as served:
        yield served


@pytest.fixture(scope="module")
def by_key(tmp_path_factory):
    odd = Strangeness(
        manifests=(MANIFEST,), oauth=True, certificate_of=CERTIFICATE, release="Profit 9"
    )
    with strange_environment(tmp_path_factory.mktemp("key"), odd) as served:
        yield served


def diagnosis(tmp_path, served, *, environ=None, clock=None, by_oauth=True, **settings):
    one = partner(tmp_path / "p", served, state=tmp_path / "state", by_oauth=by_oauth, **settings)
    environ = {"KOPPELING_SECRET_STRANGE": SECRET} if environ is None else environ
    return diagnose(
        "strange",
        plugins=(),
        folder=one.folder,
        clock=clock or SystemClock(),
        sources=TokenSources(environ=environ, keyring=lambda _: None, prompt=lambda _: None),
    )


def said(found, what):
    [line] = [each for each in found.lines if each.what == what]
    return text_of(line)


def test_by_a_secret_one_token_does_for_everything_that_is_looked_at(tmp_path, by_secret):
    before = by_secret.truth()["signed_in"]

    found = diagnosis(tmp_path, by_secret)

    assert [text_of(each) for each in found.lines if each.ok is False] == []
    assert (found.exit_code, found.target.facts.environment) == (0, "T45678AB")
    assert said(found, "sign-in") == (
        f"ok       sign-in: client_credentials, client {CLIENT}, a token for 3600 s"
    )
    assert "KOPPELING_TOKEN_STRANGE to try" in said(found, "classic tokens")
    assert SECRET not in str(as_plain(found))
    assert by_secret.truth()["signed_in"] == before + 1


def test_a_secret_may_come_from_a_file_from_a_keyring_or_from_a_person(tmp_path, by_secret):
    file = tmp_path / "secret.txt"
    file.write_text(f"{SECRET}\n")
    one = partner(
        *(tmp_path / "p", by_secret),
        state=tmp_path / "state",
        by_oauth=True,
        client_secret_file=str(file),
    )
    kept = {"strange/secret": SECRET}
    asked = []

    def prompt(words):
        asked.append(words)
        return SECRET

    for sources in (
        TokenSources(environ={}, keyring=lambda _: None, prompt=lambda _: None),
        TokenSources(environ={}, keyring=kept.get, prompt=lambda _: None),
        TokenSources(environ={}, keyring=lambda _: None, prompt=prompt),
    ):
        found = diagnose(
            *("strange",), plugins=(), folder=one.folder, clock=SystemClock(), sources=sources
        )
        assert found.exit_code == 0, found.problems()
        settings = one.folder / "koppeling.toml"
        lines = [each for each in settings.read_text().splitlines() if "secret_file" not in each]
        settings.write_text("\n".join(lines))
    assert asked == [f"Secret of client {CLIENT} (strange)"]


def test_by_a_key_its_certificate_is_told_and_nothing_of_the_key(tmp_path, by_key):
    file = tmp_path / "key.pem"
    file.write_text(CERTIFICATE + KEY)

    found = diagnosis(
        tmp_path, by_key, environ={}, sign_in="private_key_jwt", assertion_key=str(file)
    )

    assert (found.exit_code, found.problems()) == (0, "")
    assert "private_key_jwt" in said(found, "sign-in")
    assert "certificate until" in said(found, "sign-in")
    assert KEY.splitlines()[1] not in str(as_plain(found))


@pytest.mark.parametrize(
    ("days", "mark", "words"),
    [
        (31, "ok ", None),
        (30, "soon ", "and then revoke the old one. 30 days are left."),
        (-1, "soon ", "It still works: set `client_secret_until`"),
    ],
)
def test_a_secret_that_ends_is_told_a_month_before(tmp_path, by_secret, days, mark, words):
    until = today(SystemClock()) + datetime.timedelta(days=days)

    found = diagnosis(tmp_path, by_secret, client_secret_until=str(until))

    line = said(found, "sign-in")
    assert (found.exit_code, line[: len(mark)]) == (0, mark)
    assert f"secret until {until}" in line
    assert "remedy" not in line if words is None else words in line


def test_a_secret_that_ended_by_the_settings_is_told_so_when_it_is_refused(tmp_path, by_secret):
    until = (NOW - datetime.timedelta(days=2)).date()

    found = diagnosis(
        *(tmp_path, by_secret),
        environ={"KOPPELING_SECRET_STRANGE": SECRET[:-1]},
        client_secret_until=str(until),
    )

    assert found.exit_code == 10
    assert f"By `client_secret_until` the secret ended on {until:%d-%m-%Y}." in found.problems()


@pytest.mark.parametrize(
    ("environ", "settings", "words"),
    [
        ({}, {}, "found no secret of client koppeling-test in KOPPELING_SECRET_STRANGE"),
        ({"KOPPELING_SECRET_STRANGE": SECRET[:-1]}, {}, "not revoked or past its end date"),
        ({"KOPPELING_SECRET_STRANGE": "a\nb"}, {}, "holds a line break"),
        (None, {"client_id": "somebody-else"}, "client somebody-else is given no token: 400"),
        (None, {"client_secret_file": "no-such-file"}, None),
        ({}, {"client_secret_file": "no-such-file"}, "no-such-file: cannot be read"),
    ],
)
def test_what_is_wrong_with_a_secret_is_named_before_a_run(
    tmp_path, by_secret, environ, settings, words
):
    found = diagnosis(tmp_path, by_secret, environ=environ, **settings)

    assert found.exit_code == (0 if words is None else 10), found.problems()
    assert (words or "") in found.problems()
    assert SECRET[:-1] not in found.problems()


def test_what_is_wrong_with_a_key_is_named_before_a_run(tmp_path, by_key):
    ended = key_with_certificate(NOW - datetime.timedelta(days=1))
    weak = ec.generate_private_key(ec.SECP384R1()).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    seen = []
    for number, (text, clock) in enumerate(
        [
            ("".join(ended), None),
            (KEY + ended[1], None),
            (key_with_certificate()[0], None),
            (weak.decode(), None),
            ("no key", None),
            (KEY, FixedClock(f"{NOW - datetime.timedelta(minutes=10)}")),
        ]
    ):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "key.pem").write_text(text)
        found = diagnosis(
            *(folder, by_key),
            environ={},
            clock=clock,
            sign_in="private_key_jwt",
            assertion_key=str(folder / "key.pem"),
        )
        assert found.exit_code == 10, found.problems()
        seen.append(said(found, "sign-in"))
    for text, words in zip(
        seen,
        [
            "the certificate of the key to sign with ended on",
            "is of another key",
            "Is the certificate of this key on the app connector",
            "none that AFAS takes, expected an RSA key of 2048 bits or an EC key of P-256",
            "cannot be read",
            "this machine's clock is",
        ],
        strict=True,
    ):
        assert words in text


def test_an_environment_that_takes_classic_tokens_only_is_called_so(tmp_path, ordinary):
    environ = {"KOPPELING_SECRET_STRANGE": SECRET, "KOPPELING_TOKEN_STRANGE": ordinary.token}

    found = diagnosis(tmp_path, ordinary, environ=environ)

    assert found.exit_code == 10
    assert "takes classic tokens only" in said(found, "sign-in")
    assert "still taken" in said(found, "classic tokens")
    assert found.target is None


def test_a_classic_token_is_told_that_it_ends_and_where_oauth_alone_is_taken(
    tmp_path, ordinary, by_secret
):
    environ = {"KOPPELING_SECRET_STRANGE": SECRET, "KOPPELING_TOKEN_STRANGE": by_secret.token}
    classic = diagnosis(
        tmp_path / "a", ordinary, environ={**environ, "KOPPELING_TOKEN_STRANGE": ordinary.token},
        by_oauth=False,
    )  # fmt: skip
    oauth = diagnosis(tmp_path / "b", by_secret, environ=environ)

    assert "01-05-2027: tokens made before have lapsed" in said(classic, "classic tokens")
    assert "is not taken (401)" in said(oauth, "classic tokens")
    assert (classic.exit_code, oauth.exit_code) == (0, 0)


def test_an_integration_that_knows_no_oauth_is_named_before_a_run(tmp_path, by_secret):
    one = {"sign_in": "client_credentials", "client_id": CLIENT}

    found = diagnosis(tmp_path, by_secret, by_oauth=False, **one)

    assert found.exit_code == 10
    assert "its manifest says nothing of OAuth" in said(found, "urenportaal: sign-in")


def test_a_token_endpoint_out_of_reach_is_the_environment_s_own_matter(tmp_path):
    odd = Strangeness(manifests=(MANIFEST,), oauth=True, maintenance_every=1)
    with strange_environment(tmp_path / "e", odd) as served:
        found = diagnosis(tmp_path, served)

    assert found.exit_code == 11
    assert "the token endpoint" in said(found, "sign-in")
    assert "answered 503" in said(found, "sign-in")


@pytest.mark.parametrize(("days", "code", "words"), [(-1, 10, "Make a new one"), (9, 0, "until")])
def test_a_certificate_to_show_that_has_ended_is_named_before_a_run(
    tmp_path, by_secret, days, code, words
):
    file = tmp_path / "shown.pem"
    file.write_text("".join(key_with_certificate(NOW + datetime.timedelta(days=days))))

    found = diagnosis(tmp_path, by_secret, client_certificate=str(file))

    assert found.exit_code == code
    assert words in said(found, "client certificate")
