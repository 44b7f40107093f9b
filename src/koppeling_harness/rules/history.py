"""What changed over time, of what reports told: never of what would be computed today."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from statistics import median_low

from koppeling_harness.model.history import Done, Quarter, Told, ToldDuty

QUARTERS = 8
"""How many quarters a trend shows: two years."""
_A_WEEK = timedelta(days=7)
_LAST = 4


def last_week(told: Sequence[date], *, as_of: date) -> date | None:
    """Return the report to compare with: the newest that is a week old, else the oldest before.

    Args:
        told: Days of reports, in any order.
        as_of: The day.
    """
    before = sorted(day for day in told if day < as_of)
    a_week_old = [day for day in before if as_of - day >= _A_WEEK]
    return a_week_old[-1] if a_week_old else next(iter(before), None)


def done(told: Sequence[Told]) -> Iterator[Done]:
    """Yield the duties of one registration that were told and are no more, in order of time.

    Args:
        told: What its reports told, oldest first.
    """
    open_since: dict[str, date] = {}
    for earlier, later in pairwise(told):
        for key in earlier.duties:
            open_since.setdefault(key, earlier.date)
        for key, duty in earlier.duties.items():
            if key not in later.duties:
                yield _done(key, duty, open_since.pop(key), later.date)


def _done(key: str, duty: ToldDuty, first: date, gone: date) -> Done:
    # it was done somewhere between two reports; what is known is when it was told no more
    late = (gone - duty.due).days if duty.due is not None else 0
    return Done(key=key, what=duty.what, first=first, gone=gone, days_late=max(late, 0))


def quarters(history: Mapping[str, Sequence[Told]], *, as_of: date) -> tuple[Quarter, ...]:
    """Return the trend: the last two years by quarter, oldest first, as far as there are reports.

    Args:
        history: By registration, what its reports told, oldest first.
        as_of: The day; what was told after it is left out.
    """
    known = {name: [t for t in told if t.date <= as_of] for name, told in history.items()}
    finished = [each for told in known.values() for each in done(told)]
    found = []
    for year, number in _back(as_of):
        last = _last_in(known.values(), year, number)
        if last:
            closed = [each for each in finished if _quarter(each.gone) == (year, number)]
            found.append(_of(year, number, last, closed))
    return tuple(found)


def _of(year: int, number: int, last: Sequence[Told], closed: Sequence[Done]) -> Quarter:
    late = [each.days_late for each in closed if each.days_late]
    repaired = [(each.gone - each.first).days for each in closed if each.key.startswith("run:")]
    return Quarter(
        year=year,
        number=number,
        statuses=Counter(each.status for each in last),
        colours=Counter(each.colour for each in last),
        done=len(closed),
        late=len(late),
        days_late=median_low(late) if late else None,
        days_to_repair=median_low(repaired) if repaired else None,
    )


def _last_in(histories: Iterable[Sequence[Told]], year: int, number: int) -> list[Told]:
    found = []
    for told in histories:
        inside = [each for each in told if _quarter(each.date) == (year, number)]
        if inside:
            found.append(inside[-1])
    return found


def _quarter(day: date) -> tuple[int, int]:
    return day.year, (day.month + 2) // 3


def _back(as_of: date) -> list[tuple[int, int]]:
    year, number = _quarter(as_of)
    found = []
    for _ in range(QUARTERS):
        found.append((year, number))
        year, number = (year, number - 1) if number > 1 else (year - 1, _LAST)
    return found[::-1]
