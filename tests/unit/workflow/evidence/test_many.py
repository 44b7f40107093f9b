"""The same with many things, in other processes."""

import multiprocessing
import os
import time

import pytest

from koppeling_harness.workflow.evidence.many import with_each


def a_process(_common: str, number: int) -> tuple[int, int]:
    time.sleep(0.2 if number == 0 else 0)
    return number, os.getpid()


def a_long_one(_common: str, number: int) -> int:
    time.sleep(60 if number else 0)
    return number


def test_what_comes_of_them_is_in_their_order_and_of_several_processes():
    found = list(with_each(a_process, range(8), begin=str, is_worth_it=True))

    assert [number for number, _ in found] == list(range(8))
    assert os.getpid() not in {process for _, process in found}


def test_what_is_few_is_done_here():
    (found,) = with_each(a_process, [1], begin=str, is_worth_it=True)

    assert found == (1, os.getpid())


@pytest.mark.parametrize("broken_off", [KeyboardInterrupt, GeneratorExit])
def test_nobody_waits_for_what_was_broken_off(broken_off):
    others = set(multiprocessing.active_children())
    found = with_each(a_long_one, range(4), begin=str, is_worth_it=True)
    assert next(found) == 0
    began = time.perf_counter()

    with pytest.raises(broken_off):
        found.throw(broken_off)

    while set(multiprocessing.active_children()) - others:
        time.sleep(0.01)
        assert time.perf_counter() - began < 5


def test_what_cannot_begin_is_told_here():
    with pytest.raises(ZeroDivisionError):
        list(with_each(a_process, range(8), begin=lambda: 1 // 0, is_worth_it=True))
