"""OAuth: client credentials, authorization code with PKCE, rotating refresh tokens.

The authorize endpoint approves at once; there is nobody to log in. Proof of possession (DPoP) and
`private_key_jwt` of Profit 9 are not emulated.

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
from koppeling_harness.emulator.grants import Code
from koppeling_harness.emulator.web import Answer, OpenHandler, Request, empty

_LIFETIME_S = 3600
_CODE_LIFETIME = timedelta(minutes=5)
_CHAIN = timedelta(days=30)


class _TokenError(Exception):
    def __init__(self, error: str, status: int = 400) -> None:
        super().__init__(error)
        self.error = error
        self.status = status


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
    app = _app(request, query.get("client_id"))
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
    except _TokenError as error:
        answer = _error(error.error, error.status)
        if error.status == 401:
            answer.headers.append((b"www-authenticate", b"Basic"))
        return answer


def _grant(request: Request) -> Answer:
    pairs = parse_qsl(request.body.decode(), keep_blank_values=True)
    form = dict(pairs)
    if len(form) != len(pairs) or "grant_type" not in form:
        raise _TokenError(error="invalid_request")
    app = _client(request, form)
    grants = {
        "client_credentials": _by_credentials,
        "authorization_code": _by_code,
        "refresh_token": _by_refresh,
    }
    grant = grants.get(form["grant_type"])
    if grant is None:
        raise _TokenError(error="unsupported_grant_type")
    return grant(request, app, form)


def _client(request: Request, form: Mapping[str, str]) -> AppConnector:
    """Return the client that proves itself by secret in the body, or by Basic where allowed."""
    header = request.headers.get(b"authorization", b"").decode("latin-1")
    basic = header.lower().startswith("basic ")
    id_, secret = form.get("client_id"), form.get("client_secret")
    allowed = request.environment.settings["oauth_client_authentication"] == "body_or_basic"
    if basic:
        if secret is not None or not allowed:
            raise _TokenError(error="invalid_request")
        try:
            text = base64.b64decode(header[6:], validate=True).decode()
        except ValueError:
            raise _TokenError(error="invalid_client", status=401) from None
        name, _, secret = text.partition(":")
        if id_ is not None and id_ != name:
            raise _TokenError(error="invalid_request")
        id_ = name
    app = _app(request, id_)
    good = app is not None and secrets.compare_digest(
        app.client_secret.reveal().encode(), (secret or "").encode()
    )
    if app is None or not good or app.kind == "classic" or app.blocked:
        raise _TokenError(error="invalid_client", status=401 if basic else 400)
    return app


def _by_credentials(request: Request, app: AppConnector, _form: Mapping[str, str]) -> Answer:
    body = _issue(request, app)
    if request.environment.settings["oauth_refresh_null"] == "present":
        body["refresh_token"] = None
    return _granted(body)


def _by_code(request: Request, app: AppConnector, form: Mapping[str, str]) -> Answer:
    if not all(form.get(name) for name in ("code", "redirect_uri", "code_verifier")):
        raise _TokenError(error="invalid_request")
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
        raise _TokenError(error="invalid_grant")
    return _granted(_issue(request, app, chain_ends=now + _CHAIN))


def _by_refresh(request: Request, app: AppConnector, form: Mapping[str, str]) -> Answer:
    grant = request.environment.oauth.take_refresh(form.get("refresh_token", ""))
    now = request.environment.setup.clock.now()
    if grant is None or grant.app is not app or grant.expires <= now:
        raise _TokenError(error="invalid_grant")
    return _granted(_issue(request, app, chain_ends=grant.expires))


def _issue(
    request: Request, app: AppConnector, *, chain_ends: datetime | None = None
) -> dict[str, object]:
    expires = request.environment.setup.clock.now() + timedelta(seconds=_LIFETIME_S)
    given = request.environment.oauth.give(app, expires, chain_ends=chain_ends)
    body: dict[str, object] = {
        "access_token": given.access,
        "token_type": "Bearer",
        "expires_in": _LIFETIME_S,
    }
    if given.refresh is not None:
        body["refresh_token"] = given.refresh
    return body


def _app(request: Request, client_id: str | None) -> AppConnector | None:
    return next((each for each in request.environment.apps if each.client_id == client_id), None)


def _granted(body: Mapping[str, object]) -> Answer:
    return Answer(body=json.dumps(body).encode())


def _error(name: str, status: int) -> Answer:
    return Answer(status=status, body=json.dumps({"error": name}).encode())


def _redirect(uri: str, values: Mapping[str, str]) -> Answer:
    joint = "&" if "?" in uri else "?"
    answer = empty(302)
    answer.headers.append((b"location", f"{uri}{joint}{urlencode(values)}".encode()))
    return answer
