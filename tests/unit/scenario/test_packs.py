"""The shipped packs: they load, are locked, and wait briefly."""

import pytest

from koppeling_harness.model.fault import FaultKind
from koppeling_harness.model.verdict import Level
from koppeling_harness.scenario.load import load_scenarios
from koppeling_harness.scenario.lock import verify_lock
from koppeling_harness.scenario.lock_file import read_lock
from koppeling_harness.scenario.packs import packs_folder


@pytest.fixture(scope="module")
def packs():
    return load_scenarios([packs_folder()])


def test_the_packs_are_as_they_were_locked(packs):
    lock = read_lock(packs_folder())

    assert lock is not None
    assert verify_lock(lock, packs, where="scenarios.lock") == []


def test_most_scenarios_are_required_and_no_two_have_the_same_title(packs):
    required = [each for each in packs if each.level is Level.REQUIRED]

    assert len(required) > len(packs) / 2
    assert len({each.title.nl for each in packs}) == len(packs)
    assert len({each.title.en for each in packs}) == len(packs)


def test_the_packs_are_about_any_integration(packs):
    assert all(each.for_each for each in packs)
    assert not [each.scenario for each in packs if each.applies.integration]


def test_a_file_is_called_as_its_scenario(packs):
    for each in packs:
        topic, _, name = each.scenario.partition(".")
        assert each.place.rsplit(":", 2)[0].endswith(f"{topic}/{name}.scenario.yaml")


def test_waits_are_a_second_at_most_unless_they_should_not_be_waited_for(packs):
    for each in packs:
        for fault in each.faults:
            asked = fault.retry_after_s or 0
            told_off = each.when[0].expect.get("ok") is False
            assert asked <= 1 or (fault.fault is FaultKind.STATUS and told_off)
