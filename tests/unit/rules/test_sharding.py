from hypothesis import given
from hypothesis import strategies as st

from koppeling_harness.model.run import Shard
from koppeling_harness.rules.sharding import cut, has_part_of, is_in_shard


@given(integration=st.text(), scenario=st.text(), total=st.integers(1, 50))
def test_every_scenario_is_in_exactly_one_shard(integration, scenario, total):
    shards = [Shard(index=index, total=total) for index in range(1, total + 1)]

    assert sum(is_in_shard(integration, scenario, each, [integration]) for each in shards) == 1


def test_where_a_scenario_belongs_never_changes():
    names = [f"scenario-{number}" for number in range(10)]
    found = [
        next(
            index
            for index in range(1, 4)
            if is_in_shard("urenportaal", name, Shard(index=index, total=3), ["urenportaal"])
        )
        for name in names
    ]

    assert found == [3, 1, 2, 3, 3, 3, 1, 3, 2, 3]


def test_the_same_scenario_of_another_integration_may_be_elsewhere():
    shard = Shard(index=1, total=2)
    found = {is_in_shard(f"integration-{number}", "read", shard, []) for number in range(20)}

    assert found == {True, False}


@given(names=st.sets(st.text(), min_size=1), total=st.integers(1, 50))
def test_by_integration_each_is_in_one_shard_and_shards_differ_by_one_at_most(names, total):
    shards = [Shard(index=index, total=total, by="integration") for index in range(1, total + 1)]
    held = [[name for name in names if has_part_of(each, name, names)] for each in shards]

    assert sorted(name for many in held for name in many) == sorted(names)
    assert max(map(len, held)) - min(map(len, held)) <= 1


def test_by_integration_a_scenario_is_where_its_integration_is():
    shard = Shard(index=1, total=2, by="integration")
    names = ["a", "b", "c"]

    for name in names:
        found = {is_in_shard(name, f"scenario-{number}", shard, names) for number in range(20)}
        assert found == {has_part_of(shard, name, names)}


def test_several_integrations_are_cut_by_integration_unless_it_is_said():
    shard = Shard(index=1, total=2)

    assert cut(shard, ["a", "b"]).by == "integration"
    assert cut(shard, ["a"]).by == "scenario"
    assert cut(Shard(index=1, total=2, by="scenario"), ["a", "b"]).by == "scenario"
    assert cut(Shard(index=1, total=2, by="integration"), ["a"]).by == "integration"
