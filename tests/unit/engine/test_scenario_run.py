"""What a time-out says depends on whose time it was."""

import asyncio
import random
from pathlib import Path
from types import SimpleNamespace

import pytest

from koppeling_harness.clock import SystemClock
from koppeling_harness.document import load_yaml
from koppeling_harness.engine import scenario_run
from koppeling_harness.engine.observer import Observer
from koppeling_harness.engine.scenario_run import Bench, run_scenario
from koppeling_harness.erp.metainfo import UpdateDefinitions
from koppeling_harness.http.connection import Connection
from koppeling_harness.model.access import ErpAccess
from koppeling_harness.model.exchange import Recording
from koppeling_harness.model.run import ScenarioResult
from koppeling_harness.model.scenario import Scenario
from koppeling_harness.model.secret import Secret
from koppeling_harness.model.shape import Release
from koppeling_harness.plugin.discover import discover
from koppeling_harness.plugin.session import IntegrationRunner
from koppeling_harness.scenario.expression import Functions
from koppeling_harness.scenario.plan import PlannedScenario
from koppeling_harness.traffic.redactor import Redactor
from support.tiny import tiny_plugin

RELEASE = Release(label="Profit 8", version="8.0.1")


class SilentEnvironment:
    """An ERP that takes a connection and never answers."""

    def __init__(self, base_url: str) -> None:
        self.access = ErpAccess(
            environment="T1", base_url=base_url, token=Secret("<token/>"), release=RELEASE
        )
        self.gateway_url = base_url

    def mark(self) -> None:
        pass

    async def settle(self) -> None:
        pass

    def recording(self) -> Recording:
        return Recording(exchanges=())

    is_quiet = True

    def shut(self) -> None:
        pass

    @property
    def redactor(self) -> Redactor:
        return Redactor(b"key")

    async def close(self) -> None:
        pass


def run(tmp_path: Path, body: str, when: str) -> ScenarioResult:
    (integration,) = discover(
        [tiny_plugin(tmp_path / "tiny", body=body)], entry_points=False
    ).integrations
    text = (
        "scenario: slow\ntitle: {nl: a, en: b}\nlevel: required\nproves: [x]\n"
        f"timeout_s: 1.5\nwhen: [{when}]\n"
    )
    scenario = load_yaml(Scenario, text, name="slow.scenario.yaml")
    planned = PlannedScenario(scenario=scenario, manifest=integration.manifest, operation=None)

    async def carried_out() -> ScenarioResult:
        held: list[asyncio.Task] = []

        async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            held.append(asyncio.current_task())
            await reader.read()  # until the client gives up
            writer.close()
            await writer.wait_closed()

        server = await asyncio.start_server(hold, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        runner = IntegrationRunner(integration)
        async with server, Connection() as connection:
            bench = Bench(
                alias="run-1",
                connection=connection,
                observer=Observer(),
                definitions=UpdateDefinitions(),
                runner=runner,
                functions=Functions(random=random.Random(1), clock=SystemClock()),
                clock=SystemClock(),
                run_id="r",
                step_limit_s=30,
            )
            environment = SilentEnvironment(f"http://127.0.0.1:{port}/T1/ProfitRestServices")
            try:
                result = await run_scenario(planned, environment, bench)
            finally:
                await runner.close()
        await asyncio.gather(*held)
        return result

    return asyncio.run(carried_out())


def test_an_erp_that_does_not_answer_in_time_is_never_a_failed_integration(tmp_path):
    result = run(tmp_path, "return OperationResult()", "{get: Tiny_Projects}")

    assert (result.outcome, result.cause) == ("inconclusive", "environment")
    assert "get Tiny_Projects" in result.findings[0].message


def test_an_operation_that_takes_the_scenarios_time_is_a_failed_integration(tmp_path):
    result = run(tmp_path, "time.sleep(60)", "{operation: read}")

    assert (result.outcome, result.cause) == ("failed", "integration")
    assert "operation read" in result.findings[0].message


def test_an_environment_that_cannot_grow_older_leaves_a_scenario_without_a_verdict(tmp_path):
    result = run(tmp_path, "return OperationResult()", '{clock: "+1d"}')

    assert (result.outcome, result.cause) == ("inconclusive", "configuration")
    assert "only the emulated ERP1 can grow older" in result.findings[0].message


@pytest.mark.parametrize(
    ("body", "outcome", "cause", "codes"),
    [
        ("raise OSError(28, 'full')", "inconclusive", "environment", ["NO-ROOM", "PLUGIN-RAISED"]),
        ("return OperationResult()", "passed", None, []),
    ],
)
def test_a_full_disk_is_never_a_failed_integration(
    tmp_path, monkeypatch, body, outcome, cause, codes
):
    usage = SimpleNamespace(free=0)
    monkeypatch.setattr(scenario_run.shutil, "disk_usage", lambda _: usage)
    result = run(tmp_path, body, "{operation: read}")

    assert (result.outcome, result.cause) == (outcome, cause)
    assert [each.code for each in result.findings if each.code != "NO-CALL"] == codes
