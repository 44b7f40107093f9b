"""A run tells its observer everything as it happens, and ends cleanly when it is made to."""

import asyncio
from pathlib import Path

import pytest

from koppeling_harness.clock import SystemClock
from koppeling_harness.engine.engine import Engine, Setting
from koppeling_harness.engine.observer import Observer, Observers
from koppeling_harness.hosting.host import EmulatedErp
from koppeling_harness.plugin.discover import discover
from koppeling_harness.plugin.session import IntegrationRunner
from koppeling_harness.scenario.load import load_scenarios
from koppeling_harness.scenario.plan import plan
from koppeling_harness.traffic.redactor import Redactor
from support.tiny import SCENARIO, tiny_plugin

WAITS = "time.sleep(60)\nreturn OperationResult()"


class Notes(Observer):
    """Notes down what it is told, and does what it is made for."""

    def __init__(self, name="", *, ended=lambda: None):
        self.told = []
        self._name, self._ended = name, ended

    def scenario_started(self, planned):
        self.told.append(f"{self._name}started {planned.id}")

    def recorded(self, planned, recording):
        self.told.append(f"{self._name}recorded {planned.id}")

    def scenario_ended(self, planned, result):
        self.told.append(f"{self._name}ended {planned.id}")
        self._ended()


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


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "scenarios").mkdir()
    for name in "abc":
        text = SCENARIO.format(id=name, level="required", expect="{ok: true}")
        (tmp_path / "scenarios" / f"{name}.scenario.yaml").write_text(text, encoding="utf-8")
    tiny_plugin(tmp_path / "tiny")
    return tmp_path


def carried_out(project, observer, *, concurrency=1, until=None):
    """Run the scenarios; return how many environments are still open after it."""

    async def carry_out():
        (integration,) = discover([project / "tiny"], entry_points=False).integrations
        planned = plan(
            load_scenarios([project / "scenarios"]), integration.manifest, release="Profit 8"
        )
        clock = SystemClock()
        runner = IntegrationRunner(integration)
        try:
            async with EmulatedErp(release="Profit 8", redactor=Redactor(b"k"), clock=clock) as erp:
                source = Opened(erp)
                engine = Engine(
                    environments=source,
                    runners={"tiny": runner},
                    clock=clock,
                    setting=Setting(run_id="r1", seed=1, concurrency=concurrency),
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
                    left = source.open_now
        finally:
            await runner.close()
        return left

    return asyncio.run(carry_out())


def test_an_observer_is_told_of_each_scenario_in_the_order_in_which_it_goes(project):
    notes = Notes()

    carried_out(project, notes)

    assert notes.told == [
        f"{word} {name}" for name in "abc" for word in ("started", "recorded", "ended")
    ]


def test_of_several_observers_each_is_told_in_turn(project):
    one = Notes("1 ")
    two = Notes("2 ")
    one.told = two.told

    carried_out(project, Observers(one, two))

    assert one.told[:4] == ["1 started a", "2 started a", "1 recorded a", "2 recorded a"]


def test_an_observer_that_fails_ends_the_run_and_nothing_is_left_open(project):
    def fails():
        message = "the disk is full"
        raise OSError(message)

    notes = Notes(ended=fails)
    with pytest.raises(OSError, match="the disk is full"):
        carried_out(project, notes, concurrency=2)

    assert [each for each in notes.told if each.startswith("ended")] in (["ended a"], ["ended b"])


def test_a_run_that_is_cancelled_closes_what_is_in_flight_and_tells_no_result_of_it(project):
    tiny_plugin(project / "waits", body=WAITS)
    (project / "waits" / "koppeling_plugin.py").replace(project / "tiny" / "koppeling_plugin.py")
    notes = Notes()

    left = carried_out(project, notes, concurrency=2, until=lambda: len(notes.told) == 2)

    assert notes.told == ["started a", "started b"]
    assert left == 0
