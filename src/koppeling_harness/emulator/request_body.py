"""The body of a request as it comes over the wire: whole, not too large, its encoding undone."""

import asyncio
import types
import zlib
from collections.abc import Awaitable, Callable, Generator, Mapping, MutableMapping
from typing import Any

from koppeling_harness.aside import in_thread

MOST_BODY = 75 * 1024 * 1024
"""Bytes of a request; larger gives 413 (source: AFAS, docs.afas.help/apidoc)."""

_TOO_LARGE = f"the body has more than {MOST_BODY // 1024**2} MB"
_REST_LIMIT_S = 60.0
"""Longer than this the rest of a request is not waited for."""

_LENGTH, _CODING = b"content-length", b"transfer-encoding"
"""Headers by which a request has a body."""

_Message = MutableMapping[str, Any]
_Receive = Callable[[], Awaitable[_Message]]
_Steps = Generator[Any, Any, _Message]


class GoneError(Exception):
    """The client left before its request was whole."""


class UnfitError(Exception):
    """A body cannot be taken as it is.

    Attributes:
        status: How it is answered.
        reason: Why, in words of ours, for whoever serves.
    """

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(status)
        self.status = status
        self.reason = reason


async def read_body(headers: Mapping[bytes, bytes], receive: _Receive) -> bytes:
    """Return a request's body.

    Args:
        headers: Its headers by name, without blanks around their values.
        receive: Gives it, a piece at a time.

    Raises:
        GoneError: It broke off.
        UnfitError: It is larger than Profit takes, does not come on, or is not what its
            `Content-Encoding` says.
    """
    try:
        steps: _Steps = receive().__await__()
        try:
            waits_for = next(steps)
        except StopIteration as there:  # nearly always: it is there already
            message: _Message = there.value
        else:
            message = await _in_time(steps, waits_for)
        if message["type"] != "http.request":
            raise GoneError
        body: bytes = message.get("body", b"")
        if message.get("more_body") or len(body) > MOST_BODY:
            body = await _rest_of(message, receive)
    except TimeoutError:
        raise UnfitError(408, f"the rest did not come within {_REST_LIMIT_S:.0f} s") from None
    encoding = headers.get(b"content-encoding")
    if encoding is None or not body:
        return body
    return await in_thread(_decoded, body, encoding.lower())  # a little may become very much


async def _in_time(steps: _Steps, waits_for: Any) -> _Message:
    """Return the message that is waited for.

    Raises:
        TimeoutError: It does not come.
    """
    async with asyncio.timeout(_REST_LIMIT_S):
        return await _rest(steps, waits_for)


@types.coroutine
def _rest(steps: _Steps, waits_for: Any) -> _Steps:
    """Go on with what has begun and waits."""
    while True:
        try:
            try:
                given = yield waits_for
            except BaseException as error:  # noqa: BLE001 - it is whose work it is that is told
                waits_for = steps.throw(error)
            else:
                waits_for = steps.send(given)
        except StopIteration as done:
            found: _Message = done.value
            return found


async def _rest_of(message: _Message, receive: _Receive) -> bytes:
    """Return a body that comes in pieces.

    Raises:
        GoneError: It broke off.
        UnfitError: It is larger than Profit takes.
        TimeoutError: It does not come on.
    """
    chunks: list[bytes] = []
    size = 0
    while True:
        chunk = message.get("body", b"")
        size += len(chunk)
        if size <= MOST_BODY:
            chunks.append(chunk)
        if not message.get("more_body"):
            break
        async with asyncio.timeout(_REST_LIMIT_S):
            message = await receive()
        if message["type"] != "http.request":
            raise GoneError
    if size > MOST_BODY:
        raise UnfitError(413, _TOO_LARGE)
    return b"".join(chunks)


def _decoded(body: bytes, encoding: bytes) -> bytes:
    """Return a body with its `Content-Encoding` undone. Source: RFC 9110, section 8.4.

    Raises:
        UnfitError: The encoding is none that is known, or not what the body has; or what comes
            out is larger than Profit takes.
    """
    if not body or encoding in {b"", b"identity"}:
        return body
    if encoding not in {b"gzip", b"x-gzip", b"deflate"}:
        found = encoding.decode("latin-1")
        raise UnfitError(415, f"Content-Encoding is {found}, expected gzip, deflate or identity")
    inflate = zlib.decompressobj(47)  # zlib's own header or gzip's, whichever it is
    try:
        plain = inflate.decompress(body, MOST_BODY + 1)
    except zlib.error:
        raise UnfitError(400, "the body is not what its Content-Encoding says") from None
    if len(plain) > MOST_BODY:
        raise UnfitError(413, _TOO_LARGE)
    if not inflate.eof or inflate.unused_data:
        raise UnfitError(400, "the body ends before its Content-Encoding does, or after it")
    return plain


def brings_body(headers: Mapping[bytes, bytes]) -> bool:
    """Return whether a request says that it has a body."""
    return headers.get(_LENGTH, b"0").strip() != b"0" or _CODING in headers
