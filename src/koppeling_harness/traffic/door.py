"""The door of one scenario: all that comes in there is recorded, and goes on if it can be read."""

import asyncio

from starlette.types import ASGIApp, Receive, Scope, Send

from koppeling_harness.aside import CHUNK, EACH
from koppeling_harness.clock import Clock
from koppeling_harness.http.address import SERVICE, Address, NotAnAddressError, read_address
from koppeling_harness.model.exchange import Exchange, Recording, Refused, RefusedFor
from koppeling_harness.model.shape import Text
from koppeling_harness.traffic.disturb import disturb
from koppeling_harness.traffic.fault_plan import FaultPlan
from koppeling_harness.traffic.passage import Passage
from koppeling_harness.traffic.redact_exchange import ExchangeRedactor
from koppeling_harness.traffic.wire import Head, target_of, wire_of

HELD_LIMIT_BYTES = 64 * 1024 * 1024
"""How much of all bodies of one scenario is held to be judged; what comes after that is not."""

_NOT_FOUND = 404
_UNAUTHORIZED = 401
_LATE = Refused(
    kind=RefusedFor.LATE,
    found=Text(nl="het scenario was al afgelopen", en="the scenario had ended already"),
)
_OTHER_DOOR = Refused(
    kind=RefusedFor.OTHER_DOOR,
    found=Text(
        nl="gestuurd naar de poort van ERP1 zelf, langs de gateway",
        en="sent to ERP1's own port, past the gateway",
    ),
)


class Door:
    """An ASGI application before an ERP, for one environment in one scenario.

    Passing must cost the integration as little as possible, so redaction is left to whoever asks
    for the recording; until then what was seen is nowhere but in memory, like the token itself.

    Args:
        environment: Its id, as addresses name it.
        upstream: The ERP, or a reverse proxy to one, for this environment alone.
        plan: What goes wrong.
        redactor: Replaces what must not be kept.
        clock: Measures durations.
        seen: How many requests of the same result came in through other doors: counted on from.

    Attributes:
        turn: How often the integration was told to do something.
        is_shut: Whether what comes now is late, and goes no further.
    """

    def __init__(
        self,
        environment: str,
        upstream: ASGIApp,
        *,
        plan: FaultPlan,
        redactor: ExchangeRedactor,
        clock: Clock,
        seen: int = 0,
    ) -> None:
        self.turn = 0
        self.is_shut = False
        self._environment = environment.lower()
        self._upstream = upstream
        self._customer = 1
        self._plan = plan
        self._redactor = redactor
        self._clock = clock
        self._began_s = clock.elapsed_s()
        self._began_at = clock.now()
        self._count = seen
        self._connections: dict[int, int] = {}
        self._under_way: dict[int, Passage] = {}
        self._ended: dict[int, Passage] = {}
        self._exchanges: dict[int, Exchange] = {}
        self._held = 0
        """Bytes of all bodies that were held."""
        self._is_forgotten = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI: let a request pass."""
        if scope["type"] != "http":
            return
        try:
            await self._serve(scope, receive, send)
        except asyncio.CancelledError:
            wire = wire_of(scope)
            if wire is None:
                raise
            # nobody awaits the answer any more; what serves us would tell that there is none
            await wire.reset()

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        target = target_of(scope)
        try:
            address = read_address(scope["method"], target)
        except NotAnAddressError as error:
            why = Refused(kind=RefusedFor.ADDRESS, found=error.found)
            await self._turn_away(scope, receive, send, target, why)
            return
        refused = self._refusal(address)
        if refused is not None:
            await self._turn_away(scope, receive, send, target, refused)
        else:
            await self._pass(self._begin(scope, address.path, receive, send))

    async def turn_away_from_erp1(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI: record what was sent to ERP1's own door with this environment's token."""
        await self._turn_away(scope, receive, send, target_of(scope), _OTHER_DOOR)

    def unreadable(self, head: Head) -> None:
        """Record what is no request."""
        query = head.target.partition("?")[2]
        scope: Scope = {
            "type": "http",
            "method": head.method,
            "query_string": query.encode("latin-1"),
            "headers": head.headers,
        }
        below = _below(head.target)
        passage = self._begin(scope, below, _nothing, _nobody, connection=head.wire.number)
        passage.refused = Refused(kind=head.kind, found=head.why)
        passage.answered(head.status)
        self._end(passage)

    def lead_to(self, environment: str, upstream: ASGIApp, *, customer: int) -> None:
        """Lead to the environment of another customer from here, and to no other."""
        self._environment, self._upstream = environment.lower(), upstream
        self._customer = customer

    @property
    def is_quiet(self) -> bool:
        """Whether no request is under way."""
        return not self._under_way

    @property
    def seen(self) -> int:
        """How many requests came in until now."""
        return self._count

    async def settle(self) -> None:
        """Read what was recorded until now, so that nobody waits for whoever sent much.

        A turn of the loop reads no more than some; what is long is read by another process.
        """
        done = 0
        for passage in list(self._ended.values()):
            bodies = None
            if passage.may_be_long:
                bodies = await passage.bodies_beside(self._redactor)
            elif (done := done + passage.held + EACH) > CHUNK:
                await asyncio.sleep(0)
                done = passage.held + EACH
            if self._ended.pop(passage.number, None) is not None:
                exchange = passage.exchange(self._redactor, self._now_s(), bodies)
                self._exchanges[passage.number] = exchange

    def recording(self) -> Recording:
        """Return what was recorded until now; what is still under way has no status.

        Whoever cares for others settles first.
        """
        self._exchanges |= self._redacted(self._ended)
        self._ended.clear()
        counted = self._redactor.counts.copy()
        under_way = self._under_way.items()
        short = {number: each for number, each in under_way if not each.may_be_long}
        every = self._exchanges | self._redacted(short)
        recording = Recording(
            exchanges=tuple(every[number] for number in sorted(every)),
            faults_fired=tuple(self._plan.fired),
            redacted=tuple(sorted(self._redactor.counts.items())),
            began_at=self._began_at,
        )
        self._redactor.counts = counted  # what is under way is counted when it ends
        return recording

    def late(self) -> tuple[Exchange, ...]:
        """Return what came since the door was forgotten."""
        return self.recording().exchanges if self._is_forgotten else ()

    def forget(self) -> None:
        """Forget what was recorded: what comes from here is in no result."""
        self._exchanges.clear()
        self._ended.clear()
        self._is_forgotten = True

    def shut(self) -> None:
        """Let nothing more go on: what is under way is broken off, what comes is late."""
        self.is_shut = True
        for passage in self._under_way.values():
            wire = passage.wire
            if wire is not None:
                wire.cut()

    def _refusal(self, address: Address) -> Refused | None:
        if self.is_shut:
            return _LATE
        named = address.environment.lower()
        if named not in {"", self._environment}:
            shown = address.environment[:20]
            return Refused(
                kind=RefusedFor.ADDRESS,
                found=Text(
                    nl=f"een andere omgeving ({shown}); verwacht {self._environment.upper()}",
                    en=f"another environment ({shown}); expected {self._environment.upper()}",
                ),
            )
        return None

    async def _turn_away(
        self, scope: Scope, receive: Receive, send: Send, target: str, why: Refused
    ) -> None:
        """Answer what goes no further, and record it with the path that it was sent to."""
        passage = self._begin(scope, _below(target), receive, send)
        status = _UNAUTHORIZED if why.kind is RefusedFor.OTHER_DOOR else _NOT_FOUND
        try:
            await passage.drain()
            await passage.refuse(_LATE if self.is_shut else why, status=status)
        finally:
            self._end(passage)

    async def _pass(self, passage: Passage) -> None:
        hits = self._plan.next(passage.method, passage.path, passage.turn)
        try:
            if not hits:
                await self._upstream(passage.scope, passage.receive, passage.send)
            else:
                faults = [fault for _, fault in hits]
                done = await disturb(passage, faults, self._upstream, self._clock)
                for (place, _), is_done in zip(hits, done, strict=True):
                    self._plan.fired[place] += is_done
            if passage.fault is None and passage.asks_for_a_nonce:
                self._plan.uncount(passage.method, passage.path, passage.turn)
        except Exception:
            passage.failed()
            raise
        finally:
            self._end(passage)

    def _begin(
        self, scope: Scope, path: str, receive: Receive, send: Send, connection: int = 0
    ) -> Passage:
        self._count += 1
        wire = wire_of(scope)
        number = wire.number if wire else connection
        connections = self._connections
        passage = Passage(
            number=self._count,
            scope=scope,
            path=path,
            connection=connections.setdefault(number, len(connections) + 1) if number else 0,
            started_s=self._now_s(),
            turn=self.turn,
            customer=self._customer,
            clock=self._clock,
            asgi_receive=receive,
            asgi_send=send,
        )
        self._under_way[passage.number] = passage
        return passage

    def _end(self, passage: Passage) -> None:
        passage.end(self._now_s())
        self._held += passage.held
        if self._held > HELD_LIMIT_BYTES:
            passage.let_go()
        self._ended[passage.number] = self._under_way.pop(passage.number)

    def _redacted(self, passages: dict[int, Passage]) -> dict[int, Exchange]:
        now_s = self._now_s()
        return {
            number: passage.exchange(self._redactor, now_s) for number, passage in passages.items()
        }

    def _now_s(self) -> float:
        return self._clock.elapsed_s() - self._began_s


def _below(target: str) -> str:
    """Return the path of what is no address, without what stands before it in any address."""
    path = target.partition("?")[0]
    at = path.lower().find(f"/{SERVICE}/".lower())
    return path if at < 0 else path[at + len(SERVICE) + 1 :]


async def _nothing() -> dict[str, str]:
    return {"type": "http.disconnect"}


async def _nobody(_message: object) -> None:
    """Nobody waits for an answer."""
