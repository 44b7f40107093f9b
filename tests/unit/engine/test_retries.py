"""What the environment kept from a verdict is repeated; what failed never is."""

import asyncio
from pathlib import Path

import pytest

from koppeling_harness.clock import SystemClock
from koppeling_harness.engine.engine import Engine, Setting
from koppeling_harness.errors import ErpUnavailableError
from koppeling_harness.hosting.host import EmulatedErp
from koppeling_harness.hosting.session import Results
from koppeling_harness.model.run import ScenarioResult
from koppeling_harness.model.verdict import Cause, Outcome
from koppeling_harness.plugin.discover import discover
from koppeling_harness.plugin.session import IntegrationRunner
from koppeling_harness.scenario.load import load_scenarios
from koppeling_harness.scenario.plan import plan
from koppeling_harness.traffic.redactor import Redactor
from support.tiny import scenario, tiny_project


class Unsteady:
    """ERP1, that cannot be reached the first times."""

    def __init__(self, erp: EmulatedErp, times: int) -> None:
        self.release = erp.release
        self.opened = 0
        self._erp, self._times = erp, times

    async def open(self, planned):
        self.opened += 1
        if self.opened <= self._times:
            message = "cannot be reached"
            raise ErpUnavailableError(message)
        return await self._erp.open(planned)


async def carried_out(
    folder: Path, *, unreachable: int, retries: int
) -> tuple[ScenarioResult, int]:
    """Return the result of the one scenario, and how many environments were opened for it."""
    (integration,) = discover([folder / "tiny"], entry_points=False).integrations
    planned = plan(load_scenarios([folder / "scenarios"]), integration.manifest, release="Profit 8")
    runner = IntegrationRunner(integration)
    clock = SystemClock()
    try:
        async with EmulatedErp(release="Profit 8", redactor=Redactor(b"k"), clock=clock) as erp:
            source = Unsteady(erp, unreachable)
            engine = Engine(
                environments=source,
                runners={"tiny": runner},
                clock=clock,
                setting=Setting(run_id="r1", seed=1, retries=retries),
            )
            results = Results()
            await engine.run(planned, results)
    finally:
        await runner.close()
    [(_, result)] = results.of(planned)
    return result, source.opened


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return tiny_project(tmp_path, plugin="tiny")


def test_passed_on_retry_stays_inconclusive_with_both_attempts(project):
    result, _ = asyncio.run(carried_out(project, unreachable=1, retries=1))

    assert (result.outcome, result.cause) == (Outcome.INCONCLUSIVE, Cause.ENVIRONMENT)
    assert result.passed_on_retry
    assert [each.outcome for each in result.attempts] == [Outcome.INCONCLUSIVE, Outcome.PASSED]
    assert {each.run_id for each in result.attempts} == {"r1"}


def test_there_are_no_more_attempts_than_are_allowed(project):
    result, opened = asyncio.run(carried_out(project, unreachable=9, retries=1))

    assert (opened, len(result.attempts), result.passed_on_retry) == (2, 2, False)


def test_what_fails_is_not_repeated(project):
    scenario(project / "scenarios", expect="{output: {count: -1}}")
    result, opened = asyncio.run(carried_out(project, unreachable=0, retries=3))

    assert (result.outcome, opened, result.attempts) == (Outcome.FAILED, 1, ())
