"""Steps under `cleanup` are carried out however a scenario ends, and change no outcome."""

import pytest

from koppeling_harness.engine.observer import Observer
from koppeling_harness.model.verdict import Outcome, Severity
from support.carried_out import carried_out
from support.tiny import READ, SCENARIO, tiny_plugin

MAKES = """
given: [{insert: PtProject, fields: {PrId: P-NEW, PrGp: EXT, Ds: x}}]
"""
CLEANS = """
cleanup:
  - delete: PtProject
    keys: {PrId: "P-NEW"}
"""
FAILS = """
cleanup:
  - get: Nothing
  - get: Profit_Projects
"""


class Results(Observer):
    def scenario_ended(self, planned, result):
        self.result = result


def carried(folder, extra, *, expect="{ok: true}", body=READ):
    (folder / "scenarios").mkdir()
    text = SCENARIO.format(id="a", level="required", expect=expect) + extra
    (folder / "scenarios" / "a.scenario.yaml").write_text(text, encoding="utf-8")
    tiny_plugin(folder / "tiny", body=body)
    results = Results()
    carried_out(folder, results)
    return results.result


@pytest.mark.parametrize(
    ("expect", "body", "outcome"),
    [
        ("{ok: true}", READ, Outcome.PASSED),
        ("{output: {count: -1}}", READ, Outcome.FAILED),
        ("{ok: true}", "os._exit(3)", Outcome.FAILED),
    ],
)
def test_what_was_made_is_taken_away_however_the_scenario_ends(tmp_path, expect, body, outcome):
    result = carried(tmp_path, MAKES + CLEANS, expect=expect, body=body)

    assert result.outcome is outcome
    assert [(each.name, each.outcome) for each in result.steps[-1:]] == [
        ("cleanup 1: delete PtProject", Outcome.PASSED)
    ]
    assert "CLEANUP" not in [each.code for each in result.findings]


def test_what_fails_there_is_told_and_the_rest_is_done_all_the_same(tmp_path):
    result = carried(tmp_path, FAILS)
    told = [(each.code, each.level) for each in result.findings]

    assert result.outcome is Outcome.PASSED
    assert told == [("CLEANUP", Severity.WARNING)]
    assert [each.outcome is Outcome.PASSED for each in result.steps[-2:]] == [False, True]


def test_without_such_steps_there_is_nothing_to_do(tmp_path):
    assert [each.name for each in carried(tmp_path, "").steps] == ["when 1: operation read"]
