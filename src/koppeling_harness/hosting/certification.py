"""One certification: ERP1, runners and engine, started when the first scenario runs."""

import asyncio
import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from koppeling_harness.clock import Clock
from koppeling_harness.engine.engine import Engine, Setting
from koppeling_harness.engine.environment import EnvironmentSource
from koppeling_harness.model.exchange import Recording
from koppeling_harness.model.run import ScenarioResult
from koppeling_harness.model.scenario import OperationStep
from koppeling_harness.model.shape import Release
from koppeling_harness.plugin.discover import Discovery, Integration
from koppeling_harness.plugin.session import IntegrationRunner
from koppeling_harness.scenario.plan import PlannedScenario
from koppeling_harness.traffic.redactor import Redactor
from koppeling_harness.value import dataclass

if TYPE_CHECKING:
    from koppeling_harness.hosting.real_erp import RealTarget

DEFAULT_RELEASE = "Profit 8"
"""The running release in November 2026. Source: AFAS, docs.afas.help/profit/nl/news-profit8."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is to be certified, and how.

    Attributes:
        discovery: The integrations, and those that were set aside.
        release: Label of the Profit release.
        run_id: Names the run.
        seed: Makes generated values repeatable.
        concurrency: Scenarios in flight at most.
        clock: Tells the time.
        on_result: Called with each scenario and its result, as soon as it is there.
        selects: Says of each scenario whether it is to be carried out.
        retries: How often a scenario is repeated when the environment kept it from being judged.
        in_process: Whether hooks in Python run in this process, for a debugger.
        real: The real environment to run against; the emulated ERP1 when None.
        redactor: Replaces secrets in what is recorded, and knows them afterwards.
        on_recording: Called with each scenario and what went over the wire, redacted.
        on_start: Called with each scenario before anything of it is done.
        on_end: Called with each result before anything else is done.
    """

    discovery: Discovery
    release: str
    run_id: str
    seed: int
    concurrency: int
    clock: Clock
    on_result: Callable[[PlannedScenario, ScenarioResult], None] = field(
        default=lambda _planned, _result: None
    )
    selects: Callable[[PlannedScenario], bool] = field(default=lambda _planned: True)
    retries: int = 0
    in_process: bool = False
    real: "RealTarget | None" = None
    redactor: Redactor = field(default_factory=lambda: Redactor(secrets.token_bytes(32)))
    on_recording: Callable[[PlannedScenario, Recording], None] = field(
        default=lambda _planned, _recording: None
    )
    on_start: Callable[[PlannedScenario], None] = field(default=lambda _planned: None)
    on_end: Callable[[PlannedScenario, ScenarioResult], None] = field(
        default=lambda _planned, _result: None
    )


class Certification:
    """One session's ERP1, runners and engine, started when the first scenario runs."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.redactor = request.redactor
        self.release: Release | None = None
        self.environment = ""
        self.notes: list[str] = []
        self._loop = asyncio.Runner()
        self._started = AsyncExitStack()
        self._engine: Engine | None = None
        self._running: asyncio.Task[Any] | None = None

    @property
    def integrations(self) -> tuple[Integration, ...]:
        """The integrations that scenarios are planned for."""
        return self.request.discovery.integrations

    def integration_of(self, path: Path) -> Integration | None:
        """Return the integration whose own folder a scenario file lies in."""
        for each in self.integrations:
            if path.resolve().is_relative_to(each.folder.resolve()):
                return each
        return None

    def run(
        self,
        planned: Sequence[PlannedScenario],
        report: Callable[[PlannedScenario, ScenarioResult], bool],
    ) -> None:
        """Carry out scenarios and report each as it ends, until `report` returns False."""
        try:
            self._loop.run(self._run(planned, report))
        except KeyboardInterrupt:
            self._leave_off()
            raise

    def _leave_off(self) -> None:
        """Cancel what is in flight; asyncio has not done so where SIGINT is ignored."""
        if self._running is not None and not self._running.done():
            self._running.cancel()
            ended = asyncio.gather(self._running, return_exceptions=True)
            self._loop.get_loop().run_until_complete(ended)

    async def _run(
        self,
        planned: Sequence[PlannedScenario],
        report: Callable[[PlannedScenario, ScenarioResult], bool],
    ) -> None:
        self._running = asyncio.current_task()
        engine = self._engine or await self._start(planned)
        results = engine.run(planned)
        try:
            async for each, result in results:
                self.request.on_result(each, result)
                if not report(each, result):
                    break
        finally:
            await results.aclose()

    async def _start(self, planned: Sequence[PlannedScenario]) -> Engine:
        request = self.request
        runners: Mapping[str, IntegrationRunner] = {
            each.manifest.id: IntegrationRunner(each, in_process=request.in_process)
            for each in self.integrations
        }
        async with AsyncExitStack() as starting:
            for runner in runners.values():
                starting.push_async_callback(runner.close)
            if any(isinstance(step, OperationStep) for step in planned[0].scenario.when):
                await runners[planned[0].manifest.id].begin()  # while ERP1 starts
            host = await self._erp1()
            self._started.push_async_callback(starting.pop_all().aclose)
        self.release = host.release
        setting = Setting(
            run_id=request.run_id,
            seed=request.seed,
            concurrency=request.concurrency,
            retries=request.retries,
        )
        if request.real is not None:
            from koppeling_harness.hosting import real_erp  # noqa: PLC0415

            setting = replace(
                setting,
                concurrency=min(request.concurrency, real_erp.CONCURRENCY),
                patience=real_erp.PATIENCE,
                resumed=request.real.resumed,
            )
        self._engine = Engine(
            environments=host,
            runners=runners,
            clock=request.clock,
            setting=setting,
            on_recording=request.on_recording,
            on_start=request.on_start,
            on_end=request.on_end,
        )
        return self._engine

    async def _erp1(self) -> EnvironmentSource:
        request = self.request
        if request.real is None:
            from koppeling_harness.hosting.host import EmulatedErp  # noqa: PLC0415 - see below

            return await self._started.enter_async_context(
                EmulatedErp(release=request.release, redactor=self.redactor, clock=request.clock)
            )
        # of the emulator and what a real environment needs, a run imports only what it uses
        from koppeling_harness.hosting.real_erp import RealErp  # noqa: PLC0415

        host = RealErp(
            request.real,
            run_id=request.run_id,
            manifests=[each.manifest for each in self.integrations],
            redactor=self.redactor,
            clock=request.clock,
        )
        self.environment, self.notes = host.environment, host.notes
        return await self._started.enter_async_context(host)

    def close(self) -> None:
        """End ERP1 and every process of the integrations."""
        self._loop.run(self._started.aclose())  # also after a start that failed halfway
        self._loop.close()
