"""Lanes are shared out so that none waits for another's processes, the longest work first."""

import asyncio
import random

import pytest

from koppeling_harness.engine.lanes import USUAL_S, Lanes, begun_first
from koppeling_harness.scenario.plan import PlannedScenario
from support.scenarios import a_manifest, a_scenario, an_operation


def planned(work):
    """Scenarios by integration; each is as long as its name says, in tenths of a second."""
    return [
        PlannedScenario(
            scenario=a_scenario(f"{name}.s{number}-{tenths}"),
            manifest=a_manifest(an_operation("sync"), name=name),
        )
        for name, many in work.items()
        for number, tenths in enumerate(many)
    ]


def expected(each):
    return int(each.id.rpartition("-")[2]) / 10


def played(work, *, count, room=4, start_s=0.0):
    """Carry scenarios out in thought: return how long it takes, the order, and the processes.

    A scenario for which no process is free waits for one, and holds its lane meanwhile.
    """
    many = planned(work)
    lanes = Lanes(many, count=count, room=dict.fromkeys(work, room), expected=expected)
    now_s, free, order, ends = 0.0, lanes.count, [], []
    working, processes = dict.fromkeys(work, 0), dict.fromkeys(work, 0)
    ready = {name: [] for name in work}

    def work_on(name):
        while ready[name] and working[name] < room:
            each = ready[name].pop(0)
            working[name] += 1
            starts = working[name] > processes[name]
            processes[name] += starts
            ends.append((now_s + expected(each) + start_s * starts, each))

    while True:
        while free and (each := lanes.take()) is not None:
            free -= 1
            order.append(each)
            ready[each.manifest.id].append(each)
            work_on(each.manifest.id)
        if not ends:
            break
        ends.sort(key=lambda end: end[0])
        now_s, each = ends.pop(0)
        lanes.give_back(each)
        working[each.manifest.id] -= 1
        free += 1
        work_on(each.manifest.id)
    assert sorted(each.id for each in order) == sorted(each.id for each in many)
    return now_s, order, processes


def test_every_integration_begins_at_once_where_there_are_lanes_for_it():
    _, order, _ = played({"a": [2] * 40, "b": [2] * 40, "c": [2] * 40, "d": [2] * 40}, count=8)

    assert {each.manifest.id for each in order[:8]} == {"a", "b", "c", "d"}


def test_lanes_do_not_wait_for_the_processes_of_one_integration():
    work = {"a": [10] * 40, "b": [10] * 40, "c": [10] * 40, "d": [10] * 40}

    took_s, _, processes = played(work, count=16)

    assert took_s == pytest.approx(10.0)  # 160 seconds of work, 16 at a time
    assert processes == dict.fromkeys(work, 4)


def test_the_longest_goes_first():
    _, order, _ = played({"a": [1, 30, 2, 20]}, count=1)

    assert [expected(each) for each in order] == [3.0, 2.0, 0.2, 0.1]


def test_what_takes_equally_long_goes_in_the_order_of_the_plan():
    _, order, _ = played({"a": [2] * 4}, count=1)

    assert [str(each.id) for each in order] == ["a.s0-2", "a.s1-2", "a.s2-2", "a.s3-2"]


def test_an_integration_that_alone_takes_longest_gets_more_processes_at_once():
    took_s, _, processes = played({"a": [10] * 40, "b": [10], "c": [10]}, count=6)

    assert processes["a"] == 4
    assert took_s == pytest.approx(10.0)


def test_of_many_integrations_each_has_few_processes():
    work = {f"p{number}": [2] * 20 for number in range(60)}

    took_s, _, processes = played(work, count=16, start_s=0.3)

    assert sum(processes.values()) <= 90  # and not four each
    assert took_s < 1.2 * (60 * 20 * 0.2 + sum(processes.values()) * 0.3) / 16


def test_one_integration_gets_no_process_for_a_few_short_scenarios():
    _, _, processes = played({"a": [1, 1]}, count=8)

    assert processes == {"a": 1}


@pytest.mark.parametrize(("scenarios", "expected_processes"), [(80, 8), (20, 6), (8, 4), (4, 2)])
def test_one_integration_gets_as_many_processes_as_spare_more_than_they_take(
    scenarios, expected_processes
):
    _, _, processes = played({"a": [5] * scenarios}, count=16, room=8)

    assert processes == {"a": expected_processes}


def test_an_integration_with_one_process_is_carried_out_all_the_same():
    took_s, order, processes = played({"a": [10] * 5, "b": [10] * 5}, count=32, room=1)

    assert processes == {"a": 1, "b": 1}
    assert len(order) == 10
    assert took_s <= 5.0


@pytest.mark.parametrize("seed", range(40))
def test_whatever_there_is_to_do_the_run_is_nearly_as_short_as_it_can_be(seed):
    dice = random.Random(seed)
    work = {
        f"p{number}": [dice.randint(1, 30) for _ in range(dice.randint(1, 60))]
        for number in range(dice.randint(1, 12))
    }
    count = dice.randint(1, 24)
    lanes = Lanes(planned(work), count=count, room=dict.fromkeys(work, 4), expected=expected)

    took_s, _, _ = played(work, count=count)

    assert took_s <= 1.25 * lanes.expected_s + 3.0


def test_integrations_with_the_most_to_do_are_begun_first():
    many = planned({"a": [1], "b": [30, 30], "c": [20]})

    assert list(begun_first(many, count=2, expected=expected)) == ["b", "c"]
    assert list(begun_first(many, count=9)) == ["b", "a", "c"]
    assert USUAL_S > 0


def test_scenarios_that_only_ask_erp1_take_all_lanes():
    many = planned({"a": [1] * 100})
    lanes = Lanes(many, count=32, room={"a": 4}, expected=expected, is_triggered=lambda _: False)
    first = lanes.take()
    while lanes.take() is not None:
        pass

    lanes.give_back(first)
    taken = 0
    while lanes.take() is not None:
        taken += 1

    assert taken >= 32 - 7


def test_a_lane_waits_until_there_is_a_scenario_for_it_and_ends_when_all_are_out():
    many = planned({"a": [1, 1]})

    async def two_lanes():
        lanes = Lanes(many, count=2, room={"a": 1}, expected=lambda _: 0.1)
        first = await lanes.next()
        waiting = [asyncio.create_task(lanes.next()) for _ in range(2)]
        await asyncio.sleep(0.01)
        second = next(each.result() for each in waiting if each.done())
        lanes.give_back(first)
        lanes.give_back(second)
        async with asyncio.timeout(5):
            return [first, second, *await asyncio.gather(*waiting)]

    found = asyncio.run(two_lanes())

    assert [str(each.id) if each else None for each in found].count(None) == 1
    assert {str(each.id) for each in found if each} == {"a.s0-1", "a.s1-1"}


def _four(first=()):
    many = planned({"a": [10] * 20, "b": [9] * 20, "c": [8] * 20, "light": [1, 2, 3, 1]})
    begins = [at for at, each in enumerate(many) if str(each.id) in first]
    room = dict.fromkeys("abc", 4) | {"light": 4}
    return Lanes(many, count=16, room=room, first=begins, expected=expected)


def test_what_somebody_beside_the_lanes_waits_for_goes_before_everything():
    lanes = _four(first=["light.s0-1", "light.s1-2"])
    lanes.take()

    lanes.begin_with("light")

    assert [str(lanes.take().id) for _ in range(2)] == ["light.s1-2", "light.s0-1"]
    assert lanes.take().manifest.id != "light"


def test_what_is_awaited_takes_no_lane_in_which_it_would_only_wait():
    many = planned({"asked": [3] * 20, "heavy": [100] * 20})
    first = [at for at, each in enumerate(many) if each.manifest.id == "asked"]
    lanes = Lanes(many, first=first, count=16, room={"asked": 1, "heavy": 4}, expected=expected)

    lanes.begin_with("asked")
    names = [lanes.take().manifest.id for _ in range(10)]

    assert names[:2] == ["asked", "asked"]
    assert set(names[2:]) == {"heavy"}


def test_nobody_goes_first_of_whom_nothing_is_awaited():
    plain, asked = _four(), _four()

    asked.begin_with("light")
    asked.begin_with("of another session")

    order = [[str(lanes.take().id) for _ in range(20)] for lanes in (plain, asked)]
    assert order[0] == order[1]


def test_nothing_to_do_needs_no_lane():
    lanes = Lanes([], count=8, room={})

    assert (lanes.count, lanes.take(), lanes.expected_s) == (0, None, 0.0)
