"""Calendar months, always counted from the original date.

A term ends on the same day of the month, or on the month's last day where that does not exist:
31 August plus six months is 28 February (29 in a leap year). No working-day or holiday shifts.
"""

from datetime import date, timedelta
from functools import lru_cache

from dateutil.relativedelta import relativedelta

NOTICE_MONTHS = 12
"""Source: AFAS, partner.afas.nl/sla/koppeling."""
ONBOARDING_MONTHS = 12
"""Source: AFAS, docs.afas.help/profit/nl/app-connector-auditor-partner."""
REVIEW_MONTHS = 12
"""Source: AFAS, partner.afas.nl/sla/koppeling."""


@lru_cache(maxsize=4096)
def add_months(day: date, months: int) -> date:
    """Return the day a number of calendar months later; the last day there is when it is past."""
    try:
        return day + relativedelta(months=months)
    except (OverflowError, ValueError):
        return date.max


def day_after(day: date) -> date:
    """Return the next day; the last day there is has none."""
    return day if day == date.max else day + timedelta(days=1)


def day_before(day: date) -> date:
    """Return the day before; the first day there is has none."""
    return day if day == date.min else day - timedelta(days=1)


def is_within(day: date, *, as_of: date, days: int) -> bool:
    """Return whether a day is not past and at most a number of days ahead."""
    return 0 <= (day - as_of).days <= days
