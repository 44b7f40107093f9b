"""One certification: ERP1, runners and engine, started when the first scenario runs."""

import asyncio
import contextlib
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from koppeling_harness.aside import end_processes
from koppeling_harness.clock import Clock
from koppeling_harness.config.folders import REPORTS
from koppeling_harness.engine.engine import Engine, Setting
from koppeling_harness.engine.environment import EnvironmentSource
from koppeling_harness.engine.lanes import Expected, begun_first, usual
from koppeling_harness.engine.observer import Observer
from koppeling_harness.hosting.late_traffic import Late
from koppeling_harness.model.order import Order
from koppeling_harness.model.pace import IntegrationPace, Pace
from koppeling_harness.model.scenario import OperationStep
from koppeling_harness.model.shape import Release
from koppeling_harness.plugin.discover import Integration
from koppeling_harness.plugin.limits import raise_descriptor_limit
from koppeling_harness.plugin.sandbox import Walls, hidden_with
from koppeling_harness.plugin.session import IntegrationRunner
from koppeling_harness.plugin.venvs import cache_folder
from koppeling_harness.scenario.plan import PlannedScenario
from koppeling_harness.traffic.redactor import Redactor

if TYPE_CHECKING:
    from koppeling_harness.hosting.real_erp import RealTarget


class Certification:
    """One run's ERP1, runners and engine, started when the first scenario runs.

    Args:
        order: What is asked.
        integrations: Those that scenarios are planned for, ready to be started.
        run_id: Names the run.
        seed: What generated values follow from.
        clock: Tells the time.
        redactor: Replaces secrets in what is recorded, and knows them afterwards.
        real: The real environment to run against; the emulated ERP1 when None.
        continued: How often the run was gone on with after a break.
        expected: Tells how long a scenario takes.
        run_ids: By label of each release, the run that its results belong to; that of the order
            alone when empty.
        names: Gives ids of environments of the emulated ERP1, where other processes of the run have
            some too; all when None.
    """

    def __init__(
        self,
        order: Order,
        integrations: Sequence[Integration],
        *,
        run_id: str,
        seed: int,
        clock: Clock,
        redactor: Redactor,
        real: "RealTarget | None" = None,
        continued: int = 0,
        expected: Expected = usual,
        run_ids: Mapping[str, str] | None = None,
        names: Iterator[str] | None = None,
    ) -> None:
        self.order = order
        self.integrations = tuple(integrations)
        self.redactor = redactor
        self.releases: Mapping[str, Release] = {}
        """What ERP1 said that it runs, by the label that was asked for; none until a scenario
        ran."""
        self.environment = ""
        """Id of the real environment; empty for the emulated one."""
        self.notes: Sequence[str] = []
        """What was left behind in a real environment, and why."""
        self._late: Callable[[], tuple[Late, ...]] = tuple
        self._setting = Setting(
            run_id=run_id,
            seed=seed,
            concurrency=order.concurrency,
            retries=order.retries,
            run_ids=run_ids or {},
        )
        self._continued = continued
        self._expected = expected
        self._clock = clock
        self._real = real
        self._names = names
        self._loop = asyncio.Runner()
        self._started = AsyncExitStack()
        self._engine: Engine | None = None
        self._runners: dict[str, IntegrationRunner] = {}
        self._reached_s = 0.0
        self._running: asyncio.Task[Any] | None = None
        self._is_left_off = False

    @property
    def late(self) -> tuple[Late, ...]:
        """What integrations sent when a scenario had ended and its result was there."""
        return self._late()

    def run(self, planned: Sequence[PlannedScenario], observer: Observer) -> None:
        """Carry out scenarios, and tell an observer what becomes of each."""
        try:
            self._loop.run(self._run(planned, observer))
        except asyncio.CancelledError:
            if not self._is_left_off:  # nobody asked for it: our own fault, not Ctrl-C
                raise
            raise KeyboardInterrupt from None
        except (KeyboardInterrupt, SystemExit):
            self._leave_off()
            raise

    def leave_off(self) -> None:
        """End what is in flight, as Ctrl-C does; another thread may call it, at any moment."""
        self._is_left_off = True
        running = self._running
        if running is not None:
            with contextlib.suppress(RuntimeError):  # the loop is over
                running.get_loop().call_soon_threadsafe(running.cancel)

    async def _close(self, runner: IntegrationRunner) -> None:
        await runner.close(at_once=self._is_left_off)

    def _leave_off(self) -> None:
        """Cancel what is in flight; asyncio has not done so where SIGINT is ignored.

        An exception that ends a program leaves the loop at once, whichever task it is raised in.
        """
        self._is_left_off = True
        if self._running is not None and not self._running.done():
            self._running.cancel()
            ended = asyncio.gather(self._running, return_exceptions=True)
            with contextlib.suppress(KeyboardInterrupt, SystemExit):  # raised by who called
                self._loop.get_loop().run_until_complete(ended)

    async def _run(self, planned: Sequence[PlannedScenario], observer: Observer) -> None:
        self._running = asyncio.current_task()
        if self._is_left_off:
            raise asyncio.CancelledError
        engine = self._engine or await self._start(planned)
        began_s = self._clock.elapsed_s()
        try:
            await engine.run(planned, observer)
        finally:
            self._reached_s += self._clock.elapsed_s() - began_s

    @property
    def pace(self) -> Pace | None:
        """Where the time went; None before anything was carried out."""
        if self._engine is None:
            return None
        return Pace(
            lanes=self._setting.concurrency,
            expected_s=round(self._engine.expected_s, 3),
            reached_s=round(self._reached_s, 3),
            integrations=tuple(
                IntegrationPace(
                    id=name,
                    processes=runner.started,
                    starting_s=round(runner.starting_s, 3),
                    waiting_s=round(runner.waiting_s, 3),
                    working_s=round(runner.working_s, 3),
                )
                for name, runner in self._runners.items()
                if runner.is_triggered
            ),
        )

    async def _start(self, planned: Sequence[PlannedScenario]) -> Engine:
        raise_descriptor_limit()
        runners = self._runners = {
            each.manifest.id: IntegrationRunner(
                each, in_process=self.order.in_process, walls=self._walls(each)
            )
            for each in self.integrations
        }
        async with AsyncExitStack() as starting:
            for runner in runners.values():
                starting.push_async_callback(self._close, runner)
            for name in self._begun_first(planned):
                await runners[name].begin()  # while ERP1 starts
            if self._real is None:
                host, setting = await self._emulated(), self._setting
            else:
                host, setting = await self._real_erp(self._real)
            self._started.push_async_callback(starting.pop_all().aclose)
        self._engine = Engine(
            environments=host,
            runners=runners,
            clock=self._clock,
            setting=setting,
            expected=self._expected,
        )
        return self._engine

    def _walls(self, integration: Integration) -> Walls | None:
        """Return what hides the project, other integrations and earlier reports from one."""
        if not self.order.sandbox:
            return None
        own = integration.folder.resolve()
        others = (each.folder for each in self.integrations if each is not integration)
        ours = (Path(), Path.home(), Path(tempfile.gettempdir()), cache_folder(), own / REPORTS)
        hidden = (*(hidden_with(each, own) for each in others), *(each.resolve() for each in ours))
        return Walls(hidden=tuple(map(str, hidden)))

    def _begun_first(self, planned: Sequence[PlannedScenario]) -> Sequence[str]:
        """Return the integrations of which a process is wanted at once."""
        first = {each.manifest.id: each for each in reversed(planned)}
        names = begun_first(planned, count=self._setting.concurrency, expected=self._expected)
        return [
            name
            for name in names
            if any(isinstance(step, OperationStep) for step in first[name].unpacked().scenario.when)
        ]

    # of the emulator and what a real environment needs, a run imports only what it uses

    async def _emulated(self) -> EnvironmentSource:
        from koppeling_harness.hosting.emulated_releases import EmulatedReleases  # noqa: PLC0415 - see above

        labels = [*self._setting.run_ids] or [self.order.release]
        host = EmulatedReleases(
            labels,
            redactor=self.redactor,
            clock=self._clock,
            names=self._names,
            imports=self.order.imports,
            in_sandbox=self.order.sandbox,
        )
        self._late, self.releases = host.late, host.releases
        return await self._started.enter_async_context(host)

    async def _real_erp(self, target: "RealTarget") -> tuple[EnvironmentSource, Setting]:
        from koppeling_harness.hosting.real_erp import RealErp, setting_there  # noqa: PLC0415

        host = RealErp(
            target,
            run_id=self._setting.run_id,
            manifests=[each.manifest for each in self.integrations],
            redactor=self.redactor,
            clock=self._clock,
            in_sandbox=self.order.sandbox,
        )
        self.environment, self.notes, self._late = host.environment, host.notes, host.late.seen
        self.releases = {self.order.release: host.release}
        setting = setting_there(self._setting, continued=self._continued)
        return await self._started.enter_async_context(host), setting

    async def _end(self) -> None:
        try:
            await self._started.aclose()  # also after a start that failed halfway
        finally:
            await end_processes()

    def close(self) -> None:
        """End ERP1 and every process of the integrations."""
        self._loop.run(self._end())
        self._loop.close()
