import dataclasses
import pickle

import pytest

from koppeling_harness.model.scenario import Scenario
from koppeling_harness.scenario.load import load_scenario, load_scenarios
from koppeling_harness.scenario.packed import PackedScenario, unpacked
from support.scenarios import write_scenario

BODY = """\
values: {mark: "${unique(8)}", many: [1, 2.5, true, null, "é"]}
given:
  - insert: PtProject
    fields: {PrId: "${values.mark}", Ds: "é"}
    objects: {PtSub: [{fields: {A: "1"}}]}
when:
  - operation: push
faults:
  - fault: status
    status: 503
    of: {kind: reads}
    calls: "1-2"
then:
  - get: Profit_Projects
    filter: [[{field: ProjectId, value: 1}]]
    expect: {count: 1}
cleanup:
  - delete: PtProject
    keys: {PrId: "${values.mark}"}
timeout_s: 20
"""


@pytest.fixture
def both(tmp_path):
    path = write_scenario(tmp_path, BODY)
    (packed,) = load_scenarios([path])
    return load_scenario(path), packed


def test_a_packed_scenario_says_what_the_whole_one_says(both):
    whole, packed = both

    assert isinstance(packed, PackedScenario)
    for each in dataclasses.fields(Scenario):
        assert getattr(packed, each.name) == getattr(whole, each.name)


def test_unpacked_it_is_the_whole_one(both):
    whole, packed = both

    assert unpacked(packed) == whole
    assert unpacked(whole) is whole


def test_what_is_at_hand_is_not_there_twice(both):
    _, packed = both

    assert unpacked(packed).title is packed.title
    assert unpacked(packed).place is packed.place


def test_a_packed_scenario_has_no_other_members(both):
    _, packed = both

    with pytest.raises(AttributeError, match="nothing"):
        _ = packed.nothing


def test_a_packed_scenario_travels_packed(tmp_path):
    (there,) = load_scenarios([write_scenario(tmp_path, BODY).parent])

    back = pickle.loads(pickle.dumps(there))

    assert type(back) is PackedScenario
    assert unpacked(back) == unpacked(there)
    assert (back.digest, back.scenario, back.title) == (there.digest, there.scenario, there.title)
    assert len(pickle.dumps(there)) < len(pickle.dumps(unpacked(there)))
