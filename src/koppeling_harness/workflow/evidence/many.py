"""Do the same with many things, on as many processors as there are; what comes of them in order."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

from koppeling_harness.aside import end_with_parent

C = TypeVar("C")
T = TypeVar("T")
R = TypeVar("R")

Told = Callable[[int, int], None]
"""Is told how many of how many things are done."""


def nobody(_done: int, _total: int) -> None:
    """Tell nobody how far it is."""


def with_each(
    work: Callable[[C, T], R],
    things: Sequence[T],
    *,
    begin: Callable[[], C],
    is_worth_it: bool,
    at_once: int = 1,
) -> Iterator[R]:
    """Yield what a function returns for each of many things, in their order.

    Args:
        work: Of a module; other processes find it there by its name.
        things: What it is given, one by one, behind what `begin` returned.
        begin: Called once in each process; what it raises here is raised.
        is_worth_it: Whether it takes longer than to start other processes.
        at_once: How many things a process takes at a time.
    """
    common = begin()
    processes = min(os.cpu_count() or 1, len(things))
    if not is_worth_it or processes < 2:
        for each in things:
            yield work(common, each)
        return
    with _processes(processes, begin) as pool:
        parts = [things[at : at + at_once] for at in range(0, len(things), at_once)]
        # not `map`, which calls off what is left, and so disturbs the end of who works on it
        for done in [pool.submit(_there, work, part) for part in parts]:
            yield from done.result()


@contextmanager
def _processes(number: int, begin: Callable[[], object]) -> Iterator[ProcessPoolExecutor]:
    """Give processes that are ended, whatever they are at, when nobody waits for them any more."""
    before = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(number, initializer=_begin, initargs=(begin,))
    try:
        yield pool
    except BaseException:
        for each in set(multiprocessing.active_children()) - before:
            each.kill()
        pool.shutdown(wait=False)
        raise
    pool.shutdown()


_begun: list[Any] = []
"""In another process: what it began with."""


def _begin(begin: Callable[[], object]) -> None:
    end_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the harness, which ends these
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _begun[:] = [begin()]


def _there(work: Callable[[C, T], R], things: Sequence[T]) -> list[R]:
    return [work(_begun[0], each) for each in things]
