"""The environments as one ASGI application.

Plain ASGI: one lookup by path instead of a router, for every request goes through here.
"""

import asyncio
import base64
import json
import logging
import re
import sqlite3
import uuid
import zlib
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, unquote

from koppeling_harness.emulator.access import AppConnector, Denied
from koppeling_harness.emulator.client_keys import FetchFirstError
from koppeling_harness.emulator.dpop import Call
from koppeling_harness.emulator.environment import Environment
from koppeling_harness.emulator.jwt_rules import Address
from koppeling_harness.emulator.messages import Reason, Refusal

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

MOST_QUERY = 2049
"""Characters of the query string from `?`; longer gives 404 (source: AFAS, get-connector)."""
MOST_BODY = 75 * 1024 * 1024
"""Bytes of a request; larger gives 413 (source: AFAS, docs.afas.help/apidoc)."""

REASON = "koppeling.reason"
"""Member of the first message of an answer: why it refuses, for whoever serves."""

_LOG = logging.getLogger(__name__)
_SERVICE = "profitrestservices"
_GZIP_FROM = 1024
_BEFORE = {401, 403, 404}
"""Answers from before the application layer; they have no trace identifier."""

_JSON = (b"content-type", b"application/json; charset=utf-8")
NO_TYPE = (b"content-length", b"0")
"""In place of the content type of an answer without one."""
EMPTY = (b"content-type", b"application/xml; charset=utf-8")
_ALWAYS = [
    (b"cache-control", b"no-store, no-cache"),
    (b"strict-transport-security", b"max-age=31536000"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"deny"),
    (
        b"x-afas-proxy-stats",
        b"init(0ms), before response(1ms), after response(1ms), after compressing(1ms), "
        b"complete(1ms)",
    ),
    (b"access-control-allow-origin", b"*"),
    (
        b"access-control-allow-headers",
        b"Content-Type, Accept, Authorization, OnlineSessionId, Accept-Language",
    ),
    (b"access-control-allow-methods", b"GET, POST, PUT, DELETE, OPTIONS"),
    (b"access-control-max-age", b"1728000"),
]
_FOR_BROWSERS = [
    *(each for each in _ALWAYS if each[0] != b"access-control-allow-headers"),
    (
        b"access-control-allow-headers",
        b"Content-Type, Accept, Authorization, OnlineSessionId, Accept-Language, DPoP, "
        b"IntegrationId",
    ),
    (b"access-control-expose-headers", b"DPoP-Nonce, WWW-Authenticate"),
]
_PROXY = {each: (b"x-afas-proxy-version", each.encode()) for each in ("5.0.0.0", "4.3.0.0")}
_UNPROVEN = Call(method="", address=Address(url="", below=""), proofs=())
_LANGUAGE = re.compile(r"\s*([A-Za-z]{1,8}|\*)(?:-[A-Za-z0-9]+)*\s*(?:;\s*q=([0-9.]+)\s*)?$")


@dataclass(slots=True, kw_only=True)
class Answer:
    """What goes back."""

    status: int = 200
    body: bytes = b""
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    content_type: tuple[bytes, bytes] = _JSON
    reason: str = ""
    """Why it refuses, in words of ours, for whoever serves; the caller is not told."""
    for_browsers: bool = False
    """Whether a browser may send the headers of signing in too, and read their answers."""


@dataclass(slots=True, kw_only=True)
class Request:
    """One call, taken apart."""

    method: str
    parts: list[str]
    """Path below the service, unquoted: `["connectors", "Profit_Article"]`."""
    query_string: str
    headers: Mapping[bytes, bytes]
    body: bytes
    environment: Environment
    address: str | None
    host: str
    """Scheme and host that the client used."""
    path: str
    """As it was called."""
    below: str
    """What of it is below the service."""
    proofs: tuple[str, ...] = ()
    """The values of its `DPoP` headers."""

    @property
    def call(self) -> Call:
        """What a proof must be a proof of."""
        address = Address(url=self.host + self.path, below=self.below)
        return Call(method=self.method, address=address, proofs=self.proofs)

    @property
    def language(self) -> str:
        """`nl` or `en`, as the caller asks, else as the environment is set."""
        accepted = self.headers.get(b"accept-language")
        wanted = _wanted(accepted.decode("latin-1")) if accepted else ""
        return wanted or self.environment.settings["message_language"]

    @property
    def query(self) -> dict[str, str]:
        """Parameters by name in lower case; of repeated ones the last."""
        pairs = parse_qsl(self.query_string, keep_blank_values=True)
        return {name.lower(): value for name, value in pairs}


@lru_cache(maxsize=64)
def _wanted(header: str) -> str:
    """Return the language that a caller would rather have: `nl`, `en`, "" for any.

    Profit has five; the emulator speaks two, and answers in English to the other three.
    """
    asked = []
    for place, part in enumerate(header.split(",")):
        found = _LANGUAGE.match(part)
        weight = _weight(found[2]) if found else 0.0
        if found and weight:
            asked.append((-weight, place, found[1].lower()))
    if not asked or min(asked)[2] == "*":
        return ""
    return "nl" if min(asked)[2] == "nl" else "en"


def _weight(text: str | None) -> float:
    try:
        return 1.0 if text is None else float(text)
    except ValueError:
        return 0.0


Handler = Callable[[Request, AppConnector], Answer]
OpenHandler = Callable[[Request], Answer]


class Server:
    """Serves every environment below its own path.

    Args:
        environments: By lower-case name; looked up for every request.
        handlers: Endpoints by the first part of their path, for authenticated callers.
        open_handlers: Endpoints that need no token.
        after: Called with the events of every change that was kept.
    """

    def __init__(
        self,
        environments: Mapping[str, Environment],
        *,
        handlers: Mapping[str, Handler],
        open_handlers: Mapping[str, OpenHandler],
    ) -> None:
        self._environments = environments
        self._handlers = handlers
        self._open = open_handlers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI 3)."""
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
        elif scope["type"] == "http":
            body = await _read(receive)
            if body is None:
                answer = Answer(status=413, content_type=EMPTY)
            else:
                answer = await self._answer(scope, body)
            await _send(answer, scope, send)

    async def _answer(self, scope: Scope, body: bytes) -> Answer:
        while True:
            try:
                return self.answer(scope, body)
            except FetchFirstError as first:
                await asyncio.to_thread(first.fetch)

    def answer(self, scope: Scope, body: bytes) -> Answer:
        """Return the answer to a request.

        Raises:
            FetchFirstError: It can be answered after that.
        """
        raw = scope.get("raw_path") or scope["path"].encode()
        parts = raw.decode("latin-1").split("/")
        headers = dict(scope["headers"])
        if len(parts) > 1 and parts[1].lower() == _SERVICE:
            # As on AFAS's own hosts: the token tells which environment is meant.
            environment, below = self._by_token(headers), parts[2:]
        else:
            environment, below = self._by_path(parts), parts[3:]
        if environment is None:
            return Answer(status=404, content_type=EMPTY)
        for_browsers = environment.settings["cors_headers"] == "with_sign_in"
        if scope["method"] == "OPTIONS":
            return Answer(content_type=EMPTY, for_browsers=for_browsers)
        client = scope.get("client")
        request = Request(
            method=scope["method"],
            parts=[unquote(each) for each in below if each],
            query_string=scope["query_string"].decode("latin-1"),
            headers=headers,
            body=body,
            environment=environment,
            address=client[0] if client else None,
            host=f"{scope.get('scheme', 'http')}://{headers.get(b'host', b'').decode('latin-1')}",
            path=raw.decode("latin-1"),
            below="".join(f"/{each}" for each in below),
        )
        if b"dpop" in headers:
            request.proofs = tuple(
                value.decode("latin-1") for name, value in scope["headers"] if name == b"dpop"
            )
        answer = self._guarded(request)
        answer.headers.append(_PROXY[environment.settings["proxy_version"]])
        answer.for_browsers = for_browsers
        if request.proofs:
            _offer_nonce(answer, request)
        if environment.settings["trace_identifier"] == "present" and answer.status not in _BEFORE:
            answer.headers.append((b"x-trace-identifier", uuid.uuid4().hex.encode()))
        return answer

    def _by_path(self, parts: list[str]) -> Environment | None:
        if len(parts) < 3 or parts[2].lower() != _SERVICE:
            return None
        return self._environments.get(parts[1].lower())

    def _by_token(self, headers: Mapping[bytes, bytes]) -> Environment | None:
        """Return the environment that knows the caller; a lonely one takes everybody."""
        header = headers.get(b"authorization", b"").decode("latin-1")
        for each in self._environments.values():
            if isinstance(each.authenticate(header, None), AppConnector):
                return each
        return next(iter(self._environments.values()), None)

    def _guarded(self, request: Request) -> Answer:
        try:
            return self._dispatch(request)
        except Refusal as refusal:
            return refused(refusal, request)
        except sqlite3.Error as error:
            # A client gets what Profit says when its database fails; the line says it is ours.
            _LOG.error("the emulator's database refused %s: %s", request.parts[:2], error)
            return self._broke(error, request)
        except FetchFirstError:
            raise
        except Exception as error:  # noqa: BLE001 - one door for whatever it is
            # Our own fault, whatever it is: the client gets what Profit says of its own.
            _LOG.exception("the emulator broke on %s", request.parts[:2])
            return self._broke(error, request)

    def _broke(self, error: Exception, request: Request) -> Answer:
        """Answer what broke in the emulator in Profit's form, and remember it as ours."""
        called = "/".join((request.method, *request.parts[:2]))
        request.environment.broken.append(f"{called}: {type(error).__name__}: {error}")
        return refused(Refusal(Reason.UNEXPECTED), request)

    def _dispatch(self, request: Request) -> Answer:
        if request.query_string and len(request.query_string) + 1 > MOST_QUERY:
            return Answer(status=404, content_type=EMPTY)
        if not request.parts:
            return Answer(status=404, content_type=EMPTY)
        first = request.parts[0].lower()
        opened = self._open.get(first)
        if opened:
            return opened(request)
        header = request.headers.get(b"authorization")
        app = request.environment.authenticate(
            header.decode("latin-1") if header is not None else None,
            request.address,
            request.call if request.proofs else _UNPROVEN,
        )
        if isinstance(app, Denied):
            return denied(app, request)
        handler = self._handlers.get(first)
        if handler is None:
            return Answer(status=404, content_type=EMPTY)
        return handler(request, app)


def _offer_nonce(answer: Answer, request: Request) -> None:
    """Let an answer carry a newer nonce than the proof of its request: any answer may."""
    environment = request.environment
    now = environment.setup.clock.now()
    nonce = environment.oauth.proofs.offered(request.call, environment.settings, now)
    if nonce and not any(name == b"dpop-nonce" for name, _ in answer.headers):
        answer.headers.append((b"dpop-nonce", nonce.encode()))


def denied(why: Denied, request: Request) -> Answer:
    """Return the answer to a caller who is not let in."""
    if why.status == 500:
        broken = refused(Refusal(Reason.UNEXPECTED), request)
        broken.reason = why.reason
        return broken
    answer = Answer(status=why.status, content_type=EMPTY, reason=why.reason)
    if why.nonce and why.status == 400:
        answer = Answer(status=400, body=b'{"error": "use_dpop_nonce"}', reason=why.reason)
    if why.nonce:
        answer.headers.append((b"dpop-nonce", why.nonce.encode()))
    if why.status == 401 and request.environment.settings["challenge_401"] == "present":
        challenge = why.challenge or "Bearer, DPoP"
        answer.headers.append((b"www-authenticate", challenge.encode("latin-1")))
    return answer


def refused(refusal: Refusal, request: Request) -> Answer:
    """Return the 500 with Profit's standard error."""
    reference = uuid.uuid4().hex.upper()
    text = refusal.text(request.language)
    body = {
        "externalMessage": text,
        "errorNumber": refusal.number,
        "profitLogReference": reference,
    }
    answer = Answer(status=500, body=json.dumps(body, ensure_ascii=False).encode())
    answer.headers.append((b"x-profit-log-reference", reference.encode()))
    if request.environment.settings["x_profit_error"] == "present":
        answer.headers.append((b"x-profit-error", base64.b64encode(text.encode())))
    return answer


def json_answer(text: str, status: int = 200) -> Answer:
    """Return an answer with a JSON body."""
    return Answer(status=status, body=text.encode())


def empty(status: int) -> Answer:
    """Return an answer without a body."""
    return Answer(status=status, content_type=EMPTY)


async def _read(receive: Receive) -> bytes | None:
    """Return the request's body; None when it is larger than Profit takes."""
    message = await receive()
    body: bytes = message.get("body", b"")
    if not message.get("more_body"):
        return body if len(body) <= MOST_BODY else None
    chunks, size = [body], len(body)
    while message.get("more_body"):
        message = await receive()
        chunk = message.get("body", b"")
        size += len(chunk)
        if size <= MOST_BODY:
            chunks.append(chunk)
    return b"".join(chunks) if size <= MOST_BODY else None


async def _send(answer: Answer, scope: Scope, send: Send) -> None:
    body = answer.body
    always = _FOR_BROWSERS if answer.for_browsers else _ALWAYS
    headers = [answer.content_type, *always, *answer.headers]
    if len(body) >= _GZIP_FROM and _accepts_gzip(scope):
        packer = zlib.compressobj(1, zlib.DEFLATED, 31)
        body = packer.compress(body) + packer.flush()
        headers.append((b"content-encoding", b"gzip"))
    if answer.content_type is EMPTY:
        headers.append((b"content-length", b"0"))
    # Bodies go without a length, in chunks, as AFAS's do.
    start = {"type": "http.response.start", "status": answer.status, "headers": headers}
    await send({**start, REASON: answer.reason} if answer.reason else start)
    await send({"type": "http.response.body", "body": body})


def _accepts_gzip(scope: Scope) -> bool:
    return any(name == b"accept-encoding" and b"gzip" in value for name, value in scope["headers"])


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await send({"type": "lifespan.shutdown.complete"})
            return
