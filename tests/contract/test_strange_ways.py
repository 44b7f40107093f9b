"""Who does right in a way of its own passes when all counts; who only seems to does not."""

import pytest

from support.certified import SPRING, certified, result_of
from support.strange_ways import HONEST, SHAM, write_ways

pytestmark = pytest.mark.unmeasured


@pytest.fixture(scope="module")
def honest(tmp_path_factory):
    folder = tmp_path_factory.mktemp("honest")
    write_ways(folder, HONEST)
    return certified(folder, day=SPRING)[2]


@pytest.mark.long
@pytest.mark.parametrize("name", HONEST)
def test_who_does_right_in_a_way_of_its_own_passes_all_that_is_required(name, honest):
    wrong = [
        (each["scenario"], [(one["code"], one["message"]) for one in each["findings"]])
        for each in honest[name]["results"]
        if each["level"] == "required" and each["outcome"] != "passed"
    ]

    assert wrong == []
    assert honest[name]["verdict"]["outcome"] == "passed"


@pytest.fixture(scope="module")
def sham(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sham")
    write_ways(folder, SHAM)
    meant = dict.fromkeys(name.partition(".")[2] for way in SHAM.values() for name in way.fails)
    return certified(folder, day=SPRING, keyword=" or ".join(meant))[2]


@pytest.mark.parametrize("name", SHAM)
def test_who_only_seems_to_do_right_does_not_pass(name, sham):
    outcomes = {each: result_of(sham[name], each)["outcome"] for each in SHAM[name].fails}

    assert set(outcomes.values()) & {"failed", "not_run"} != set(), outcomes
