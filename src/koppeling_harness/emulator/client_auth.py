"""Authentication of a client at the token endpoint.

By a secret in the body or by HTTP Basic, by a token that it signed (`private_key_jwt`), or, as a
public client, not at all. Source: AFAS, docs.afas.help/profit/en/authentication; RFC 7523.
"""

import base64
import contextlib
import secrets
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

from koppeling_harness.emulator.access import AppConnector
from koppeling_harness.emulator.jwt_rules import SKEW_S, JwtError, text_claim, time_claim
from koppeling_harness.emulator.web import Request
from koppeling_harness.model.secret import Secret

if TYPE_CHECKING:
    from koppeling_harness.emulator.signed import ClientKey, Jwt

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
"""Source: RFC 7523, section 2.2."""

_CLIENT_TYPE = "client-authentication+jwt"
_MOST_AHEAD_S = 300


class TokenError(Exception):
    """Why the token endpoint refuses.

    Attributes:
        error: The error's code.
        description: More of it, in words of ours; empty when there is nothing to say.
        status: HTTP status.
        nonce: What `DPoP-Nonce` says.
    """

    def __init__(
        self, error: str, *, description: str = "", status: int = 400, nonce: str = ""
    ) -> None:
        super().__init__(error)
        self.error = error
        self.description = description
        self.status = status
        self.nonce = nonce


def client_of(request: Request, form: Mapping[str, str]) -> AppConnector:
    """Return the client that a request to the token endpoint comes from.

    Raises:
        TokenError: It does not prove itself, or in two ways at once.
        FetchFirstError: Its keys are to be fetched first.
    """
    ways = request.environment.settings["oauth_client_authentication"]
    header = request.headers.get(b"authorization", b"").decode("latin-1")
    basic = header.lower().startswith("basic ")
    signed = ways == "body_basic_or_jwt" and "client_assertion" in form
    if basic and ways == "body":
        text = "by Basic from Profit 9 on only: send client_id and client_secret in the body"
        raise TokenError(error="invalid_request", description=text)
    if basic + signed + ("client_secret" in form) > 1:
        text = "a client proves itself in one way: by a secret or by what it signed, sent once"
        raise TokenError(error="invalid_request", description=text)
    if basic:
        return _by_basic(request, form, header[6:])
    if signed:
        return _by_assertion(request, form)
    app = app_of(request, form.get("client_id"))
    if app is None or not _may_ask(app):
        raise TokenError(error="invalid_client")
    if app.public and request.environment.settings["dpop"] == "present":
        if "client_secret" in form:
            raise TokenError(error="invalid_client")
        return app
    if not _is_secret(request, app, form.get("client_secret", "")):
        raise TokenError(error="invalid_client", description=_none_works(request, app))
    return app


def app_of(request: Request, client_id: str | None) -> AppConnector | None:
    """Return the app connector of a client id."""
    return next((each for each in request.environment.apps if each.client_id == client_id), None)


def _may_ask(app: AppConnector) -> bool:
    return app.kind != "classic" and not app.blocked


def _working(request: Request, app: AppConnector) -> list[Secret]:
    environment = request.environment
    validity = environment.settings["client_secret_validity"]
    return app.secrets_at(
        environment.setup.clock.now(), environment.opened, limited=validity == "limited"
    )


def _none_works(request: Request, app: AppConnector) -> str:
    """Return that every secret of a client has ended; empty when one works."""
    if app.public or _working(request, app):
        return ""
    return "every secret of this client has ended: make a new one on the app connector"


def _is_secret(request: Request, app: AppConnector, secret: str) -> bool:
    if app.public:
        return False
    working = _working(request, app)
    given, fits = secret.encode(errors="surrogatepass"), False
    for each in working:  # all of them, so that the time tells nothing
        fits |= secrets.compare_digest(each.reveal().encode(), given)
    return fits


def _by_basic(request: Request, form: Mapping[str, str], credentials: str) -> AppConnector:
    """Return the client that HTTP Basic names: each value is form-urlencoded (RFC 6749, 2.3.1)."""
    try:
        text = base64.b64decode(credentials, validate=True).decode()
        name, _, secret = (unquote_plus(each, errors="strict") for each in text.partition(":"))
    except ValueError:
        raise TokenError(error="invalid_client", status=401) from None
    if form.get("client_id", name) != name:
        raise TokenError(error="invalid_request")
    app = app_of(request, name)
    if app is None or not _may_ask(app):
        raise TokenError(error="invalid_client", status=401)
    if not _is_secret(request, app, secret):
        why = _none_works(request, app)
        if _is_secret(request, app, text.partition(":")[2]):
            why = "by Basic id and secret are each form-urlencoded first (RFC 6749, 2.3.1)"
        raise TokenError(error="invalid_client", status=401, description=why)
    return app


def _by_assertion(request: Request, form: Mapping[str, str]) -> AppConnector:
    # loading the library takes half a second, and few clients sign
    from koppeling_harness.emulator import signed  # noqa: PLC0415

    try:
        jwt = signed.read(_assertion(form))
        name = text_claim(jwt.claims, "sub")
        if form.get("client_id", name) != name:
            raise TokenError(error="invalid_request")
        app = app_of(request, name)
        if app is None or app.public or not _may_ask(app):
            raise TokenError(error="invalid_client")
        environment = request.environment
        now = environment.setup.clock.now()
        keys = environment.oauth.client_keys
        _verify(jwt, keys.candidates(app, jwt.header, environment.settings, now))
        _check_audience(jwt, request)
        _check_claims(jwt.claims, request, now.timestamp())
    except JwtError as error:
        raise TokenError(error="invalid_client", description=f"client assertion: {error}") from None
    return app


def _assertion(form: Mapping[str, str]) -> str:
    if form.get("client_assertion_type") != ASSERTION_TYPE:
        message = f"client_assertion_type is not {ASSERTION_TYPE}"
        raise JwtError(message)
    return form["client_assertion"]


def _verify(jwt: "Jwt", keys: "Sequence[ClientKey]") -> None:
    """Make sure that one of a client's keys signed a token: without `kid` it may be any of them."""
    from koppeling_harness.emulator import signed  # noqa: PLC0415

    *others, last = keys
    for each in others:
        with contextlib.suppress(JwtError):
            return signed.verify(jwt, each.key)
    return signed.verify(jwt, last.key)


def _check_claims(claims: Mapping[str, Any], request: Request, now: float) -> None:
    id_ = text_claim(claims, "jti")
    if text_claim(claims, "iss") != claims["sub"]:
        message = "iss and sub are not the same client_id"
        raise JwtError(message)
    expires = time_claim(claims, "exp")
    if expires + SKEW_S <= now:
        message = f"exp is {now - expires:.0f} s ago"
        raise JwtError(message)
    if expires > now + _MOST_AHEAD_S + SKEW_S:
        message = f"exp is {expires - now:.0f} s ahead, expected {_MOST_AHEAD_S} at most"
        raise JwtError(message)
    if "nbf" in claims and time_claim(claims, "nbf") > now + SKEW_S:
        message = "nbf is still to come"
        raise JwtError(message)
    request.environment.oauth.assertions.take(
        f"{claims['sub']} {id_}", until=expires + SKEW_S, now=now
    )


def _check_audience(jwt: "Jwt", request: Request) -> None:
    """Make sure that an assertion is for this environment.

    With `typ` `client-authentication+jwt` its `aud` is the base URL and nothing else; with `JWT` it
    may also be the token URL.
    """
    settings, address = request.environment.settings, request.call.address
    audience, typ = jwt.claims.get("aud"), _type_of(jwt)
    if typ not in {"jwt", "", _CLIENT_TYPE} and settings["assertion_typ"] == "jwt_or_none":
        message = f"typ is not JWT or {_CLIENT_TYPE}"
        raise JwtError(message)
    taken = (address.base,) if typ == _CLIENT_TYPE else (address, address.base)
    given = audience if isinstance(audience, list) else [audience]
    if isinstance(audience, list) and settings["assertion_aud_list"] == "refused":
        given = []
    named = [each for each in given if isinstance(each, str)]
    if not any(each.is_named_by(name) for each in taken for name in named):
        message = f"aud is not {' or '.join(each.url for each in taken)}"
        raise JwtError(message)


def _type_of(jwt: "Jwt") -> str:
    """Return `typ` as RFC 7515, 4.1.9, compares it."""
    return str(jwt.header.get("typ") or "").lower().removeprefix("application/")
