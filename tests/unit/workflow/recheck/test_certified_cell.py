from dataclasses import replace

import pytest

from koppeling_harness.model.exchange import Recording
from koppeling_harness.model.recheck import Basis
from koppeling_harness.model.verdict import Outcome
from koppeling_harness.workflow.recheck.certified_cell import certified_now, recording_of
from koppeling_harness.workflow.recheck.history import Earlier
from support.exchanges import Tape
from support.records import a_result, a_run, an_integration


def recorded(tape: Tape) -> Recording:
    return Recording(exchanges=tuple(tape.exchanges))


WAS = recorded(Tape().read(rows=2).write())


def answer(now: Tape):
    return certified_now(WAS, recorded(now), run_id="r")


def test_equal_answers_to_all_that_was_sent_let_it_pass_as_before():
    cell = answer(Tape().call().write().read(rows=2))

    assert (cell.outcome, cell.basis, cell.run_id) == (Outcome.PASSED, Basis.RECORDING, "r")


def test_a_refusal_of_what_was_accepted_fails_it():
    cell = answer(Tape().read(rows=2).write(status=500))

    assert (cell.outcome, cell.basis) == (Outcome.FAILED, Basis.RECORDING)
    assert "POST /connectors/PtRealization gave 201 and gives 500" in cell.note.en


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (Tape().read(rows=3).write(), "Profit answers otherwise"),
        (Tape().read(rows=2).write(status=200), "status of POST"),
        (Tape().read(rows=2).write(response_headers=(("X-New", "1"),)), "header x-new"),
        (Tape().read(rows=2), "no longer sends 1 calls"),
        (Tape().read(rows=2).write({"EmId": "2", "Qu": 1}), "no longer sends 1 calls"),
        (Tape(), "no longer sends 2 calls"),
    ],
)
def test_anything_else_proves_nothing_and_says_why(now, said):
    cell = answer(now)

    assert (cell.outcome, cell.basis) == (None, Basis.NONE)
    assert said in cell.note.en


def test_a_fault_of_the_scenario_is_no_refusal_by_profit():
    assert answer(Tape().read(rows=2).write(status=503, fault="status")).outcome is None


def test_another_layout_of_the_same_json_proves_nothing():
    was = recorded(Tape().call(response_body='{"a": 1}'))
    now = recorded(Tape().call(response_body='{"a":1}'))

    assert "layout" in certified_now(was, now, run_id="r").note.en


def test_what_was_taken_over_is_looked_for_in_the_run_that_it_came_from(tmp_path):
    result = replace(a_result("a"), carried_from="run-0")
    integration = an_integration(result, a_result("b"))
    path = tmp_path / "run-1" / "run.json"
    earlier = Earlier(path=path, run=a_run(integration), integration=integration)

    assert "run-0" in recording_of("a", earlier).en
    assert "run-1" in recording_of("b", earlier).en
