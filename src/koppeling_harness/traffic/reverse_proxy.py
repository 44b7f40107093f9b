"""Stand in for a real environment: what the gateway passes on goes there over TLS."""

import asyncio
import ssl
from collections.abc import Mapping

from starlette.types import Receive, Scope, Send

from koppeling_harness.http.base_url import BaseUrl, read_base_url
from koppeling_harness.http.line import BrokenOffError, Line
from koppeling_harness.http.pool import Pool
from koppeling_harness.http.trust import mozilla
from koppeling_harness.traffic.wire import wire_of
from koppeling_harness.value import dataclass

_HOP_BY_HOP = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)
"""Headers of one connection, not of the message. Source: RFC 9110, section 7.6.1."""


class ReverseProxy:
    """An ASGI application that carries requests to real environments, and their answers back.

    The path below `/{environment}/ProfitRestServices` is added to the environment's base URL.
    Bodies stream, in both directions. An environment that cannot be reached answers 502; one that
    breaks off is broken off.

    Args:
        base_urls: By environment, its base URL, without a slash at the end.
        tls: For other authorities than those of Mozilla; certificates are always verified.

    Raises:
        ProductionRefusedError: One of them is, or may be, in production.
        ConfigurationError: One of them is not an address.
    """

    def __init__(self, base_urls: Mapping[str, str], *, tls: ssl.SSLContext | None = None) -> None:
        self._targets = {name: _target(read_base_url(url), tls) for name, url in base_urls.items()}

    async def aclose(self) -> None:
        """Close the connections to the environments."""
        for target in self._targets.values():
            await target.pool.aclose()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI: carry one request."""
        raw: bytes = scope.get("raw_path") or scope["path"].encode()
        environment, _, rest = raw.lstrip(b"/").partition(b"/")
        target = self._targets.get(environment.decode("latin-1"))
        if target is None:
            await _say(send, 404, "no such environment behind this gateway")
            return
        try:
            line = await target.pool.line()
        except (OSError, TimeoutError) as error:
            why = str(error) or type(error).__name__
            await _say(send, 502, f"the environment cannot be reached: {why}")
            return
        _, slash, path = rest.partition(b"/")
        request = _Request(scope=scope, receive=receive, head=_head(scope, target, slash + path))
        try:
            await _carry(request, line, send)
        except BrokenOffError as error:
            await _break_off(scope, send, error)
        finally:
            target.pool.release(line)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Target:
    """One environment.

    Attributes:
        pool: Connections to it.
        authority: For `Host`.
        path: Of its base URL.
    """

    pool: Pool
    authority: bytes
    path: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request:
    scope: Scope
    receive: Receive
    head: bytes

    @property
    def is_chunked(self) -> bool:
        return any(name == b"transfer-encoding" for name, _ in self.scope["headers"])

    @property
    def has_body(self) -> bool:
        return self.is_chunked or any(
            name == b"content-length" and value != b"0" for name, value in self.scope["headers"]
        )


def _target(url: BaseUrl, tls: ssl.SSLContext | None) -> _Target:
    context = (tls or mozilla()) if url.scheme == "https" else None
    return _Target(
        pool=Pool(url.host, url.port, context),
        authority=url.authority.encode(),
        path=url.path.encode(),
    )


def _head(scope: Scope, target: _Target, path: bytes) -> bytes:
    query: bytes = scope["query_string"]
    where = target.path + path + (b"?" + query if query else b"")
    lines = [b"%b %b HTTP/1.1" % (scope["method"].encode(), where), b"host: " + target.authority]
    for name, value in scope["headers"]:
        if name == b"transfer-encoding":
            lines.append(b"transfer-encoding: chunked")  # as the body is sent on
        elif name not in _HOP_BY_HOP and name not in {b"host", b"expect"}:
            lines.append(name + b": " + value)
    return b"\r\n".join([*lines, b"", b""])


async def _carry(request: _Request, line: Line, send: Send) -> None:
    line.begin(bodiless=request.scope["method"] == "HEAD")
    if not request.has_body:
        await line.send(request.head)
        await _pass_back(line, send)
        return
    # an answer may come before the body is sent, and the environment then stops reading it
    sending = asyncio.create_task(_send_body(request, line))
    try:
        await _pass_back(line, send)
    finally:
        sending.cancel()
        (sent,) = await asyncio.gather(sending, return_exceptions=True)
        if sent is not None:  # not all of it: what follows would be taken for the rest
            line.is_reusable = False


async def _send_body(request: _Request, line: Line) -> None:
    before = request.head
    while True:
        message = await request.receive()
        if message["type"] != "http.request":
            line.close()  # the client has gone: what it sent is not whole
            return
        data, more = message.get("body", b""), message.get("more_body", False)
        if request.is_chunked:
            data = (b"%x\r\n%b\r\n" % (len(data), data) if data else b"") + (
                b"" if more else b"0\r\n\r\n"
            )
        await line.send(before + data)
        before = b""
        if not more:
            return


async def _pass_back(line: Line, send: Send) -> None:
    head = await line.head()
    headers = [each for each in head.headers if each[0] not in _HOP_BY_HOP]
    await send({"type": "http.response.start", "status": head.status, "headers": headers})
    async for data, more in line.body():
        await send({"type": "http.response.body", "body": data, "more_body": more})


async def _break_off(scope: Scope, send: Send, error: BrokenOffError) -> None:
    """Let the client see what the gateway saw: a connection that ended."""
    wire = wire_of(scope)
    if wire is None:
        await _say(send, 502, f"the environment broke off: {error}")
    else:
        await wire.hang_up()


async def _say(send: Send, status: int, text: str) -> None:
    body = text.encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
