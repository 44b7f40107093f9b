from hypothesis import given
from hypothesis import strategies as st

from koppeling_harness.model.run import Shard
from koppeling_harness.rules.sharding import is_in_shard


@given(integration=st.text(), scenario=st.text(), total=st.integers(1, 50))
def test_every_scenario_is_in_exactly_one_shard(integration, scenario, total):
    shards = [Shard(index=index, total=total) for index in range(1, total + 1)]

    assert sum(is_in_shard(integration, scenario, each) for each in shards) == 1


def test_where_a_scenario_belongs_never_changes():
    names = [f"scenario-{number}" for number in range(10)]
    found = [
        next(
            index
            for index in range(1, 4)
            if is_in_shard("urenportaal", name, Shard(index=index, total=3))
        )
        for name in names
    ]

    assert found == [3, 1, 2, 3, 3, 3, 1, 3, 2, 3]


def test_the_same_scenario_of_another_integration_may_be_elsewhere():
    shard = Shard(index=1, total=2)
    found = {is_in_shard(f"integration-{number}", "read", shard) for number in range(20)}

    assert found == {True, False}
