import asyncio

import pytest

from koppeling_harness.clock import SystemClock
from koppeling_harness.errors import ErpUnavailableError
from koppeling_harness.store.call_limits import FileGate
from support.erp1 import HandClock


def gate(folder, *, max_parallel=5, budget=None, clock=None):
    return FileGate(folder, max_parallel=max_parallel, budget=budget, clock=clock or SystemClock())


def test_two_runs_together_never_hold_more_than_their_environment_allows(tmp_path):
    most = at_once = 0

    async def call(through):
        nonlocal most, at_once
        async with through.call():
            at_once += 1
            most = max(most, at_once)
            await asyncio.sleep(0.005)
            at_once -= 1

    async def both():
        first, second = gate(tmp_path), gate(tmp_path)
        await asyncio.gather(*(call(each) for _ in range(15) for each in (first, second)))

    asyncio.run(both())

    assert most == 5


def test_a_call_that_fails_or_is_broken_off_gives_its_place_back(tmp_path):
    async def carried_out():
        one = gate(tmp_path, max_parallel=1)
        with pytest.raises(ZeroDivisionError):
            async with one.call():
                raise ZeroDivisionError
        async with asyncio.timeout(5), one.call():
            pass

    asyncio.run(carried_out())


def test_a_budget_is_one_for_all_runs_of_a_day_and_new_the_next(tmp_path):
    clock = HandClock()

    async def calls(number):
        for _ in range(number):
            async with gate(tmp_path, budget=3, clock=clock).call():
                pass

    asyncio.run(calls(3))
    with pytest.raises(ErpUnavailableError, match="budget of 3 calls a day is spent"):
        asyncio.run(calls(1))
    assert gate(tmp_path, budget=3, clock=clock).spent() == 3

    clock.forward(days=1)
    asyncio.run(calls(1))


def test_a_call_is_counted_also_when_no_budget_was_set_yet(tmp_path):
    clock = HandClock()

    async def calls(number, budget=None):
        for _ in range(number):
            async with gate(tmp_path, budget=budget, clock=clock).call():
                pass

    asyncio.run(calls(7))

    assert gate(tmp_path, clock=clock).spent() == 7
    with pytest.raises(ErpUnavailableError, match="budget of 7 calls a day is spent"):
        asyncio.run(calls(1, budget=7))
    asyncio.run(calls(1, budget=8))
    assert gate(tmp_path, clock=clock).spent() == 8


def test_what_was_counted_on_earlier_days_is_taken_away(tmp_path):
    clock = HandClock()

    async def call():
        async with gate(tmp_path, max_parallel=1, clock=clock).call():
            pass

    for _ in range(3):
        asyncio.run(call())
        clock.forward(days=1)

    assert len(list(tmp_path.glob("calls-*"))) == 1


def test_a_folder_where_nothing_can_be_counted_is_told_and_nothing_is_sent(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(ErpUnavailableError, match="calls cannot be counted there"):
        gate(tmp_path / "file" / "folder")


def test_after_errors_in_a_row_nothing_is_asked_any_more(tmp_path):
    one = gate(tmp_path)
    for _ in range(7):
        one.answered(usable=False)
    one.answered(usable=True)
    for _ in range(7):
        one.answered(usable=False)
    assert one.is_open
    one.answered(usable=False)

    async def call():
        async with one.call():
            pass

    assert not one.is_open
    with pytest.raises(ErpUnavailableError):
        asyncio.run(call())
