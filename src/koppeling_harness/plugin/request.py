"""One request to a service of an integration, over a connection of its own.

A service closes connections when it likes, so none is kept for the next request.
"""

import base64
import contextlib
import json
import math
import zlib
from collections.abc import AsyncIterator, Mapping
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from koppeling_harness.http.headers import header_of
from koppeling_harness.http.line import BrokenOffError, Line, open_line
from koppeling_harness.http.trust import mozilla
from koppeling_harness.value import dataclass
from koppeling_harness.version import __version__

NO_ANSWER = (OSError, BrokenOffError)
"""What is raised when a service cannot be reached, or does not answer to the end."""

_PORTS = {"http": 80, "https": 443}
_MAY_STAND = "/%:@!$&'()*+,;=~?[]"
"""What is sent in an address as it stands, beside letters and digits."""
_PACKED = frozenset({"gzip", "deflate"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a service answers.

    Attributes:
        status: HTTP status.
        content: The body, None when it is longer than is allowed.
    """

    status: int
    content: bytes | None


async def status_of(url: str) -> int:
    """Return the status that a GET is answered with, whatever follows it.

    Raises:
        OSError: The service cannot be reached.
        BrokenOffError: It gave no answer.
    """
    async with _sent("GET", url, None) as line:
        return (await line.head()).status


async def ask(method: str, url: str, told: Mapping[str, Any], *, most_bytes: int) -> Answer:
    """Send something as JSON, and return the answer.

    Args:
        method: Of the request.
        url: Of the service, with the path.
        told: What is sent.
        most_bytes: How long the answer may be.

    Raises:
        OSError: The service cannot be reached.
        BrokenOffError: It gave no whole answer.
    """
    # as to who speaks over stdin: half of a pair of UTF-16 is no UTF-8, and stays an escape
    body = json.dumps(told, ensure_ascii=False).encode("utf-8", "backslashreplace")
    async with _sent(method, url, body) as line:
        head = await line.head()
        content = bytearray()
        unpacked = _unpacking(header_of(head.headers, b"content-encoding"))
        async for piece, _ in line.body():
            content += unpacked(piece, most_bytes + 1)
            if len(content) > most_bytes:
                return Answer(status=head.status, content=None)
        return Answer(status=head.status, content=bytes(content))


@contextlib.asynccontextmanager
async def _sent(method: str, url: str, body: bytes | None) -> AsyncIterator[Line]:
    """Give a connection over which a request was sent; close it afterwards."""
    parts = urlsplit(url)
    host, usual = parts.hostname or "", _PORTS[parts.scheme]
    port = parts.port or usual
    tls = mozilla() if parts.scheme == "https" else None
    line = await open_line(host, port, tls, longest_s=math.inf)  # who asks has limits of its own
    try:
        line.begin(bodiless=False)
        target = quote(parts.path or "/", safe=_MAY_STAND)
        if parts.query:
            target += "?" + quote(parts.query, safe=_MAY_STAND)
        shown = (f"[{host}]" if ":" in host else host).encode("idna").decode()
        lines = [
            f"{method} {target} HTTP/1.1",
            f"Host: {shown if port == usual else f'{shown}:{port}'}",
            "Accept: */*",
            "Accept-Encoding: gzip, deflate",
            "Connection: close",
            f"User-Agent: koppeling-harness/{__version__}",
        ]
        if parts.username is not None:
            named = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            lines.append(f"Authorization: Basic {base64.b64encode(named.encode()).decode()}")
        if body is not None:
            lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        await line.send("\r\n".join([*lines, "", ""]).encode() + (body or b""))
        yield line
    finally:
        await line.aclose()


def _unpacking(encoding: str) -> Any:
    """Return what gives a piece of a body as it was before it was packed, but no more than some."""
    if encoding.lower() not in _PACKED:
        return lambda piece, _most: piece
    unpacker = zlib.decompressobj(47)  # zlib's own header or gzip's, whichever it is

    def unpacked(piece: bytes, most: int) -> bytes:
        try:
            return unpacker.decompress(piece, most)
        except zlib.error as error:
            message = f"expected a body in gzip, found {error}"
            raise BrokenOffError(message) from None

    return unpacked
