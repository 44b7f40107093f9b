"""Work to be done, over all registrations: a list, and bars per week."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

from koppeling_harness.model.dossier import Choice, Dossier
from koppeling_harness.model.status import Action
from koppeling_harness.rules.partnership import PARTNER_KEYS
from koppeling_harness.rules.urgency import (
    Topic,
    due_day,
    is_late,
    is_this_week,
    topic_of,
    urgency,
)
from koppeling_harness.rules.words import is_overdue
from koppeling_harness.value import dataclass

WEEKS = 13
"""Thirteen weeks: the next 90 days, and the day itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One duty of one registration.

    Attributes:
        dossier: Whose it is.
        action: What has to be done.
        due: Its last day; the as-of date for a duty without one, which is due now.
        is_late: Whether that day has passed.
        is_now: Whether it has no date of its own.
        is_this_week: Whether it is due now, late, or within the seven days from the as-of date.
    """

    dossier: Dossier
    action: Action
    due: date
    is_late: bool
    is_now: bool = False
    is_this_week: bool = False

    @property
    def as_of(self) -> date:
        """The day on which it is looked at."""
        return self.dossier.status.as_of

    @property
    def since(self) -> date | None:
        """From when it is there to be done; None when that is ahead, or nothing tells it."""
        return self.action.since

    @property
    def topic(self) -> Topic:
        """What it is about."""
        return topic_of(self.action)

    @property
    def release(self) -> str:
        """The release that it is about; empty when it is about none."""
        kind, _, label = self.action.key.partition(":")
        return label if kind == "run" else ""

    @property
    def choices(self) -> tuple[Choice, ...]:
        """How it can be answered."""
        return self.dossier.choices.get(self.action.key, ())

    @property
    def shown_status(self) -> str:
        """The status of whose it is, as a reviewer looks for it."""
        status = self.dossier.status
        return "overdue" if is_overdue(status) else status.status


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


def all_due(dossiers: Sequence[Dossier], *, as_of: date) -> tuple[Due, ...]:
    """Return every duty of every registration, the most urgent first.

    What a partner has to do, whatever the integration, stands with the first of its integrations.
    """
    seen: set[tuple[str, str]] = set()

    def is_first(dossier: Dossier, action: Action) -> bool:
        if dossier.partner is None or action.key.partition(":")[0] not in PARTNER_KEYS:
            return True
        name = dossier.partner.subscription, action.key
        is_new = name not in seen
        seen.add(name)
        return is_new

    found = [
        Due(
            dossier=each,
            action=action,
            due=due_day(action, as_of=as_of),
            is_late=is_late(action, as_of=as_of),
            is_now=action.due is None,
            is_this_week=is_this_week(action, as_of=as_of),
        )
        for each in dossiers
        for action in each.status.actions
        if is_first(each, action)
    ]
    return tuple(
        sorted(
            found,
            key=lambda due: (
                *urgency(due.action, as_of=as_of)[:4],
                due.dossier.status.registration,
                urgency(due.action, as_of=as_of),
            ),
        )
    )


def of_one(dossier: Dossier) -> tuple[Due, ...]:
    """Return every duty of one registration, the most urgent first."""
    return all_due([dossier], as_of=dossier.status.as_of)


def weeks(due: Sequence[Due], *, as_of: date) -> tuple[Week, ...]:
    """Return a bar for what is late and for each of the next thirteen weeks, also empty ones."""
    counts = Counter(-1 if each.is_late else max((each.due - as_of).days, 0) // 7 for each in due)
    return tuple(
        Week(number=number, start=as_of + timedelta(weeks=number), count=counts[number])
        for number in range(-1, WEEKS)
    )
