"""Drive one integration: sessions of one scenario each, by workers that are reused."""

import asyncio
import os
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from koppeling_harness.aside import in_thread
from koppeling_harness.model.exchange import Exchange
from koppeling_harness.model.finding import Finding
from koppeling_harness.model.manifest import HttpRuntime
from koppeling_harness.model.operation import OperationCall, OperationResult, RunContext
from koppeling_harness.plugin.breakdown import Breakdown, BreakdownKind
from koppeling_harness.plugin.discover import Integration
from koppeling_harness.plugin.guard import folder_prefix, watch_over
from koppeling_harness.plugin.proxy_environ import proxy_environ
from koppeling_harness.plugin.sandbox import Walls
from koppeling_harness.plugin.scratch import remove_folder
from koppeling_harness.plugin.start import most_workers, start_worker
from koppeling_harness.plugin.worker import Start, Worker

__all__ = ["Breakdown", "BreakdownKind", "IntegrationRunner", "Session"]

T = TypeVar("T")

_CHECK_LIMIT_S = 10.0
_MOST_WORKERS = min(8, 4 * (os.cpu_count() or 1))
"""Most of the time of a scenario is waiting: an integration that tries again waits a second first.
Measured on two cores, 8 take 3/4 of the time of 4 and 1/7 more processor time."""
_IDLE_S = 5.0
"""To start a process anew takes more of a processor than most scenarios, to keep it takes memory.
Measured with four integrations, 34 are started where 42 are when each is kept for 2 s, and 25 when
it is kept for 12."""


class IntegrationRunner:
    """Gives sessions with one integration, each with a worker of its own.

    Workers are kept between scenarios; each serves one scenario at a time, and goes when it has
    had nothing to do for a while, so that of many integrations only few run at once.

    Args:
        integration: The integration.
        in_process: Whether hooks in Python run in the harness's own process, for a debugger.
        log_limit_bytes: How much of its output is kept per scenario.
        max_processes: How many may be busy at the same time; `open` waits for one of them.
        idle_limit_s: How long a worker without work is kept.
        start_limit_s: How long a worker may take before it can be told something.
        walls: Those of a sandbox for each worker; None without one.
    """

    def __init__(
        self,
        integration: Integration,
        *,
        in_process: bool = False,
        log_limit_bytes: int = 10 * 1024 * 1024,
        max_processes: int = _MOST_WORKERS,
        idle_limit_s: float = _IDLE_S,
        start_limit_s: float = 30.0,
        walls: Walls | None = None,
    ) -> None:
        self._integration = integration
        # proxy and authority are told by variables: each scenario, or release, has its own
        manifest = integration.manifest
        self._is_kept = manifest.address != "fixed" and not manifest.client_ca
        self._in_process = in_process
        self._log_limit_bytes = log_limit_bytes
        self._idle_limit_s = idle_limit_s
        self._start_limit_s = start_limit_s
        self._walls = walls
        self._work_root: Path | None = None
        self._idle: dict[Worker, asyncio.TimerHandle] = {}
        self._homes: dict[Worker, Path] = {}
        self._beside: set[Worker] = set()
        self._leaving: set[asyncio.Task[None]] = set()
        self.room = 1 if in_process else most_workers(integration.manifest.runtime, max_processes)
        """How many sessions there can be at the same time."""
        self.is_triggered = False
        """Whether a session was asked for."""
        self.started = 0
        """Processes that were started."""
        self.starting_s = self.waiting_s = self.working_s = 0.0
        """Seconds until processes could be told something, until one was free, and with work."""
        self._working_since: dict[Worker, float] = {}
        self._room = asyncio.Semaphore(self.room)
        self._refused: Breakdown | None = None
        self._early: asyncio.Task[Worker | Breakdown] | None = None

    @property
    def work_root(self) -> Path | None:
        """Where work folders have to lie, for its processes to see them; None: anywhere."""
        if self._walls is not None and self._work_root is None:
            self._work_root = Path(tempfile.mkdtemp(prefix=folder_prefix()))
        return self._work_root

    async def begin(self) -> None:
        """Start a worker for the first session, and do not wait until it is ready."""
        if self._is_kept:
            self._early = asyncio.create_task(self._start())
            await asyncio.sleep(0)  # until its process runs

    def add_room(self) -> None:
        """Let one more be busy at the same time, where there may be more than one at all."""
        if self.room > 1:
            self._room.release()

    async def open_beside(self, session: "Session", context: RunContext) -> "Session | Breakdown":
        """Return a session for another run at the same time, in the same scenario.

        A service takes both. Hooks in the harness's own process, for a debugger, are called one
        after the other. Else it is a process beside those that there is room for: who waits for
        one would hold up another.
        """
        if self._in_process or isinstance(self._integration.manifest.runtime, HttpRuntime):
            return session
        return await self._opened(context, beside=True)

    async def open(self, context: RunContext) -> "Session | Breakdown":
        """Return a session for one scenario, with the integration made ready for it."""
        self.is_triggered = True
        clock = asyncio.get_running_loop().time
        since_s = clock()
        await self._room.acquire()
        waited_s = clock() - since_s
        self.waiting_s += waited_s
        return await self._opened(context, waited_s=waited_s)

    async def _opened(
        self, context: RunContext, *, waited_s: float = 0.0, beside: bool = False
    ) -> "Session | Breakdown":
        worker: Worker | Breakdown | None = None
        try:
            worker = await self._idle_one() or await self._early_one() or await self._start(context)
        finally:
            if not beside and (worker is None or isinstance(worker, Breakdown)):
                self._room.release()
        if isinstance(worker, Breakdown):
            return worker
        if beside:
            self._beside.add(worker)
        self._working_since[worker] = asyncio.get_running_loop().time()
        session = Session(worker, context, give_back=self._give_back, waited_s=waited_s)
        try:
            broken = await session.prepare(timeout_s=self._start_limit_s)
        except asyncio.CancelledError:
            await session.finish(timeout_s=0)
            raise
        if broken is None:
            return session
        await session.finish(timeout_s=_CHECK_LIMIT_S)
        return replace(broken, log=session.log)

    async def close(self, *, at_once: bool = False) -> None:
        """End every worker, also those of sessions that were never finished.

        Args:
            at_once: Whether none gets a moment to end by itself: somebody waits.
        """
        if at_once:
            for worker in self._homes:
                worker.kill()
        if self._early is not None:
            self._early.cancel()
            await asyncio.gather(self._early, return_exceptions=True)
        while self._waiting():
            pass
        await asyncio.gather(*self._leaving, *(self._end(worker) for worker in list(self._homes)))
        if self._work_root is not None:
            remove_folder(self._work_root)

    async def check(self) -> Breakdown | None:
        """Start the integration once, and return what is wrong with that."""
        worker = await self._start()
        if isinstance(worker, Breakdown):
            return worker
        self._keep(worker)
        return None

    async def _give_back(self, worker: Worker, is_sound: bool) -> None:  # noqa: FBT001
        """Take back the worker of a session that ended; one that is not sound is ended."""
        since_s = self._working_since.pop(worker)
        self.working_s += asyncio.get_running_loop().time() - since_s
        try:
            if is_sound and worker.is_alive and self._is_kept:
                self._keep(worker)
            else:
                await self._end(worker)
        finally:
            if worker in self._beside:
                self._beside.discard(worker)
            else:
                self._room.release()

    def _keep(self, worker: Worker) -> None:
        loop = asyncio.get_running_loop()
        self._idle[worker] = loop.call_later(self._idle_limit_s, self._dismiss, worker)

    def _waiting(self) -> Worker | None:
        """Return the worker that was given back last, and take it out of those that wait."""
        if not self._idle:
            return None
        worker, dismissal = self._idle.popitem()
        dismissal.cancel()
        return worker

    async def _idle_one(self) -> Worker | None:
        """Return a worker that waits for work; one that died meanwhile is passed over."""
        while (worker := self._waiting()) is not None:
            if worker.is_alive:
                return worker
            await self._end(worker)
        return None

    async def _early_one(self) -> Worker | Breakdown | None:
        """Return what `begin` started, the first time; None afterwards."""
        early, self._early = self._early, None
        return await early if early is not None else None

    def _dismiss(self, worker: Worker) -> None:
        del self._idle[worker]
        task = asyncio.get_running_loop().create_task(self._end(worker))
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)

    async def _start(self, context: RunContext | None = None) -> Worker | Breakdown:
        if self._refused is not None:
            return self._refused
        watch_over()
        home = Path(tempfile.mkdtemp(prefix=folder_prefix()))
        clock = asyncio.get_running_loop().time
        since_s = clock()
        worker: Worker | Breakdown | None = None
        try:
            worker = await start_worker(
                Start(
                    integration=self._integration,
                    home=home,
                    in_process=self._in_process,
                    log_limit_bytes=self._log_limit_bytes,
                    limit_s=self._start_limit_s,
                    walls=self._walls_here(),
                    environ=proxy_environ(context, home=home) if context else {},
                )
            )
        finally:
            self.started += 1
            self.starting_s += clock() - since_s
            if worker is None or isinstance(worker, Breakdown):
                remove_folder(home)
        if isinstance(worker, Breakdown):
            self._refused = worker  # it would be refused for every scenario alike
        else:
            self._homes[worker] = home
        return worker

    def _walls_here(self) -> Walls | None:
        if self._walls is None:
            return None
        return replace(self._walls, write=(*self._walls.write, str(self.work_root)))

    async def _end(self, worker: Worker) -> None:
        await worker.close()
        home = self._homes.pop(worker, None)
        if home is not None:
            await in_thread(remove_folder, home)


class Session:
    """One integration for the length of one scenario. Made by `IntegrationRunner.open`.

    Attributes:
        waited_s: How long it took until a process was free for it.
    """

    def __init__(
        self,
        worker: Worker,
        context: RunContext,
        *,
        give_back: Callable[[Worker, bool], Awaitable[None]],
        waited_s: float = 0.0,
    ) -> None:
        self.waited_s = waited_s
        self._worker = worker
        self._context = context
        self._prepared = {context.work_dir: context}
        """By work folder: each customer for whom it was made ready is ended with it."""
        self._give_back = give_back
        self._log = worker.new_log()
        self._awaited = 0
        self._broke = False

    @property
    def log(self) -> str:
        """The last of what the integration printed during this scenario."""
        return self._log.text()

    @property
    def webhook_url(self) -> str | None:
        """Where ERP1 may deliver webhooks; None when the integration receives none."""
        return self._worker.webhook_url

    @property
    def checks_traffic(self) -> bool:
        """Whether the integration has rules of its own for what went over the wire."""
        return self._worker.checks_traffic

    async def prepare(self, *, timeout_s: float) -> Breakdown | None:
        """Make the integration ready. Called by `IntegrationRunner.open`."""
        return await self._judged(self._worker.prepare(self._context, timeout_s=timeout_s))

    async def prepare_again(self, context: RunContext, *, timeout_s: float) -> Breakdown | None:
        """Make the integration ready anew, with what has changed of the context."""
        self._context = self._prepared[context.work_dir] = context
        return await self.prepare(timeout_s=timeout_s)

    async def trigger(
        self, call: OperationCall, *, timeout_s: float
    ) -> OperationResult | Breakdown:
        """Have the integration carry out an operation.

        When it takes longer than `timeout_s`, or the caller is cancelled, what carries it out is
        ended with all that it started.
        """
        return await self._judged(self._worker.trigger(call, timeout_s=timeout_s))

    async def check_traffic(self, exchanges: Sequence[Exchange]) -> tuple[Finding, ...] | Breakdown:
        """Return what the integration's own rules object to; nothing when it has none."""
        return await self._judged(self._worker.check_traffic(exchanges, timeout_s=_CHECK_LIMIT_S))

    async def finish(self, *, timeout_s: float) -> Breakdown | None:
        """End the session, whatever came before; its worker serves again only when all was well.

        Afterwards nothing of an unsound worker runs any more.
        """
        ended: Breakdown | None = None
        try:
            for context in self._prepared.values():
                if self._worker.is_alive and ended is None:
                    ended = await self._judged(self._worker.finish(context, timeout_s=timeout_s))
        finally:
            await self._give_back(self._worker, self._awaited == 0 and not self._broke)
        return ended

    async def _judged(self, waiting: Awaitable[T]) -> T:
        """Wait for an answer; a worker that gives none, or that is left, is not sound any more."""
        self._awaited += 1
        answer = await waiting
        self._awaited -= 1
        self._broke |= isinstance(answer, Breakdown)
        return answer
