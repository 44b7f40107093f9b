"""The body of a request as it comes over the wire: whole, not too large, its encoding undone."""

import asyncio
import types
import zlib
from collections.abc import Awaitable, Callable, Generator, Mapping, MutableMapping
from typing import Any

MOST_BODY = 75 * 1024 * 1024
"""Bytes of a request; larger gives 413 (source: AFAS, docs.afas.help/apidoc)."""

_TOO_LARGE = f"the body has more than {MOST_BODY // 1024**2} MB"
_REST_LIMIT_S = 60.0
"""Longer than this the rest of a request is not waited for."""

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


async def read_body(scope: Mapping[str, Any], receive: _Receive) -> bytes:
    """Return a request's body.

    Raises:
        GoneError: It broke off.
        UnfitError: It is larger than Profit takes, does not come on, or is not what its
            `Content-Encoding` says.
    """
    body = await _read(receive, in_pieces=brings_body(scope))
    return _decoded(body, _encoding(scope))


async def _in_time(receive: _Receive) -> _Message:
    """Return the next message; a timer is set only when it is not there yet."""
    steps: Any = receive().__await__()
    try:
        waits_for = next(steps)
    except StopIteration as there:
        found: _Message = there.value
        return found
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


async def _read(receive: _Receive, *, in_pieces: bool) -> bytes:
    """Return the request's body.

    Raises:
        GoneError: It broke off.
        UnfitError: It is larger than Profit takes, or does not come on.
    """
    chunks: list[bytes] = []
    size = 0
    while True:
        try:
            message = await (_in_time(receive) if in_pieces else receive())
        except TimeoutError:
            raise UnfitError(408, f"the rest did not come within {_REST_LIMIT_S:.0f} s") from None
        if message["type"] != "http.request":
            raise GoneError
        chunk = message.get("body", b"")
        size += len(chunk)
        if size <= MOST_BODY:
            chunks.append(chunk)
        if not message.get("more_body"):
            break
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


def _encoding(scope: Mapping[str, Any]) -> bytes:
    """Return the `Content-Encoding`; several lines are one list (RFC 9110, section 5.2)."""
    named: list[bytes] = [value for name, value in scope["headers"] if name == b"content-encoding"]
    return b", ".join(named).strip(b" \t").lower()


def brings_body(scope: Mapping[str, Any]) -> bool:
    """Return whether a request says that it has a body."""
    for name, value in scope["headers"]:
        if name == b"transfer-encoding" or (name == b"content-length" and value.strip() != b"0"):
            return True
    return False
