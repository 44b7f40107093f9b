"""The registry of requirements and the shipped packs know each other."""

from datetime import date

import pytest

from koppeling_harness.model.fault import CallKind
from koppeling_harness.model.requirement import Reach
from koppeling_harness.model.scenario import ForEach
from koppeling_harness.rules.requirement_changes import changes
from koppeling_harness.rules.requirements import REQUIREMENTS
from koppeling_harness.rules.witnessed import witnessed_by
from koppeling_harness.scenario.load import load_scenarios
from koppeling_harness.scenario.packs import packs_folder

CALLS = {
    ForEach.OPERATIONS: CallKind.CALLS,
    ForEach.READS: CallKind.READS,
    ForEach.READING: CallKind.READS,
    ForEach.WRITING: CallKind.WRITES,
    ForEach.FETCHING: CallKind.FETCHES,
}


@pytest.fixture(scope="module")
def packs():
    return {each.scenario: each for each in load_scenarios([packs_folder()])}


def test_every_scenario_of_the_packs_witnesses_a_requirement(packs):
    assert [name for name in packs if not witnessed_by(name)] == []


def test_every_requirement_is_witnessed_by_scenarios_that_are_there(packs):
    named = {name for each in REQUIREMENTS for name in each.scenarios}

    assert named - packs.keys() == set()


def test_a_requirement_is_for_the_calls_that_its_scenarios_are_about(packs):
    for each in REQUIREMENTS:
        kinds = {CALLS[packs[name].for_each] for name in each.scenarios}
        assert kinds == {each.calls}, each.id


def test_ids_and_titles_are_unique():
    assert len({each.id for each in REQUIREMENTS}) == len(REQUIREMENTS)
    assert len({each.title.nl for each in REQUIREMENTS}) == len(REQUIREMENTS)
    assert len({each.title.en for each in REQUIREMENTS}) == len(REQUIREMENTS)


def test_what_came_later_counts_from_a_day_that_is_told_three_months_ahead():
    for each in changes():
        assert each.asked.required_from is not None
        assert each.asked.required_from >= date(2027, 3, 1)
        assert not each.asked.counts(date(2027, 2, 28))
        assert each.asked.counts(each.asked.required_from)


def test_a_requirement_begins_with_all_whom_it_is_asked_of():
    assert all(each.asked[0].reach is Reach.ALL for each in REQUIREMENTS)
    assert all(each.of(Reach.ALL) is each.asked[0] for each in REQUIREMENTS)
