"""HTTP/1.1 over one connection, with at most one request under way.

The one client of the harness: for its own calls, whose answers are wanted whole, and for what the
gateway carries to a real environment, whose bodies stream. It takes part in no cookies, redirects
or proxies: what a general client does about those costs more than everything else on the way.
Parsing is left to llhttp, the parser of Node.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httptools

from koppeling_harness.http.headers import RawHeaders

LONGEST_ANSWER_S = 960.0
"""AFAS works on one call for 900 s at most. Source: docs.afas.help/profit/en/troubleshooting."""

_IDLE_S = 0.5
"""After this long without use a connection is looked at first: the server may have closed it."""
_MOST_HELD = 256 * 1024
"""Of a body that streams no more is held; the server waits meanwhile."""
_GONE = "the connection was closed without a whole answer"


class BrokenOffError(Exception):
    """The server, or the way to it, ended before the answer did."""


@dataclass(slots=True)
class Head:
    """The first part of an answer.

    Attributes:
        status: HTTP status.
        headers: As they stood on the wire, names in lower case.
    """

    status: int = 0
    headers: RawHeaders = field(default_factory=list)


async def open_line(host: str, port: int, tls: ssl.SSLContext | None) -> "Line":
    """Return a new connection.

    Args:
        host: Name of the server; with TLS its certificate must be for it.
        port: Where it listens.
        tls: How its certificate is verified; None for plain HTTP.

    Raises:
        OSError: The server cannot be reached, or its certificate is not in order.
    """
    loop = asyncio.get_running_loop()
    _, line = await loop.create_connection(Line, host, port, ssl=tls)
    return line


class Line(asyncio.Protocol):
    """One connection; also what llhttp calls back.

    A request goes as `ask`, or in parts: `begin`, `send`, then `head` and `body`.

    Attributes:
        is_reusable: Whether the last request and its answer are whole, and another may follow.
    """

    def __init__(self) -> None:
        self.is_reusable = False
        self._transport: asyncio.Transport | None = None
        self._gone: asyncio.Future[None] | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._used_s = 0.0
        self._head = Head()
        self._chunks: list[bytes] = []
        self._held = 0
        self._error: Exception | None = None
        self._is_under_way = self._is_bodiless = self._is_whole_wanted = False
        self._has_head = self._is_complete = False
        self._told: asyncio.Future[None] | None = None
        self._limit: asyncio.TimerHandle | None = None
        self._room = asyncio.Event()
        self._room.set()

    async def is_usable(self) -> bool:
        """Return whether another request may be sent, as far as this side knows."""
        if asyncio.get_running_loop().time() - self._used_s > _IDLE_S:
            await asyncio.sleep(0)  # lets the loop see that the server has hung up
        return self.is_reusable and self.is_open

    @property
    def is_open(self) -> bool:
        """Whether nothing shows that the server has hung up."""
        return self._transport is not None and not self._transport.is_closing()

    def close(self) -> None:
        """Close the connection at once."""
        if self._transport is not None:
            self._transport.abort()

    async def aclose(self) -> None:
        """Close the connection and wait until it is gone."""
        self.close()
        if self._gone is not None:
            await self._gone

    async def ask(
        self, request: bytes, *, bodiless: bool, deadline_s: float
    ) -> tuple[Head, list[bytes]]:
        """Send a whole request and return its whole answer: head, and the pieces of the body.

        Args:
            request: As it goes over the wire.
            bodiless: Whether the answer has no body whatever its headers say, as to HEAD.
            deadline_s: Until when is waited, by the loop's clock.

        Raises:
            BrokenOffError: No whole answer came; the connection is not used again.
            TimeoutError: Nor in time.
        """
        self.begin(bodiless=bodiless)
        self._is_whole_wanted = True
        self._write(request)
        while not self._is_complete:
            await self._news(deadline_s)
        pieces, self._chunks = self._chunks, []
        return self._head, pieces

    def begin(self, *, bodiless: bool) -> None:
        """Make ready for the next request.

        Args:
            bodiless: Whether its answer has no body whatever its headers say, as to HEAD.
        """
        self.is_reusable = self._has_head = self._is_complete = self._is_whole_wanted = False
        self._is_bodiless = bodiless
        self._is_under_way = True
        if self._chunks:
            self._taken()  # nobody wanted it

    async def send(self, data: bytes) -> None:
        """Send part of a request, as fast as the server takes it.

        Raises:
            BrokenOffError: The connection is gone.
        """
        self._write(data)
        await self._room.wait()

    async def head(self) -> Head:
        """Return the first part of the answer.

        Raises:
            BrokenOffError: None came.
        """
        while not self._has_head:
            await self._news_at_length()
        return self._head

    async def body(self) -> AsyncIterator[tuple[bytes, bool]]:
        """Yield the body as it comes: some bytes, and whether more follow.

        Raises:
            BrokenOffError: It ended too soon.
        """
        while True:
            data, is_last = self._taken(), self._is_complete
            if data or is_last:
                yield data, not is_last
            if is_last:
                return
            if not self._chunks and not self._is_complete:
                await self._news_at_length()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Asyncio: the connection is there."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - TCP, or TLS over it
        self._transport = transport
        self._gone = asyncio.get_running_loop().create_future()

    def data_received(self, data: bytes) -> None:
        """Asyncio: some bytes of an answer."""
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self._break(f"expected an answer of HTTP/1.1, found {error}")
        else:
            if not self._is_whole_wanted or self._is_complete:
                self._tell()

    def connection_lost(self, exc: Exception | None) -> None:
        """Asyncio: the connection is gone."""
        self._transport = None
        if exc is None and self._has_head and not self._has_length():
            self._complete()
        elif self._is_under_way and self._error is None:
            self._error = BrokenOffError(str(exc or _GONE))
        self._tell()
        self._room.set()
        if self._gone is not None and not self._gone.done():
            self._gone.set_result(None)

    def pause_writing(self) -> None:
        """Asyncio: the server takes no more for now."""
        self._room.clear()

    def resume_writing(self) -> None:
        """Asyncio: the server takes more."""
        self._room.set()

    def on_message_begin(self) -> None:
        """llhttp: an answer begins."""
        if not self._is_under_way:
            message = "an answer that nobody asked for"
            raise BrokenOffError(message)  # ends the parsing
        self._head = Head()

    def on_header(self, name: bytes, value: bytes) -> None:
        """llhttp: a header."""
        self._head.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        """llhttp: the headers are complete."""
        self._head.status = self._parser.get_status_code()
        self._has_head = self._head.status >= 200
        if self._has_head and self._is_bodiless:
            self._complete()
            self.close()  # llhttp would wait for the body that the headers speak of

    def on_body(self, body: bytes) -> None:
        """llhttp: part of the body."""
        self._chunks.append(body)
        self._held += len(body)
        if self._held > _MOST_HELD and not self._is_whole_wanted and self._transport is not None:
            self._transport.pause_reading()

    def on_message_complete(self) -> None:
        """llhttp: the answer is whole; that of `100 Continue` is not the one that is waited for."""
        if self._has_head:
            self._complete()
            self.is_reusable = self._parser.should_keep_alive()

    def _has_length(self) -> bool:
        names = {name for name, _ in self._head.headers}
        return bool(names & {b"content-length", b"transfer-encoding"})

    def _complete(self) -> None:
        self._is_complete, self._is_under_way = True, False
        self._used_s = asyncio.get_running_loop().time()

    def _taken(self) -> bytes:
        """Return what came of the body until now, and let more come."""
        data = b"".join(self._chunks)
        self._chunks = []
        if self._held > _MOST_HELD and self._transport is not None:
            self._transport.resume_reading()
        self._held = 0
        return data

    def _write(self, data: bytes) -> None:
        if self._error is not None:
            raise self._error
        if not self.is_open or self._transport is None:
            raise BrokenOffError(_GONE)
        self._transport.write(data)

    async def _news_at_length(self) -> None:
        """Wait for news as long as ERP1 may work on a call.

        Raises:
            BrokenOffError: There is none.
        """
        try:
            await self._news(asyncio.get_running_loop().time() + LONGEST_ANSWER_S)
        except TimeoutError:
            message = f"no answer within {LONGEST_ANSWER_S:g} s"
            raise BrokenOffError(message) from None

    async def _news(self, deadline_s: float) -> None:
        """Wait until something came.

        Raises:
            BrokenOffError: Nothing will come any more.
            TimeoutError: Nothing came in time.
        """
        if self._error is not None:
            raise self._error
        if self._transport is None:
            raise BrokenOffError(_GONE)
        loop = asyncio.get_running_loop()
        self._told = loop.create_future()
        # a timer by itself: `asyncio.timeout` around every request costs four times as much
        self._limit = loop.call_at(deadline_s, self._expire)
        try:
            await self._told
        finally:
            self._limit.cancel()
            self._told = self._limit = None

    def _expire(self) -> None:
        told = self._told
        if told is not None and not told.done():
            told.set_exception(TimeoutError())
            self.close()

    def _tell(self) -> None:
        told = self._told
        if told is not None and not told.done():
            told.set_result(None)

    def _break(self, why: str) -> None:
        self._error = BrokenOffError(why)
        self.close()
        self._tell()
