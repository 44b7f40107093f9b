"""A client of OAuth that is not ours signs in over sockets, through the recording gateway."""

import json
import ssl
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import jwskate
import pytest
import requests
import trustme
from requests_oauth2client import (
    ClientSecretBasic,
    ClientSecretPost,
    DPoPKey,
    InvalidClient,
    InvalidGrant,
    OAuth2Client,
    PrivateKeyJwt,
)

from contract.erp1.table import shows
from koppeling_harness.clock import SystemClock
from koppeling_harness.emulator import AppConnector, Erp1
from koppeling_harness.model.secret import Secret
from koppeling_harness.traffic.har import to_har
from support.erp1 import HandClock
from support.gateway import Served
from support.serving import served as served_apart
from support.signing import TYPE, certificate_of, key, sha1, weak_key

BACK = "https://app.example/back"


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture
def trusted(authority, tmp_path, monkeypatch):
    """Let everything in this process trust one authority more."""
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    return path


@pytest.fixture
def profit_9():
    """Serve Profit 9 behind the gateway."""
    erp1 = Erp1(release="Profit 9", rows=3)
    with Served(erp1.app) as served:
        yield erp1, served
    erp1.close()


def opened(profit_9, **options):
    erp1, served = profit_9
    app = AppConnector(client_id="acme", redirect_uris=(BACK,), **options)
    access = erp1.open_environment(name="T12345AA", app_connector=app)
    served.open()
    return f"http://127.0.0.1:{served.port}{access.path}"


def session():
    made = requests.Session()
    made.trust_env = False
    return made


def client_of(base, auth, http):
    return OAuth2Client(f"{base}/oauth/token", auth=auth, session=http, testing=True)


def test_private_key_jwt_as_an_independent_client_does_it(profit_9):
    certificate = certificate_of(key("PS256"))
    base = opened(profit_9, certificates=(certificate,))
    private = key("PS256") | {"kid": sha1(certificate).hex()}

    with session() as http:
        auth = PrivateKeyJwt("acme", private, alg="PS256")
        token = client_of(base, auth, http).client_credentials()
        rows = http.get(f"{base}/connectors/Profit_Article?take=2", auth=token).json()["rows"]

    assert token.token_type == "Bearer"
    assert len(rows) == 2


@pytest.mark.parametrize("quirks", [{}, {"dpop_nonce_on_calls": "required"}])
def test_dpop_as_an_independent_client_does_it(quirks):
    erp1 = Erp1(release="Profit 9", rows=3, quirks=quirks)
    with Served(erp1.app) as served, session() as http:
        base = opened((erp1, served), public=True)
        client = OAuth2Client(
            f"{base}/oauth/token",
            client_id="acme",
            authorization_endpoint=f"{base}/oauth/authorize",
            redirect_uri=BACK,
            session=http,
            dpop_bound_access_tokens=True,
            testing=True,
        )
        ask = client.authorization_request(dpop_key=DPoPKey.generate("ES256"))
        sent_to = http.get(ask.uri, allow_redirects=False).headers["location"]
        token = client.authorization_code(ask.validate_callback(sent_to))
        first = http.get(f"{base}/connectors/Profit_Article?take=2", auth=token)
        other = http.get(f"{base}/metainfo", auth=token)
        again = client.refresh_token(token)
        second = http.get(f"{base}/profitversion", auth=again)
        stolen = http.get(
            f"{base}/profitversion", headers={"Authorization": f"Bearer {again.access_token}"}
        )
    erp1.close()

    assert token.token_type == "DPoP"
    assert [each.status_code for each in (first, other, second, stolen)] == [200, 200, 200, 401]
    assert len(first.json()["rows"]) == 2


def test_nothing_of_signing_in_stands_in_what_is_kept(profit_9):
    certificate = certificate_of(key("ES256"))
    base = opened(profit_9, certificates=(certificate,))
    _, served = profit_9
    private = key("ES256") | {"kid": sha1(certificate).hex()}
    sent: list[requests.PreparedRequest] = []

    class Keeping(requests.adapters.HTTPAdapter):
        def send(self, request, **options):
            sent.append(request.copy())
            return super().send(request, **options)

    with session() as http:
        http.mount("http://", Keeping())
        client = client_of(base, PrivateKeyJwt("acme", private, alg="ES256"), http)
        token = client.client_credentials(dpop=True, dpop_key=DPoPKey.generate("ES256"))
        http.get(f"{base}/connectors/Profit_Article?take=1", auth=token)
        http.get(f"{base}/profitversion", headers={"DPoP": "a-proof-that-is-not-one-at-all"})
    recording = served.recording()
    kept = json.dumps(to_har(recording, base_url=base, began_at=recording.began_at))

    asserted = [parse_qs(each.body)["client_assertion"][0] for each in sent if each.body]
    proofs = [each.headers["DPoP"] for each in sent if "DPoP" in each.headers]
    assert [each.status for each in recording.exchanges] == [400, 200, 401, 200, 401]
    assert (token.token_type, len(asserted), len(proofs)) == ("DPoP", 2, 5)
    planted = [token.access_token, *asserted, *proofs, private["d"]]
    for secret in (part for each in planted for part in each.split(".")):
        assert secret not in kept
    assert kept.count("[secret:") >= len(asserted) + len(proofs)


class _Keys(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked += 1
        status, body, more = self.server.answer
        self.send_response(status)
        for name, value in more.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def key_set(authority):
    """Serve a key set over HTTPS."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Keys)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.asked = 0
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    server.uri = f"https://127.0.0.1:{server.server_address[1]}/keys"
    server.answer = (200, published(key("ES256")), {})
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def published(*keys, **more):
    listed = [each.public_jwk().to_dict() | {"kid": each.kid, "use": "sig"} | more for each in keys]
    listed = [{name: value for name, value in each.items() if value is not None} for each in listed]
    unknown = {"kty": "OKP", "crv": "Ed25519", "x": "AA"}
    return json.dumps({"keys": [unknown, {"kty": "oct", "k": "AA"}, 7, *listed]}).encode()


def sign_in(base, http, private):
    auth = PrivateKeyJwt("acme", private | {"kid": private.kid}, alg=private.alg)
    return client_of(base, auth, http).client_credentials()


@shows("oauth.jwt-jwks", "oauth.jwt-jwks-cached", "oauth.jwt-jwks-unknown")
def test_the_keys_may_stand_at_an_address_and_a_rotated_one_works_at_once(
    profit_9, trusted, key_set
):
    base = opened(profit_9, jwks_uri=key_set.uri)
    old, new = key("ES256"), key("ES256", 1)
    asked = []

    with session() as http:
        for _ in range(2):
            assert sign_in(base, http, old).token_type == "Bearer"
        asked.append(key_set.asked)
        key_set.answer = (200, published(old, new), {})
        assert sign_in(base, http, new).token_type == "Bearer"
        asked.append(key_set.asked)
        key_set.answer = (200, published(new), {})
        assert sign_in(base, http, old).token_type == "Bearer"
        asked.append(key_set.asked)
        with pytest.raises(InvalidClient, match="kid is of no key"):
            sign_in(base, http, key("ES256", 2))
        asked.append(key_set.asked)
        with pytest.raises(InvalidClient, match="kid is of no key"):
            sign_in(base, http, old)

    assert asked == [1, 2, 2, 3]


@shows("oauth.jwt-jwks-control")
@pytest.mark.parametrize(
    ("control", "quirks", "asked"),
    [
        ("max-age=1", {}, [1, 2, 3, 4]),
        ('public, MAX-AGE="1"', {}, [1, 2, 3, 4]),
        ("no-store", {}, [2, 3, 4, 5]),
        ("max-age=0, no-cache", {}, [2, 3, 4, 5]),
        ("private", {}, [1, 1, 2, 3]),
        ("max-age=7200", {}, [1, 1, 1, 2]),
        ("max-age=7200", {"jwks_long_max_age": "hour_at_most"}, [1, 1, 2, 3]),
    ],
)
def test_a_key_set_is_kept_as_long_as_it_says_itself(trusted, key_set, control, quirks, asked):
    clock = HandClock(SystemClock().now().isoformat())
    erp1 = Erp1(release="Profit 9", rows=3, clock=clock, quirks=quirks)
    key_set.answer = (200, published(key("ES256")), {"Cache-Control": control})
    seen = []
    with Served(erp1.app) as served, session() as http:
        base = opened((erp1, served), jwks_uri=key_set.uri)
        auth = PrivateKeyJwt("acme", key("ES256") | {"kid": key("ES256").kid}, alg="ES256")

        def sign_in_after(seconds):
            clock.forward(seconds=seconds)
            moment = clock.now().timestamp()
            made = jwskate.SignedJwt.sign(
                {**claims_at(moment), "aud": base}, auth.private_jwk, typ="JWT"
            )
            form = {"client_assertion": str(made), "client_assertion_type": TYPE}
            form["grant_type"] = "client_credentials"
            assert http.post(f"{base}/oauth/token", form).status_code == 200

        sign_in_after(0)
        for seconds in (0, 3, 3600, 3600):
            sign_in_after(seconds)
            seen.append(key_set.asked)
    erp1.close()

    assert seen == asked


def claims_at(moment):
    return {"iss": "acme", "sub": "acme", "exp": int(moment) + 60, "jti": uuid.uuid4().hex}


@pytest.mark.parametrize(("quirk", "works"), [("refused", False), ("old_kept", True)])
def test_keys_of_a_set_that_cannot_be_fetched_any_more(trusted, key_set, quirk, works):
    erp1 = Erp1(release="Profit 9", rows=3, quirks={"jwks_unreachable": quirk})
    key_set.answer = (200, published(key("ES256")), {"Cache-Control": "max-age=0"})
    with Served(erp1.app) as served, session() as http:
        base = opened((erp1, served), jwks_uri=key_set.uri)
        sign_in(base, http, key("ES256"))
        key_set.answer = (500, b"", {})
        if works:
            sign_in(base, http, key("ES256"))
        else:
            with pytest.raises(InvalidClient, match="answered 500"):
                sign_in(base, http, key("ES256"))
    erp1.close()


def test_a_failed_look_for_an_unknown_key_does_not_lose_the_known_ones(profit_9, trusted, key_set):
    base = opened(profit_9, jwks_uri=key_set.uri)

    with session() as http:
        sign_in(base, http, key("ES256"))
        key_set.answer = (503, b"", {})
        with pytest.raises(InvalidClient, match="kid is of no key"):
            sign_in(base, http, key("ES256", 1))
        assert sign_in(base, http, key("ES256")).token_type == "Bearer"


@shows("oauth.jwt-jwks-one")
def test_without_a_kid_a_set_must_have_one_key(profit_9, trusted, key_set):
    base = opened(profit_9, jwks_uri=key_set.uri)
    nameless = {name: value for name, value in key("ES256").to_dict().items() if name != "kid"}

    def sent(http):
        claims = {**claims_at(SystemClock().now().timestamp()), "aud": base}
        made = jwskate.SignedJwt.sign(claims, jwskate.Jwk(nameless), alg="ES256", typ="JWT")
        form = {"client_assertion": str(made), "client_assertion_type": TYPE}
        form["grant_type"] = "client_credentials"
        return http.post(f"{base}/oauth/token", form)

    with session() as http:
        assert sent(http).status_code == 200
        key_set.answer = (200, published(key("ES256"), key("ES256", 1)), {"Cache-Control": "x"})
        with pytest.raises(InvalidClient):
            sign_in(base, http, key("ES256", 2))  # has the set fetched again
        refused = sent(http).json()

    assert refused["error_description"] == (
        "client assertion: kid is missing, and the key set has 2 keys"
    )


def test_a_client_with_a_key_set_may_bind_its_token_to_a_key_too(profit_9, trusted, key_set):
    base = opened(profit_9, jwks_uri=key_set.uri)

    with session() as http:
        client = client_of(
            base, PrivateKeyJwt("acme", key("ES256") | {"kid": key("ES256").kid}, alg="ES256"), http
        )
        token = client.client_credentials(dpop=True, dpop_key=DPoPKey.generate("ES256"))

    assert token.token_type == "DPoP"


@shows("oauth.jwt-jwks-limits")
@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ((302, b"", {"Location": "/other"}), "answered 302, expected 200"),
        ((200, b" " * (64 * 1024 + 1), {}), "is larger than 64 KB"),
        ((200, b"[]", {}), "expected a JSON Web Key Set"),
        ((200, published(key("ES256"), use="enc"), {}), "the set has no key to sign with"),
        ((200, published(key("ES256"), use=None), {}), "the set has no key to sign with"),
        ((200, published(key("ES384"), use="sig"), {}), "the set has no key to sign with"),
        ((200, published(weak_key(), use="sig"), {}), "the set has no key to sign with"),
        ((200, published(key("ES256"), alg="RS256"), {}), "kid is of no key"),
    ],
)
def test_a_key_set_that_may_not_be_used_is_told(profit_9, trusted, key_set, answer, problem):
    base = opened(profit_9, jwks_uri=key_set.uri)
    key_set.answer = answer

    with session() as http, pytest.raises(InvalidClient, match=problem):
        sign_in(base, http, key("ES256"))


def test_a_key_set_of_an_untrusted_server_is_not_read(profit_9, trusted, key_set, monkeypatch):
    base = opened(profit_9, jwks_uri=key_set.uri)
    monkeypatch.setenv("SSL_CERT_FILE", "")

    with session() as http, pytest.raises(InvalidClient, match="cannot be fetched"):
        sign_in(base, http, key("ES256"))
    assert key_set.asked == 0


SECRET = "p:a%s+ w/é&="
HEX = "0123456789ABCDEF" * 4
"""In the shape that AFAS gives out: encoded it is the same."""


@pytest.mark.parametrize(
    ("auth", "release", "secret"),
    [
        (ClientSecretPost, "Profit 8", SECRET),
        (ClientSecretPost, "Profit 9", SECRET),
        (ClientSecretBasic, "Profit 9", HEX),
    ],
)
def test_a_secret_as_an_independent_client_sends_it(auth, release, secret):
    erp1 = Erp1(release=release, rows=3)
    with Served(erp1.app) as served, session() as http:
        base = opened((erp1, served), client_secret=Secret(secret))
        token = client_of(base, auth("acme", secret), http).client_credentials()
        rows = http.get(f"{base}/connectors/Profit_Article?take=2", auth=token).json()["rows"]
        with pytest.raises(InvalidClient):
            client_of(base, auth("acme", secret + "x"), http).client_credentials()
    erp1.close()

    assert (token.token_type, len(rows)) == ("Bearer", 2)


def test_a_client_that_does_not_encode_what_it_sends_by_basic_is_refused_as_by_afas(profit_9):
    base = opened(profit_9, client_secret=Secret(SECRET))

    with session() as http, pytest.raises(InvalidClient):
        client_of(base, ClientSecretBasic("acme", SECRET), http).client_credentials()


@pytest.mark.parametrize("bound", [False, True])
def test_code_and_refresh_of_a_confidential_client_and_a_refresh_used_twice(profit_9, bound):
    base = opened(profit_9, client_secret=Secret(HEX))

    with session() as http:
        client = OAuth2Client(
            f"{base}/oauth/token",
            auth=ClientSecretBasic("acme", HEX),
            authorization_endpoint=f"{base}/oauth/authorize",
            redirect_uri=BACK,
            session=http,
            dpop_bound_access_tokens=bound,
            testing=True,
        )
        ask = client.authorization_request(
            **({"dpop_key": DPoPKey.generate("ES256")} if bound else {})
        )
        sent_to = http.get(ask.uri, allow_redirects=False).headers["location"]
        answered = ask.validate_callback(sent_to)
        first = client.authorization_code(answered)
        with pytest.raises(InvalidGrant):
            client.authorization_code(answered)
        second = client.refresh_token(first)
        with pytest.raises(InvalidGrant):
            client.refresh_token(first)
        statuses = [
            http.get(f"{base}/profitversion", auth=each).status_code for each in (first, second)
        ]

    assert statuses == [200, 200]
    assert {first.token_type, second.token_type} == {"DPoP" if bound else "Bearer"}
    assert first.refresh_token != second.refresh_token


@pytest.mark.slow
def test_a_client_that_shows_a_certificate_signs_in_over_mutual_tls(tmp_path):
    clients = trustme.CA()
    mine = clients.issue_cert("acme@example.com")
    mine.private_key_and_cert_chain_pem.write_to_path(str(tmp_path / "acme.pem"))
    clients.cert_pem.write_to_path(str(tmp_path / "clients.pem"))
    (tmp_path / "acme.yaml").write_text(
        "app_connector: {client_id: acme, client_secret: invented}\n", encoding="utf-8"
    )
    options = ("--rows", "3", "--tls", "--ca-out", tmp_path / "ca.pem", "--release", "Profit 9")
    more = ("--client-ca", tmp_path / "clients.pem", "--import", tmp_path / "acme.yaml")
    with served_apart(*options, *more) as erp1, session() as http:
        http.verify = str(tmp_path / "ca.pem")
        client = OAuth2Client(
            f"{erp1.url}/oauth/token", auth=ClientSecretPost("acme", "invented"), session=http
        )
        with pytest.raises((requests.exceptions.SSLError, requests.exceptions.ConnectionError)):
            client.client_credentials()
        http.cert = str(tmp_path / "acme.pem")
        token = client.client_credentials()
        assert http.get(f"{erp1.url}/profitversion", auth=token).status_code == 200
