"""Profit's wall clock.

Profit shows and takes local time of Amsterdam. The `Z` behind its times is not true, and must not
stand in what is sent. Source: AFAS, docs.afas.help/profit/en/get-connector.
"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
STEP_BACK = timedelta(minutes=1)


def from_profit(text: str) -> datetime:
    """Return a time that Profit shows, as wall-clock time without a zone."""
    return datetime.fromisoformat(text.removesuffix("Z"))


def to_profit(moment: datetime) -> str:
    """Return wall-clock time the way Profit takes it in filters."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S")


def read_from(mark: datetime) -> datetime:
    """Return from when on changes must be read again to miss none.

    Profit rounds what it shows to whole seconds and compares with what it has, so that the last
    rows of the previous time may fall on either side. In the hour that the clock repeats in
    October, rows that are later by the sun are earlier by the clock.
    """
    first, second = (mark.replace(tzinfo=AMSTERDAM, fold=fold) for fold in (0, 1))
    repeated = first.utcoffset() != second.utcoffset()
    return mark - STEP_BACK - (timedelta(hours=1) if repeated else timedelta())


def working_day(text: str) -> date:
    """Return the day in Amsterdam of a date or of a moment in UTC."""
    if len(text) == len("2026-11-02"):
        return date.fromisoformat(text)
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(AMSTERDAM).date()
