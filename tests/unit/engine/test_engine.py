"""A run tells its observer everything as it happens, and ends cleanly when it is made to."""

from pathlib import Path

import pytest

from koppeling_harness.engine.observer import Observer, Observers
from koppeling_harness.model.verdict import Cause, Outcome
from support.carried_out import Opened, carried_out
from support.records import a_finding
from support.tiny import tiny_plugin, tiny_project

WAITS = "time.sleep(60)\nreturn OperationResult()"


class Notes(Observer):
    """Notes down what it is told, and does what it is made for."""

    def __init__(self, name="", *, ended=lambda: None):
        self.told = []
        self.results = []
        self._name, self._ended = name, ended

    def scenario_started(self, planned):
        self.told.append(f"{self._name}started {planned.id}")

    async def recorded(self, planned, recording):
        self.told.append(f"{self._name}recorded {planned.id}")

    def scenario_ended(self, planned, result):
        self.told.append(f"{self._name}ended {planned.id}")
        self.results.append(result)
        self._ended()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return tiny_project(tmp_path, *"abc", plugin="tiny")


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

    ended = {each for each in notes.told if each.startswith("ended")}
    assert ended
    assert ended <= {"ended a", "ended b"}  # both, where they end in the same moment


def test_a_run_that_is_cancelled_closes_what_is_in_flight_and_tells_no_result_of_it(project):
    tiny_plugin(project / "waits", body=WAITS)
    (project / "waits" / "koppeling_plugin.py").replace(project / "tiny" / "koppeling_plugin.py")
    notes = Notes()

    left = carried_out(project, notes, concurrency=2, until=lambda: len(notes.told) == 2)

    assert notes.told == ["started a", "started b"]
    assert left == 0


def test_to_wait_for_a_process_is_no_time_of_a_scenario(project):
    tiny_plugin(project / "slow", body="import time\ntime.sleep(1.5)\nreturn OperationResult()")
    (project / "slow" / "koppeling_plugin.py").replace(project / "tiny" / "koppeling_plugin.py")
    for each in (project / "scenarios").iterdir():
        each.write_text(each.read_text("utf-8") + "timeout_s: 3\n", encoding="utf-8")
    notes = Notes()

    carried_out(project, notes, concurrency=2, max_processes=1)

    assert [each.outcome for each in notes.results] == [Outcome.PASSED] * 3
    assert all(each.duration_s < 3 for each in notes.results)
    assert all(step.duration_s < 3 for each in notes.results for step in each.steps)


class Shared(Opened):
    """ERP1 as an environment that others use too, in which something may have gone wrong."""

    wrong = ""

    def refusal(self, planned):
        return None

    async def open(self, planned):
        environment = await super().open(planned)

        async def set_back():
            return (a_finding("RESIDUE"),)

        environment.expect = lambda marks: None
        environment.set_back = set_back
        environment.trouble = lambda: self.wrong
        return environment


class Down(Shared):
    wrong = "ERP1 answered 502: GET /metainfo"


class Results(Observer):
    def scenario_ended(self, planned, result):
        self.result = result


@pytest.mark.parametrize(
    ("source", "expect", "outcome", "cause", "first"),
    [
        (Shared, "{ok: true}", Outcome.PASSED, None, "RESIDUE"),
        (Shared, "{ok: false}", Outcome.FAILED, Cause.INTEGRATION, "EXPECTATION"),
        (Down, "{ok: true}", Outcome.PASSED, None, "RESIDUE"),
        (Down, "{ok: false}", Outcome.INCONCLUSIVE, Cause.ENVIRONMENT, "ERP-UNAVAILABLE"),
    ],
)
def test_trouble_of_a_shared_environment_excuses_a_failure_and_nothing_else(
    tmp_path, source, expect, outcome, cause, first
):
    results = Results()
    carried_out(tiny_project(tmp_path, expect=expect, plugin="tiny"), results, source=source)

    assert (results.result.outcome, results.result.cause) == (outcome, cause)
    assert results.result.findings[0].code == first
    assert "RESIDUE" in [each.code for each in results.result.findings]
