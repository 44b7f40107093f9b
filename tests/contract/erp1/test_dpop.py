"""DPoP: tokens of public clients, bound to a key that every request proves to hold; row by row."""

import base64
import hashlib
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from contract.erp1.table import shows
from koppeling_harness.emulator import AppConnector
from koppeling_harness.model.secret import Secret
from support.erp1 import HandClock, caller
from support.signing import key, proof

FORM = {"content-type": "application/x-www-form-urlencoded", "authorization": ""}
BACK = "https://app.example/back"
VERIFIER = "v" * 50
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode()
BAD_PROOF = (401, b"", 'DPoP error="invalid_token"')


class Public:
    """A public client, with a key of its own."""

    def __init__(self, private=None, **options):
        app = AppConnector(client_id="app", public=True, redirect_uris=(BACK,))
        options = {"release": "Profit 9", "clock": HandClock(), "app_connector": app} | options
        self.client = caller(**options)
        self.private = private or key("ES256")
        self.base = f"http://erp1.example{self.client.access.path}"
        self.nonce = None

    @property
    def now(self):
        return self.client.environment.setup.clock.now().timestamp()

    def code(self):
        reply = self.client.call(
            "GET",
            "/oauth/authorize",
            headers={"authorization": ""},
            response_type="code",
            client_id="app",
            redirect_uri=BACK,
            code_challenge=CHALLENGE.rstrip("="),
            code_challenge_method="S256",
        )
        return parse_qs(urlsplit(reply.headers["location"]).query)["code"][0]

    def proof(self, method="POST", path="/oauth/token", **changed):
        made = {"now": self.now, "nonce": self.nonce, **changed}
        return proof(made.pop("private", self.private), method, self.base + path, **made)

    def token(self, headers, **form):
        content = urlencode({"client_id": "app", **form}).encode()
        return self.client.call("POST", "/oauth/token", content, headers={**FORM, **headers})

    def exchange(self, code, **changed):
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK}
        header = changed.pop("header", None) or {"dpop": self.proof(**changed)}
        return self.token(header, code_verifier=VERIFIER, **form)

    def signed_in(self):
        code = self.code()
        self.nonce = self.exchange(code).headers["dpop-nonce"]
        return self.exchange(code).json()

    def get(self, token, path="/profitversion", *, scheme="DPoP", dpop=None, **changed):
        changed = {"token": token, **changed}
        header = {"authorization": f"{scheme} {token}"}
        if dpop != "":
            header["dpop"] = dpop or self.proof("GET", path, **changed)
        return self.client.call("GET", path, headers=header)


def seen(reply):
    return reply.status, reply.content, reply.headers.get("www-authenticate")


@shows("oauth.dpop-9", "dpop.nonce", "dpop.type", "dpop.scheme")
@pytest.mark.parametrize("algorithm", ["ES256", "RS256", "PS256"])
def test_a_public_client_gets_a_token_that_is_bound_to_its_key(algorithm):
    app = Public(key(algorithm))
    code = app.code()

    first = app.exchange(code)
    app.nonce = first.headers["dpop-nonce"]
    second = app.exchange(code)
    body = second.json()

    assert (first.status, first.json()) == (400, {"error": "use_dpop_nonce"})
    assert (second.status, body["token_type"], body["expires_in"]) == (200, "DPoP", 3600)
    assert app.get(body["access_token"]).status == 200
    assert app.get(body["access_token"], scheme="dpop").status == 200
    article = "/connectors/Profit_Article"
    assert app.get(body["access_token"], article).json()["rows"]


@shows("dpop.public", "oauth.pkce")
def test_a_public_client_needs_pkce_and_a_proof_and_has_no_secret():
    app = Public()
    form = {"grant_type": "authorization_code", "redirect_uri": BACK, "code_verifier": VERIFIER}
    secret = app.client.environment.apps[0].client_secret.reveal()
    app.signed_in()

    bare = app.token({}, code=app.code(), **form)
    with_secret = app.token({"dpop": app.proof()}, code=app.code(), client_secret=secret, **form)
    alone = app.token({"dpop": app.proof()}, grant_type="client_credentials")

    assert bare.status == 400
    assert bare.json() == {
        "error": "invalid_dpop_proof",
        "error_description": "proof: a public client needs one in the header DPoP",
    }
    assert with_secret.json() == {"error": "invalid_client"}
    assert (alone.status, alone.json()) == (400, {"error": "unauthorized_client"})
    older = Public(release="Profit 8")
    assert older.exchange(older.code()).json() == {"error": "invalid_client"}


PROBLEMS = [
    ({"htm": "GET"}, "htm is not POST"),
    ({"htm": None}, "htm is missing"),
    ({"htu": "https://elsewhere.example/oauth/token"}, "htu is not "),
    ({"htu": None}, "htu is missing"),
    ({"jti": None}, "jti is missing"),
    ({"iat": None}, "iat is missing"),
    ({"iat": "x"}, "iat is not a moment in seconds"),
    ({"header": {"typ": "JWT"}}, "typ is not dpop+jwt"),
    ({"header": {"typ": None}}, "typ is not dpop+jwt"),
    ({"header": {"jwk": None}}, "jwk is missing"),
    ({"header": {"jwk": {"kty": "oct", "k": "c2VjcmV0"}}}, "jwk is not a public key of RSA or EC"),
    ({"header": {"jwk": {"kty": "EC", "crv": "P-256"}}}, "jwk is not a public key of RSA or EC"),
]


@shows("dpop.claims")
@pytest.mark.parametrize(("changed", "problem"), PROBLEMS)
def test_a_proof_that_is_not_as_it_must_be_is_refused_at_the_token_endpoint(changed, problem):
    app = Public()

    reply = app.exchange(app.code(), header={"dpop": app.proof(**changed)})

    body = reply.json()
    assert (reply.status, body["error"]) == (400, "invalid_dpop_proof")
    assert body["error_description"].startswith(f"proof: {problem}")


def test_a_proof_must_be_signed_with_the_key_that_it_carries_and_that_key_be_public():
    app = Public()
    other = key("ES256", 1).public_jwk().to_dict()
    private = key("ES256").to_dict()
    quirk = Public(quirks={"dpop_bad_proof": "invalid_request"})

    for header, problem in (
        ({"jwk": other}, "its signature does not fit"),
        ({"jwk": private}, "jwk is not a public key of RSA or EC"),
    ):
        reply = app.exchange(app.code(), header={"dpop": app.proof(header=header)})
        assert reply.json()["error_description"] == f"proof: {problem}"
    garbage = app.exchange(app.code(), header={"dpop": "x.y.z"})
    assert garbage.json()["error_description"] == "proof: it is not a signed JSON Web Token"
    named = quirk.exchange(quirk.code(), header={"dpop": "x.y.z"})
    assert (named.status, named.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    ("age_s", "accepted", "longer"),
    [(0, True, True), (60, True, True), (61, False, True), (301, False, False), (-60, True, True),
     (-61, False, False)],
)  # fmt: skip
def test_a_proof_is_good_for_a_minute(age_s, accepted, longer):
    for quirks, expected in (({}, accepted), ({"dpop_proof_age": "300_s"}, longer)):
        app = Public(clock=HandClock("2026-11-24T11:00:00+00:00"), quirks=quirks)
        reply = app.exchange(app.code(), iat=int(app.now) - age_s)
        error = "use_dpop_nonce" if expected else "invalid_dpop_proof"
        assert reply.json()["error"] == error


def test_a_nonce_lasts_some_minutes_and_is_the_same_for_who_asks_meanwhile():
    app = Public()
    first = app.exchange(app.code()).headers["dpop-nonce"]
    app.client.environment.setup.clock.forward(seconds=299)
    same = app.exchange(app.code()).headers["dpop-nonce"]
    app.client.environment.setup.clock.forward(seconds=2)
    second = app.exchange(app.code()).headers["dpop-nonce"]

    assert first == same != second
    assert app.exchange(app.code(), nonce=first).status == 200
    app.client.environment.setup.clock.forward(seconds=300)
    late = app.exchange(app.code(), nonce=first)
    assert late.json() == {"error": "use_dpop_nonce"}
    assert app.exchange(app.code(), nonce=late.headers["dpop-nonce"]).status == 200


@shows("dpop.bad-proof", "dpop.ath")
def test_an_api_call_must_prove_the_key_of_its_token():
    app = Public()
    token = app.signed_in()["access_token"]
    used = app.proof("GET", "/profitversion", token=token)
    query = "/connectors/Profit_Article?take=1"

    assert app.get(token, dpop=used).status == 200
    for reply in (
        app.get(token, dpop=used),
        app.get(token, dpop=""),
        app.get(token, dpop="x"),
        app.get(token, ath=None),
        app.get(token, ath="x"),
        app.get(token, private=key("ES256", 1)),
        app.get(token, htm="POST"),
        app.get(token, htu=f"{app.base}/metainfo"),
        app.get(token, iat=int(app.now) - 61),
        app.get(token, jti=None),
        app.get(token, header={"typ": "jwt"}),
        app.get("x" * 64),
    ):
        assert seen(reply) == BAD_PROOF
    header = {"authorization": f"DPoP {token}", "dpop": app.proof("GET", query, token=token)}
    assert app.client.call("GET", query, headers=header).status == 200


@shows("dpop.bearer", "dpop.challenge")
def test_the_scheme_must_be_that_of_the_token():
    app = Public()
    bound = app.signed_in()["access_token"]
    confidential = AppConnector(client_id="app", client_secret=Secret("s"))
    other = Public(app_connector=confidential)
    free = other.token({}, grant_type="client_credentials", client_secret="s").json()

    assert seen(app.get(bound, scheme="Bearer")) == (401, b"", 'Bearer error="invalid_token"')
    assert free["token_type"] == "Bearer"
    assert seen(other.get(free["access_token"])) == BAD_PROOF
    app.client.authorization = None
    assert seen(app.client.call("GET", "/profitversion")) == (401, b"", "Bearer, DPoP")
    older = Public(release="Profit 8")
    assert seen(older.get(bound)) == (401, b"", None)
    without = Public(quirks={"dpop": "absent"})
    assert seen(without.get(bound)) == (401, b"", "Bearer, DPoP")


@shows("dpop.503")
def test_while_the_replay_store_is_unreachable_calls_with_dpop_answer_503():
    app = Public(quirks={"replay_store": "unreachable"})
    token = app.signed_in()["access_token"]

    assert app.get(token).status == 503
    assert app.client.call("GET", "/profitversion").status == 200


@shows("dpop.nonce-calls")
def test_calls_need_a_nonce_too_unless_the_switch_says_otherwise():
    app, free = Public(), Public(quirks={"dpop_nonce_on_calls": "absent"})
    token, other = (each.signed_in()["access_token"] for each in (app, free))

    first = app.get(token, nonce=None)
    second = app.get(token, nonce=first.headers["dpop-nonce"])

    assert seen(first) == (401, b"", 'DPoP error="use_dpop_nonce"')
    assert second.status == 200
    assert free.get(other, nonce=None).status == 200


def test_the_challenge_on_a_call_may_have_the_form_of_the_token_endpoint():
    app = Public(quirks={"dpop_nonce_status_on_calls": "400"})
    token = app.signed_in()["access_token"]

    reply = app.get(token, nonce="old")

    assert (reply.status, reply.json()) == (400, {"error": "use_dpop_nonce"})
    assert app.get(token, nonce=reply.headers["dpop-nonce"]).status == 200


@shows("dpop.nonce-any")
@pytest.mark.parametrize(
    ("quirk", "offered"),
    [
        ("when_due", [False, False, True, True, True, False]),
        ("always", [True, True, True, True, True, True]),
        ("challenge_only", [False, False, False, False, False, False]),
    ],
)
def test_any_answer_may_bring_a_newer_nonce_and_the_newest_is_used_next(quirk, offered):
    app = Public(quirks={"dpop_new_nonce": quirk})
    token = app.signed_in()["access_token"]
    replies = [app.get(token), app.get(token, "/connectors/Nowhere")]

    app.client.environment.setup.clock.forward(seconds=301)
    replies += [app.get(token), app.get(token, "/connectors/Nowhere"), app.exchange(app.code())]
    newest = replies[2].headers.get("dpop-nonce", app.nonce)
    replies.append(app.get(token, nonce=newest))

    assert [each.status for each in replies] == [200, 500, 200, 500, 200, 200]
    assert ["dpop-nonce" in each.headers for each in replies] == offered
    assert len({each.headers.get("dpop-nonce") for each in replies[2:5]}) == 1


@pytest.mark.parametrize("life", ["60_s", "5_s"])
def test_how_long_a_nonce_works_is_a_switch(life):
    app = Public(quirks={"dpop_nonce_life": life})
    token = app.signed_in()["access_token"]
    seconds = int(life.removesuffix("_s"))

    app.client.environment.setup.clock.forward(seconds=2 * seconds - 1)
    assert app.get(token).status == 200
    app.client.environment.setup.clock.forward(seconds=1)
    assert app.get(token).status == 401


def test_a_refresh_token_of_a_public_client_is_bound_to_its_key():
    app = Public()
    body = app.signed_in()

    def refreshed(token, private):
        header = {"dpop": app.proof(private=private)}
        return app.token(header, grant_type="refresh_token", refresh_token=token)

    good = refreshed(body["refresh_token"], app.private)
    stolen = refreshed(good.json()["refresh_token"], key("ES256", 1))

    assert (good.status, good.json()["token_type"]) == (200, "DPoP")
    assert (stolen.status, stolen.json()) == (400, {"error": "invalid_grant"})


@pytest.mark.parametrize(("quirk", "kind"), [("bound", "DPoP"), ("ignored", "Bearer")])
def test_a_confidential_client_that_sends_a_proof_gets_a_bound_token(quirk, kind):
    confidential = AppConnector(client_id="app", client_secret=Secret("s"))
    app = Public(app_connector=confidential, quirks={"dpop_confidential": quirk})
    form = {"grant_type": "client_credentials", "client_secret": "s"}

    app.nonce = app.token({"dpop": app.proof()}, **form).headers["dpop-nonce"]
    reply = app.token({"dpop": app.proof()}, **form)

    assert (reply.status, reply.json()["token_type"]) == (200, kind)


def test_the_url_may_be_that_of_afas_and_written_in_any_equal_way():
    app = Public()
    token = app.signed_in()["access_token"]
    below = "/connectors/PtRealization/PtRealization/@Id/1"
    documented = "https://12345.resttest.afas.online/ProfitRestServices"

    def asked(htu):
        made = proof(app.private, "DELETE", htu, now=app.now, token=token, nonce=app.nonce)
        header = {"authorization": f"DPoP {token}", "dpop": made}
        return app.client.call("DELETE", below, headers=header).status

    assert asked(f"{documented}/metainfo") == 401
    assert asked(f"https://12345.rest.afas.example/ProfitRestServices{below}") == 401
    assert asked(documented + below) == 200
    whole = f"HTTP://ERP1.example:80{app.client.access.path}{below}?x=1#y"
    assert asked(whole.replace("Realization", "%52ealization")) != 401


def test_two_proofs_are_refused():
    app = Public()
    token = app.signed_in()["access_token"]
    proofs = [app.proof("GET", "/profitversion", token=token) for _ in range(2)]
    scope = {
        "type": "http",
        "method": "GET",
        "path": f"{app.client.access.path}/profitversion",
        "query_string": b"",
        "headers": [
            (b"host", b"erp1.example"),
            (b"authorization", f"DPoP {token}".encode()),
            *((b"dpop", each.encode()) for each in proofs),
        ],
    }

    assert app.client.erp1.app.answer(scope, b"").status == 401
    del scope["headers"][-1]
    assert app.client.erp1.app.answer(scope, b"").status == 200


@shows("dpop.confidential", "dpop.same-key")
def test_a_confidential_client_may_bind_its_chain_to_a_key_and_then_must_prove_it():
    confidential = AppConnector(client_id="app", client_secret=Secret("s"), redirect_uris=(BACK,))
    app = Public(app_connector=confidential)
    secret = {"client_secret": "s"}

    def exchanged():
        form = {"grant_type": "authorization_code", "redirect_uri": BACK, **secret}
        header = {"dpop": app.proof()}
        return app.token(header, code=app.code(), code_verifier=VERIFIER, **form)

    app.nonce = exchanged().headers["dpop-nonce"]
    body = exchanged().json()

    def refreshed(**header):
        form = {"grant_type": "refresh_token", "refresh_token": body["refresh_token"]}
        return app.token(header, **form, **secret)

    assert body["token_type"] == "DPoP"
    assert app.get(body["access_token"]).status == 200
    assert refreshed().json() == {"error": "invalid_grant"}
    body = exchanged().json()
    assert refreshed(dpop=app.proof(private=key("ES256", 1))).json() == {"error": "invalid_grant"}
    body = exchanged().json()
    assert refreshed(dpop=app.proof()).json()["token_type"] == "DPoP"


def test_a_proof_that_was_used_at_the_token_endpoint_is_refused_there():
    app = Public()
    app.signed_in()
    used = app.proof()

    assert app.exchange(app.code(), header={"dpop": used}).status == 200
    again = app.exchange(app.code(), header={"dpop": used}).json()
    assert again["error_description"] == "proof: jti was used before"
