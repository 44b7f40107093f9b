"""How much else a machine has to do, for tests that hold a time by the clock against a limit."""

import time

_WORK_S = 0.1


def how_busy() -> float:
    """Return how many times longer than on a quiet machine it takes to work; at least once."""
    began_s, used_s = time.perf_counter(), time.process_time()
    while time.process_time() - used_s < _WORK_S:
        pass
    return max(1.0, (time.perf_counter() - began_s) / _WORK_S)
