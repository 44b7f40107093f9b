"""Carry out a fault on one call."""

import asyncio
import gzip
import secrets
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime

from starlette.types import ASGIApp, Message

from koppeling_harness.clock import Clock
from koppeling_harness.model.fault import Fault, FaultKind
from koppeling_harness.traffic.answer import Answer, RawHeaders, documented_answer
from koppeling_harness.traffic.passage import Passage
from koppeling_harness.traffic.reshape import reshape

_DEFAULT_DELAY_S = 1.0
_PIECES = 20


async def disturb(passage: Passage, fault: Fault, upstream: ASGIApp, clock: Clock) -> bool:
    """Let a call go wrong as a fault says.

    Args:
        passage: The call.
        fault: What is done to it.
        upstream: The ERP.
        clock: Tells the time for `clock_skew`.

    Returns:
        Whether it was done: an answer without rows cannot lose its rows, for one.
    """
    passage.fault = fault.fault.value
    done = await _KINDS.get(fault.fault, _reshaped)(passage, fault, upstream, clock)
    if not done:
        passage.fault = None
    return done


async def _answered(passage: Passage, fault: Fault, upstream: ASGIApp, clock: Clock) -> bool:  # noqa: ARG001
    await passage.drain()
    answer = documented_answer(
        fault,
        language=passage.request_header(b"accept-language"),
        log_reference=secrets.token_hex(16).upper(),
    )
    await passage.answer(answer)
    return True


async def _reset(passage: Passage, fault: Fault, upstream: ASGIApp, clock: Clock) -> bool:  # noqa: ARG001
    await passage.drain()
    await passage.required_wire().reset()
    return True


async def _lost(passage: Passage, fault: Fault, upstream: ASGIApp, clock: Clock) -> bool:  # noqa: ARG001
    wire = passage.required_wire()
    await passage.collect(upstream)
    await wire.hang_up()
    return True


async def _delayed(passage: Passage, fault: Fault, upstream: ASGIApp, clock: Clock) -> bool:  # noqa: ARG001
    async def later(message: Message) -> None:
        if message["type"] == "http.response.start":
            await _pause(passage, fault.delay_s or _DEFAULT_DELAY_S)
        await passage.send(message)

    await upstream(passage.scope, passage.receive, later)
    return True


async def _slow(passage: Passage, fault: Fault, upstream: ASGIApp, clock: Clock) -> bool:  # noqa: ARG001
    answer = await passage.collect(upstream)
    await _start(passage, answer)
    size = -(-len(answer.body) // _PIECES) or 1
    pieces = [answer.body[at : at + size] for at in range(0, len(answer.body), size)]
    for piece in pieces:
        await _pause(passage, (fault.delay_s or _DEFAULT_DELAY_S) / len(pieces))
        await passage.send({"type": "http.response.body", "body": piece, "more_body": True})
    await passage.send({"type": "http.response.body", "body": b""})
    return bool(answer.body)


async def _half(passage: Passage, fault: Fault, upstream: ASGIApp, clock: Clock) -> bool:  # noqa: ARG001
    wire = passage.required_wire()
    answer = await passage.collect(upstream)
    if len(answer.body) > 1:  # with nothing to halve it breaks off before it began
        await _start(passage, answer)
        half = answer.body[: len(answer.body) // 2]
        await passage.send({"type": "http.response.body", "body": half, "more_body": True})
    await wire.hang_up()
    return True


async def _skewed(passage: Passage, fault: Fault, upstream: ASGIApp, clock: Clock) -> bool:
    moment = clock.now() + timedelta(seconds=fault.delay_s or _DEFAULT_DELAY_S)
    date = (b"date", format_datetime(moment, usegmt=True).encode())

    async def at_another_time(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = _without(list(message.get("headers", [])), b"date")
            message = {**message, "headers": [*headers, date]}
        await passage.send(message)

    await upstream(passage.scope, passage.receive, at_another_time)
    return True


async def _uncompressed(passage: Passage, fault: Fault, upstream: ASGIApp, clock: Clock) -> bool:  # noqa: ARG001
    headers = _without(passage.scope["headers"], b"accept-encoding")
    answer = await passage.collect(upstream, scope={**passage.scope, "headers": headers})
    await passage.answer(_with_body(answer, _decoded(answer)))
    return True


async def _reshaped(passage: Passage, fault: Fault, upstream: ASGIApp, clock: Clock) -> bool:  # noqa: ARG001
    answer = await passage.collect(upstream)
    try:
        text = _decoded(answer).decode()
    except UnicodeDecodeError:
        text = ""
    changed = reshape(text, fault)
    if changed is None:
        await passage.answer(answer)
        return False
    body = changed.encode()
    if _is_gzip(answer):
        packed = gzip.compress(body, compresslevel=1)
        answer = replace(_with_body(answer, packed), body=packed)
        answer.headers.append((b"content-encoding", b"gzip"))
    else:
        answer = _with_body(answer, body)
    await passage.answer(answer)
    return True


async def _start(passage: Passage, answer: Answer) -> None:
    headers = _without(answer.headers, b"content-length", b"transfer-encoding")
    length = (b"content-length", str(len(answer.body)).encode())
    await passage.send(
        {
            "type": "http.response.start",
            "status": answer.status,
            "headers": [*headers, length],
        }
    )


async def _pause(passage: Passage, delay_s: float) -> None:
    wire = passage.wire
    if wire is None:
        await asyncio.sleep(delay_s)
    else:
        await wire.pause(delay_s)


def _without(headers: RawHeaders, *names: bytes) -> RawHeaders:
    return [(name, value) for name, value in headers if name.lower() not in names]


def _is_gzip(answer: Answer) -> bool:
    return (b"content-encoding", b"gzip") in [
        (name.lower(), value.lower()) for name, value in answer.headers
    ]


def _decoded(answer: Answer) -> bytes:
    try:
        return gzip.decompress(answer.body) if _is_gzip(answer) else answer.body
    except (OSError, EOFError, zlib.error):
        return answer.body


def _with_body(answer: Answer, body: bytes) -> Answer:
    """Return an answer with another body, that is not encoded."""
    headers = _without(answer.headers, b"content-length", b"content-encoding", b"transfer-encoding")
    length = (b"content-length", str(len(body)).encode())
    return Answer(status=answer.status, headers=[*headers, length], body=body)


_KINDS: dict[FaultKind, Callable[[Passage, Fault, ASGIApp, Clock], Awaitable[bool]]] = {
    FaultKind.STATUS: _answered,
    FaultKind.EXPIRED_TOKEN: _answered,
    FaultKind.BLOCKED_CONNECTOR: _answered,
    FaultKind.RESET: _reset,
    FaultKind.LOST_ANSWER: _lost,
    FaultKind.DELAY: _delayed,
    FaultKind.SLOW_BODY: _slow,
    FaultKind.HALF_BODY: _half,
    FaultKind.CLOCK_SKEW: _skewed,
    FaultKind.NO_GZIP: _uncompressed,
}
"""The others change the JSON of the answer; see `reshape`."""
