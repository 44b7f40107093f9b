"""The only reader of time, so that everything else can be asked about another day."""

import time
from datetime import UTC, date, datetime, timedelta
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


class ShiftedClock:
    """A clock that runs as another does, on another day.

    Args:
        base: The other.
        by: How far ahead it is.
    """

    def __init__(self, base: Clock, by: timedelta) -> None:
        self._base = base
        self._by = by

    def now(self) -> datetime:
        """Return the moment that it shows, in UTC."""
        return self._base.now() + self._by

    def elapsed_s(self) -> float:
        """Return seconds since some fixed moment; never goes back."""
        return self._base.elapsed_s()


def today(clock: Clock) -> date:
    """Return the day it is in Amsterdam."""
    return clock.now().astimezone(AMSTERDAM).date()
