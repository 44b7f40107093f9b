"""What ERP1 keeps grows older by a word; how fresh something must be does not move with it."""

import base64
import hashlib
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from contract.erp1.table import shows
from koppeling_harness.emulator import AppConnector
from koppeling_harness.emulator.access import ClientSecret
from koppeling_harness.model.secret import Secret
from support.erp1 import HOURS, HandClock, caller, element
from support.signing import TYPE, certificate_of, key, signed

FORM = {"content-type": "application/x-www-form-urlencoded", "authorization": ""}
BACK = "https://acme.example/back"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode()


class Client:
    """A confidential client of one environment, with a clock that stands still."""

    def __init__(self, release="Profit 9"):
        app = AppConnector(
            client_id="acme",
            client_secret=Secret("s"),
            redirect_uris=(BACK,),
            certificates=(certificate_of(key("ES256")),),
        )
        self.caller = caller(release=release, clock=HandClock(), app_connector=app)
        self.classic = self.caller.authorization

    def age(self, **by):
        self.caller.environment.age(timedelta(**by))

    def token(self, secret="s", **form):
        body = {"client_id": "acme", "client_secret": secret, **form}
        content = urlencode({name: value for name, value in body.items() if value}).encode()
        return self.caller.call("POST", "/oauth/token", content, headers=FORM)

    def code(self):
        reply = self.caller.call(
            "GET",
            "/oauth/authorize",
            headers={"authorization": ""},
            response_type="code",
            client_id="acme",
            redirect_uri=BACK,
            code_challenge=CHALLENGE.rstrip("="),
            code_challenge_method="S256",
        )
        return parse_qs(urlsplit(reply.headers["location"]).query)["code"][0]

    def exchange(self, code):
        form = {"grant_type": "authorization_code", "redirect_uri": BACK}
        return self.token(code=code, code_verifier=VERIFIER, **form)

    def refresh(self, token):
        return self.token(grant_type="refresh_token", refresh_token=token)

    def read(self, header):
        self.caller.authorization = header
        return self.caller.call("GET", "/profitversion").status


def test_an_access_token_ends_after_an_hour_of_ageing_and_a_new_one_works():
    client = Client()
    bearer = "Bearer " + client.token(grant_type="client_credentials").json()["access_token"]

    client.age(minutes=59)
    assert client.read(bearer) == 200
    client.age(minutes=1)
    assert client.read(bearer) == 401
    newer = client.token(grant_type="client_credentials").json()["access_token"]
    assert client.read(f"Bearer {newer}") == 200


@shows("oauth.chain")
def test_a_chain_of_refresh_tokens_ends_after_thirty_days_whatever_is_refreshed_between():
    client = Client()
    refresh = client.exchange(client.code()).json()["refresh_token"]

    for _ in range(3):
        client.age(days=9)
        refresh = client.refresh(refresh).json()["refresh_token"]
    client.age(days=3)
    assert client.refresh(refresh).json() == {"error": "invalid_grant"}
    assert client.exchange(client.code()).status == 200


def test_a_code_ends_too():
    client = Client()
    old = client.code()

    client.age(minutes=5)

    assert client.exchange(old).json() == {"error": "invalid_grant"}


def test_secrets_end_each_on_its_own_day():
    client = Client()
    app = client.caller.environment.apps[0]
    client.age(days=170)
    made = client.caller.environment.setup.clock.now()
    app.further_secrets = (ClientSecret(secret=Secret("new"), made=made),)

    def working():
        found = []
        for each in ("s", "new"):
            reply = client.token(each, grant_type="client_credentials")
            found += [each] * (reply.status == 200)
        return found

    assert working() == ["s", "new"]
    client.age(days=10)
    assert working() == ["new"]
    client.age(days=170)
    assert working() == []


def test_a_classic_token_lapses_and_the_harness_s_own_does_not():
    client = Client()
    own = client.caller.environment.add_token(AppConnector(), own=True)

    client.age(days=157)
    assert client.read(client.classic) == 200
    client.age(days=1)
    assert client.read(client.classic) == 401
    assert client.read(f"AfasToken {own.encoded.reveal()}") == 200


def test_what_must_be_fresh_is_measured_by_the_day_that_it_is():
    client = Client()
    base = f"http://erp1.example{client.caller.access.path}"

    def assertion():
        now = int(client.caller.environment.setup.clock.now().timestamp())
        claims = {"iss": "acme", "sub": "acme", "aud": base, "exp": now + 60, "jti": "once"}
        form = {"client_assertion": signed(claims, key("ES256"), typ="JWT")}
        form |= {"client_assertion_type": TYPE, "grant_type": "client_credentials"}
        return client.token(None, **form)

    assert assertion().status == 200
    client.age(days=31)
    assert assertion().json()["error_description"].endswith("jti was used before")


@pytest.mark.parametrize("by", [{"days": 31}, {"hours": 5}, {"seconds": 7}])
def test_rows_were_made_and_changed_longer_ago_and_keep_their_fraction(by):
    client = Client()
    environment = client.caller.environment
    client.caller.post("PtRealization", element("PtRealization", HOURS))

    def seen():
        sql = "SELECT created, modified FROM realization ORDER BY Id DESC LIMIT 1"
        [found] = environment.connection.execute(sql)
        return found

    before = seen()
    client.age(**by)

    assert before[0] == before[1] == environment.now()
    assert seen() == (earlier(before[0], **by), earlier(before[1], **by))
    clock = environment.setup.clock.now()
    client.caller.post("PtRealization", element("PtRealization", HOURS))
    assert seen() == before
    assert environment.setup.clock.now() == clock


def earlier(text, **by):
    whole, dot, fraction = text.partition(".")
    moment = datetime.fromisoformat(whole) - timedelta(**by)
    return f"{moment.isoformat()}{dot}{fraction}"


def test_a_reader_of_changes_finds_what_it_made_before_the_ageing_only_in_the_past():
    client = Client()
    client.caller.post("PtRealization", element("PtRealization", HOURS))
    client.age(days=2)
    today = client.caller.environment.now()[:10]

    rows = client.caller.where("Profit_Realization", "DateModified", f"{today}T00:00:00", "2").rows

    assert rows == []
