"""Whatever is sent as an assertion or a proof, it is refused as such, and never upsets ERP1."""

import base64
import json
from typing import Any
from urllib.parse import urlencode

from hypothesis import example, given, settings
from hypothesis import strategies as st

from koppeling_harness.emulator import AppConnector
from support.erp1 import HandClock, caller
from support.signing import TYPE, certificate_of, key, sha1, signed

CLIENT = caller(
    app_connector=AppConnector(client_id="acme", certificates=(certificate_of(key("ES256")),)),
    release="Profit 9",
    clock=HandClock(),
)
FORM = {"content-type": "application/x-www-form-urlencoded", "authorization": ""}
FUZZ = settings(max_examples=30, deadline=None)

scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=12), st.just("acme")
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=4,
)
names = ("iss", "sub", "aud", "exp", "jti", "nbf", "iat", "htm", "htu", "nonce")
claims = st.dictionaries(st.sampled_from(names), values)
keys = st.dictionaries(st.sampled_from(("kty", "crv", "x", "y", "n", "e", "d", "use")), values)
headers = st.fixed_dictionaries(
    {"alg": st.sampled_from(("ES256", "RS256", "PS256", "none", "HS256")) | values},
    optional={"typ": values, "kid": values, "jwk": keys | values, "crit": values, "b64": values},
)


def token(header: Any, body: Any) -> str:
    parts = (json.dumps(header), json.dumps(body), "x")
    return ".".join(base64.urlsafe_b64encode(each.encode()).decode().rstrip("=") for each in parts)


def ask(text: str, proof: str | None = None) -> Any:
    form = {"grant_type": "client_credentials", "client_assertion_type": TYPE}
    content = urlencode({**form, "client_assertion": text}).encode()
    headers = FORM if proof is None else {**FORM, "dpop": proof}
    return CLIENT.call("POST", "/oauth/token", content, headers=headers)


tokens = st.one_of(
    st.text(st.characters(min_codepoint=32, max_codepoint=126)),
    st.builds(token, headers, claims | values),
)


@FUZZ
@given(tokens)
@example("..")
@example("a.b.c.d.e")
def test_garbage_in_the_place_of_an_assertion_is_an_invalid_client(text):
    reply = ask(text)

    assert (reply.status, reply.json()["error"]) == (400, "invalid_client")


@FUZZ
@given(claims)
@example({"sub": "acme", "iss": "acme", "jti": "1", "exp": float("inf")})
def test_claims_of_any_kind_that_the_client_did_sign_are_refused_too(made):
    kid = sha1(certificate_of(key("ES256"))).hex()

    reply = ask(signed({"sub": "acme", **made}, key("ES256"), typ="JWT", kid=kid))

    assert (reply.status, reply.json()["error"]) == (400, "invalid_client")


@FUZZ
@given(tokens)
def test_garbage_in_the_place_of_a_proof_is_a_bad_proof(text):
    reply = ask("x", proof=text)

    assert (reply.status, reply.json()["error"]) == (400, "invalid_dpop_proof")
