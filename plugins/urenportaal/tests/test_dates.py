from datetime import date

import pytest
from urenportaal.dates import from_profit, read_from, to_profit, working_day


@pytest.mark.parametrize(
    ("given", "day"),
    [
        ("2026-11-02", date(2026, 11, 2)),
        ("2026-11-02T23:30:00Z", date(2026, 11, 3)),
        ("2026-07-01T21:59:59+00:00", date(2026, 7, 1)),
        ("2026-07-01T22:00:00+00:00", date(2026, 7, 2)),
        ("2026-11-03T00:15:00+01:00", date(2026, 11, 3)),
    ],
)
def test_hours_belong_to_the_day_in_amsterdam(given, day):
    assert working_day(given) == day


def test_profits_times_are_wall_clock_without_zone():
    assert to_profit(from_profit("2026-07-01T09:49:49Z")) == "2026-07-01T09:49:49"


@pytest.mark.parametrize(
    ("mark", "start"),
    [
        ("2026-11-02T09:00:00", "2026-11-02T08:59:00"),
        ("2026-10-25T02:30:00", "2026-10-25T01:29:00"),
    ],
)
def test_reading_steps_back_and_over_the_repeated_hour(mark, start):
    assert to_profit(read_from(from_profit(mark))) == start
