"""TCP connection below ASGI, so that the gateway can break it on purpose.

ASGI has no message for "close without an answer". Served with
`uvicorn.Config(http=GatewayProtocol)` each request finds its connection in `scope["state"]`.
"""

import asyncio
import contextlib
import itertools
import re
import socket
import struct
import sys
from collections.abc import Mapping
from typing import Any, Protocol

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from koppeling_harness.model.exchange import RefusedFor
from koppeling_harness.model.shape import Text
from koppeling_harness.value import dataclass

HEAD_LIMIT_BYTES = 128 * 1024
"""Of a request line with its headers."""
REST_LIMIT_S = 60.0
"""Longer than this nobody waits for the rest of a request."""

_HEAD_KEPT = 16 * 1024
_BAD_REQUEST = 400
_BROKE_OFF = Text(nl="het verzoek brak af in zijn kop", en="the request broke off in its head")
_TUNNEL = Text(nl="CONNECT vraagt om een tunnel", en="CONNECT asks for a tunnel")
_AFTER_CLOSE = Text(
    nl="gestuurd na een verzoek met Connection: close of HTTP/1.0",
    en="sent after a request with Connection: close or HTTP/1.0",
)
_METHOD = re.compile(r"[A-Za-z]{1,20}")
_NAME = re.compile(r"[A-Za-z0-9-]{1,60}")
_KEY = "koppeling_harness.wire"
_TARGET = "koppeling_harness.target"
_NUMBERS = itertools.count(1)
_LINGER_0 = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)


class Wire:
    """One TCP connection of a client.

    Attributes:
        number: Unlike that of any other connection of this process.
        broken: Why the rest of a request could not be read; None when it just ended.
    """

    __slots__ = ("_lost", "_transport", "broken", "number")

    def __init__(self, transport: asyncio.Transport) -> None:
        self.number = next(_NUMBERS)
        self.broken: Text | None = None
        self._transport = transport
        self._lost = asyncio.Event()

    @property
    def is_closed(self) -> bool:
        """Whether nothing that is sent now can reach the client."""
        return self._lost.is_set() or self._transport.is_closing()

    async def pause(self, delay_s: float) -> None:
        """Wait, but no longer than the client stays."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(delay_s):
                await self._lost.wait()

    async def hang_up(self) -> None:
        """Send what was written and end the connection in the ordinary way (FIN)."""
        self._transport.close()
        await self._lost.wait()

    async def reset(self) -> None:
        """Break the connection: the client sees "connection reset by peer" (RST)."""
        self.cut()
        await self._lost.wait()

    def cut(self) -> None:
        """Break the connection without waiting until it is gone."""
        sock = self._transport.get_extra_info("socket")
        if sock is not None and not self._transport.is_closing():
            with contextlib.suppress(OSError):  # the client may have been first
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_0)
        self._transport.abort()

    def mark_lost(self) -> None:
        """Note that the connection is gone; wakes whoever waits for it."""
        self._lost.set()


class _WithWire(asyncio.Protocol):
    app_state: dict[str, Any]
    _wire: Wire

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - uvicorn serves TCP only
        self._wire = Wire(transport)
        # uvicorn copies app_state into the scope of each request
        self.app_state = {**self.app_state, _KEY: self._wire}
        super().connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._wire.mark_lost()


class Unreadable(Protocol):
    """A door that is told of requests that never became one."""

    def unreadable(self, head: "Head") -> None:
        """Take note of a request that is no HTTP, or that broke off in its head."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The head of a request, as far as it could be read.

    Attributes:
        wire: The connection that it came over.
        method: Upper case; `?` when there is none.
        target: As it stands in the request line; empty when there is none.
        headers: Those that were read.
        why: Why it is no request.
        status: What it was answered; None when it was not.
        kind: What kept it from being one.
    """

    wire: Wire
    method: str
    target: str
    headers: list[tuple[bytes, bytes]]
    why: Text
    status: int | None
    kind: RefusedFor


class GatewayProtocol(_WithWire, HttpToolsProtocol):
    """uvicorn's own HTTP protocol, that hands connection and request line to the gateway.

    What llhttp refuses, what ends in its head and what does not come on are told to the door as
    well: to uvicorn they are no requests.
    """

    _wire: Wire
    _head: bytearray
    _head_size: int
    _is_idle: bool
    _has_head: bool
    _is_after_close: bool
    _upgrade: list[tuple[bytes, bytes]] | None
    _limit: asyncio.TimerHandle | None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """asyncio: a client is here."""
        self._is_after_close, self._upgrade = False, None
        self._head, self._head_size = bytearray(), 0
        self._is_idle, self._has_head = True, False
        self._limit = None
        super().connection_made(transport)
        self._begin_parser()

    def data_received(self, data: bytes) -> None:
        """asyncio: a client sends something."""
        if self._is_idle:
            self._head, self._head_size = bytearray(), 0
        if not self._has_head:
            self._head_size += len(data)
            self._head += data[: _HEAD_KEPT - len(self._head)]
        self._unset_keepalive_if_required()
        try:
            self._parse(data)
        except httptools.HttpParserError as error:
            self._refuse(str(error))
            return
        if not self._is_idle and not self._has_head and self._head_size > HEAD_LIMIT_BYTES:
            self._refuse(f"more than {HEAD_LIMIT_BYTES} bytes of headers")
        elif not self._is_idle:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """asyncio: a client has gone."""
        self._unlimited()
        if not self._is_idle and not self._has_head:
            self._tell(_BROKE_OFF, status=None, kind=RefusedFor.BROKEN_OFF)
            self._is_idle = True
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """llhttp: a request begins."""
        super().on_message_begin()
        self._is_idle, self._has_head = False, False

    def on_header(self, name: bytes, value: bytes) -> None:
        """llhttp: a header; blanks around its value are no part of it (RFC 9110, section 5.5).

        What follows a body in chunks is no header: nobody may take it for one (section 6.5.1).
        """
        if not self._has_head:
            super().on_header(name, value.strip(b" \t"))

    def on_headers_complete(self) -> None:
        """llhttp: the headers of a request are complete."""
        if self.parser.should_upgrade():
            self._upgrade = list(self.headers)
            return
        state: dict[str, Any] = self.scope["state"]
        state[_TARGET] = self.url.decode("latin-1")
        super().on_headers_complete()
        self._has_head = True

    def on_message_complete(self) -> None:
        """llhttp: a request is complete."""
        if self._upgrade is not None:
            return  # llhttp leaves its body to another protocol
        super().on_message_complete()
        self._is_idle = True
        self._unlimited()

    def _begin_parser(self) -> None:
        """Read strictly: what follows a last request is not passed over."""
        self.parser = httptools.HttpRequestParser(self)

    def _parse(self, data: bytes) -> None:
        """Feed the parser; who asks for another protocol is answered in this one.

        Clients ask for HTTP/2 in their first request (Java's do), and take no for an answer.
        """
        while True:
            try:
                self.parser.feed_data(data)
            except httptools.HttpParserUpgrade as upgrade:
                data = data[upgrade.args[0] :]
            else:
                return
            headers, self._upgrade = self._upgrade or [], None
            method, target = self.parser.get_method(), self.url
            if method == b"CONNECT":
                self._refuse(_TUNNEL.en, text=_TUNNEL)
                return
            version = self.parser.get_http_version().encode()
            self._begin_parser()
            self.parser.feed_data(_without_upgrade(method, target, version, headers))

    def _wait(self) -> None:
        """Wait no longer than AFAS would for the rest of a request."""
        self._unlimited()
        self._limit = self.loop.call_later(REST_LIMIT_S, self._expire)

    def _unlimited(self) -> None:
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None

    def _expire(self) -> None:
        if not self._has_head:
            self._tell(_BROKE_OFF, status=None, kind=RefusedFor.BROKEN_OFF)
            self._is_idle = True
        self.transport.close()

    def _refuse(self, why: str, *, text: Text | None = None) -> None:
        if self._has_head and self._is_idle:
            self._refuse_after_close()
            return
        if self._has_head:  # the rest of a body: its exchange has begun
            self._wire.broken = Text(nl=why, en=why)
            if not self.cycle.response_started:
                self.send_400_response("Bad Request")
            self.transport.close()
            return
        header = self._broken_header()
        where = f", header {header}" if header else ""
        text = text or Text(nl=f"{why}{where}", en=f"{why}{where}")
        self._tell(text, status=_BAD_REQUEST, kind=RefusedFor.HTTP)
        self._is_idle = True
        self.send_400_response("Bad Request - Invalid Header")

    def _refuse_after_close(self) -> None:
        """Tell what follows a last request, once; that one still gets its answer."""
        if self._is_after_close:
            return
        self._is_after_close = True
        self._head, self.url, self.headers = bytearray(), b"", []
        self._tell(_AFTER_CLOSE, status=None, kind=RefusedFor.HTTP)

    def _tell(self, why: Text, *, status: int | None, kind: RefusedFor) -> None:
        app: Unreadable = self.app
        method, target = self._request_line()
        app.unreadable(
            Head(
                wire=self._wire,
                method=method,
                target=target,
                headers=list(self.headers or ()),
                why=why,
                status=status,
                kind=kind,
            )
        )

    def _request_line(self) -> tuple[str, str]:
        line = self._lines()[0]
        method, _, rest = line.partition(" ")
        target = self.url.decode("latin-1") if self.url else rest.rpartition(" HTTP/")[0]
        return (method.upper() if _METHOD.fullmatch(method) else "?"), target

    def _broken_header(self) -> str:
        """Return the name of the header that could not be read; empty when it was none."""
        lines = self._lines()
        at = 1 + len(self.headers or ())
        name = lines[at].partition(":")[0] if at < len(lines) and self.url else ""
        return name if _NAME.fullmatch(name) else ""

    def _lines(self) -> list[str]:
        text = self._head.decode("latin-1").lstrip("\r\n")
        return re.split("\r?\n", text) or [""]


def _without_upgrade(
    method: bytes, target: bytes, version: bytes, headers: list[tuple[bytes, bytes]]
) -> bytes:
    """Return the head of a request, without what asks for another protocol."""
    lines = [b"%b %b HTTP/%b" % (method, target, version)]
    for name, value in headers:
        if name == b"connection":
            words = [each.strip() for each in value.split(b",")]
            left = b", ".join(each for each in words if each.lower() != b"upgrade")
            lines.append(b"connection: " + left)
        elif name != b"upgrade":
            lines.append(b"%b: %b" % (name, value))
    return b"\r\n".join([*lines, b"", b""])


def target_of(scope: Mapping[str, Any]) -> str:
    """Return the target of a request, as it stands in the request line."""
    target: str | None = scope.get("state", {}).get(_TARGET)
    if target is not None:
        return target
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    query: bytes = scope["query_string"]
    return (raw + b"?" + query if query else raw).decode("latin-1")


def wire_of(scope: Mapping[str, Any]) -> Wire | None:
    """Return the connection of a request; None when another server carries it."""
    wire: Wire | None = scope.get("state", {}).get(_KEY)
    return wire
