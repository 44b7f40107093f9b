"""Carry out faults on one call, each around the one before it."""

import asyncio
import gzip
import secrets
import zlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from koppeling_harness.clock import Clock
from koppeling_harness.http.headers import RawHeaders
from koppeling_harness.model.fault import Fault, FaultKind, is_sign_in
from koppeling_harness.traffic.answer import Answer, documented_answer, refused_sign_in
from koppeling_harness.traffic.passage import Passage
from koppeling_harness.traffic.reshape import reshape
from koppeling_harness.value import dataclass

_DEFAULT_DELAY_S = 1.0
_PIECES = 6


async def disturb(
    passage: Passage, faults: Sequence[Fault], upstream: ASGIApp, clock: Clock
) -> tuple[bool, ...]:
    """Let a call go wrong as some faults say.

    The first fault is nearest to the ERP: what it makes of the answer, the next one is given. One
    that takes the ERP's place keeps the call from the faults before it.

    Args:
        passage: The call.
        faults: What is done to it.
        upstream: The ERP.
        clock: Tells the time for `clock_skew`.

    Returns:
        Of each fault whether it was done: an answer without rows cannot lose its rows, for one.
    """
    done = [False] * len(faults)

    def say() -> None:
        names = [each.fault.value for each, is_done in zip(faults, done, strict=True) if is_done]
        passage.fault = "+".join(names) or None

    def around(at: int, below: ASGIApp) -> ASGIApp:
        fault = faults[at]

        async def app(scope: Scope, _receive: Receive, send: Send) -> None:
            done[at] = True  # until it shows that it cannot be: it may last, and is seen meanwhile
            say()
            layer = _Layer(
                passage=passage, fault=fault, below=below, scope=scope, clock=clock, send=send
            )
            done[at] = await _KINDS.get(fault.fault, _reshaped)(layer)
            say()

        return app

    async def erp(scope: Scope, receive: Receive, send: Send) -> None:
        async def noted(message: Message) -> None:
            if message["type"] == "http.response.start":
                passage.erp_status = message["status"]
            await send(message)

        await upstream(scope, receive, noted)

    app: ASGIApp = erp
    for at in range(len(faults)):
        app = around(at, app)
    await app(passage.scope, passage.receive, passage.send)
    return tuple(done)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layer:
    """One fault around what is below it: the ERP, or another fault.

    Attributes:
        passage: The call.
        fault: What is done to it.
        below: Answers the call.
        scope: The request, as what is above leaves it.
        clock: Tells the time.
        send: Takes what this layer makes of the answer.
    """

    passage: Passage
    fault: Fault
    below: ASGIApp
    scope: Scope
    clock: Clock
    send: Send

    @property
    def delay_s(self) -> float:
        return self.fault.delay_s or _DEFAULT_DELAY_S

    async def pass_on(self, send: Send) -> None:
        """Have the call answered, to somebody who looks at the answer first."""
        await self.below(self.scope, self.passage.receive, send)

    async def collect(self, *, scope: Scope | None = None) -> Answer:
        """Have the call answered; return the answer instead of sending it."""
        return await self.passage.collect(self.below, scope=scope or self.scope)

    async def answer(self, answer: Answer) -> None:
        """Send a whole answer."""
        start = {"type": "http.response.start", "status": answer.status, "headers": answer.headers}
        await self.send(start)
        await self.send({"type": "http.response.body", "body": answer.body})


async def _answered(layer: _Layer) -> bool:
    await layer.passage.drain()
    if layer.fault.fault is FaultKind.EXPIRED_TOKEN and is_sign_in(layer.passage.path):
        by_basic = layer.passage.request_header(b"authorization").lower().startswith("basic ")
        await layer.answer(refused_sign_in(401 if by_basic else 400))
        return True
    answer = documented_answer(
        layer.fault,
        language=layer.passage.request_header(b"accept-language"),
        log_reference=secrets.token_hex(16).upper(),
    )
    await layer.answer(answer)
    return True


async def _reset(layer: _Layer) -> bool:
    await layer.passage.drain()
    await layer.passage.required_wire().reset()
    return True


async def _lost(layer: _Layer) -> bool:
    wire = layer.passage.required_wire()
    await layer.collect()
    await wire.hang_up()
    return True


async def _held(layer: _Layer) -> bool:
    answer = await layer.collect()
    await _pause(layer.passage, layer.delay_s)
    await layer.answer(answer)
    return True


async def _delayed(layer: _Layer) -> bool:
    async def later(message: Message) -> None:
        if message["type"] == "http.response.start":
            await _pause(layer.passage, layer.delay_s)
        await layer.send(message)

    await layer.pass_on(later)
    return True


async def _slow(layer: _Layer) -> bool:
    answer = await layer.collect()
    await _start(layer, answer)
    size = -(-len(answer.body) // _PIECES) or 1
    pieces = [answer.body[at : at + size] for at in range(0, len(answer.body), size)]
    for piece in pieces:
        await _pause(layer.passage, layer.delay_s / len(pieces))
        await layer.send({"type": "http.response.body", "body": piece, "more_body": True})
    await layer.send({"type": "http.response.body", "body": b""})
    return bool(answer.body)


async def _half(layer: _Layer) -> bool:
    wire = layer.passage.required_wire()
    answer = await layer.collect()
    if len(answer.body) > 1:  # with nothing to halve it breaks off before it began
        await _start(layer, answer)
        half = answer.body[: len(answer.body) // 2]
        await layer.send({"type": "http.response.body", "body": half, "more_body": True})
    await wire.hang_up()
    return True


async def _skewed(layer: _Layer) -> bool:
    moment = layer.clock.now() + timedelta(seconds=layer.delay_s)
    date = (b"date", format_datetime(moment, usegmt=True).encode())

    async def at_another_time(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = _without(list(message.get("headers", [])), b"date")
            message = {**message, "headers": [*headers, date]}
        await layer.send(message)

    await layer.pass_on(at_another_time)
    return True


async def _uncompressed(layer: _Layer) -> bool:
    headers = _without(layer.scope["headers"], b"accept-encoding")
    answer = await layer.collect(scope={**layer.scope, "headers": headers})
    await layer.answer(_with_body(answer, _decoded(answer)))
    return True


async def _reshaped(layer: _Layer) -> bool:
    answer = await layer.collect()
    try:
        text = _decoded(answer).decode()
    except UnicodeDecodeError:
        text = ""
    changed = reshape(text, layer.fault)
    if changed is None:
        await layer.answer(answer)
        return False
    body = changed.encode()
    if _is_gzip(answer):
        packed = gzip.compress(body, compresslevel=1)
        answer = replace(_with_body(answer, packed), body=packed)
        answer.headers.append((b"content-encoding", b"gzip"))
    else:
        answer = _with_body(answer, body)
    await layer.answer(answer)
    return True


async def _start(layer: _Layer, answer: Answer) -> None:
    headers = _without(answer.headers, b"content-length", b"transfer-encoding")
    length = (b"content-length", str(len(answer.body)).encode())
    await layer.send(
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


_KINDS: dict[FaultKind, Callable[[_Layer], Awaitable[bool]]] = {
    FaultKind.STATUS: _answered,
    FaultKind.EXPIRED_TOKEN: _answered,
    FaultKind.BLOCKED_CONNECTOR: _answered,
    FaultKind.RESET: _reset,
    FaultKind.LOST_ANSWER: _lost,
    FaultKind.LOGIN_PAGE: _answered,
    FaultKind.ERROR_BODY: _answered,
    FaultKind.HELD_ANSWER: _held,
    FaultKind.DELAY: _delayed,
    FaultKind.SLOW_BODY: _slow,
    FaultKind.HALF_BODY: _half,
    FaultKind.CLOCK_SKEW: _skewed,
    FaultKind.NO_GZIP: _uncompressed,
}
"""The others change the JSON of the answer; see `reshape`."""
