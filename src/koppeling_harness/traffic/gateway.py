"""The gateway: an ASGI layer that records every exchange of an environment, and disturbs it."""

from collections.abc import Mapping, Sequence

from starlette.types import ASGIApp, Receive, Scope, Send

from koppeling_harness.clock import Clock
from koppeling_harness.model.exchange import Exchange, Recording
from koppeling_harness.model.fault import Fault
from koppeling_harness.model.secret import Secret
from koppeling_harness.traffic.disturb import disturb
from koppeling_harness.traffic.fault_plan import FaultPlan
from koppeling_harness.traffic.passage import Passage
from koppeling_harness.traffic.redact_exchange import ExchangeRedactor
from koppeling_harness.traffic.redactor import Redactor
from koppeling_harness.traffic.wire import wire_of

_BASE = "profitrestservices"


class Gateway:
    """Stands before an ERP, in the same process: an ASGI application around another.

    Paths are `/{environment}/ProfitRestServices/…`. Requests of an environment that is not open
    pass through without a trace. Serve it with `uvicorn.Config(http=GatewayProtocol)`.

    Args:
        upstream: The ERP, or a reverse proxy to one.
        redactor: Replaces secrets before anything is kept.
        clock: Measures durations.
    """

    def __init__(self, upstream: ASGIApp, *, redactor: Redactor, clock: Clock) -> None:
        self._upstream = upstream
        self._redactor = redactor
        self._clock = clock
        self._tapes: dict[str, _Tape] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI: let a request pass."""
        environment, path = _split(scope) if scope["type"] == "http" else ("", "")
        tape = self._tapes.get(environment)
        if tape is None:
            await self._upstream(scope, receive, send)
        else:
            await self._pass(tape, scope, path, receive, send)

    @property
    def app(self) -> ASGIApp:
        """The ASGI application to serve: the gateway itself."""
        return self

    def open(
        self,
        environment: str,
        *,
        faults: Sequence[Fault] = (),
        secrets: Sequence[Secret] = (),
        private_fields: Mapping[str, frozenset[str]] | None = None,
    ) -> None:
        """Begin to record an environment, anew when it was open already.

        Args:
            environment: Its id, the first segment of the path.
            faults: What goes wrong, in the order of the scenario.
            secrets: Tokens that belong to it.
            private_fields: By connector, the fields that the manifest marks as privacy-sensitive.
        """
        for secret in secrets:
            self._redactor.add_secret(secret)
        self._tapes[environment] = _Tape(
            plan=FaultPlan(faults),
            redactor=ExchangeRedactor(self._redactor, private_fields or {}),
            clock=self._clock,
        )

    def mark(self, environment: str) -> None:
        """Note that the integration is triggered now: what it sends from here is no retry.

        Raises:
            KeyError: The environment is not open.
        """
        self._tapes[environment].turn += 1

    def recording(self, environment: str) -> Recording:
        """Return what was recorded until now; what is still under way has no status.

        Raises:
            KeyError: The environment is not open.
        """
        return self._tapes[environment].recording()

    def close(self, environment: str) -> Recording:
        """Stop recording, break what is still under way, and forget it.

        Raises:
            KeyError: The environment is not open.
        """
        tape = self._tapes.pop(environment)
        recording = tape.recording()
        tape.cut()
        return recording

    async def _pass(
        self, tape: "_Tape", scope: Scope, path: str, receive: Receive, send: Send
    ) -> None:
        passage = tape.begin(scope, path, receive, send)
        hits = tape.plan.next(passage.method, path)
        try:
            if not hits:
                await self._upstream(scope, passage.receive, passage.send)
            else:
                faults = [fault for _, fault in hits]
                done = await disturb(passage, faults, self._upstream, self._clock)
                for (place, _), is_done in zip(hits, done, strict=True):
                    tape.plan.fired[place] += is_done
        except Exception:
            passage.failed()
            raise
        finally:
            tape.end(passage)


class _Tape:
    """What one environment saw.

    Passing must cost the integration as little as possible, so redaction is left to whoever asks
    for the recording; until then what was seen is nowhere but in memory, like the token itself.
    """

    def __init__(self, *, plan: FaultPlan, redactor: ExchangeRedactor, clock: Clock) -> None:
        self.plan = plan
        self.turn = 0
        self._redactor = redactor
        self._clock = clock
        self._began_s = clock.elapsed_s()
        self._began_at = clock.now()
        self._count = 0
        self._connections: dict[int, int] = {}
        self._under_way: dict[int, Passage] = {}
        self._ended: dict[int, Passage] = {}
        self._exchanges: dict[int, Exchange] = {}

    def begin(self, scope: Scope, path: str, receive: Receive, send: Send) -> Passage:
        self._count += 1
        wire = wire_of(scope)
        connections = self._connections
        passage = Passage(
            number=self._count,
            scope=scope,
            path=path,
            connection=connections.setdefault(wire.number, len(connections) + 1) if wire else 0,
            started_s=self._now_s(),
            turn=self.turn,
            clock=self._clock,
            asgi_receive=receive,
            asgi_send=send,
        )
        self._under_way[passage.number] = passage
        return passage

    def end(self, passage: Passage) -> None:
        passage.end(self._now_s())
        self._ended[passage.number] = self._under_way.pop(passage.number)

    def recording(self) -> Recording:
        self._exchanges |= self._redacted(self._ended)
        self._ended.clear()
        counted = self._redactor.counts.copy()
        every = self._exchanges | self._redacted(self._under_way)
        recording = Recording(
            exchanges=tuple(every[number] for number in sorted(every)),
            faults_fired=tuple(self.plan.fired),
            redacted=tuple(sorted(self._redactor.counts.items())),
            began_at=self._began_at,
        )
        self._redactor.counts = counted  # what is under way is counted when it ends
        return recording

    def cut(self) -> None:
        for passage in self._under_way.values():
            wire = passage.wire
            if wire is not None:
                wire.cut()

    def _redacted(self, passages: dict[int, Passage]) -> dict[int, Exchange]:
        now_s = self._now_s()
        return {
            number: passage.exchange(self._redactor, now_s) for number, passage in passages.items()
        }

    def _now_s(self) -> float:
        return self._clock.elapsed_s() - self._began_s


def _split(scope: Scope) -> tuple[str, str]:
    """Return the environment, and the path below its base URL."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    environment, _, rest = raw.decode("latin-1").lstrip("/").partition("/")
    base, slash, path = rest.partition("/")
    if base.lower() == _BASE:
        return environment, slash + path
    return environment, f"/{rest}"
