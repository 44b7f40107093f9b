"""OAuth: client credentials, authorization code with PKCE, rotating refresh tokens.

The authorize endpoint approves at once; there is nobody to log in. How clients prove themselves is
in `client_auth`, what binds a token to a key in `dpop`.

Source: AFAS, docs.afas.help/profit/en (OAuth pages, news-profit9).
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlencode

from koppeling_harness.emulator.access import AppConnector
from koppeling_harness.emulator.client_auth import TokenError, app_of, client_of
from koppeling_harness.emulator.dpop import NonceNeededError
from koppeling_harness.emulator.grants import Code
from koppeling_harness.emulator.jwt_rules import JwtError
from koppeling_harness.emulator.web import Answer, OpenHandler, Request, empty

_LIFETIME_S = 3600
_CODE_LIFETIME = timedelta(minutes=5)
_CHAIN = timedelta(days=30)


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
    query = request.query
    app = app_of(request, query.get("client_id"))
    uri = query.get("redirect_uri", "")
    if app is None or uri not in app.redirect_uris:
        return _error("invalid_request", 400)
    back = {"state": query["state"]} if "state" in query else {}
    if query.get("response_type") != "code":
        return _redirect(uri, {"error": "unsupported_response_type", **back})
    if not query.get("code_challenge") or query.get("code_challenge_method") != "S256":
        text = "code challenge required"
        return _redirect(uri, {"error": "invalid_request", "error_description": text, **back})
    code = secrets.token_urlsafe(32)
    environment = request.environment
    environment.oauth.codes[code] = Code(
        app=app,
        redirect_uri=uri,
        challenge=query["code_challenge"],
        expires=environment.setup.clock.now() + _CODE_LIFETIME,
    )
    return _redirect(uri, {"code": code, **back})


def _token(request: Request) -> Answer:
    try:
        return _grant(request)
    except UnicodeDecodeError:
        return _error("invalid_request", 400)
    except TokenError as error:
        answer = _error(error.error, error.status, error.description)
        if error.status == 401:
            answer.headers.append((b"www-authenticate", b"Basic"))
        if error.nonce:
            answer.headers.append((b"dpop-nonce", error.nonce.encode()))
        return answer


def _grant(request: Request) -> Answer:
    pairs = parse_qsl(request.body.decode(), keep_blank_values=True)
    form = dict(pairs)
    if len(form) != len(pairs) or "grant_type" not in form:
        raise TokenError(error="invalid_request")
    # before the client: one that must ask again with a nonce may send the same assertion again
    key = _bound_to(request)
    app = client_of(request, form)
    key = _key_for(app, key, request)
    grants = {
        "client_credentials": _by_credentials,
        "authorization_code": _by_code,
        "refresh_token": _by_refresh,
    }
    grant = grants.get(form["grant_type"])
    if grant is None:
        raise TokenError(error="unsupported_grant_type")
    return grant(request, app, form, key)


def _bound_to(request: Request) -> str | None:
    """Return the thumbprint of the key that a request proves to hold; None without a proof."""
    environment = request.environment
    if not request.proofs or environment.settings["dpop"] == "absent":
        return None
    now = environment.setup.clock.now()
    try:
        return environment.oauth.proofs.key_of(request.call, environment.settings, now, nonce=True)
    except NonceNeededError as needed:
        raise TokenError(error="use_dpop_nonce", nonce=needed.nonce) from None
    except JwtError as error:
        name = environment.settings["dpop_bad_proof"]
        raise TokenError(error=name, description=f"proof: {error}") from None


def _key_for(app: AppConnector, key: str | None, request: Request) -> str | None:
    """Return what the tokens of a client are bound to."""
    settings = request.environment.settings
    if not app.public:
        return None if settings["dpop_confidential"] == "ignored" else key
    if key is None:
        text = "proof: a public client needs one in the header DPoP"
        raise TokenError(error=settings["dpop_bad_proof"], description=text)
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
    code = request.environment.oauth.codes.pop(form["code"], None)
    digest = hashlib.sha256(form["code_verifier"].encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    now = request.environment.setup.clock.now()
    if (
        code is None
        or code.app is not app
        or code.expires <= now
        or code.redirect_uri != form["redirect_uri"]
        or not secrets.compare_digest(code.challenge, challenge)
    ):
        raise TokenError(error="invalid_grant")
    return _granted(_issue(request, app, key=key, chain_ends=now + _CHAIN))


def _by_refresh(
    request: Request, app: AppConnector, form: Mapping[str, str], key: str | None
) -> Answer:
    grant = request.environment.oauth.take_refresh(form.get("refresh_token", ""))
    now = request.environment.setup.clock.now()
    if grant is None or grant.app is not app or grant.expires <= now:
        raise TokenError(error="invalid_grant")
    if app.public and grant.key != key:
        raise TokenError(error="invalid_grant")
    return _granted(_issue(request, app, key=key, chain_ends=grant.expires))


def _issue(
    request: Request, app: AppConnector, *, key: str | None, chain_ends: datetime | None = None
) -> dict[str, object]:
    expires = request.environment.setup.clock.now() + timedelta(seconds=_LIFETIME_S)
    given = request.environment.oauth.give(app, expires, chain_ends=chain_ends, key=key)
    body: dict[str, object] = {
        "access_token": given.access,
        "token_type": "DPoP" if key else "Bearer",
        "expires_in": _LIFETIME_S,
    }
    if given.refresh is not None:
        body["refresh_token"] = given.refresh
    return body


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
