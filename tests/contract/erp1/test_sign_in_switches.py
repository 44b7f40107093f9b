"""Signing in where AFAS leaves it open, by the clock, and from a browser."""

import base64
import hashlib
from datetime import datetime
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest

from contract.erp1.table import shows
from koppeling_harness.clock import AMSTERDAM
from koppeling_harness.emulator import AppConnector
from koppeling_harness.model.secret import Secret
from support.erp1 import HandClock, caller
from support.signing import TYPE, certificate_of, key, signed

FORM = {"content-type": "application/x-www-form-urlencoded", "authorization": ""}
BACK = "https://Acme.Example/Back?x=1"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode()


def client_of(release="Profit 9", **options):
    app = AppConnector(client_id="acme", client_secret=Secret("s"), redirect_uris=(BACK,))
    return caller(**{"release": release, "clock": HandClock(), "app_connector": app, **options})


def token(client, headers=FORM, **form):
    content = urlencode({"client_id": "acme", "client_secret": "s", **form}).encode()
    return client.call("POST", "/oauth/token", content, headers=headers)


def authorize(client, more="", **query):
    merged = {
        "response_type": "code",
        "client_id": "acme",
        "redirect_uri": BACK,
        "code_challenge": CHALLENGE.rstrip("="),
        "code_challenge_method": "S256",
        **query,
    }
    path = f"/oauth/authorize?{urlencode(merged)}{more}"
    return client.call("GET", path, headers={"authorization": ""})


def came_back(reply):
    return dict(parse_qsl(urlsplit(reply.headers["location"]).query, keep_blank_values=True))


def exchange(client, code, **changed):
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK}
    return token(client, **form | {"code_verifier": VERIFIER} | changed)


@shows("oauth.redirect-case")
@pytest.mark.parametrize(
    ("uri", "from_9"),
    [
        ("https://Acme.Example/Back?x=1", True),
        ("https://acme.example/Back?x=1", True),
        ("HTTPS://ACME.EXAMPLE/Back?x=1", True),
        ("https://acme.example/back?x=1", False),
        ("https://acme.example/Back?X=1", False),
        ("https://acme.example:443/Back?x=1", False),
        ("https://acme.example/Back", False),
        ("https://acme.example.evil/Back?x=1", False),
        ("https://acme.example@evil.example/Back?x=1", False),
        ("//acme.example/Back?x=1", False),
        ("", False),
    ],
)
def test_from_profit_9_scheme_and_host_of_a_redirect_uri_have_any_case(uri, from_9):
    newest, older = client_of(), client_of("Profit 8")

    for client, expected in ((newest, from_9), (older, uri == BACK)):
        reply = authorize(client, redirect_uri=uri)
        assert reply.status == (302 if expected else 400)
        if expected:
            assert reply.headers["location"].startswith(uri)
            code = came_back(reply)["code"]
            assert exchange(client, code).status == 200


@shows("oauth.empty-state")
def test_an_empty_state_is_left_out():
    client = client_of()

    assert "state" not in came_back(authorize(client, state=""))
    assert "state" not in came_back(authorize(client, state="", response_type="token"))
    assert came_back(authorize(client, state="s1"))["state"] == "s1"


def test_a_parameter_that_stands_twice_is_refused_and_never_decides_where_the_user_goes():
    client = client_of()
    evil = "&redirect_uri=https%3A%2F%2Fevil.example"

    assert authorize(client, evil).status == 400
    assert authorize(client, "&client_id=acme").status == 400
    assert came_back(authorize(client, "&state=a&state=b", state="c"))["error"] == "invalid_request"


@shows("oauth.pkce-form")
def test_verifier_and_challenge_have_the_form_that_pkce_gives_them():
    client = client_of()

    def exchanged(verifier):
        digest = hashlib.sha256(verifier.encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        code = came_back(authorize(client, code_challenge=challenge))["code"]
        reply = exchange(client, code, code_verifier=verifier)
        return reply.json().get("error", reply.status)

    assert [exchanged("v" * n) for n in (42, 43, 128, 129)] == [
        "invalid_grant", 200, 200, "invalid_grant",
    ]  # fmt: skip
    assert exchanged("v" * 42 + "é") == "invalid_grant"
    for challenge in ("short", CHALLENGE, "a" * 44):
        assert came_back(authorize(client, code_challenge=challenge))["error"] == "invalid_request"
    plain = authorize(client, code_challenge_method="plain")
    assert came_back(plain)["error_description"] == "code challenge required"


@pytest.mark.parametrize(
    ("content_type", "form_only"),
    [
        ("application/x-www-form-urlencoded", 200),
        ("Application/X-WWW-Form-Urlencoded; charset=UTF-8", 200),
        ("text/plain", 400),
        ("application/json", 400),
        (None, 400),
    ],
)
def test_the_token_endpoint_takes_a_form_or_whatever_the_switch_says(content_type, form_only):
    headers = {"authorization": ""} | ({"content-type": content_type} if content_type else {})

    for value, status in (("form_only", form_only), ("any", 200)):
        client = client_of(quirks={"token_content_type": value})
        reply = token(client, headers, grant_type="client_credentials")
        assert reply.status == status
        assert status == 200 or reply.json()["error"] == "invalid_request"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe=1",
        b'{"grant_type":"client_credentials"}',
        b"grant_type=client_credentials&" + b"&".join(b"a%d=1" % n for n in range(200)),
        b"grant_type=client_credentials&client_id=acme&client_id=acme&client_secret=s",
        b"grant_type=client_credentials&client_id=acme&client_secret=s&client_secret=",
    ],
)
def test_what_is_no_form_or_says_a_thing_twice_is_an_invalid_request(body):
    client = client_of(quirks={"token_content_type": "any"})

    reply = client.call("POST", "/oauth/token", body, headers=FORM)

    assert (reply.status, reply.json()["error"]) == (400, "invalid_request")


@shows("oauth.token-form")
def test_an_access_token_looks_like_a_jwt_and_is_long():
    client, plain = client_of(), client_of(quirks={"access_token_form": "opaque"})
    made, short = (
        token(each, grant_type="client_credentials").json()["access_token"]
        for each in (client, plain)
    )

    header, claims, signature = made.split(".")
    assert header == "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9"
    assert len(base64.urlsafe_b64decode(signature + "==")) == 256
    assert len(base64.urlsafe_b64decode(claims + "==")) > 100
    assert len(made) > 500
    assert (len(short), "." in short) == (64, False)
    for each, value in ((client, made), (plain, short)):
        each.authorization = f"Bearer {value}"
        assert each.get("Profit_Article").status == 200
        each.authorization = f"Bearer {value[:64]}" if value is made else f"Bearer {value[:60]}"
        assert each.get("Profit_Article").status == 401


@pytest.mark.parametrize("life", ["3600_s", "300_s", "60_s", "5_s"])
def test_how_long_an_access_token_works_is_a_switch(life):
    client = client_of(quirks={"access_token_life": life})
    seconds = int(life.removesuffix("_s"))
    body = token(client, grant_type="client_credentials").json()
    client.authorization = f"Bearer {body['access_token']}"

    assert body["expires_in"] == seconds
    client.environment.setup.clock.forward(seconds=seconds - 1)
    assert client.get("Profit_Article").status == 200
    client.environment.setup.clock.forward(seconds=1)
    assert client.get("Profit_Article").status == 401


@pytest.mark.parametrize("life", ["300_s", "60_s", "5_s"])
def test_how_long_a_code_works_is_a_switch(life):
    client = client_of(quirks={"code_life": life})
    seconds = int(life.removesuffix("_s"))
    codes = [came_back(authorize(client))["code"] for _ in range(2)]

    client.environment.setup.clock.forward(seconds=seconds - 1)
    assert exchange(client, codes[0]).status == 200
    client.environment.setup.clock.forward(seconds=1)
    assert exchange(client, codes[1]).json() == {"error": "invalid_grant"}


@pytest.mark.parametrize(("quirk", "status"), [("refused", 200), ("ends_chain", 400)])
def test_a_refresh_token_that_is_used_twice_is_refused_and_may_end_its_chain(quirk, status):
    client = client_of(quirks={"refresh_reuse": quirk})

    def refresh(value):
        return token(client, grant_type="refresh_token", refresh_token=value)

    first, other = (exchange(client, came_back(authorize(client))["code"]).json() for _ in "ab")
    second = refresh(first["refresh_token"]).json()
    assert refresh(first["refresh_token"]).json() == {"error": "invalid_grant"}

    client.authorization = f"Bearer {second['access_token']}"
    assert client.get("Profit_Article").status == (200 if status == 200 else 401)
    assert refresh(second["refresh_token"]).status == status
    assert refresh(other["refresh_token"]).status == 200


CLASSIC = [
    # now, made, by_date
    ("2027-04-30T23:59:59", "2026-11-24T11:00:00", 200),
    ("2027-05-01T00:00:00", "2026-11-24T11:00:00", 401),
    ("2027-05-01T00:00:00", "2027-05-01T00:00:00", 200),
    ("2027-08-31T23:59:59", "2027-05-01T00:00:00", 200),
    ("2027-09-01T00:00:00", "2027-08-31T23:59:59", 401),
    ("2027-09-02T00:00:00", "2027-09-02T00:00:00", 401),
]


@shows("auth.lapse", "auth.end")
@pytest.mark.parametrize(("now", "made", "by_date"), CLASSIC)
def test_classic_tokens_end_on_afas_s_dates_by_the_clock(now, made, by_date):
    def moment(text):
        return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM)

    for rule, expected in (("by_date", by_date), ("accepted", 200), ("refused", 401)):
        client = client_of(
            "Profit 8", clock=HandClock(moment(made).isoformat()), quirks={"classic_token": rule}
        )
        client.environment.setup.clock.moment = moment(now)
        assert client.get("Profit_Article").status == expected
        own = client.environment.add_token(client.environment.apps[0], own=True)
        client.authorization = f"AfasToken {own.encoded.reveal()}"
        assert client.get("Profit_Article").status == 200


def test_a_one_time_password_yields_a_token_that_ends_like_every_classic_one():
    client = client_of(clock=HandClock("2027-05-02T00:00:00+00:00"))
    token_ = client.environment.add_token(client.environment.apps[0])

    assert token_.lapses == datetime(2027, 9, 1, tzinfo=AMSTERDAM)


@pytest.mark.parametrize(
    ("quirks", "shown"),
    [
        ({}, "0"),
        ({"token_expiry_shown": "always"}, "2027-05-01T00:00:00Z"),
        ({"token_expiry_shown": "always", "classic_token": "accepted"}, "0"),
    ],
)
def test_metainfo_may_show_when_classic_tokens_lapse(quirks, shown):
    assert client_of(quirks=quirks).metainfo().json()["info"]["tokenExpiry"] == shown


@shows("auth.kinds")
def test_an_app_connector_that_is_switched_from_hybrid_takes_one_kind_of_token_only():
    client = client_of()
    app = client.environment.apps[0]
    classic = client.authorization
    bearer = "Bearer " + token(client, grant_type="client_credentials").json()["access_token"]

    def seen():
        statuses = []
        for header in (classic, bearer):
            client.authorization = header
            statuses.append(client.get("Profit_Article").status)
        return [*statuses, token(client, grant_type="client_credentials").status]

    answers = {}
    for kind in ("hybrid", "oauth", "classic", "hybrid"):
        app.kind = kind
        answers[kind] = seen()
    assert answers == {
        "hybrid": [200, 200, 200],
        "oauth": [401, 200, 200],
        "classic": [200, 401, 400],
    }


@pytest.mark.parametrize(("quirk", "allowed"), [("recorded", False), ("with_sign_in", True)])
def test_a_preflight_allows_the_headers_of_signing_in_when_the_switch_says_so(quirk, allowed):
    client = client_of(quirks={"cors_headers": quirk})

    reply = client.call("OPTIONS", "/connectors/Profit_Article")
    named = reply.headers["access-control-allow-headers"].split(", ")

    assert ("DPoP" in named) == ("IntegrationId" in named) == allowed
    assert "Authorization" in named
    refused = client.call("GET", "/profitversion", headers={"authorization": ""})
    exposed = refused.headers.get("access-control-expose-headers", "")
    assert ("DPoP-Nonce" in exposed) == allowed


def test_the_parameters_of_a_redirect_are_read_back_whole():
    client = client_of()
    state = "a b&c=d+é%"

    assert parse_qs(urlsplit(authorize(client, state=state).headers["location"]).query)[
        "state"
    ] == [state]


@pytest.mark.parametrize(
    ("ways", "statuses"),
    [("body", [200, 400, 400]), ("body_or_basic", [200, 200, 400]),
     ("body_basic_or_jwt", [200, 200, 200])],
)  # fmt: skip
def test_how_a_client_may_prove_itself_is_a_switch(ways, statuses):
    quirks = {"oauth_client_authentication": ways}
    client = client_of(quirks=quirks)
    app = client.environment.apps[0]
    app.certificates = (certificate_of(key("ES256")),)
    base = f"http://erp1.example{client.access.path}"
    now = int(client.environment.setup.clock.now().timestamp())
    claims = {"iss": "acme", "sub": "acme", "aud": base, "exp": now + 60, "jti": "1"}
    basic = {**FORM, "authorization": "Basic " + base64.b64encode(b"acme:s").decode()}
    assertion = {
        "client_assertion": signed(claims, key("ES256"), typ="JWT"),
        "client_assertion_type": TYPE,
    }

    def asked(headers, **form):
        content = urlencode({"grant_type": "client_credentials", **form}).encode()
        return client.call("POST", "/oauth/token", content, headers=headers).status

    assert [
        asked(FORM, client_id="acme", client_secret="s"),
        asked(basic),
        asked(FORM, client_id="acme", **assertion),
    ] == statuses
