"""Who is let in, and how: tokens, OAuth, one-time passwords; documented row by row."""

import base64
import hashlib
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from contract.erp1.table import shows
from koppeling_harness.emulator import AppConnector, Erp1
from koppeling_harness.model.secret import Secret
from support.erp1 import Caller, HandClock, caller

FORM = {"content-type": "application/x-www-form-urlencoded"}
BACK = "https://app.example/back"


def bare(reply):
    return reply.status, reply.content, reply.headers.get("content-length")


def with_header(client, value):
    return client.call("GET", "/profitversion", headers={"authorization": value})


EMPTY_401 = (401, b"", "0")


@shows("auth.absent", "auth.malformed", "auth.unknown")
@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "AfasToken",
        "AfasToken ???",
        "Basic eDp5",
        "Bearer nonsense",
        "AfasToken " + base64.b64encode(b"<token>x</token>").decode(),
        "AfasToken "
        + base64.b64encode(
            f"<token><version>1</version><data>{'A' * 64}</data></token>".encode()
        ).decode(),
    ],
)
def test_without_a_known_token_the_answer_is_an_empty_401(header):
    client = caller()
    if header is None:
        client.authorization = None
        reply = client.call("GET", "/profitversion")
    else:
        reply = with_header(client, header)

    assert bare(reply) == EMPTY_401


@shows("auth.expired", "auth.revoked", "auth.blocked", "auth.other")
def test_a_token_stops_working_when_it_is_expired_revoked_blocked_or_of_elsewhere():
    clock = HandClock()
    client = caller(clock=clock)
    token = client.environment.first_token
    other = Caller(client.erp1, client.erp1.open_environment())

    def answered():
        return bare(client.call("GET", "/profitversion"))[:2]

    assert answered()[0] == 200
    token.expires = clock.now() + timedelta(hours=1)
    assert answered()[0] == 200
    clock.forward(hours=1)
    assert answered() == (401, b"")
    token.expires, token.revoked = None, True
    assert answered() == (401, b"")
    token.revoked, token.app.blocked = False, True
    assert answered() == (401, b"")
    token.app.blocked = False
    assert answered()[0] == 200
    assert bare(with_header(other, client.authorization)) == EMPTY_401


@shows("auth.plain-6", "auth.plain-7")
def test_a_token_that_is_not_base64_works_until_profit_6_only():
    for release, status in (("Profit 6", 200), ("Profit 7", 500), ("Profit 8", 500)):
        client = caller(release=release)
        assert with_header(client, f"AfasToken {client.access.token.reveal()}").status == status


@shows("auth.ip", "auth.ip-cidr")
def test_a_caller_from_an_address_that_is_not_allowed_gets_an_empty_403():
    for allowed, status in (
        (("127.0.0.1",), 200),
        (("127.0.0.0/8", "::1/128"), 200),
        (("10.0.0.0/8",), 403),
    ):
        client = caller(app_connector=AppConnector(allowed_addresses=allowed))
        reply = client.call("GET", "/profitversion")
        assert reply.status == status
        assert status == 200 or reply.content == b""


@shows("auth.unlinked-get", "auth.unlinked-update", "auth.unlinked-401", "auth.unlinked-other")
def test_what_is_not_on_the_app_connector_is_refused():
    def app():
        return AppConnector(
            get_connectors=frozenset({"profit_article"}),
            update_connectors=frozenset(),
            custom_connectors=frozenset(),
        )

    client = caller(app_connector=app())
    update = client.post("KnSubject", {})

    assert client.get("Profit_Article").status == 200
    assert client.get("Profit_Debtor").message == (
        "GetConnector wordt niet ondersteund voor deze app of de gebruiker is niet geautoriseerd."
    )
    assert update.message == (
        "General message: Deze UpdateConnector wordt niet ondersteund of de gebruiker is niet "
        "geautoriseerd."
    )
    assert update.json()["errorNumber"] == -2147180996
    assert bare(client.call("GET", "/reportconnector/1")) == EMPTY_401
    listed = client.metainfo().json()
    assert [each["id"] for each in listed["getConnectors"]] == ["Profit_Article"]
    assert listed["updateConnectors"] == listed["customConnectors"] == []
    other = caller(app_connector=app(), quirks={"unlinked_connector": "unauthorized_401"})
    assert bare(other.get("Profit_Debtor")) == EMPTY_401


@shows("auth.challenge-9", "auth.classic-end")
def test_later_releases_say_how_to_authenticate_and_classic_tokens_end():
    newest = caller(release="Profit 9")

    assert newest.call("GET", "/profitversion").status == 200
    assert with_header(newest, "AfasToken x").headers["www-authenticate"] == "Bearer, DPoP"
    assert with_header(newest, "Bearer x").headers["www-authenticate"] == (
        'Bearer error="invalid_token"'
    )
    assert caller(quirks={"classic_token": "refused"}).call("GET", "/metainfo").status == 401


def an_app(**more):
    return AppConnector(
        client_id="client", client_secret=Secret("s3cret"), redirect_uris=(BACK,), **more
    )


def token(client, headers=None, **form):
    merged = {"client_id": "client", "client_secret": "s3cret", **form}
    content = urlencode({name: value for name, value in merged.items() if value is not None})
    return client.call(
        "POST",
        "/oauth/token",
        content.encode(),
        headers={**FORM, "authorization": "", **(headers or {})},
    )


@shows("oauth.client", "oauth.bearer", "oauth.expired", "oauth.null-refresh", "oauth.no-refresh-9")
def test_client_credentials_give_a_bearer_token_for_an_hour():
    clock = HandClock()
    client = caller(app_connector=an_app(), clock=clock)

    body = token(client, grant_type="client_credentials").json()
    bearer = f"Bearer {body.pop('access_token')}"

    assert body == {"token_type": "Bearer", "expires_in": 3600, "refresh_token": None}
    assert with_header(client, bearer).status == 200
    clock.forward(seconds=3600)
    assert with_header(client, bearer).status == 401
    newest = caller(app_connector=an_app(), release="Profit 9")
    assert "refresh_token" not in token(newest, grant_type="client_credentials").json()


def authorize(client, **query):
    merged = {
        "response_type": "code",
        "client_id": "client",
        "redirect_uri": BACK,
        "state": "s1",
        "code_challenge_method": "S256",
        **query,
    }
    reply = client.call("GET", "/oauth/authorize", headers={"authorization": ""}, **merged)
    assert reply.status == 302
    location = reply.headers["location"]
    assert location.startswith(BACK)
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


@shows("oauth.code", "oauth.rotate", "oauth.chain")
def test_the_authorization_code_gives_a_chain_of_refresh_tokens():
    clock = HandClock()
    client = caller(app_connector=an_app(), clock=clock)
    verifier = "v" * 50
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest())

    back = authorize(client, code_challenge=challenge.decode().rstrip("="))
    exchange = {"grant_type": "authorization_code", "code": back["code"], "redirect_uri": BACK}
    first = token(client, code_verifier=verifier, **exchange)
    again = token(client, code_verifier=verifier, **exchange)
    refresh = first.json()["refresh_token"]
    second = token(client, grant_type="refresh_token", refresh_token=refresh)
    reused = token(client, grant_type="refresh_token", refresh_token=refresh)
    clock.forward(days=30)
    late = token(client, grant_type="refresh_token", refresh_token=second.json()["refresh_token"])

    assert back["state"] == "s1"
    assert [r.status for r in (first, again, second, reused, late)] == [200, 400, 200, 400, 400]
    assert late.json() == {"error": "invalid_grant"}


@shows("oauth.pkce", "oauth.state")
def test_errors_of_authorize_return_by_redirect_with_the_state():
    client = caller(app_connector=an_app())

    assert authorize(client)["error_description"] == "code challenge required"
    assert authorize(client, response_type="token") == {
        "error": "unsupported_response_type",
        "state": "s1",
    }
    stranger = {"client_id": "client", "redirect_uri": "https://evil.example"}
    assert client.call("GET", "/oauth/authorize", **stranger).status == 400


@shows("oauth.invalid-client", "oauth.invalid-request", "oauth.basic-9")
def test_errors_of_the_token_endpoint_are_json():
    client = caller(app_connector=an_app())
    newest = caller(app_connector=an_app(), release="Profit 9")
    twice = client.call(
        "POST", "/oauth/token", b"grant_type=client_credentials&grant_type=x", headers=FORM
    )
    right = {"authorization": "Basic " + base64.b64encode(b"client:s3cret").decode()}
    wrong = {"authorization": "Basic " + base64.b64encode(b"client:x").decode()}
    bare_form = {"client_id": None, "client_secret": None, "grant_type": "client_credentials"}

    bad = token(client, grant_type="client_credentials", client_secret="x")
    basic = token(newest, right, **bare_form)
    refused = token(newest, wrong, **bare_form)
    both = token(newest, right, grant_type="client_credentials")

    assert (bad.status, bad.json()) == (400, {"error": "invalid_client"})
    assert token(client).json() == twice.json() == {"error": "invalid_request"}
    assert basic.status == 200
    assert (refused.status, refused.headers["www-authenticate"]) == (401, "Basic")
    assert both.json()["error"] == "invalid_request"
    assert "one way" in both.json()["error_description"]


@shows("otp.request", "otp.valid", "otp.wrong", "otp.open")
def test_a_one_time_password_yields_a_classic_token():
    app = AppConnector()
    client = caller(app_connector=app)
    client.authorization = None
    keys = {"apiKey": app.api_key, "apiToken": app.environment_key, "userId": "jan@acme.example"}

    asked = client.call("POST", "/OtpRequest", keys)
    wrong_keys = client.call("POST", "/OtpRequest", {**keys, "apiKey": "0" * 32})
    user, code = client.environment.mails[-1]
    wrong = client.call("POST", "/OtpValidation", {**keys, "otp": "nope"})
    right = client.call("POST", "/OtpValidation", {**keys, "otp": code})
    used = client.call("POST", "/OtpValidation", {**keys, "otp": code})

    assert bare(asked) == bare(wrong_keys) == (201, b"", "0")
    assert (user, len(client.environment.mails)) == ("jan@acme.example", 1)
    assert bare(wrong) == bare(used) == (204, b"", "0")
    xml = right.json()["token"]
    assert xml.endswith("</token>\r\n")
    header = "AfasToken " + base64.b64encode(xml.strip().encode()).decode()
    assert with_header(client, header).status == 200


def test_environments_do_not_see_each_other():
    erp1 = Erp1()
    one, other = (Caller(erp1, erp1.open_environment()) for _ in range(2))

    one.delete("PtRealization/PtRealization/@Id/1")

    assert one.where("Profit_Realization", "Identity", "1").rows == []
    assert len(other.where("Profit_Realization", "Identity", "1").rows) == 1
    copy = Caller(erp1, erp1.copy_environment(one.access.environment))
    assert copy.where("Profit_Realization", "Identity", "1").rows == []
    erp1.reset_environment(one.access.environment)
    assert len(one.where("Profit_Realization", "Identity", "1").rows) == 1
    erp1.close_environment(one.access.environment)
    assert bare(one.call("GET", "/profitversion")) == (404, b"", "0")
