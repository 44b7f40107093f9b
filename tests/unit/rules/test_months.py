from datetime import date

import pytest

from koppeling_harness.rules.months import add_months, day_after, day_before, is_within
from support.registrations import day


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2026-08-31", 6, "2027-02-28"),
        ("2023-08-31", 6, "2024-02-29"),
        ("2024-02-29", 36, "2027-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2026-12-15", 12, "2027-12-15"),
    ],
)
def test_months_keep_the_day_or_take_the_month_s_last(start, months, end):
    assert add_months(day(start), months) == day(end)


def test_terms_are_not_chained():
    assert add_months(day("2026-08-31"), 12) == day("2027-08-31")
    assert add_months(add_months(day("2026-08-31"), 6), 6) == day("2027-08-28")


def test_the_calendar_has_two_ends():
    assert add_months(day("9999-01-01"), 36) == date.max
    assert (day_after(date.max), day_before(date.min)) == (date.max, date.min)


@pytest.mark.parametrize(
    ("when", "expected"),
    [("2026-11-22", False), ("2026-11-23", True), ("2027-02-21", True), ("2027-02-22", False)],
)
def test_a_window_holds_its_first_and_its_last_day(when, expected):
    assert is_within(day(when), as_of=day("2026-11-23"), days=90) is expected
