"""`private_key_jwt`: a client proves itself with a token that it signed; row by row."""

import base64
import json
import uuid
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from contract.erp1.table import shows
from koppeling_harness.emulator import AppConnector
from koppeling_harness.emulator.access import ClientSecret, app_connector
from koppeling_harness.errors import ConfigurationError
from koppeling_harness.model.connector import AppConnectorDefinition
from koppeling_harness.model.secret import Secret
from support.erp1 import HandClock, caller
from support.signing import TYPE, certificate_of, key, sha1, signed, weak_key, x5t

FORM = {"content-type": "application/x-www-form-urlencoded", "authorization": ""}
ALGORITHMS = ("RS256", "PS256", "ES256")


UNKNOWN = "kid is of no key that the client registered for this alg"


def signing(*algorithms, key_ids=(), **options):
    """Return a caller of an environment whose client registered certificates."""
    certificates = tuple(certificate_of(key(each)) for each in algorithms or ("ES256",))
    app = AppConnector(client_id="acme", certificates=certificates, key_ids=key_ids)
    options = {"release": "Profit 9", "clock": HandClock()} | options
    return caller(app_connector=app, **options)


def url_of(client):
    return f"http://erp1.example{client.access.path}/oauth/token"


def claims_of(client, **changed):
    now = client.environment.setup.clock.now().timestamp()
    made = {"iss": "acme", "sub": "acme", "aud": url_of(client), "exp": int(now) + 60}
    return {**made, "jti": uuid.uuid4().hex, **changed}


def assertion(client, private=None, *, kid="", **changed):
    private = private or key("ES256")
    kid = sha1(certificate_of(private)).hex() if kid == "" else kid
    return signed(claims_of(client, **changed), private, typ="JWT", kid=kid)


def send(client, token, headers=None, **form):
    merged = {
        "grant_type": "client_credentials",
        "client_assertion_type": TYPE,
        "client_assertion": token,
        **form,
    }
    content = urlencode({name: value for name, value in merged.items() if value is not None})
    return client.call(
        "POST", "/oauth/token", content.encode(), headers={**FORM, **(headers or {})}
    )


def refused(reply):
    body = reply.json()
    assert (reply.status, body["error"]) == (400, "invalid_client"), body
    assert "www-authenticate" not in reply.headers
    return body.get("error_description", "").removeprefix("client assertion: ")


@shows("oauth.jwt-9", "oauth.jwt-alg", "oauth.jwt-certificate")
@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_token_that_the_client_signed_gives_a_bearer_token(algorithm):
    client = signing(algorithm)

    reply = send(client, assertion(client, key(algorithm)))

    body = reply.json()
    assert (reply.status, body["token_type"], body["expires_in"]) == (200, "Bearer", 3600)
    client.authorization = f"Bearer {body['access_token']}"
    assert client.get("Profit_Article").status == 200


@shows("oauth.jwt-aud")
def test_the_audience_is_the_token_url_or_the_base_url():
    client = signing()
    whole = url_of(client)
    base = whole.removesuffix("/oauth/token")
    documented = "https://12345.resttest.afas.online/ProfitRestServices"

    for good in (whole, base, [whole], whole.replace("http://erp1", "HTTP://ERP1"), documented):
        assert send(client, assertion(client, aud=good)).status == 200, good
    for bad in (f"{base}/oauth", "https://elsewhere.example", [], 7, None, f"{base}/"):
        assert refused(send(client, assertion(client, aud=bad))) == f"aud is not {whole} or {base}"


@shows("oauth.jwt-exp")
@pytest.mark.parametrize(
    ("expires_in_s", "problem"),
    [
        (-59, ""),
        (-60, "exp is 60 s ago"),
        (360, ""),
        (361, "exp is 361 s ahead, expected 300 at most"),
        (None, "exp is missing"),
        ("soon", "exp is not a moment in seconds"),
    ],
)
def test_it_may_expire_five_minutes_ahead_with_a_minute_of_skew(expires_in_s, problem):
    client = signing(clock=HandClock("2026-11-24T11:00:00+00:00"))
    now = client.environment.setup.clock.now().timestamp()
    expires = now + expires_in_s if isinstance(expires_in_s, int) else expires_in_s

    reply = send(client, assertion(client, exp=expires))

    assert (reply.status == 200) == (not problem)
    assert not problem or refused(reply) == problem


@shows("oauth.jwt-once")
def test_its_id_may_be_used_once():
    client = signing()
    token = assertion(client, jti="same")

    assert send(client, token).status == 200
    assert refused(send(client, token)) == "jti was used before"
    assert refused(send(client, assertion(client, jti="same"))) == "jti was used before"
    assert refused(send(client, assertion(client, jti=None))) == "jti is missing"
    client.environment.setup.clock.forward(seconds=121)
    assert send(client, assertion(client, jti="same")).status == 200


@shows("oauth.jwt-iss")
@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"iss": "other"}, "iss and sub are not the same client_id"),
        ({"iss": None}, "iss is missing"),
        ({"sub": None}, "sub is missing"),
        ({"sub": 7}, "sub is not a text"),
        ({"iss": "other", "sub": "other"}, ""),
        ({"nbf": 9_999_999_999}, "nbf is still to come"),
    ],
)
def test_issuer_and_subject_are_the_client_id(changed, problem):
    client = signing()

    assert refused(send(client, assertion(client, **changed))) == problem


@shows("oauth.jwt-signature")
def test_only_the_holder_of_the_registered_key_may_sign():
    client = signing("ES256", "RS256")
    good = assertion(client)
    head, body, signature = good.split(".")
    kid = sha1(certificate_of(key("ES256"))).hex()
    symmetric = {"alg": "HS256", "kid": kid}
    unsigned = base64.urlsafe_b64encode(json.dumps(symmetric).encode()).decode().rstrip("=")
    none = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")

    for forged, problem in (
        (assertion(client, key("ES256", 1), kid=kid), "its signature does not fit"),
        (f"{head}.{body}.AAAA", "its signature does not fit"),
        (f"{head}.{body}.{signature[:-4]}", "its signature does not fit"),
        (assertion(client, key("RS256"), kid=kid), "its signature does not fit"),
        (f"{unsigned}.{body}.{signature}", "alg is not one of RS256, PS256, ES256"),
        (f"{none}.{body}.", "alg is not one of RS256, PS256, ES256"),
        ("nonsense", "it is not a signed JSON Web Token"),
        ("a.b.c", "it is not a signed JSON Web Token"),
        ("", "it is not a signed JSON Web Token"),
        (assertion(client, key("ES384"), kid=kid), "alg is not one of RS256, PS256, ES256"),
    ):
        assert refused(send(client, forged)) == problem, forged
    assert send(client, good).status == 200


@shows("oauth.jwt-kid")
def test_the_key_is_named_by_the_thumbprint_of_its_certificate():
    client = signing()
    other = signing(quirks={"thumbprint_kid": "base64url"})
    thumbprint = sha1(certificate_of(key("ES256")))
    short = base64.urlsafe_b64encode(thumbprint).decode().rstrip("=")

    assert send(client, assertion(client, kid=thumbprint.hex().upper())).status == 200
    assert refused(send(client, assertion(client, kid=short))) == UNKNOWN
    assert send(other, assertion(other, kid=short)).status == 200


@shows("oauth.jwt-key-id")
def test_a_certificate_may_have_a_key_id_of_its_own():
    client = signing("ES256", "RS256", key_ids=("acme-2026",))
    thumbprint = sha1(certificate_of(key("ES256"))).hex()

    assert send(client, assertion(client, kid="acme-2026")).status == 200
    assert refused(send(client, assertion(client, kid=thumbprint))) == UNKNOWN
    assert send(client, assertion(client, key("RS256"))).status == 200


@shows("oauth.jwt-no-kid")
def test_without_a_name_any_registered_key_may_have_signed():
    client = signing("RS256", "ES256")

    for algorithm in ("RS256", "ES256"):
        assert send(client, assertion(client, key(algorithm), kid=None)).status == 200
    stranger = assertion(client, key("ES256", 1), kid=None)
    assert refused(send(client, stranger)) == "its signature does not fit"


@shows("oauth.jwt-kid-unknown")
@pytest.mark.parametrize("kid", ["other", "", 7, ["a"], {}])
def test_a_name_of_no_key_is_refused_even_where_a_key_would_fit(kid):
    client = signing()
    token = signed(claims_of(client), key("ES256"), typ="JWT", kid=kid)

    assert refused(send(client, token)) == UNKNOWN


@shows("oauth.jwt-x5t")
def test_without_a_kid_the_thumbprint_of_the_certificate_may_point_at_it():
    fits, no_fit = x5t(certificate_of(key("RS256"))), x5t(certificate_of(key("ES256")))

    def sent(client, thumbprint, kid=None):
        header = {"x5t#S256": thumbprint, "kid": kid}
        made = {name: value for name, value in header.items() if value is not None}
        return send(client, signed(claims_of(client), key("RS256"), typ="JWT", **made))

    client = signing("RS256", "ES256")
    tolerant = signing("RS256", "ES256", quirks={"assertion_x5t_unknown": "all_tried"})

    assert sent(client, fits).status == 200
    assert refused(sent(client, no_fit)) == "its signature does not fit"
    assert "no key" in refused(sent(client, "nonsense"))
    assert refused(sent(client, fits, kid="other")) == UNKNOWN
    assert sent(tolerant, "nonsense").status == 200


@shows("oauth.jwt-typ")
def test_with_the_type_of_its_own_the_audience_is_the_base_url_only():
    client, tolerant = signing(), signing(quirks={"assertion_typ": "any"})

    def sent(client, typ, aud):
        claims = claims_of(client, aud=aud)
        return send(client, signed(claims, key("ES256"), typ=typ))

    def both(client, typ):
        token_url = url_of(client)
        base = token_url.removesuffix("/oauth/token")
        return [sent(client, typ, aud).status for aud in (token_url, base)]

    assert both(client, "JWT") == both(client, "jwt") == both(client, None) == [200, 200]
    for typ in ("client-authentication+jwt", "application/Client-Authentication+JWT"):
        assert both(client, typ) == [400, 200]
    assert both(client, "at+jwt") == both(client, "dpop+jwt") == [400, 400]
    assert both(tolerant, "at+jwt") == [200, 200]
    assert both(tolerant, "client-authentication+jwt") == [400, 200]


def test_the_audience_may_be_a_list_unless_the_switch_says_otherwise():
    client, strict = signing(), signing(quirks={"assertion_aud_list": "refused"})

    for each, expected in ((client, 200), (strict, 400)):
        assert send(each, assertion(each, aud=[url_of(each)])).status == expected
        assert send(each, assertion(each, aud=url_of(each))).status == 200


@shows("oauth.jwt-strength")
def test_a_weak_key_cannot_be_registered():
    weak = certificate_of(weak_key())

    with pytest.raises(ConfigurationError, match="RSA key of 1024 bits, expected at least 2048"):
        app_connector(AppConnectorDefinition(client_id="acme", certificates=(weak,)))
    with pytest.raises(ConfigurationError, match="not a certificate in PEM of an RSA or P-256 key"):
        app_connector(
            AppConnectorDefinition(client_id="acme", certificates=(certificate_of(key("ES384")),))
        )
    with pytest.raises(ConfigurationError, match="found 2, expected at most 1"):
        app_connector(
            AppConnectorDefinition(
                client_id="acme", certificates=(certificate_of(key("ES256")),), key_ids=("a", "b")
            )
        )


@pytest.mark.parametrize(("quirk", "status"), [("not_tried", 400), ("tried", 200)])
def test_the_key_of_a_certificate_that_ended_is_not_tried(quirk, status):
    clock = HandClock("2036-01-01T00:00:00+00:00")
    client = signing(clock=clock, quirks={"expired_certificate": quirk})

    assert send(client, assertion(client)).status == status
    assert send(client, assertion(client, kid=None)).status == status


@shows("oauth.two-ways", "oauth.contradicting")
def test_two_ways_at_once_and_contradicting_ids_are_invalid_requests():
    client = signing()
    basic = {"authorization": "Basic " + base64.b64encode(b"acme:x").decode()}

    for reply in (
        send(client, assertion(client), client_secret="x"),
        send(client, assertion(client), basic),
        send(client, assertion(client), client_id="other"),
        send(client, None, basic, client_assertion_type=None, client_id="other"),
    ):
        assert (reply.status, reply.json()["error"]) == (400, "invalid_request")
    assert send(client, assertion(client), client_id="acme").status == 200
    broken = send(client, None, {"authorization": "Basic ?"}, client_assertion_type=None)
    assert (broken.status, broken.json()) == (401, {"error": "invalid_client"})


def test_what_is_no_assertion_or_of_nobody_is_an_invalid_client():
    client = signing()
    keyless = caller(
        app_connector=AppConnector(client_id="acme"), release="Profit 9", clock=HandClock()
    )
    older = signing(release="Profit 8")

    assert refused(send(client, assertion(client), client_assertion_type="x")) == (
        f"client_assertion_type is not {TYPE}"
    )
    assert refused(send(keyless, assertion(keyless))) == "the client registered no key"
    assert send(older, assertion(older), client_id="acme").json() == {"error": "invalid_client"}
    client.environment.apps[0].blocked = True
    assert refused(send(client, assertion(client))) == ""
    assert refused(send(client, None, client_assertion_type=None, client_id="acme")) == ""


@shows("oauth.secret-180")
def test_a_secret_works_for_180_days_from_profit_9_on():
    def asked(client):
        app = client.environment.apps[0]
        secret = app.client_secret.reveal()
        return send(
            client, None, client_assertion_type=None, client_id="acme", client_secret=secret
        )

    newest, older = signing(), signing(release="Profit 8")
    for client in (newest, older):
        client.environment.setup.clock.moment += timedelta(days=179)
    assert [asked(each).status for each in (newest, older)] == [200, 200]
    for client in (newest, older):
        client.environment.setup.clock.moment += timedelta(days=1)
    assert [asked(each).status for each in (newest, older)] == [400, 200]
    assert asked(newest).json()["error"] == "invalid_client"
    assert "every secret of this client has ended" in asked(newest).json()["error_description"]


@shows("oauth.two-secrets")
def test_two_secrets_work_side_by_side_until_each_has_ended():
    client = signing()
    app = client.environment.apps[0]
    app.client_secret, app.client_secret_days = Secret("old"), 10
    made = client.environment.setup.clock.now() + timedelta(days=9)
    newer = ClientSecret(secret=Secret("new"), days=20, made=made)
    app.further_secrets = (newer, ClientSecret(secret=Secret("revoked"), days=0))

    def asked(secret):
        form = {"client_id": "acme", "client_secret": secret}
        return send(client, None, client_assertion_type=None, **form).status

    secrets = ("old", "new", "revoked")
    assert [asked(each) for each in secrets] == [200, 200, 400]
    client.environment.setup.clock.moment += timedelta(days=10)
    assert [asked(each) for each in secrets] == [400, 200, 400]
    client.environment.setup.clock.moment += timedelta(days=19)
    assert [asked(each) for each in secrets] == [400, 400, 400]


@shows("oauth.basic-form")
def test_by_basic_each_value_is_form_urlencoded_by_itself():
    client = signing()
    client.environment.apps[0].client_secret = Secret("p:a%s+ w/é")

    def asked(credentials):
        header = {"authorization": "Basic " + base64.b64encode(credentials.encode()).decode()}
        return send(client, None, header, client_assertion_type=None).status

    assert asked("acme:p%3Aa%25s%2B+w%2F%C3%A9") == 200
    assert asked("acme:p%3aa%25s%2b%20w/%c3%a9") == 200
    assert asked("%61cme:p%3Aa%25s%2B+w%2F%C3%A9") == 200
    assert asked("acme:p:a%s+ w/é") == 401
    assert asked("acme:%ff") == 401
    assert asked("acme") == 401
