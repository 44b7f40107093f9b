"""HTTP/1.1 to one server, over connections that are kept open, with bodies that stream.

The reverse proxy carries messages as they are: no cookies, no redirects, no decoding. What a
general client does about those costs more than everything else on the way. Parsing is left to
llhttp, the parser of Node.
"""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httptools

from koppeling_harness.traffic.answer import RawHeaders

CONNECT_LIMIT_S = 10.0
LONGEST_ANSWER_S = 960.0
"""AFAS works on one call for 900 s at most. Source: docs.afas.help/profit/en/troubleshooting."""

_CHUNK = 64 * 1024
_IDLE_S = 0.5
"""After this long without use a connection is looked at first."""
_GONE = "the environment closed the connection without a whole answer"


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


class Upstream:
    """One server.

    Args:
        host: Its name; with TLS the certificate must be for it.
        port: Where it listens.
        tls: How its certificate is verified; None for plain HTTP.
    """

    def __init__(self, host: str, port: int, tls: ssl.SSLContext | None) -> None:
        self._host = host
        self._port = port
        self._tls = tls
        self._idle: list[Line] = []

    async def line(self) -> "Line":
        """Return a connection that nobody uses; give it back with `release`.

        Raises:
            OSError: The server cannot be reached, or its certificate is not in order.
            TimeoutError: It takes too long.
        """
        while self._idle:
            line = self._idle.pop()
            if asyncio.get_running_loop().time() - line.used_s > _IDLE_S:
                await asyncio.sleep(0)  # lets the loop see that the server has hung up
            if line.is_open:
                return line
            line.close()
        async with asyncio.timeout(CONNECT_LIMIT_S):
            reader, writer = await asyncio.open_connection(self._host, self._port, ssl=self._tls)
        return Line(reader, writer)

    def release(self, line: "Line") -> None:
        """Keep a connection for the next request, when it can carry one."""
        if line.is_reusable and line.is_open:
            line.used_s = asyncio.get_running_loop().time()
            self._idle.append(line)
        else:
            line.close()

    async def aclose(self) -> None:
        """Close what is kept."""
        idle, self._idle = self._idle, []
        for line in idle:
            await line.aclose()


class Line:
    """One connection, with at most one request under way; also what llhttp calls back.

    Attributes:
        is_reusable: Whether the last request and its answer are whole, and another may follow.
        used_s: When it was given back, by the loop's clock.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.is_reusable = False
        self.used_s = 0.0
        self._reader = reader
        self._writer = writer
        self._parser = httptools.HttpResponseParser(self)
        self._head = Head()
        self._has_head = self._is_complete = False
        self._chunks: list[bytes] = []

    @property
    def is_open(self) -> bool:
        """Whether nothing shows that the server has hung up."""
        return not self._writer.is_closing() and not self._reader.at_eof()

    def close(self) -> None:
        """Close the connection at once."""
        self._writer.transport.abort()

    async def aclose(self) -> None:
        """Close the connection and wait until it is gone."""
        self.close()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()

    async def send(self, data: bytes) -> None:
        """Send part of a request, as fast as the server takes it.

        Raises:
            BrokenOffError: The connection is gone.
        """
        self._writer.write(data)
        try:
            await self._writer.drain()
        except OSError as error:
            raise BrokenOffError(str(error)) from None

    async def head(self, *, bodiless: bool) -> Head:
        """Return the first part of the answer to what is sent.

        Args:
            bodiless: Whether no body follows whatever the headers say, as to HEAD.

        Raises:
            BrokenOffError: None came.
        """
        self.is_reusable = False
        self._has_head = self._is_complete = False
        self._chunks.clear()
        while not self._has_head:
            await self._feed()
        if bodiless:
            self._is_complete = True  # llhttp would wait for the body: the connection is not kept
        return self._head

    async def body(self) -> AsyncIterator[tuple[bytes, bool]]:
        """Yield the body as it comes: some bytes, and whether more follow.

        Raises:
            BrokenOffError: It ended too soon.
        """
        while True:
            data = b"".join(self._chunks)
            self._chunks.clear()
            if data or self._is_complete:
                yield data, not self._is_complete
            if self._is_complete:
                return
            await self._feed()

    async def _feed(self) -> None:
        try:
            async with asyncio.timeout(LONGEST_ANSWER_S):
                data = await self._reader.read(_CHUNK)
            if data:
                self._parser.feed_data(data)
            elif self._has_head and self._ends_with_connection():
                self._is_complete = True
            else:
                raise BrokenOffError(_GONE)
        except (OSError, TimeoutError, httptools.HttpParserError) as error:
            raise BrokenOffError(str(error) or type(error).__name__) from None

    def _ends_with_connection(self) -> bool:
        names = {name for name, _ in self._head.headers}
        return not names & {b"content-length", b"transfer-encoding"}

    def on_message_begin(self) -> None:
        """llhttp: an answer begins."""
        self._head = Head()

    def on_header(self, name: bytes, value: bytes) -> None:
        """llhttp: a header."""
        self._head.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        """llhttp: the headers are complete."""
        self._head.status = self._parser.get_status_code()
        self._has_head = self._head.status >= 200

    def on_body(self, body: bytes) -> None:
        """llhttp: part of the body."""
        self._chunks.append(body)

    def on_message_complete(self) -> None:
        """llhttp: the answer is whole; that of `100 Continue` is not the one that is waited for."""
        if self._has_head:
            self._is_complete = True
            self.is_reusable = self._parser.should_keep_alive()
