"""Durations of earlier runs decide the order, and nothing else."""

import json

import pytest

from koppeling_harness.engine.lanes import USUAL_S
from koppeling_harness.scenario.plan import PlannedScenario
from koppeling_harness.workflow.run.durations import Durations
from support.records import a_result
from support.scenarios import a_manifest, a_scenario, an_operation

HUGE = json.dumps({"a": 10**400})


def planned(scenario, integration="one"):
    return PlannedScenario(
        scenario=a_scenario(scenario),
        manifest=a_manifest(an_operation("sync"), name=integration),
    )


def ran(folder, *took):
    durations = Durations(folder)
    for each, seconds in took:
        durations.scenario_ended(each, a_result(duration_s=seconds))
    durations.ended()
    return Durations(folder)


def test_what_a_scenario_took_is_expected_of_it_the_next_time(tmp_path):
    durations = ran(tmp_path, (planned("slow"), 3.0), (planned("fast"), 0.25))

    assert durations.expected(planned("slow")) == 3.0
    assert durations.expected(planned("fast")) == 0.25


def test_one_run_on_a_busy_machine_does_not_outweigh_those_before_it(tmp_path):
    ran(tmp_path, (planned("a"), 1.0))

    assert ran(tmp_path, (planned("a"), 3.0)).expected(planned("a")) == 2.0


def test_what_was_not_carried_out_this_time_is_still_known(tmp_path):
    ran(tmp_path, (planned("a"), 1.0), (planned("b"), 2.0))
    durations = ran(tmp_path, (planned("a"), 1.0))

    assert durations.expected(planned("b")) == 2.0


def test_where_a_scenario_was_never_run_it_is_expected_to_take_what_it_takes_elsewhere(tmp_path):
    durations = ran(tmp_path, (planned("pack.a"), 4.0))
    durations.expected(planned("other"))  # what is known of `one` is read

    assert durations.expected(planned("pack.a", "two")) == 4.0
    assert durations.expected(planned("pack.b", "two")) == USUAL_S


@pytest.mark.parametrize(
    "text",
    ["", "[", "[1]", '{"a": "x"}', '{"a": NaN}', '{"a": -1}', '{"a": true}', "[" * 999, HUGE],
)
def test_a_file_that_is_damaged_means_that_nothing_is_known(tmp_path, text):
    (tmp_path / "one.json").write_text(text, encoding="utf-8")

    assert Durations(tmp_path).expected(planned("a")) == USUAL_S
    assert ran(tmp_path, (planned("a"), 2.0)).expected(planned("a")) == 2.0


def test_a_folder_that_cannot_be_written_ends_no_run(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")

    durations = ran(tmp_path / "file" / "durations", (planned("a"), 2.0))

    assert durations.expected(planned("a")) == USUAL_S
