"""HTTP/1.1 over one connection that is kept open.

The harness speaks to ERP1 four or five times per scenario, in one known way, and takes part in no
redirects, cookies or proxies: what a general client does about those costs more than the rest of
a step together. Parsing is left to llhttp, the parser of Node.
"""

import asyncio
import functools
import ssl
import zlib
from dataclasses import dataclass, field
from typing import Self

import httptools

from koppeling_harness.erp.target import Address
from koppeling_harness.errors import ConfigurationError, ErpUnavailableError

_IDLE_S = 0.5
"""After this long without use a connection is looked at first: the server may have closed it."""


@dataclass(slots=True)
class RawAnswer:
    """An answer as it came over the wire.

    Attributes:
        status: HTTP status.
        headers: Lower-case names; of a repeated header the values joined by a comma.
        body: After decoding of `Content-Encoding`.
    """

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def text(self) -> str:
        """The body as text, by the charset that it names, else UTF-8."""
        _, _, charset = self.headers.get("content-type", "").lower().partition("charset=")
        try:
            return self.body.decode(charset.split(";")[0].strip(' "') or "utf-8", "replace")
        except LookupError:
            return self.body.decode("utf-8", "replace")


class Connection:
    """One connection, kept open, through which one scenario at a time speaks.

    Args:
        timeout_s: Time allowed for one answer, the opening of the connection included.
        tls: Which authorities are trusted; those of Mozilla when None.
    """

    def __init__(self, *, timeout_s: float = 30.0, tls: ssl.SSLContext | None = None) -> None:
        self._timeout_s = timeout_s
        self._tls = tls
        self._wire: _Wire | None = None
        self._to: Address | None = None
        self._used_s = 0.0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._close()

    async def ask(
        self,
        address: Address,
        request: bytes,
        *,
        bodiless: bool = False,
        limit_s: float | None = None,
    ) -> RawAnswer:
        """Send a request and return its answer.

        Args:
            address: Where to.
            request: As it goes over the wire.
            bodiless: Whether the answer has no body whatever its headers say, as to HEAD.
            limit_s: Time that the caller allows, where it is less.

        Raises:
            ErpUnavailableError: No whole answer came: refused, reset, timed out.
            TimeoutError: The caller's own limit is over.
        """
        is_callers = limit_s is not None and limit_s <= self._timeout_s
        allowed_s = limit_s if limit_s is not None and is_callers else self._timeout_s
        deadline_s = asyncio.get_running_loop().time() + allowed_s
        try:
            wire = await self._kept(address)
            if wire is None:
                async with asyncio.timeout_at(deadline_s):
                    wire = await self._open(address)
            answer = await wire.ask(request, bodiless=bodiless, deadline_s=deadline_s)
        except TimeoutError:
            await self._close()
            if is_callers:
                raise
            message = f"no answer within {self._timeout_s:g} s"
            raise ErpUnavailableError(message) from None
        except (OSError, ssl.SSLError) as error:
            await self._close()
            message = f"no answer ({type(error).__name__}: {error})"
            raise ErpUnavailableError(message) from None
        except BaseException:
            await self._close()  # half of an answer may still be under way
            raise
        self._used_s = asyncio.get_running_loop().time()
        return answer

    async def _kept(self, address: Address) -> "_Wire | None":
        if self._wire is None or address != self._to:
            return None
        if asyncio.get_running_loop().time() - self._used_s > _IDLE_S:
            await asyncio.sleep(0)  # lets the loop see that the server has hung up
        return self._wire if self._wire.is_open else None

    async def _open(self, address: Address) -> "_Wire":
        loop = asyncio.get_running_loop()
        await self._close()
        context = (self._tls or _mozilla()) if address.scheme == "https" else None
        _, self._wire = await loop.create_connection(_Wire, address.host, address.port, ssl=context)
        self._to = address
        return self._wire

    async def _close(self) -> None:
        wire, self._wire = self._wire, None
        if wire is not None:
            wire.abort()
            await asyncio.sleep(0)  # the transport lets go of its socket in the next turn


@functools.cache
def _mozilla() -> ssl.SSLContext:
    """Return one TLS context for all connections: reading the authorities takes 20 ms."""
    return trusting("")


def trusting(ca_file: str, client_certificate: str = "", client_key: str = "") -> ssl.SSLContext:
    """Return a TLS context that trusts Mozilla's authorities, and those in a file.

    TLS 1.2 at least. Source: AFAS, docs.afas.help/profit/en/authentication; that it may ask for a
    certificate: news-profit8.

    Args:
        ca_file: More authorities; empty for none.
        client_certificate: What is shown to a server that asks; empty for nothing.
        client_key: Its private key; empty when it stands in the same file.

    Raises:
        ConfigurationError: A file cannot be read as certificates, or as the key of one.
    """
    import certifi  # noqa: PLC0415 - 20 ms, and ERP1 here speaks plain HTTP

    context = ssl.create_default_context(cafile=certifi.where())
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca_file:
        try:
            context.load_verify_locations(cafile=ca_file)
        except (OSError, ssl.SSLError) as error:
            message = f"{ca_file}: expected certificates in PEM, {error}"
            raise ConfigurationError(message) from None
    if client_certificate or client_key:
        try:
            # an empty password: OpenSSL would ask for one on the terminal
            context.load_cert_chain(client_certificate or client_key, client_key or None, "")
        except (OSError, ssl.SSLError) as error:
            files = " and ".join(each for each in (client_certificate, client_key) if each)
            message = f"{files}: expected a certificate and its key in PEM, {error}"
            raise ConfigurationError(
                message, hint="The key must be that of the certificate, without a password."
            ) from None
    return context


class _Wire(asyncio.Protocol):
    """A TCP connection with at most one request under way; also what llhttp calls back."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._waiting: asyncio.Future[RawAnswer] | None = None
        self._limit: asyncio.TimerHandle | None = None
        self._answer = RawAnswer()
        self._chunks: list[bytes] = []
        self._bodiless = False
        self._has_begun = False

    @property
    def is_open(self) -> bool:
        return self._transport is not None and not self._transport.is_closing()

    def abort(self) -> None:
        self._unlimited()
        if self._transport is not None:
            self._transport.abort()

    def ask(
        self, request: bytes, *, bodiless: bool, deadline_s: float
    ) -> "asyncio.Future[RawAnswer]":
        if self._transport is None or self._transport.is_closing():
            raise ConnectionResetError(_GONE)
        loop = asyncio.get_running_loop()
        self._waiting = loop.create_future()
        # a timer by itself: `asyncio.timeout` around every request costs four times as much
        self._limit = loop.call_at(deadline_s, self._expire)
        self._bodiless = bodiless
        self._transport.write(request)
        return self._waiting

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - TCP, or TLS over it
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self._fail(ConnectionError(f"expected an answer of HTTP/1.1, found {error}"))

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if self._waiting is None or self._waiting.done():
            return
        ends_with_connection = self._has_begun and not (
            {"content-length", "transfer-encoding"} & self._answer.headers.keys()
        )
        if exc is None and ends_with_connection:
            self._complete()
        else:
            self._fail(exc or ConnectionResetError(_GONE))

    def on_message_begin(self) -> None:
        self._answer = RawAnswer()
        self._chunks = []
        self._has_begun = False

    def on_header(self, name: bytes, value: bytes) -> None:
        headers = self._answer.headers
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        headers[key] = f"{headers[key]}, {text}" if key in headers else text

    def on_headers_complete(self) -> None:
        self._answer.status = self._parser.get_status_code()
        self._has_begun = self._answer.status >= 200
        if self._bodiless and self._has_begun:
            self._complete()
            self.abort()  # llhttp would wait for the body that the headers speak of

    def on_body(self, body: bytes) -> None:
        self._chunks.append(body)

    def on_message_complete(self) -> None:
        if not self._has_begun:
            return  # 100 Continue: the answer follows
        if not self._parser.should_keep_alive() and self._transport is not None:
            self._transport.close()
        self._complete()

    def _expire(self) -> None:
        self._fail(TimeoutError())

    def _unlimited(self) -> None:
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None

    def _complete(self) -> None:
        self._unlimited()
        waiting, self._waiting = self._waiting, None
        if waiting is None:
            self.abort()  # an answer that nobody asked for
            return
        if waiting.done():
            return
        answer = self._answer
        answer.body = b"".join(self._chunks)
        try:
            answer.body = _decoded(answer.body, answer.headers.get("content-encoding", ""))
        except zlib.error as error:
            waiting.set_exception(ConnectionError(f"expected a body in gzip, found {error}"))
        else:
            waiting.set_result(answer)

    def _fail(self, error: Exception) -> None:
        self.abort()
        waiting, self._waiting = self._waiting, None
        if waiting is not None and not waiting.done():
            waiting.set_exception(error)


_GONE = "the connection was closed without a whole answer"


def _decoded(body: bytes, encoding: str) -> bytes:
    if encoding.lower() not in {"gzip", "deflate"} or not body:
        return body
    return zlib.decompress(body, 47)  # zlib's own header or gzip's, whichever it is
