"""OAuth: client credentials, authorization code with PKCE, rotating refresh tokens.

The authorize endpoint approves at once; there is nobody to log in. How clients prove themselves is
in `client_auth`, what binds a token to a key in `dpop`.

Source: AFAS, docs.afas.help/profit/en/authentication.
"""

import base64
import hashlib
import json
import re
import secrets
from collections.abc import Collection, Mapping
from datetime import timedelta
from urllib.parse import parse_qsl, urlencode

from koppeling_harness.emulator.access import AppConnector
from koppeling_harness.emulator.client_auth import TokenError, app_of, client_of
from koppeling_harness.emulator.dpop import NonceNeededError, Proof
from koppeling_harness.emulator.grants import Code, Grant
from koppeling_harness.emulator.jwt_rules import JwtError
from koppeling_harness.emulator.web import Answer, OpenHandler, Request, empty

_CHAIN = timedelta(days=30)
"""From the first refresh token on, whatever is refreshed in between."""
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_ABSOLUTE = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://([^/?#]*)(.*)", re.DOTALL)
_MOST_FIELDS = 100
_FORM = b"application/x-www-form-urlencoded"


def handle(request: Request) -> Answer:
    """Answer `/oauth/authorize` and `/oauth/token`."""
    second = request.parts[1].lower() if len(request.parts) == 2 else ""
    if second == "authorize" and request.method == "GET":
        return _authorize(request)
    if second == "token" and request.method == "POST":
        return _token(request)
    return empty(404)


HANDLERS: dict[str, OpenHandler] = {"oauth": handle}
"""Endpoints that need no token, by the first part of their path."""


def _authorize(request: Request) -> Answer:
    pairs = [(name.lower(), value) for name, value in _pairs(request.query_string)]
    query = dict(pairs)
    app = app_of(request, query.get("client_id"))
    uri = query.get("redirect_uri", "")
    settings = request.environment.settings
    repeated = {name for name, _ in pairs if [each for each, _ in pairs].count(name) > 1}
    if (
        app is None
        or repeated & {"client_id", "redirect_uri"}
        or not _registered(app, uri, settings)
    ):
        return _error("invalid_request", 400)
    # AFAS leaves an empty one out
    back = {"state": query["state"]} if query.get("state") else {}
    if problem := _authorize_problem(query, repeated):
        return _redirect(uri, problem | back)
    code = secrets.token_urlsafe(32)
    environment = request.environment
    life = timedelta(seconds=_seconds(settings["code_life"]))
    environment.oauth.codes[code] = Code(
        app=app,
        redirect_uri=uri,
        challenge=query["code_challenge"],
        expires=environment.setup.clock.now() + life,
    )
    return _redirect(uri, {"code": code} | back)


def _authorize_problem(query: Mapping[str, str], repeated: Collection[str]) -> dict[str, str]:
    """Return the error with which the user is sent back; empty for none."""
    if repeated:
        return {"error": "invalid_request"}
    if query.get("response_type") != "code":
        return {"error": "unsupported_response_type"}
    if not query.get("code_challenge") or query.get("code_challenge_method") != "S256":
        return {"error": "invalid_request", "error_description": "code challenge required"}
    if not _CHALLENGE.fullmatch(query["code_challenge"]):
        text = "code_challenge is not a SHA-256 in base64url"
        return {"error": "invalid_request", "error_description": text}
    return {}


def _registered(app: AppConnector, uri: str, settings: Mapping[str, str]) -> bool:
    return any(_same(uri, each, settings) for each in app.redirect_uris)


def _same(uri: str, other: str, settings: Mapping[str, str]) -> bool:
    """Return whether two redirect URIs are one."""
    if settings["redirect_uri_case"] == "exact":
        return uri == other
    return _without_case(uri) == _without_case(other)


def _without_case(uri: str) -> str:
    found = _ABSOLUTE.fullmatch(uri)
    if found is None:
        return uri
    user, at, host = found[2].rpartition("@")
    return f"{found[1].lower()}://{user}{at}{host.lower()}{found[3]}"


def _token(request: Request) -> Answer:
    try:
        answer = _grant(request)
    except UnicodeDecodeError:
        answer = _error("invalid_request", 400)
    except TokenError as error:
        answer = _error(error.error, error.status, error.description)
        if error.status == 401:
            answer.headers.append((b"www-authenticate", b"Basic"))
        if error.nonce:
            answer.headers.append((b"dpop-nonce", error.nonce.encode()))
    return answer


def _grant(request: Request) -> Answer:
    form = _form(request)
    # before the client: one that must ask again with a nonce may send the same assertion again
    proof = _proof(request)
    app = client_of(request, form)
    if proof is not None:
        _use(proof, request)
    key = _key_for(app, proof.key if proof else None, request)
    grant = _GRANTS.get(form["grant_type"])
    if grant is None:
        raise TokenError(error="unsupported_grant_type")
    return grant(request, app, form, key)


def _form(request: Request) -> dict[str, str]:
    """Return the parameters of a request to the token endpoint.

    Raises:
        TokenError: There is no `grant_type`, one stands twice, or they are no form.
    """
    called = request.headers.get(b"content-type", b"")
    taken = request.environment.settings["token_content_type"]
    if taken == "form_only" and called.partition(b";")[0].strip().lower() != _FORM:
        found, expected = called.decode("latin-1") or "missing", _FORM.decode()
        text = f"Content-Type is {found}, expected {expected}"
        raise TokenError(error="invalid_request", description=text)
    pairs = _pairs(request.body.decode())
    form = dict(pairs)
    if len(form) != len(pairs) or "grant_type" not in form:
        raise TokenError(error="invalid_request")
    return form


def _pairs(text: str) -> list[tuple[str, str]]:
    if "%" not in text and "+" not in text and text.count("&") < _MOST_FIELDS:
        # what the library does, three times as fast: nothing is escaped
        cut = [each.partition("=") for each in text.split("&") if each]
        return [(name, value) for name, _, value in cut]
    try:
        return parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise TokenError(error="invalid_request") from None


def _proof(request: Request) -> Proof | None:
    """Return the proof that a request holds a key; None without one."""
    environment = request.environment
    if not request.proofs or environment.settings["dpop"] == "absent":
        return None
    now = environment.setup.clock.now()
    try:
        return environment.oauth.proofs.read(request.call, environment.settings, now, nonce=True)
    except NonceNeededError as needed:
        raise TokenError(error="use_dpop_nonce", nonce=needed.nonce) from None
    except JwtError as error:
        raise _bad_proof(request, f"proof: {error}") from None


def _use(proof: Proof, request: Request) -> None:
    environment = request.environment
    try:
        environment.oauth.proofs.use(proof, environment.setup.clock.now())
    except JwtError as error:
        raise _bad_proof(request, f"proof: {error}") from None


def _bad_proof(request: Request, text: str) -> TokenError:
    name = request.environment.settings["dpop_bad_proof"]
    return TokenError(error=name, description=text)


def _key_for(app: AppConnector, key: str | None, request: Request) -> str | None:
    """Return what the tokens of a client are bound to."""
    settings = request.environment.settings
    if not app.public:
        return None if settings["dpop_confidential"] == "ignored" else key
    if key is None:
        raise _bad_proof(request, "proof: a public client needs one in the header DPoP")
    return key


def _by_credentials(
    request: Request, app: AppConnector, _form: Mapping[str, str], key: str | None
) -> Answer:
    if app.public:
        raise TokenError(error="unauthorized_client")
    body = _issue(request, app, key=key)
    if request.environment.settings["oauth_refresh_null"] == "present":
        body["refresh_token"] = None
    return _granted(body)


def _by_code(
    request: Request, app: AppConnector, form: Mapping[str, str], key: str | None
) -> Answer:
    if not all(form.get(name) for name in ("code", "redirect_uri", "code_verifier")):
        raise TokenError(error="invalid_request")
    environment = request.environment
    code = environment.oauth.codes.pop(form["code"], None)
    digest = hashlib.sha256(form["code_verifier"].encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    now = environment.setup.clock.now()
    if (
        code is None
        or code.app is not app
        or code.expires <= now
        or not _same(form["redirect_uri"], code.redirect_uri, environment.settings)
        or not _VERIFIER.fullmatch(form["code_verifier"])
        or not secrets.compare_digest(code.challenge, challenge)
    ):
        raise TokenError(error="invalid_grant")
    chain = Grant(app=app, expires=now + _CHAIN, key=key, chain=secrets.token_hex(8))
    return _granted(_issue(request, app, key=key, chain=chain))


def _by_refresh(
    request: Request, app: AppConnector, form: Mapping[str, str], key: str | None
) -> Answer:
    environment = request.environment
    ends_chain = environment.settings["refresh_reuse"] == "ends_chain"
    grant = environment.oauth.take_refresh(
        form.get("refresh_token", ""), reuse_ends_chain=ends_chain
    )
    now = environment.setup.clock.now()
    if grant is None or grant.app is not app or grant.expires <= now:
        raise TokenError(error="invalid_grant")
    if grant.key is not None and grant.key != key:
        raise TokenError(error="invalid_grant")
    return _granted(_issue(request, app, key=key, chain=grant))


_GRANTS = {
    "client_credentials": _by_credentials,
    "authorization_code": _by_code,
    "refresh_token": _by_refresh,
}


def _issue(
    request: Request, app: AppConnector, *, key: str | None, chain: Grant | None = None
) -> dict[str, object]:
    settings = request.environment.settings
    life_s = _seconds(settings["access_token_life"])
    expires = request.environment.setup.clock.now() + timedelta(seconds=life_s)
    form = settings["access_token_form"]
    given = request.environment.oauth.give(app, expires, form=form, chain=chain, key=key)
    body: dict[str, object] = {
        "access_token": given.access,
        "token_type": "DPoP" if key else "Bearer",
        "expires_in": life_s,
    }
    if given.refresh is not None:
        body["refresh_token"] = given.refresh
    return body


def _seconds(value: str) -> int:
    return int(value.removesuffix("_s"))


def _granted(body: Mapping[str, object]) -> Answer:
    return Answer(body=json.dumps(body).encode())


def _error(name: str, status: int, description: str = "") -> Answer:
    body = {"error": name} | ({"error_description": description} if description else {})
    return Answer(status=status, body=json.dumps(body).encode())


def _redirect(uri: str, values: Mapping[str, str]) -> Answer:
    joint = "&" if "?" in uri else "?"
    answer = empty(302)
    answer.headers.append((b"location", f"{uri}{joint}{urlencode(values)}".encode()))
    return answer
