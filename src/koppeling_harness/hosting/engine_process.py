"""An engine in a process of its own: it carries out what it was given, and tells all of it.

It is started by `hosting/shared_out`, which tells observers, keeps results and judges: all that a
run knows as a whole is there. Here is what takes most of the time: ERP1, gateway, engine and the
processes of some of the integrations.
"""

import asyncio
import contextlib
import itertools
import os
import pickle
import queue
import signal
import threading
from collections import deque
from collections.abc import Callable, Mapping
from typing import IO

from koppeling_harness.clock import Clock
from koppeling_harness.emulator import environment_names
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
from koppeling_harness.traffic.secret_index import Found
from koppeling_harness.value import dataclass

_UNTAKEN_MOST = 64
"""So much that was told may wait to be taken before scenarios wait too: recordings are large."""
_LOOKS_EACH_S = 0.05


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
        number: Of the process, from 0.
        count: Of processes.
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
    number: int = 0
    count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """That the process has its work, and starts what must be ended from now on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """Secrets that are known from now on, each with its kind.

    Attributes:
        told: The secrets.
        is_new: Whether they were drawn just now, so that they stand in nothing that was seen.
    """

    told: tuple[tuple[Secret, str], ...]
    is_new: bool = False


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
class Taken:
    """That one more of what the process told was taken, but for secrets; it is told so."""


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


def main() -> None:
    """Carry out what comes over stdin, and tell of it over stdout, where nothing else must go."""
    for each in (signal.SIGINT, signal.SIGTERM):  # no SIG_IGN, which integrations would inherit
        signal.signal(each, _leave_to_the_harness)
    asked, answers = _taken(0), _taken(1)
    try:
        work: Work = pickle.load(asked)  # noqa: S301 - our own
    except (EOFError, pickle.UnpicklingError):  # the harness ended while it started this
        return
    carry_out(work, asked, Telling(answers))


def _taken(descriptor: int) -> IO[bytes]:
    """Return a pipe that was stdin or stdout, and that no other process gets from now on."""
    pipe = os.fdopen(os.dup(descriptor), "rb" if descriptor == 0 else "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)
    return pipe


def carry_out(work: Work, asked: IO[bytes], tell: "Telling") -> None:
    """Carry out scenarios, tell of each, and end.

    Args:
        work: What is to be carried out.
        asked: What others learned comes over it; its end means that nobody waits any more.
        tell: Is told of everything.
    """
    tell(Ready())
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
        names=itertools.islice(environment_names(), work.number, None, work.count),
    )
    tell.lost = certification.leave_off
    listening = (asked, redactor, tell, certification)
    threading.Thread(target=_listen, args=listening, daemon=True).start()
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
    """Whoever ends all processes of a machine means the harness; it tells this one what to do."""


def _listen(
    asked: IO[bytes], redactor: "_Redactor", tell: "Telling", certification: Certification
) -> None:
    with contextlib.suppress(EOFError, OSError, pickle.UnpicklingError):  # it ended, at any byte
        while True:
            what = pickle.load(asked)  # noqa: S301 - our own
            if isinstance(what, Learned):
                redactor.hear(what)
            else:
                tell.is_taken()
    certification.leave_off()


def _as_told(error: Exception) -> Exception:
    """Return an exception that can be told to another process."""
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 - our own
    except Exception:  # noqa: BLE001 - whatever keeps it from being pickled
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error


class Telling:
    """Sends what is to be told, by a thread: a full pipe holds up nobody.

    It goes in its order, but secrets go first: they must be known where they could stand.

    Args:
        pipe: Is closed when all is sent, and when nobody listens any more.
    """

    def __init__(self, pipe: IO[bytes]) -> None:
        self.lost: Callable[[], None] | None = None
        """Called when nobody listens any more."""
        self._pipe = pipe
        self._waiting: queue.PriorityQueue[tuple[int, int, object]] = queue.PriorityQueue()
        self._numbers = itertools.count()
        self._told = 0
        self._taken = 0
        self._sending = threading.Thread(target=self._send, daemon=True)
        self._sending.start()

    def __call__(self, what: object) -> None:
        """Have something sent."""
        is_secret = isinstance(what, Learned)
        self._told += not is_secret
        self._waiting.put((0 if is_secret else 1, next(self._numbers), what))

    def end_soon(self) -> None:
        """Close the pipe once all is sent."""
        self._waiting.put((2, next(self._numbers), None))

    def end(self) -> None:
        """Wait until all is sent."""
        self.end_soon()
        self._sending.join()

    def is_taken(self) -> None:
        """Take note that one more of what was told was taken."""
        self._taken += 1

    async def has_room(self) -> None:
        """Wait while more is told than is taken; memory would fill."""
        while self._told - self._taken > _UNTAKEN_MOST and self._sending.is_alive():
            await asyncio.sleep(_LOOKS_EACH_S)

    def _send(self) -> None:
        try:
            while (what := self._waiting.get()[-1]) is not None:
                data, is_whole = _pickled(what)
                self._pipe.write(data)
                self._pipe.flush()
                if not is_whole:
                    break
            else:
                return
        except OSError:
            pass
        finally:
            with contextlib.suppress(OSError):
                self._pipe.close()
        if self.lost is not None:
            self.lost()


def _pickled(what: object) -> tuple[bytes, bool]:
    """Return what is sent, and whether it is that; what cannot be is an error that ends it all."""
    try:
        return pickle.dumps(what, pickle.HIGHEST_PROTOCOL), True
    except Exception as error:  # noqa: BLE001 - too deep, too much memory
        over = Over(error=_as_told(error), releases={}, late=(), pace=None)
        return pickle.dumps(over), False


class _Redactor(Redactor):
    """Tells at once of each secret that it is told of, before that can stand anywhere.

    What others learned it takes up before it searches anything: they tell a thread, and a search
    is no moment to learn.
    """

    def __init__(self, known: Known, tell: Telling) -> None:
        super().__init__(known.key)
        self._tell = tell
        self._heard: deque[Learned] = deque()
        self._is_told = 0
        self._take_up(Learned(told=known.told))

    def add_secret(self, secret: Secret, kind: str = "token", *, is_new: bool = False) -> None:
        self.tell()
        super().add_secret(secret, kind, is_new=is_new)
        self.tell(is_new=is_new)

    def tell(self, *, is_new: bool = False) -> None:
        """Tell what was learned since."""
        told = self._told[self._is_told :]
        if told:
            self._is_told += len(told)
            self._tell(Learned(told=tuple(told), is_new=is_new))

    def hear(self, learned: Learned) -> None:
        """Take note of what another process learned; any thread may call it."""
        self._heard.append(learned)

    @property
    def known(self) -> Known:
        self._take_up_heard()
        return super().known

    def _found_in(self, text: str) -> list[Found]:
        self._take_up_heard()
        return super()._found_in(text)

    def _found(self, text: str) -> list[Found]:
        self._take_up_heard()
        return super()._found(text)

    def _take_up_heard(self) -> None:
        while self._heard:
            self.tell()
            self._take_up(self._heard.popleft())

    def _take_up(self, learned: Learned) -> None:
        for secret, kind in learned.told:
            super().add_secret(secret, kind, is_new=learned.is_new)
        self._is_told = len(self._told)  # who told it knows it


class _Teller(Observer):
    """Tells what happens to each scenario."""

    def __init__(
        self, planned: tuple[PlannedScenario, ...], redactor: _Redactor, tell: Telling
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
        await self._tell.has_room()
        self._tell(Recorded(at=at, round=planned.round, recording=recording))

    def scenario_ended(self, planned: PlannedScenario, result: ScenarioResult) -> None:
        self._redactor.tell()
        self._tell(Settled(at=self._place(planned), result=result))

    def _place(self, planned: PlannedScenario) -> int:
        return self._at[planned.manifest.id, planned.release, planned.id]
