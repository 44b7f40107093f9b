"""Probes that sign in: with the harness's own OAuth client, where an environment has one.

They ask for access tokens, and are refused some. Nothing in the environment changes, and of a token
only its form is told.
"""

import base64
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from koppeling_harness.erp.call import ErpCall
from koppeling_harness.erp.client import ErpAnswer
from koppeling_harness.erp.probe import FORM, Asker, Probe
from koppeling_harness.erp.sign_in import ASSERTION
from koppeling_harness.erp.sign_in import PATH as TOKEN_PATH
from koppeling_harness.model.access import OAuthClient

if TYPE_CHECKING:
    from koppeling_harness.erp.keys import AssertionKey, ProofKey

_OLD = timedelta(seconds=120)
"""Between the two ages that a proof may have."""
_OK = 200


def _key(asker: Asker) -> "AssertionKey":
    # loading the library takes half a second, and few sign
    from koppeling_harness.erp.keys import AssertionKey  # noqa: PLC0415

    client = _client(asker)
    if client.assertion_key is None:
        message = "this probe is sent with a client that has a key alone"
        raise RuntimeError(message)
    return AssertionKey(client.assertion_key, kid=client.kid)


def _client(asker: Asker) -> OAuthClient:
    if asker.client is None:
        message = "this probe is sent where there is a client alone"
        raise RuntimeError(message)
    return asker.client


def _asked(asker: Asker, *headers: tuple[str, str], assertion: str = "") -> ErpCall:
    """Return a call for a token with client credentials.

    Args:
        asker: Who asks, with its client.
        headers: Beside that of the form.
        assertion: What the client proves itself with; its own when empty.
    """
    client = _client(asker)
    form = {"grant_type": "client_credentials", "client_id": client.client_id}
    if not assertion and client.client_secret is not None:
        form["client_secret"] = client.client_secret.reveal()
    else:
        form["client_assertion_type"] = ASSERTION
        form["client_assertion"] = assertion or _key(asker).assertion(
            client.client_id, asker.url(TOKEN_PATH), asker.now()
        )
    return ErpCall(
        method="POST",
        path=TOKEN_PATH,
        headers=(FORM, *headers),
        body=urlencode(form),
        authorised=False,
    )


def _member(answer: ErpAnswer, name: str) -> str:
    return str(answer.body.get(name) or "") if isinstance(answer.body, dict) else ""


def _taken(answer: ErpAnswer) -> str:
    return "taken" if answer.status == _OK else f"refused, {answer.status}"


async def _token(asker: Asker) -> None:
    answer = await asker.ask(_asked(asker), "POST oauth/token of the own client")
    token = _member(answer, "access_token")
    if token:
        parts = "three parts" if token.count(".") == 2 else "one part"
        asker.note("an access token", parts)
        asker.note("expires_in", _member(answer, "expires_in") or "none")


async def _assertions(asker: Asker) -> None:
    key, client = _key(asker), _client(asker)
    url, now = asker.url(TOKEN_PATH), asker.now()

    async def note(name: str, assertion: str) -> None:
        asker.note(name, _taken(await asker.look(_asked(asker, assertion=assertion))))

    def signed(audience: str | list[str] = url, **header: str) -> str:
        told = {name.replace("_S256", "#S256"): value for name, value in header.items()}
        return key.assertion(client.client_id, audience, now, header=told)

    if _taken(await asker.look(_asked(asker, assertion=signed()))) != "taken":
        return  # then nothing follows from what else is refused
    await note("an assertion of another typ", signed(typ="at+jwt"))
    await note("an assertion with a list as aud", signed([url]))
    unknown = base64.urlsafe_b64encode(bytes(32)).decode().rstrip("=")
    await note("an assertion with x5t of nobody", signed(kid="", x5t_S256=unknown))
    if key.thumbprint:
        in_base64 = base64.urlsafe_b64encode(key.thumbprint).decode().rstrip("=")
        for form, kid in (("hexadecimal", key.thumbprint.hex().upper()), ("base64url", in_base64)):
            await note(f"a thumbprint as kid, {form}", signed(kid=kid))


async def _bound(asker: Asker) -> None:
    # loading the library takes half a second, and few sign
    from koppeling_harness.erp.keys import ProofKey  # noqa: PLC0415

    key, url = ProofKey(), asker.url(TOKEN_PATH)
    first = await asker.look(_proven(asker, key.proof("POST", url, asker.now())))
    nonce = first.headers.get("dpop-nonce", "")
    proof = key.proof("POST", url, asker.now(), nonce=nonce)
    given = await asker.ask(
        _proven(asker, proof), "POST oauth/token of the own client with a proof"
    )
    kind = _member(given, "token_type").lower()
    asker.note("a token for a proof", kind if kind in {"dpop", "bearer"} else "none")
    if kind != "dpop":
        return
    late = key.proof("POST", url, asker.now() - _OLD, nonce=nonce)
    asker.note("a proof of two minutes", _taken(await asker.look(_proven(asker, late))))
    await _call(asker, key, _member(given, "access_token"))


async def _call(asker: Asker, key: "ProofKey", token: str) -> None:
    path = "/profitversion"
    proof = key.proof("GET", asker.url(path), asker.now(), token=token)
    headers = (("Authorization", f"DPoP {token}"), ("DPoP", proof))
    call = ErpCall(method="GET", path=path, headers=headers, authorised=False)
    await asker.ask(call, "GET profitversion with a proof without a nonce")


def _proven(asker: Asker, proof: str) -> ErpCall:
    return _asked(asker, ("DPoP", proof))


CLIENT_PROBES: tuple[Probe, ...] = (
    Probe(
        id="own-token",
        shows=("oauth_refresh_null", "access_token_form", "access_token_life"),
        ask=_token,
        client=True,
    ),
    Probe(
        id="own-assertion",
        shows=("assertion_typ", "assertion_aud_list", "assertion_x5t_unknown", "thumbprint_kid"),
        ask=_assertions,
        key=True,
    ),
    Probe(
        id="own-proof",
        shows=(
            "dpop_confidential",
            "dpop_proof_age",
            "dpop_nonce_on_calls",
            "dpop_nonce_status_on_calls",
        ),
        ask=_bound,
        client=True,
    ),
)
"""In the order in which they are sent."""
