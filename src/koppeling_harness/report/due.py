"""Work that is due soon, over all registrations: a list, and bars per week."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

from koppeling_harness.model.dossier import Dossier
from koppeling_harness.model.status import Action
from koppeling_harness.value import dataclass

WEEKS = 13
"""Thirteen weeks: the next 90 days, and the day itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One duty that asks for a hand soon.

    Attributes:
        dossier: Whose it is.
        action: What has to be done.
        due: Its last day; the as-of date for a duty without one, which is due now.
        is_now: Whether it has no date of its own.
        is_late: Whether that day has passed.
    """

    dossier: Dossier
    action: Action
    due: date
    is_late: bool
    is_now: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """One bar.

    Attributes:
        number: From 0, the week that begins on the as-of date; -1 holds all that is late.
        start: Its first day.
        count: How many duties end in it.
    """

    number: int
    start: date
    count: int


def due_within(dossiers: Sequence[Dossier], *, as_of: date, days: int) -> tuple[Due, ...]:
    """Return what is due now, late, or due within so many days: in this order, then by date."""
    last = as_of + timedelta(days=days)
    found = [
        Due(
            dossier=each,
            action=action,
            due=action.due or as_of,
            is_late=action.due is not None and action.due < as_of,
            is_now=action.due is None,
        )
        for each in dossiers
        for action in each.status.actions
        if action.due is None or action.due <= last
    ]
    return tuple(
        sorted(found, key=lambda due: (not due.is_now, due.due, due.dossier.status.registration))
    )


def weeks(due: Sequence[Due], *, as_of: date) -> tuple[Week, ...]:
    """Return a bar for what is late and for each of the next thirteen weeks, also empty ones."""
    counts = Counter(-1 if each.is_late else (each.due - as_of).days // 7 for each in due)
    return tuple(
        Week(number=number, start=as_of + timedelta(weeks=number), count=counts[number])
        for number in range(-1, WEEKS)
    )
