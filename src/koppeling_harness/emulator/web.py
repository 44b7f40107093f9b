"""The environments as one ASGI application.

Plain ASGI: one lookup by path instead of a router, for every request goes through here.
"""

import base64
import json
import logging
import os
import re
import sqlite3
import uuid
import zlib
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from koppeling_harness.aside import CHUNK, in_thread
from koppeling_harness.emulator.access import AppConnector, Denied
from koppeling_harness.emulator.address import read_path
from koppeling_harness.emulator.client_keys import FetchFirstError
from koppeling_harness.emulator.dpop import Call
from koppeling_harness.emulator.environment import Environment
from koppeling_harness.emulator.jwt_rules import Address
from koppeling_harness.emulator.messages import Reason, Refusal
from koppeling_harness.emulator.request_body import GoneError, UnfitError, brings_body, read_body

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

_Given = TypeVar("_Given")

MOST_QUERY = 2049
"""Characters of the query string from `?`; longer gives 404 (source: AFAS, get-connector)."""

_LOG = logging.getLogger(__name__)
_SERVICE = "profitrestservices"
_GZIP_FROM = 1024
_REFUSED = 400
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
    scheme: str
    path: str
    """As it was called."""
    proofs: tuple[str, ...] = ()
    """The values of its `DPoP` headers."""

    @property
    def host(self) -> str:
        """Scheme and host that the client used."""
        return f"{self.scheme}://{self.headers.get(b'host', b'').decode('latin-1')}"

    @property
    def call(self) -> Call:
        """What a proof must be a proof of."""
        below = self.path.lower().find(_SERVICE) + len(_SERVICE)
        address = Address(url=self.host + self.path, below=self.path[below:])
        return Call(method=self.method, address=address, proofs=self.proofs)

    @property
    def language(self) -> str:
        """`nl` or `en`, as the caller asks, else as the environment is set."""
        accepted = self.headers.get(b"accept-language")
        wanted = _wanted(accepted.decode("latin-1")) if accepted else ""
        return wanted or self.environment.settings["message_language"]

    @property
    def query(self) -> Mapping[str, str]:
        """Parameters by name in lower case; of repeated ones the last."""
        return _query(self.query_string)


@lru_cache(maxsize=256)
def _query(text: str) -> Mapping[str, str]:
    pairs = parse_qsl(text, keep_blank_values=True)
    return MappingProxyType({name.lower(): value for name, value in pairs})


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
        settings: Their switches, which they share.
        handlers: Endpoints by the first part of their path, for authenticated callers.
        open_handlers: Endpoints that need no token.

    Attributes:
        on_refused: Is told of each request that is answered with 400 or more.
    """

    def __init__(
        self,
        environments: Mapping[str, Environment],
        settings: Mapping[str, str],
        *,
        handlers: Mapping[str, Handler],
        open_handlers: Mapping[str, OpenHandler],
    ) -> None:
        self._environments = environments
        self._double_slash = settings["double_slash"] == "taken"
        self._proxy = _PROXY[settings["proxy_version"]]
        self._for_browsers = settings["cors_headers"] == "with_sign_in"
        self._traced = settings["trace_identifier"] == "present"
        self.on_refused: Callable[[Scope, Answer], None] | None = None
        self._handlers = handlers
        self._open = open_handlers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI 3)."""
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
        elif scope["type"] == "http":
            await self._serve(scope, receive, send, None)

    def only(self, name: str) -> Application:
        """Return an ASGI application for one environment: no other can be reached through it."""

        async def serve(scope: Scope, receive: Receive, send: Send) -> None:
            await self._serve(scope, receive, send, name.lower())

        return serve

    async def _serve(self, scope: Scope, receive: Receive, send: Send, only: str | None) -> None:
        admitted = self._admitted(scope, only)
        if isinstance(admitted, Answer):
            if brings_body(
                dict(scope["headers"])
            ):  # who is not let in need not send it: it is unread
                admitted.headers.append((b"connection", b"close"))
            await self._give(admitted, scope, send)
            return
        request, app = admitted
        try:
            request.body = await read_body(request.headers, receive)
        except GoneError:
            return  # it is not whole, so it is not carried out
        except UnfitError as unfit:
            refusing = Answer(status=unfit.status, content_type=EMPTY, reason=unfit.reason)
            await self._give(refusing, scope, send)
            return
        await self._give(await self._answered(request, app), scope, send)

    async def _answered(self, request: Request, app: AppConnector | None) -> Answer:
        """Return the answer to a whole request; to one with a long body beside the loop."""
        while True:
            try:
                if len(request.body) <= CHUNK and not request.environment.is_busy:
                    return self._told(request, app)
                return await request.environment.in_turn(self._told, request, app)
            except FetchFirstError as first:
                await in_thread(first.fetch)

    def _give(self, answer: Answer, scope: Scope, send: Send) -> Awaitable[None]:
        """Return the sending of an answer, which whoever serves is told of when it refuses."""
        if answer.status >= _REFUSED and self.on_refused is not None:
            self.on_refused(scope, answer)
        return _send(answer, scope, send)

    def answer(self, scope: Scope, body: bytes) -> Answer:
        """Return the answer to a whole request.

        Raises:
            FetchFirstError: It can be answered after that.
        """
        admitted = self._admitted(scope, None)
        if isinstance(admitted, Answer):
            return admitted
        request, app = admitted
        request.body = body
        return self._told(request, app)

    def _admitted(
        self, scope: Scope, only: str | None
    ) -> "Answer | tuple[Request, AppConnector | None]":
        """Return a request with its caller, None where none is asked; or why it is turned away.

        As AFAS does, before the body is read.
        """
        headers = {name: value.strip(b" \t") for name, value in scope["headers"]}
        if len(headers) != len(scope["headers"]):
            headers = _joined(scope["headers"])
        host = headers.get(b"host")
        if (host is None or b"," in host) and scope.get("http_version") == "1.1":
            return Answer(status=400, content_type=EMPTY, reason="there is not one header Host")
        request = self._request(scope, headers, only)
        if request is None:
            return Answer(status=404, content_type=EMPTY)
        if request.method == "OPTIONS":
            return Answer(content_type=EMPTY, for_browsers=self._for_browsers)
        if request.query_string and len(request.query_string) + 1 > MOST_QUERY:
            return Answer(status=404, content_type=EMPTY)
        if request.parts[0].lower() in self._open:
            return request, None
        app = self._guarded(request, lambda: self._authenticate(request))
        return self._finished(app, request) if isinstance(app, Answer) else (request, app)

    def _authenticate(self, request: Request) -> "Answer | AppConnector":
        header = request.headers.get(b"authorization")
        app = request.environment.authenticate(
            header.decode("latin-1") if header is not None else None,
            request.address,
            request.call if request.proofs else _UNPROVEN,
        )
        return denied(app, request) if isinstance(app, Denied) else app

    def _request(
        self, scope: Scope, headers: Mapping[bytes, bytes], only: str | None
    ) -> Request | None:
        raw = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1")
        environment, parts = self._find(raw, headers, only)
        if environment is None:
            return None
        client = scope.get("client")
        return Request(
            method=scope["method"],
            parts=parts,
            query_string=scope["query_string"].decode("latin-1"),
            headers=headers,
            body=b"",
            environment=environment,
            address=client[0] if client else None,
            scheme=scope.get("scheme", "http"),
            path=raw,
            proofs=_proofs(scope) if b"dpop" in headers else (),
        )

    def _find(
        self, raw: str, headers: Mapping[bytes, bytes], only: str | None
    ) -> tuple[Environment | None, list[str]]:
        """Return the environment that a path is about, and the path's parts below the service."""
        read = read_path(raw, double_slash=self._double_slash)
        if read is None:
            return None, []
        name, parts = read[0], list(read[1])
        if only is not None:
            return (self._environments.get(only) if name.lower() in {"", only} else None), parts
        if name:
            return self._environments.get(name.lower()), parts
        # As on AFAS's own hosts: the token tells which environment is meant.
        return self._by_token(headers), parts

    def _by_token(self, headers: Mapping[bytes, bytes]) -> Environment | None:
        """Return the environment that knows the caller; a lonely one takes everybody."""
        header = headers.get(b"authorization", b"").decode("latin-1")
        for each in self._environments.values():
            if isinstance(each.authenticate(header, None), AppConnector):
                return each
        return next(iter(self._environments.values()), None)

    def _told(self, request: Request, app: AppConnector | None) -> Answer:
        answer = self._guarded(request, lambda: self._dispatch(request, app))
        return self._finished(answer, request)

    def _finished(self, answer: Answer, request: Request) -> Answer:
        answer.headers.append(self._proxy)
        answer.for_browsers = self._for_browsers
        if request.proofs:
            _offer_nonce(answer, request)
        if self._traced and answer.status not in _BEFORE:
            answer.headers.append((b"x-trace-identifier", os.urandom(16).hex().encode()))
        return answer

    def _guarded(self, request: Request, work: Callable[[], _Given]) -> "_Given | Answer":
        try:
            return work()
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

    def _dispatch(self, request: Request, app: AppConnector | None) -> Answer:
        first = request.parts[0].lower()
        if app is None:
            return self._open[first](request)
        handler = self._handlers.get(first)
        return Answer(status=404, content_type=EMPTY) if handler is None else handler(request, app)


def _joined(lines: Iterable[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """Return headers by name; several lines of one are a list. Source: RFC 9110, section 5.2.

    So two lines of `Authorization` are one value, which no scheme has.
    """
    found: dict[bytes, bytes] = {}
    for name, line in lines:
        value = line.strip(b" \t")
        found[name] = b", ".join((found[name], value)) if name in found else value
    return found


def _proofs(scope: Scope) -> tuple[str, ...]:
    return tuple(value.decode("latin-1") for name, value in scope["headers"] if name == b"dpop")


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
    content = json.dumps(body, ensure_ascii=False).encode()
    answer = Answer(status=500, body=content, reason=f"{text} {refusal.why}" if refusal.why else "")
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
    await send(start)
    await send({"type": "http.response.body", "body": body})


def _accepts_gzip(scope: Scope) -> bool:
    return any(name == b"accept-encoding" and _is_gzip(value) for name, value in scope["headers"])


@lru_cache(maxsize=64)
def _is_gzip(accepted: bytes) -> bool:
    """Return whether a value of `Accept-Encoding` takes gzip. Source: RFC 9110, section 12.5.3."""
    for part in accepted.decode("latin-1").lower().split(","):
        name, _, weight = part.partition(";")
        if name.strip() in {"gzip", "x-gzip"}:
            return _weight(weight.strip().removeprefix("q=").strip() or None) > 0
    return False


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await send({"type": "lifespan.shutdown.complete"})
            return
