"""The only reader of time, so that everything else can be asked about another day."""

import time
from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
"""AFAS Profit shows wall-clock time of this zone, and the contract's dates are days in it."""


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Return the present moment, in UTC."""
        ...

    def elapsed_s(self) -> float:
        """Return seconds since some fixed moment; never goes back."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the present moment, in UTC."""
        return datetime.now(UTC)

    def elapsed_s(self) -> float:
        """Return seconds since some fixed moment; never goes back."""
        return time.perf_counter()


def today(clock: Clock) -> date:
    """Return the day it is in Amsterdam."""
    return clock.now().astimezone(AMSTERDAM).date()
