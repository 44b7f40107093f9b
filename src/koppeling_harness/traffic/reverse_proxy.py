"""Stand in for a real environment: what the gateway passes on goes there over TLS."""

import ssl
from collections.abc import AsyncIterator, Callable, Mapping

import httpx
from starlette.types import Receive, Scope, Send

from koppeling_harness.traffic.wire import wire_of

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
_LONGEST_ANSWER_S = 960.0
"""AFAS works on one call for 900 s at most. Source: docs.afas.help/profit/en/troubleshooting."""


class ReverseProxy:
    """An ASGI application that carries requests to real environments, and their answers back.

    The path below `/{environment}/ProfitRestServices` is added to the environment's base URL.
    Bodies stream, in both directions. An environment that cannot be reached answers 502; one that
    breaks off is broken off.

    Args:
        base_urls: By environment, its base URL, without a slash at the end.
        refuse: Raises when an address must never get a request, such as production; it is asked
            of every address here and now.
        tls: For other authorities than those of Mozilla; certificates are always verified.
    """

    def __init__(
        self,
        base_urls: Mapping[str, str],
        *,
        refuse: Callable[[str], None],
        tls: ssl.SSLContext | None = None,
    ) -> None:
        for base_url in base_urls.values():
            refuse(base_url)
        self._base_urls = {name: httpx.URL(base_url) for name, base_url in base_urls.items()}
        # the transport itself: no cookies, no redirects, no headers of its own
        self._transport = httpx.AsyncHTTPTransport(
            verify=tls or httpx.create_ssl_context(trust_env=False)
        )

    async def aclose(self) -> None:
        """Close the connections to the environments."""
        await self._transport.aclose()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI: carry one request."""
        url = self._url(scope)
        if url is None:
            await _say(send, 404, "no such environment behind this gateway")
            return
        request = _request(scope, receive, url)
        try:
            response = await self._transport.handle_async_request(request)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            await _say(send, 502, f"the environment cannot be reached: {error}")
        except httpx.TransportError as error:
            await _break_off(scope, send, error)
        else:
            await _pass_back(response, scope, send)

    def _url(self, scope: Scope) -> httpx.URL | None:
        raw: bytes = scope.get("raw_path") or scope["path"].encode()
        environment, _, rest = raw.lstrip(b"/").partition(b"/")
        base_url = self._base_urls.get(environment.decode("latin-1"))
        if base_url is None:
            return None
        _, slash, path = rest.partition(b"/")
        query: bytes = scope["query_string"]
        whole = base_url.raw_path.rstrip(b"/") + slash + path
        return base_url.copy_with(raw_path=whole + (b"?" + query if query else b""))


def _request(scope: Scope, receive: Receive, url: httpx.URL) -> httpx.Request:
    headers = [
        (name, value)
        for name, value in scope["headers"]
        if name not in _HOP_BY_HOP and name != b"host"
    ]
    names = {name for name, _ in scope["headers"]}
    has_body = bool(names & {b"content-length", b"transfer-encoding"})
    timeout = httpx.Timeout(_LONGEST_ANSWER_S, connect=10.0, pool=None)
    return httpx.Request(
        scope["method"],
        url,
        headers=headers,
        content=_chunks(receive) if has_body else None,
        extensions={"timeout": timeout.as_dict()},
    )


async def _chunks(receive: Receive) -> AsyncIterator[bytes]:
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return
        yield message.get("body", b"")
        if not message.get("more_body", False):
            return


async def _pass_back(response: httpx.Response, scope: Scope, send: Send) -> None:
    headers = [
        (name.lower(), value)
        for name, value in response.headers.raw
        if name.lower() not in _HOP_BY_HOP
    ]
    try:
        await send(
            {"type": "http.response.start", "status": response.status_code, "headers": headers}
        )
        async for chunk in response.aiter_raw():
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
    except httpx.TransportError as error:
        await _break_off(scope, send, error)
    else:
        await send({"type": "http.response.body", "body": b""})
    finally:
        await response.aclose()


async def _break_off(scope: Scope, send: Send, error: httpx.TransportError) -> None:
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
