"""An engine in a process of its own: it carries out what it was given, and tells all of it.

It is started by `hosting/shared_out`, which tells observers, keeps results and judges: all that a
run knows as a whole is there. Here is what takes most of the time: ERP1, gateway, engine and the
processes of some of the integrations.
"""

import contextlib
import pickle
import queue
import signal
import threading
from collections.abc import Mapping
from multiprocessing.connection import Connection
from typing import Any

from koppeling_harness.clock import Clock
from koppeling_harness.engine.observer import Observer
from koppeling_harness.hosting.certification import Certification
from koppeling_harness.hosting.late_traffic import Late
from koppeling_harness.model.exchange import Recording
from koppeling_harness.model.order import Order
from koppeling_harness.model.pace import Pace
from koppeling_harness.model.run import ScenarioResult
from koppeling_harness.model.secret import Secret
from koppeling_harness.model.shape import Release
from koppeling_harness.plugin.discover import Integration
from koppeling_harness.plugin.guard import orphans_ended
from koppeling_harness.scenario.plan import PlannedScenario, Round
from koppeling_harness.traffic.redactor import Known, Redactor
from koppeling_harness.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What one process is given.

    Attributes:
        order: What is asked.
        integrations: All of the run: what one must not see of another depends on them.
        planned: The scenarios that are its own, with every one of an integration.
        expected_s: How long each is expected to take, in that order.
        run_id: Names the run.
        run_ids: By label of each release, the run that its results belong to.
        seed: What generated values follow from.
        clock: Tells the time.
        known: What the redactor of the run knows.
    """

    order: Order
    integrations: tuple[Integration, ...]
    planned: tuple[PlannedScenario, ...]
    expected_s: tuple[float, ...]
    run_id: str
    run_ids: Mapping[str, str]
    seed: int
    clock: Clock
    known: Known


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """Secrets that are known from now on, each with its kind."""

    told: tuple[tuple[Secret, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Began:
    """That a scenario begins: its place among those of the process."""

    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What went over the wire in one attempt, or one round, at a scenario."""

    at: int
    round: Round | None
    recording: Recording


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """The result of a scenario."""

    at: int
    result: ScenarioResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Over:
    """That the process has nothing more to tell.

    Attributes:
        error: Why it could not go on; None when it came to its end, or was told to leave off.
        releases: What ERP1 said that it runs.
        late: What came when a scenario had ended.
        pace: Where the time went; None when nothing was carried out.
    """

    error: Exception | None
    releases: Mapping[str, Release]
    late: tuple[Late, ...]
    pace: Pace | None


def carry_out(pipe: Connection, work: Work) -> None:
    """Carry out scenarios, tell of each, and end.

    Whatever comes over the pipe, also its end, means that nobody waits any more.
    """
    for each in (signal.SIGINT, signal.SIGTERM):  # no SIG_IGN, which integrations would inherit
        signal.signal(each, _leave_to_the_harness)
    tell = _Telling(pipe)
    redactor = _Redactor(work.known, tell)
    seconds = {id(each): took for each, took in zip(work.planned, work.expected_s, strict=True)}
    certification = Certification(
        work.order,
        work.integrations,
        run_id=work.run_id,
        seed=work.seed,
        clock=work.clock,
        redactor=redactor,
        expected=lambda planned: seconds[id(planned)],
        run_ids=work.run_ids,
    )
    tell.lost = certification.leave_off
    threading.Thread(target=_listen, args=(pipe, certification), daemon=True).start()
    error: Exception | None = None
    try:
        with orphans_ended():
            try:
                certification.run(work.planned, _Teller(work.planned, redactor, tell))
            finally:
                certification.close()
    except KeyboardInterrupt:
        pass  # nobody waits any more
    except Exception as raised:  # noqa: BLE001 - raised again where it is told
        error = _as_told(raised)
    redactor.tell()
    tell(
        Over(
            error=error,
            releases=certification.releases,
            late=certification.late,
            pace=certification.pace,
        )
    )
    tell.end()


def _leave_to_the_harness(*_: object) -> None:
    """Ctrl-C reaches every process of a terminal; the harness tells this one what to do."""


def _listen(pipe: Connection, certification: Certification) -> None:
    with contextlib.suppress(EOFError, OSError):
        pipe.recv_bytes()
    certification.leave_off()


def _as_told(error: Exception) -> Exception:
    """Return an exception that can be told to another process."""
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 - our own
    except Exception:  # noqa: BLE001 - whatever keeps it from being pickled
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error


class _Telling:
    """Sends what happens, in its order, by a thread: a full pipe holds up no scenario."""

    def __init__(self, pipe: Connection) -> None:
        self.lost: Any = None
        """Called when nobody listens any more."""
        self._pipe = pipe
        self._waiting: queue.SimpleQueue[object] = queue.SimpleQueue()
        self._sending = threading.Thread(target=self._send, daemon=True)
        self._sending.start()

    def __call__(self, what: object) -> None:
        self._waiting.put(what)

    def end(self) -> None:
        """Wait until all is sent."""
        self._waiting.put(None)
        self._sending.join()

    def _send(self) -> None:
        while (what := self._waiting.get()) is not None:
            try:
                self._pipe.send(what)
            except OSError:
                if self.lost is not None:
                    self.lost()
                return


class _Redactor(Redactor):
    """Tells at once of each secret that it is told of, before that can stand anywhere."""

    def __init__(self, known: Known, tell: _Telling) -> None:
        super().__init__(known.key)
        self._tell: _Telling | None = None  # what it knows was told to it
        self._is_told = 0
        self.take_up(known.told)
        self._is_told = len(self._told)
        self._tell = tell

    def add_secret(self, secret: Secret, kind: str = "token", *, is_new: bool = False) -> None:
        super().add_secret(secret, kind, is_new=is_new)
        self.tell()

    def tell(self) -> None:
        """Tell what was learned since."""
        told = self._told[self._is_told :]
        if told and self._tell is not None:
            self._is_told += len(told)
            self._tell(Learned(told=tuple(told)))


class _Teller(Observer):
    """Tells what happens to each scenario."""

    def __init__(
        self, planned: tuple[PlannedScenario, ...], redactor: _Redactor, tell: _Telling
    ) -> None:
        self._at = {
            (each.manifest.id, each.release, each.id): at for at, each in enumerate(planned)
        }
        self._redactor = redactor
        self._tell = tell

    def scenario_started(self, planned: PlannedScenario) -> None:
        self._tell(Began(at=self._place(planned)))

    async def recorded(self, planned: PlannedScenario, recording: Recording) -> None:
        self._redactor.tell()
        at = self._place(planned)
        self._tell(Recorded(at=at, round=planned.round, recording=recording))

    def scenario_ended(self, planned: PlannedScenario, result: ScenarioResult) -> None:
        self._redactor.tell()
        self._tell(Settled(at=self._place(planned), result=result))

    def _place(self, planned: PlannedScenario) -> int:
        return self._at[planned.manifest.id, planned.release, planned.id]
