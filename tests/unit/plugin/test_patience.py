"""A limit counts only the time in which an answer could have been read."""

import asyncio
import time

import pytest

from koppeling_harness.plugin.patience import patience


def carried(work):
    began_s = time.monotonic()
    try:
        asyncio.run(work())
    except TimeoutError:
        return time.monotonic() - began_s
    return None


def test_what_takes_longer_is_ended_in_time():
    async def work():
        async with patience(0.2):
            await asyncio.sleep(10)

    assert 0.15 < carried(work) < 2


@pytest.mark.parametrize("limit_s", [0, -1])
def test_no_time_at_all_is_over_at_once(limit_s):
    async def work():
        async with patience(limit_s):
            await asyncio.sleep(10)

    assert carried(work) < 1


def test_while_the_loop_is_busy_the_limit_stands_still():
    async def work():
        async def busy():
            await asyncio.sleep(0.1)
            time.sleep(0.6)

        task = asyncio.create_task(busy())
        async with patience(0.4):
            await asyncio.sleep(0.3)  # its end comes in the middle of that
            for _ in range(10):  # an answer takes some turns of the loop to be read
                await asyncio.sleep(0)
        await task

    assert carried(work) is None


def test_an_answer_in_time_leaves_nothing_behind():
    async def work():
        async with patience(0.2):
            await asyncio.sleep(0)
        await asyncio.sleep(0.4)

    assert carried(work) is None


def test_who_is_cancelled_from_outside_is_not_told_of_a_limit():
    async def work():
        async def waits():
            async with patience(5):
                await asyncio.sleep(10)

        task = asyncio.create_task(waits())
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    assert carried(work) is None
