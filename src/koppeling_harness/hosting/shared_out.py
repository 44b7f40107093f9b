"""A certification in several processes: each has an engine, an ERP1, and some of the integrations.

What a run knows as a whole stays here: observers, results, secrets. No integration is cut in two,
as what becomes of one of its scenarios may depend on others (`engine/breaker`); so the same becomes
of each as in one process.
"""

import asyncio
import contextlib
import os
import pickle
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from koppeling_harness.aside import end_processes
from koppeling_harness.clock import Clock
from koppeling_harness.engine.lanes import Expected
from koppeling_harness.engine.observer import Observer
from koppeling_harness.errors import HarnessError
from koppeling_harness.hosting.engine_process import (
    Began,
    Learned,
    Over,
    Ready,
    Recorded,
    Settled,
    Taken,
    Telling,
    Work,
    main,
)
from koppeling_harness.hosting.late_traffic import Late
from koppeling_harness.model.order import Order
from koppeling_harness.model.pace import Pace
from koppeling_harness.model.shape import Release
from koppeling_harness.plugin.discover import Integration
from koppeling_harness.plugin.guard import folder_prefix
from koppeling_harness.plugin.scratch import remove_folder
from koppeling_harness.plugin.tree import end_at_work_in, end_marked
from koppeling_harness.scenario.plan import PlannedScenario
from koppeling_harness.traffic.redactor import Redactor

_TO_END_S = 10.0


class SharedOut:
    """A certification whose scenarios several processes carry out; see `Certification`.

    Args:
        order: What is asked.
        integrations: Those that scenarios are planned for, ready to be started.
        count: Of processes, at most one per integration, and one per scenario in flight.
        run_id: Names the run.
        seed: What generated values follow from.
        clock: Tells the time.
        redactor: Knows every secret of the run, afterwards.
        expected: Tells how long a scenario takes.
        run_ids: By label of each release, the run that its results belong to.
    """

    environment = ""
    notes: Sequence[str] = ()

    def __init__(
        self,
        order: Order,
        integrations: Sequence[Integration],
        *,
        count: int,
        run_id: str,
        seed: int,
        clock: Clock,
        redactor: Redactor,
        expected: Expected,
        run_ids: Mapping[str, str],
    ) -> None:
        self.redactor = redactor
        self.releases: Mapping[str, Release] = {}
        """What ERP1 said that it runs, by the label that was asked for; none until it is over."""
        self.late: tuple[Late, ...] = ()
        """What integrations sent when a scenario had ended, once it is over."""
        self._count = count
        self._expected = expected
        self._clock = clock
        self._work = Work(
            order=order,
            integrations=tuple(integrations),
            planned=(),
            expected_s=(),
            run_id=run_id,
            run_ids=run_ids,
            seed=seed,
            clock=clock,
            known=redactor.known,
        )
        self._loop = asyncio.Runner()
        self._processes: list[_Process] = []
        self._told: asyncio.Queue[tuple[_Process, object]] = asyncio.Queue()
        self._taking: asyncio.Task[None] | None = None
        self._paces: list[Pace] = []
        self._reached_s = 0.0

    def run(self, planned: Sequence[PlannedScenario], observer: Observer) -> None:
        """Have scenarios carried out, and tell an observer what becomes of each.

        Raises:
            HarnessError: A process could not be started, or ended before it was through.
        """
        began_s = self._clock.elapsed_s()
        try:
            taking = self._loop.run(self._run(planned, observer))
        finally:
            self._reached_s += self._clock.elapsed_s() - began_s
        taking.result()  # here, as in the loop it would be raised once more when that goes on

    async def _run(
        self, planned: Sequence[PlannedScenario], observer: Observer
    ) -> asyncio.Task[None]:
        loop = asyncio.get_running_loop()
        parts = shared(planned, self._count, self._expected)
        for number, part in enumerate(parts):
            work = replace(
                self._work,
                order=replace(self._work.order, concurrency=self._lanes(number, len(parts))),
                planned=part,
                expected_s=tuple(map(self._expected, part)),
                number=number,
                count=len(parts),
            )
            self._processes.append(_Process(work))
        for each in self._processes:  # once all are there to be told what it learns
            each.listen(partial(self._hear, loop, each))
        self._taking = asyncio.create_task(self._take_all(observer))
        await asyncio.wait({self._taking})  # Ctrl-C leaves it at its work, to which `_end` comes
        return self._taking

    def _lanes(self, number: int, count: int) -> int:
        """Return how many lanes one of so many processes has: together as many as were asked."""
        each, more = divmod(self._work.order.concurrency, count)
        return each + (number < more)

    def _hear(self, loop: asyncio.AbstractEventLoop, process: "_Process", what: object) -> None:
        """Hear what a process tells; the thread that listens to it calls this.

        Secrets are taken up at once, before anything in which they could stand. Every process is
        told them: what one integration got may stand in the traffic of another.
        """
        with contextlib.suppress(RuntimeError):  # the loop is over
            if isinstance(what, Learned):
                loop.call_soon_threadsafe(self.redactor.take_up, what.told)
                for each in self._processes:
                    if each is not process:
                        each.tell(what)
            else:
                loop.call_soon_threadsafe(self._told.put_nowait, (process, what))

    async def _take_all(self, observer: Observer) -> None:
        while any(each.works for each in self._processes):
            process, what = await self._told.get()
            await self._take(process, what, observer)
            process.is_heard()

    async def _take(self, process: "_Process", what: object, observer: Observer) -> None:
        match what:
            case Began():
                observer.scenario_started(process.planned[what.at])
            case Recorded():
                planned = replace(process.planned[what.at], round=what.round)
                await observer.recorded(planned, what.recording)
            case Settled():
                observer.scenario_ended(process.planned[what.at], what.result)
            case Over():
                self._note(process, what)
                if what.error is not None:
                    raise what.error
            case _:
                process.works = False
                if process.is_left_off:
                    return
                message = f"a process of the engine ended ({process.exit_code})"
                hint = "Go on with what is left: koppeling run --resume."
                raise HarnessError(message, hint=hint)

    def _note(self, process: "_Process", over: Over) -> None:
        process.works = False
        self.releases = {**self.releases, **over.releases}
        self.late += over.late
        if over.pace is not None:
            self._paces.append(over.pace)

    @property
    def pace(self) -> Pace | None:
        """Where the time went; None before anything was carried out."""
        if not self._paces:
            return None
        order = [each.manifest.id for each in self._work.integrations]
        integrations = (one for each in self._paces for one in each.integrations)
        return Pace(
            lanes=sum(each.lanes for each in self._paces),
            expected_s=max(each.expected_s for each in self._paces),
            reached_s=round(self._reached_s, 3),
            integrations=tuple(sorted(integrations, key=lambda each: order.index(each.id))),
        )

    def close(self) -> None:
        """End every process, with what it started."""
        self._loop.run(self._end())
        self._loop.close()

    async def _end(self) -> None:
        """Have every process leave off; take what it still tells, for what was finished counts."""
        for each in self._processes:
            each.leave_off()
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_TO_END_S):
                    if self._taking is not None:
                        await asyncio.wait({self._taking})
                    await self._take_no_more()
        finally:
            for each in self._processes:
                each.end()
            if self._taking is not None:
                self._taking.cancel()
                await asyncio.gather(self._taking, return_exceptions=True)  # `run` raised it
            await end_processes()

    async def _take_no_more(self) -> None:
        """Wait for the end of each process where nobody wants to be told any more."""
        while any(each.works for each in self._processes):
            process, what = await self._told.get()
            process.is_heard()
            if isinstance(what, Over):
                self._note(process, what)
            elif what is None:
                process.works = False


def shared(
    planned: Sequence[PlannedScenario], count: int, expected: Expected
) -> list[tuple[PlannedScenario, ...]]:
    """Share integrations out so that each process has as much to do, as far as is known.

    Args:
        planned: All scenarios; each part has its own in the same order.
        count: Of parts; none of them is empty when there are as many integrations.
        expected: Tells how long a scenario takes.
    """
    work_s: dict[str, float] = {}
    for each in planned:
        work_s[each.manifest.id] = work_s.get(each.manifest.id, 0.0) + expected(each)
    loads = [0.0] * count
    part_of: dict[str, int] = {}
    for name in sorted(work_s, key=lambda name: -work_s[name]):
        part_of[name] = loads.index(min(loads))
        loads[part_of[name]] += work_s[name]
    parts: list[list[PlannedScenario]] = [[] for _ in range(count)]
    for each in planned:
        parts[part_of[each.manifest.id]].append(each)
    return [tuple(each) for each in parts if each]


class _Process:
    """One process, and threads that tell it something and listen to it.

    It is no `multiprocessing.Process`: that carries out the main module of whoever certifies once
    more, and Ctrl-C would reach it while it begins.
    """

    def __init__(self, work: Work) -> None:
        self.planned = work.planned
        self.works = False
        """Whether it is listened to, and more may come."""
        self.is_left_off = False
        self._listening: threading.Thread | None = None
        self._is_ready = False
        self._process = _started()
        assert self._process.stdin is not None  # noqa: S101 - of what was just started
        self.tell = Telling(self._process.stdin)
        """Tells it something: what it is to do, and then what others learn."""
        self.tell(work)

    def listen(self, hear: Callable[[object], None]) -> None:
        """Have a thread call something with all that it tells."""
        self.works = True
        self._listening = threading.Thread(target=self._listen, args=(hear,), daemon=True)
        self._listening.start()

    @property
    def exit_code(self) -> int | None:
        """How it ended, waiting a moment for that; negative: by which signal."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_TO_END_S)
        return self._process.returncode

    def is_heard(self) -> None:
        """Let it know that something it told was taken."""
        self.tell(Taken())

    def leave_off(self) -> None:
        """Have it end what it is at, and tell the rest; one that only begins is ended at once."""
        self.is_left_off = True
        self.tell.end_soon()
        if not self._is_ready:
            self._process.kill()

    def end(self) -> None:
        """Wait for its end; one that does not come is ended."""
        try:
            self._process.wait(0 if self.works else _TO_END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._listening is None and self._process.stdout is not None:
            self._process.stdout.close()
        if self._process.returncode:
            _end_what_is_left_of(self._process.pid)

    def _listen(self, hear: Callable[[object], None]) -> None:
        """Hear what it tells; None when it ended without a word, at whatever byte."""
        assert self._process.stdout is not None  # noqa: S101 - see above
        with self._process.stdout as told:
            what: Any = None
            while not isinstance(what, Over):
                try:
                    what = pickle.load(told)  # noqa: S301 - our own
                except Exception:  # noqa: BLE001 - what was cut off is no pickle
                    what = None
                if isinstance(what, Ready):
                    self._is_ready = True
                    continue
                hear(what)
                if what is None:
                    return


def _end_what_is_left_of(pid: int) -> None:
    """End what a process left that had no time to: integrations, and their folders. Linux.

    Its guard would (`plugin/guard`), but is a child of this process by now, and is ended as such
    when the run is over (`orphans_ended`).
    """
    if sys.platform != "linux" or not Path("/proc/self/environ").exists():
        return
    prefix = folder_prefix().replace(str(os.getpid()), str(pid), 1)
    there = Path(tempfile.gettempdir())
    end_marked(prefix)
    end_at_work_in(str(there.resolve() / prefix))
    for folder in there.glob(f"{prefix}*"):
        remove_folder(folder)


def _started() -> "subprocess.Popen[bytes]":
    """Start a process that finds modules where this one does.

    Raises:
        HarnessError: The machine has no room for it.
    """
    program = f"import sys; sys.path[:] = {list(map(str, sys.path))!r}; "
    program += f"from {main.__module__} import main; main()"
    options: dict[str, Any] = {"process_group": 0}  # Ctrl-C is for the harness alone
    if sys.platform == "win32":
        options = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    try:
        return subprocess.Popen(  # noqa: S603 - this very Python
            [sys.executable, "-c", program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            **options,
        )
    except OSError as error:
        message = f"a process of the engine cannot be started: {error}"
        raise HarnessError(message, hint="With --processes 1 there is none.") from error
