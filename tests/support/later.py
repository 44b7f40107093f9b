"""The program as on another day: `python -m support.later 2027-03-01 run …`.

What a new version asks counts from a day that is still to come; then it has to catch what it is
for. No option of the program changes the day.
"""

import sys
from datetime import date

from koppeling_harness.clock import SystemClock, today


def set_day(day: str) -> None:
    """Let the clock of this process be ahead, by whole days."""
    by, now = date.fromisoformat(day) - today(SystemClock()), SystemClock.now
    SystemClock.now = lambda clock: now(clock) + by


if __name__ == "__main__":
    set_day(sys.argv.pop(1))
    from koppeling_harness.__main__ import main

    main()
