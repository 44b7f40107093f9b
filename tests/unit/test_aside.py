"""Long work is done beside the loop, and can be left off at any moment."""

import asyncio
import os
import time

import pytest

from koppeling_harness.aside import LeftOffError, end_processes, in_process, in_thread


def carried(work):
    async def begin_and_end():
        try:
            return await work()
        finally:
            await end_processes()

    return asyncio.run(begin_and_end())


def test_a_process_gives_what_the_function_returns_or_raises():
    async def work():
        assert await in_process(len, b"x" * 5_000_000) == 5_000_000
        with pytest.raises(ValueError, match="invalid literal"):
            await in_process(int, "x")
        return await in_process(os.getpid)

    assert carried(work) != os.getpid()


def test_more_than_one_at_once_are_done_in_turn():
    async def work():
        return await asyncio.gather(*(in_process(len, "x" * size) for size in range(5)))

    assert carried(work) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("function", "argument", "why"),
    [
        (time.sleep, 60, "longer than 0.1 s"),
        pytest.param(sum, range(10**12), "longer than 0.1 s", marks=pytest.mark.skipif(
            os.name != "posix", reason="counts seconds of the processor")),
        (os._exit, 3, "its process ended"),
        pytest.param(bytearray, 3 << 30, "memory", marks=pytest.mark.skipif(
            os.name != "posix", reason="limits memory")),
    ],
)  # fmt: skip
def test_what_does_not_come_to_its_end_is_left_off_and_the_next_is_done(function, argument, why):
    async def work():
        limit_s = 0.1 if function in {time.sleep, sum} else 60.0
        with pytest.raises(LeftOffError, match=why):
            await in_process(function, argument, limit_s=limit_s)
        return await in_process(len, "abc")

    assert carried(work) == 3


@pytest.mark.parametrize("beside", [in_process, in_thread])
def test_who_is_cancelled_waits_for_nothing(beside):
    async def work():
        task = asyncio.create_task(beside(time.sleep, 5))
        await asyncio.sleep(0.3)
        began_s = time.monotonic()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return time.monotonic() - began_s

    assert carried(work) < 1


def test_a_thread_gives_what_the_function_returns_or_raises():
    async def work():
        with pytest.raises(ValueError, match="invalid literal"):
            await in_thread(int, "x")
        return await in_thread(len, "abc")

    assert carried(work) == 3
    assert work_without_a_loop(in_thread(len, "abc")) == 3


def work_without_a_loop(coroutine):
    try:
        coroutine.send(None)
    except StopIteration as done:
        return done.value
    raise AssertionError
