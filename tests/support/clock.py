"""Clocks for tests: one that stands still, and one that moves by hand."""

from datetime import UTC, datetime, timedelta


class FixedClock:
    """A clock that stands still.

    Args:
        moment: Which one it shows, with its offset from UTC.
    """

    def __init__(self, moment: str) -> None:
        self.moment = datetime.fromisoformat(moment).astimezone(UTC)

    def now(self) -> datetime:
        return self.moment

    def elapsed_s(self) -> float:
        return self.moment.timestamp()


class HandClock(FixedClock):
    """A clock that moves only by hand."""

    def __init__(self, moment: str = "2026-11-24T11:00:00.250000+00:00") -> None:
        super().__init__(moment)

    def forward(self, **by: float) -> None:
        self.moment += timedelta(**by)
