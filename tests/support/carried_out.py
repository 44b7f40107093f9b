"""Carry scenarios out by the engine alone, without a run around it."""

import asyncio

from koppeling_harness.clock import SystemClock
from koppeling_harness.engine.engine import Engine, Setting
from koppeling_harness.hosting.host import EmulatedErp
from koppeling_harness.plugin.discover import discover
from koppeling_harness.plugin.session import IntegrationRunner
from koppeling_harness.scenario.load import load_scenarios
from koppeling_harness.scenario.plan import plan
from koppeling_harness.traffic.redactor import Redactor


class Opened:
    """ERP1, with the environments that are open."""

    def __init__(self, erp):
        self.release = erp.release
        self.open_now = 0
        self._erp = erp

    async def open(self, planned):
        self.open_now += 1
        environment = await self._erp.open(planned)
        close = environment.close

        async def closed():
            self.open_now -= 1
            await close()

        environment.close = closed
        return environment


def carried_out(
    project, observer, *, concurrency=1, until=None, source=Opened, max_processes=4, **setting
):
    """Carry out the scenarios of a project by the engine, against an ERP1 in this process.

    Args:
        project: Folder with the integration in `tiny`, and `scenarios`.
        observer: Is told of everything.
        concurrency: Scenarios at once.
        until: When the run is cancelled; never when None.
        max_processes: Of the integration.
        source: Makes of ERP1 what environments come from.
        setting: More of how the run goes.

    Returns:
        How many environments are still open after it.
    """

    async def carry_out():
        (integration,) = discover([project / "tiny"], entry_points=False).integrations
        planned = plan(
            load_scenarios([project / "scenarios"]), integration.manifest, release="Profit 8"
        )
        clock = SystemClock()
        runner = IntegrationRunner(integration, max_processes=max_processes)
        try:
            async with EmulatedErp(release="Profit 8", redactor=Redactor(b"k"), clock=clock) as erp:
                opened = source(erp)
                engine = Engine(
                    environments=opened,
                    runners={"tiny": runner},
                    clock=clock,
                    setting=Setting(run_id="r1", seed=1, concurrency=concurrency, **setting),
                )
                running = asyncio.create_task(engine.run(planned, observer))
                if until is not None:
                    while not until():
                        await asyncio.sleep(0.01)
                    running.cancel()
                try:
                    await running
                except asyncio.CancelledError:
                    pass
                finally:
                    left = opened.open_now
        finally:
            await runner.close()
        return left

    return asyncio.run(carry_out())
