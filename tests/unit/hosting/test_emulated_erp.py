"""What breaks in the emulated ERP1 is our own bug, and never a verdict on an integration."""

import asyncio
import logging
import random
from pathlib import Path

import pytest

from koppeling_harness.clock import SystemClock
from koppeling_harness.document import load_yaml
from koppeling_harness.emulator.get_connector import GetExecutor
from koppeling_harness.engine.observer import Observer
from koppeling_harness.engine.scenario_run import Bench, run_scenario
from koppeling_harness.erp.metainfo import UpdateDefinitions
from koppeling_harness.hosting.host import EmulatedErp
from koppeling_harness.http.connection import Connection
from koppeling_harness.model.run import ScenarioResult
from koppeling_harness.model.scenario import Scenario
from koppeling_harness.plugin.discover import discover
from koppeling_harness.plugin.session import IntegrationRunner
from koppeling_harness.scenario.expression import Functions
from koppeling_harness.scenario.plan import PlannedScenario
from koppeling_harness.traffic.redactor import Redactor
from support.tiny import tiny_plugin

IGNORES = """
try:
    globals()["call"](context, "/connectors/Tiny_Projects?orderbyfieldids=ProjectId")
except Exception:
    pass
return OperationResult(ok=True)
"""


def run(tmp_path: Path) -> ScenarioResult:
    (integration,) = discover(
        [tiny_plugin(tmp_path / "tiny", body=IGNORES)], entry_points=False
    ).integrations
    text = (
        "scenario: reads\ntitle: {nl: a, en: b}\nlevel: required\nproves: [x]\n"
        "when: [{operation: read}]\n"
    )
    scenario = load_yaml(Scenario, text, name="reads.scenario.yaml")
    planned = PlannedScenario(scenario=scenario, manifest=integration.manifest, operation=None)

    async def carried_out() -> ScenarioResult:
        clock, runner = SystemClock(), IntegrationRunner(integration)
        erp = EmulatedErp(release="Profit 8", redactor=Redactor(b"k" * 32), clock=clock)
        async with erp, Connection() as connection:
            environment = await erp.open(planned)
            bench = Bench(
                connection=connection,
                observer=Observer(),
                definitions=UpdateDefinitions(),
                runner=runner,
                functions=Functions(random=random.Random(1), clock=clock),
                clock=clock,
                run_id="r",
                alias="run-1",
                step_limit_s=30,
            )
            try:
                return await run_scenario(planned, environment, bench)
            finally:
                await environment.close()
                await runner.close()

    return asyncio.run(carried_out())


@pytest.mark.parametrize("broken", [False, True])
def test_a_call_on_which_the_emulator_broke_is_not_held_against_the_integration(
    tmp_path, monkeypatch, broken
):
    if broken:
        monkeypatch.setattr(logging.getLogger("koppeling_harness.emulator.web"), "disabled", True)
        monkeypatch.setattr(GetExecutor, "_filter", lambda *_: 1 / 0)

    result = run(tmp_path)

    codes = {each.code for each in result.findings}
    said = [each.message for each in result.findings if each.code == "HARNESS-ERROR"]
    assert ("HARNESS-ERROR" in codes) == broken
    if broken:
        assert (result.outcome, result.cause) == ("inconclusive", "harness")
        assert "GET/connectors/Tiny_Projects: ZeroDivisionError" in said[0]
    else:
        assert result.cause != "harness"
