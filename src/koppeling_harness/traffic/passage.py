"""One request on its way through the gateway, from its arrival until it is an exchange."""

import asyncio
import contextlib
from dataclasses import dataclass, field
from email.utils import format_datetime
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from koppeling_harness.aside import LeftOffError
from koppeling_harness.clock import Clock
from koppeling_harness.errors import HarnessError
from koppeling_harness.http.headers import RawHeaders, charset_of, header_of
from koppeling_harness.model.exchange import Exchange, Refused, RefusedFor, Sender
from koppeling_harness.model.shape import Text
from koppeling_harness.traffic.answer import Answer
from koppeling_harness.traffic.capture import Capture
from koppeling_harness.traffic.fault_plan import asks_for_a_nonce
from koppeling_harness.traffic.redact_exchange import ExchangeRedactor
from koppeling_harness.traffic.wire import Wire, wire_of

_ENDED_BY_ERROR = 500
_BAD_REQUEST = 400
_HEARD_OUT_S = 5.0
"""So long a client is given to end what it is sending when the answer is there already."""
_EMPTY: RawHeaders = [(b"content-type", b"application/xml; charset=utf-8")]


@dataclass(slots=True, kw_only=True)
class Bodies:
    """What was sent and answered in one exchange, redacted.

    Attributes:
        request: The body of the request, None when there is none, or it is no text.
        request_unread: Why that is no text in UTF-8; empty when it is, or nothing was sent.
        response: The body of the answer.
    """

    request: str | None
    request_unread: str
    response: str | None


def redacted_bodies(
    redactor: ExchangeRedactor, path: str, request: Capture, response: Capture, charset: str
) -> Bodies:
    """Return bodies as they may be judged.

    Args:
        redactor: That of the environment.
        path: What was asked, below the environment's base URL.
        request: What was seen of the request.
        response: What was seen of the answer.
        charset: That of the answer.
    """

    def redacted(capture: Capture, charset: str) -> str | None:
        text = capture.text(charset)
        return None if text is None else capture.finish(redactor.body(text, path))

    return Bodies(
        request=redacted(request, "utf-8"),
        request_unread=request.unread(),
        response=redacted(response, charset),
    )


@dataclass(slots=True, kw_only=True)
class Passage:
    """Looks at what passes, and lets it through.

    Attributes:
        number: Of the exchange.
        scope: The request, as ASGI tells it.
        path: Below the environment's base URL, as it stands on the wire.
        connection: Number of the connection within the environment.
        started_s: When it arrived, since recording began.
        turn: How often the integration had been triggered.
        customer: For which customer it was to work.
        clock: Tells the time for the `Date` of an answer that has none.
        refused: Why it never went on to the ERP; None when it did.
        fault: Names of the faults that were carried out on it, joined by `+`.
        erp_status: What the ERP answered, where faults stand between.
    """

    number: int
    scope: Scope
    path: str
    connection: int
    started_s: float
    turn: int
    customer: int
    clock: Clock
    asgi_receive: Receive
    asgi_send: Send
    refused: Refused | None = None
    fault: str | None = None
    erp_status: int | None = None
    _is_whole: bool = field(init=False, default=False)
    _is_read: bool = field(init=False, default=False)
    _request: Capture = field(init=False)
    _response: Capture = field(init=False, default_factory=Capture)
    _response_headers: RawHeaders = field(init=False, default_factory=list)
    _status: int | None = field(init=False, default=None)
    _duration_s: float | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        headers: RawHeaders = self.scope["headers"]
        encodings = [value for name, value in headers if name == b"content-encoding"]
        self._request = Capture(b", ".join(encodings).decode("latin-1"), is_request=True)

    @property
    def method(self) -> str:
        """Upper case."""
        return str(self.scope["method"])

    @property
    def wire(self) -> Wire | None:
        """The connection that it came over."""
        return wire_of(self.scope)

    @property
    def asks_for_a_nonce(self) -> bool:
        """Whether its answer asks to make the proof again with a nonce, and nothing more."""
        names = (name.decode("latin-1").lower() for name, _ in self._response_headers)
        return asks_for_a_nonce(self._status, names)

    def request_header(self, name: bytes) -> str:
        """Return the first value of a request header; empty when absent."""
        headers: RawHeaders = self.scope["headers"]
        return next((value.decode("latin-1") for key, value in headers if key == name), "")

    async def receive(self) -> Message:
        """ASGI: take the next part of the request, and look at it."""
        self._is_read = True
        message = await self.asgi_receive()
        if message["type"] == "http.request":
            self._request.feed(message.get("body", b""))
            self._is_whole = not message.get("more_body", False)
        elif not self._is_whole and self._status is None:
            self._end_early()
        return message

    def _end_early(self) -> None:
        wire = self.wire
        if wire is None or wire.broken is None:
            self.refused = _CUT_OFF
        else:
            self.refused = Refused(kind=RefusedFor.HTTP, found=wire.broken)
            self._status = _BAD_REQUEST

    async def send(self, message: Message) -> None:
        """ASGI: give the client the next part of the answer, and look at it."""
        if message["type"] == "http.response.start":
            if not self._is_read and message["status"] >= _BAD_REQUEST:
                await self._hear_out()
            wire = self.wire
            if wire is not None and wire.is_closed:
                return  # the client did not wait: it never got this
            headers = list(message.get("headers", []))
            if not header_of(headers, b"date"):
                now = format_datetime(self.clock.now(), usegmt=True)
                headers.append((b"date", now.encode()))
            message = {**message, "headers": headers}
            self._status = message["status"]
            self._response_headers = headers
            self._response = Capture(header_of(self._response_headers, b"content-encoding"))
        elif message["type"] == "http.response.body":
            if self._status is None:
                return
            self._response.feed(message.get("body", b""))
        await self.asgi_send(message)

    async def _hear_out(self) -> None:
        """Read what is still coming of a request that is refused unread, as by 401.

        It was sent all the same, so it is judged; and a client that is still sending would meet a
        connection that closes instead of its answer.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_HEARD_OUT_S):
                await self.drain()

    async def drain(self) -> None:
        """Read the request to its end, for who answers without asking the ERP."""
        while True:
            message = await self.receive()
            if message["type"] != "http.request" or not message.get("more_body", False):
                return

    async def collect(self, upstream: ASGIApp, *, scope: Scope) -> Answer:
        """Have the ERP carry it out; return its answer instead of sending it."""
        start: dict[str, Any] = {"status": _ENDED_BY_ERROR, "headers": []}
        chunks: list[bytes] = []

        async def hold(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            elif message["type"] == "http.response.body":
                chunks.append(message.get("body", b""))

        await upstream(scope, self.receive, hold)
        headers = list(start.get("headers", []))
        return Answer(status=start["status"], headers=headers, body=b"".join(chunks))

    def required_wire(self) -> Wire:
        """Return the connection.

        Raises:
            HarnessError: The server does not tell; see `traffic.wire`.
        """
        wire = self.wire
        if wire is None:
            message = (
                "the gateway is not served with GatewayProtocol, so it cannot break connections"
            )
            raise HarnessError(message)
        return wire

    async def refuse(self, why: Refused, *, status: int) -> None:
        """Answer without asking the ERP, as AFAS does what it does not know."""
        self.refused = why
        headers = [(b"content-length", b"0"), *_EMPTY]
        await self.send({"type": "http.response.start", "status": status, "headers": headers})
        await self.send({"type": "http.response.body", "body": b""})

    def answered(self, status: int | None) -> None:
        """Note how the server itself answered what it could not read."""
        self._status = status

    def failed(self) -> None:
        """Note that the ERP's side raised an error: the server answers 500 by itself."""
        if self._status is None:
            self._status = _ENDED_BY_ERROR

    def end(self, now_s: float) -> None:
        """Note that it is over, and let go of the server's side of it.

        Args:
            now_s: The moment, since recording began.
        """
        self._duration_s = now_s - self.started_s
        self.scope = {name: self.scope[name] for name in ("method", "query_string", "headers")}
        self.asgi_receive, self.asgi_send = _nothing_more, _to_nobody

    @property
    def held(self) -> int:
        """How many bytes are held of its bodies."""
        return self._request.held + self._response.held

    @property
    def may_be_long(self) -> bool:
        """Whether reading its bodies takes more than a moment."""
        return self._request.may_be_long or self._response.may_be_long

    def let_go(self) -> None:
        """Hold nothing of its bodies: they are then as if they had been too long."""
        self._request.let_go()
        self._response.let_go()

    def bodies(self, redactor: ExchangeRedactor) -> Bodies:
        """Return its bodies as they may be judged."""
        return redacted_bodies(redactor, self.path, self._request, self._response, self._charset)

    async def bodies_beside(self, redactor: ExchangeRedactor) -> Bodies:
        """Return its bodies as they may be judged, read by another process."""
        try:
            return await redactor.beside(
                redacted_bodies, self.path, self._request, self._response, self._charset
            )
        except LeftOffError:
            self.let_go()
            return self.bodies(redactor)

    @property
    def _charset(self) -> str:
        return charset_of(header_of(self._response_headers, b"content-type")) or "utf-8"

    def exchange(
        self, redactor: ExchangeRedactor, now_s: float, bodies: Bodies | None = None
    ) -> Exchange:
        """Return it as an exchange, redacted.

        Args:
            redactor: That of the environment.
            now_s: The moment, since recording began; for one that is still under way.
            bodies: Its bodies, when they were read before.
        """
        headers: RawHeaders = self.scope["headers"]
        query = self.scope["query_string"].decode("latin-1")
        bodies = bodies or self.bodies(redactor)
        return Exchange(
            number=self.number,
            sender=Sender.INTEGRATION,
            started_s=self.started_s,
            duration_s=now_s - self.started_s if self._duration_s is None else self._duration_s,
            method=self.method,
            path=redactor.path(self.path),
            query=redactor.query(query, self.path),
            request_headers=redactor.headers(headers),
            request_body=bodies.request,
            request_size=self._request.size,
            request_unread=bodies.request_unread,
            status=self._status,
            response_headers=redactor.headers(self._response_headers),
            response_body=bodies.response,
            response_size=self._response.size,
            connection=self.connection,
            fault=self.fault,
            turn=self.turn,
            customer=self.customer,
            erp_status=self._erp_status(),
            refused=self.refused,
        )

    def _erp_status(self) -> int | None:
        if self.refused is not None:
            return None
        return self.erp_status if self.fault else self._status


_CUT_OFF = Refused(
    kind=RefusedFor.BROKEN_OFF,
    found=Text(nl="het verzoek brak af in zijn body", en="the request broke off in its body"),
)


async def _nothing_more() -> Message:
    return {"type": "http.disconnect"}


async def _to_nobody(message: Message) -> None:
    """The answer is complete."""
