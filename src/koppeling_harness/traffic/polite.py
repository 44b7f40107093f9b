"""Between the gateway and a real environment: wait for room, note what is written, wait again.

What the harness itself sends goes through here too, past the gateway.
"""

import asyncio
import contextlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from koppeling_harness.errors import ErpUnavailableError
from koppeling_harness.http.address import SERVICE, read_address
from koppeling_harness.http.headers import RawHeaders, header_of
from koppeling_harness.http.line import BrokenOffError
from koppeling_harness.http.patience import patiently
from koppeling_harness.model.exchange import Sender
from koppeling_harness.model.fault import is_sign_in
from koppeling_harness.model.gate import Gate
from koppeling_harness.traffic.answer import Answer
from koppeling_harness.traffic.capture import Capture
from koppeling_harness.traffic.wire import target_of

UPSTREAM = "erp"
"""The name by which the reverse proxy knows the environment."""

_WRITES = frozenset({"POST", "PUT", "DELETE"})
_OF_ENVIRONMENT = frozenset({429, 502, 503, 504})
_OF_ACCESS = frozenset({401, 403})
_OK, _UNAUTHORIZED = 200, 401


class WriteLog(Protocol):
    """Is told of every write, before it is sent and after it was answered."""

    def before(self, door: "Door", method: str, path: str, body: bytes) -> int | None:
        """Note a write; return its number, None when there is nothing to note."""
        ...

    def after(self, number: int, status: int, body: bytes) -> None:
        """Note how it was answered."""
        ...


@dataclass(slots=True, kw_only=True)
class Door:
    """One way in, of one sender in one scenario.

    Attributes:
        name: First segment of its paths.
        sender: Who comes through it.
        authorization: What the right `Authorization` header says, by a classic token; a refusal of
            another one is not the environment's doing. Empty without such a token.
        scenario: Integration and scenario that it is for.
        marks: Run-unique texts of the scenario, as they are made.
        troubles: What went wrong in the environment, for a person.
        under_way: Calls that were not answered yet.
        given: Until when the tokens hold that were given out through this door, by OAuth; in
            seconds of the clock of the event loop, by what `Authorization` says of them.
        was_refused: Whether the last call of the harness was refused for its token by OAuth: it
            asks for another one then, and only who refuses that too is in trouble.
    """

    name: str
    sender: Sender
    authorization: str
    scenario: tuple[str, str]
    marks: Callable[[], frozenset[str]] = frozenset
    troubles: list[str] = field(default_factory=list)
    under_way: int = 0
    given: dict[str, float] = field(default_factory=dict)
    was_refused: bool = False

    def tells_of_trouble(self, status: int, authorization: str) -> bool:
        """Return whether a refusal of access is the environment's doing."""
        if self.authorization:
            return authorization == self.authorization
        if self.sender is Sender.HARNESS:
            first = status == _UNAUTHORIZED and not self.was_refused
            self.was_refused = first
            return not first
        return self.given.get(authorization, 0.0) > asyncio.get_running_loop().time()

    def gave(self, answer: bytes) -> None:
        """Note the token that an answer of the token endpoint gives out."""
        try:
            said = json.loads(answer)
            token, life_s = said["access_token"], float(said.get("expires_in", 0))
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
            return
        until_s = asyncio.get_running_loop().time() + life_s
        self.given |= {f"{scheme} {token}": until_s for scheme in ("Bearer", "DPoP")}


class PoliteUpstream:
    """An ASGI application before a reverse proxy to one environment.

    Args:
        upstream: The reverse proxy; it knows the environment as `UPSTREAM`.
        gate: Lets few calls through at once.
        log: Is told of every write.
    """

    def __init__(self, upstream: ASGIApp, *, gate: Gate, log: WriteLog) -> None:
        self._upstream = upstream
        self._gate = gate
        self._log = log
        self._doors: dict[str, Door] = {}

    def open(self, door: Door) -> None:
        """Let calls in through a door."""
        self._doors[door.name] = door

    def close(self, name: str) -> None:
        """Let no more calls in through a door."""
        del self._doors[name]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI: carry one call of the harness; the first part of its path names the door."""
        raw: bytes = scope.get("raw_path") or scope["path"].encode()
        name, _, rest = raw.lstrip(b"/").partition(b"/")
        door = self._doors.get(name.decode("latin-1"))
        if door is None or door.sender is not Sender.HARNESS:
            await _send(send, _refusal(404, "no such environment behind this gateway"))
            return
        await self._enter(door, (b"/" + rest.partition(b"/")[2]).decode(), scope, receive, send)

    def through(self, name: str) -> ASGIApp:
        """Return an ASGI application that carries what comes through one door and was read."""

        async def carry(scope: Scope, receive: Receive, send: Send) -> None:
            path = read_address(scope["method"], target_of(scope)).path
            await self._enter(self._doors[name], path, scope, receive, send)

        return carry

    async def _enter(
        self, door: Door, path: str, scope: Scope, receive: Receive, send: Send
    ) -> None:
        raw_path = f"/{UPSTREAM}/{SERVICE}{path}".encode()
        call = _Call(door=door, scope={**scope, "raw_path": raw_path}, path=path)
        door.under_way += 1
        try:
            await self._carry(call, receive, send)
        except BrokenOffError:
            return  # the client left before its call was whole: it is not sent
        finally:
            door.under_way -= 1

    async def _carry(self, call: "_Call", receive: Receive, send: Send) -> None:
        if call.is_write or call.door.sender is Sender.HARNESS:
            body = await _body(receive)
            receive = _again(body)
        else:
            body = b""
        if call.door.sender is Sender.HARNESS:
            await _send(send, await self._patiently(call, body))
            return
        try:
            await self._once(call, body, receive, send)
        except ErpUnavailableError as error:
            call.door.troubles.append(error.message)
            await _send(send, _refusal(503, error.message))

    async def _patiently(self, call: "_Call", body: bytes) -> Answer:
        """Return the answer to a call of the harness; maintenance is waited for."""
        call.scope = {**call.scope, "state": {}}  # no connection to break: a break is told as 502

        async def once() -> Answer:
            collected = _Collected()
            await self._once(call, body, _again(body), collected.send)
            return collected.answer()

        try:
            return await patiently(once, _asks_to_wait)
        except ErpUnavailableError as error:
            return _refusal(503, error.message)

    async def _once(self, call: "_Call", body: bytes, receive: Receive, send: Send) -> None:
        look = _Look(send, keep=call.is_write or call.asks_token)
        async with self._gate.call():
            number = (
                self._log.before(call.door, call.method, call.path, body) if call.is_write else None
            )
            try:
                await self._upstream(call.scope, receive, look.send)
            finally:
                self._note(call, look, number)

    def _note(self, call: "_Call", look: "_Look", number: int | None) -> None:
        status = look.status if look.is_whole else None
        if number is not None and status is not None:
            self._log.after(number, status, look.body())
        speaks = status is None or status in _OF_ENVIRONMENT
        if call.asks_token:
            if status == _OK:
                call.door.gave(look.body())
        elif status in _OF_ACCESS:
            speaks = call.door.tells_of_trouble(status, call.authorization)
        else:
            call.door.was_refused = False
        self._gate.answered(usable=not speaks)
        if speaks:
            ended = "broke off" if status is None else f"answered {status}"
            call.door.troubles.append(f"ERP1 {ended}: {call.method} {call.path}")


@dataclass(slots=True, kw_only=True)
class _Call:
    door: Door
    scope: Scope
    path: str

    @property
    def method(self) -> str:
        return str(self.scope["method"])

    @property
    def is_write(self) -> bool:
        return self.method in _WRITES and self.path.lower().startswith("/connectors/")

    @property
    def asks_token(self) -> bool:
        return is_sign_in(self.path)

    @property
    def authorization(self) -> str:
        return header_of(self.scope["headers"], b"authorization")


class _Look:
    """Passes an answer on and keeps what has to be known of it."""

    def __init__(self, send: Send, *, keep: bool) -> None:
        self._send = send
        self._keep = keep
        self._headers: RawHeaders = []
        self._chunks: list[bytes] = []
        self.status: int | None = None
        self.is_whole = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self._headers = list(message.get("headers", []))
        elif message["type"] == "http.response.body":
            if self._keep:
                self._chunks.append(message.get("body", b""))
            self.is_whole = not message.get("more_body", False)
        # What the client misses, the environment has carried out all the same.
        with contextlib.suppress(OSError):
            await self._send(message)

    def body(self) -> bytes:
        capture = Capture(header_of(self._headers, b"content-encoding"))
        for chunk in self._chunks:
            capture.feed(chunk)
        return (capture.text("utf-8") or "").encode()


class _Collected:
    """An answer that is held back."""

    def __init__(self) -> None:
        self._status, self._headers = 502, RawHeaders()
        self._chunks: list[bytes] = []

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status, self._headers = message["status"], list(message.get("headers", []))
        elif message["type"] == "http.response.body":
            self._chunks.append(message.get("body", b""))

    def answer(self) -> Answer:
        return Answer(status=self._status, headers=self._headers, body=b"".join(self._chunks))


def _asks_to_wait(answer: Answer) -> str | None:
    return header_of(answer.headers, b"retry-after") if answer.status == 503 else None


def _refusal(status: int, text: str) -> Answer:
    body = text.encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
    ]
    return Answer(status=status, headers=headers, body=body)


async def _send(send: Send, answer: Answer) -> None:
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    await send({"type": "http.response.body", "body": answer.body})


async def _body(receive: Receive) -> bytes:
    chunks: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise BrokenOffError
        chunks.append(message.get("body", b""))
        if not message.get("more_body", False):
            break
    return b"".join(chunks)


def _again(body: bytes) -> Receive:
    given = False

    async def receive() -> Message:
        nonlocal given
        if given:
            return {"type": "http.disconnect"}
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive
