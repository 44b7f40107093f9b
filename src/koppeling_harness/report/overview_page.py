"""The overview: every registration on one page, what is due, and how each release fares."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TypeVar

from koppeling_harness.model.dossier import Dossier
from koppeling_harness.model.policy import Policy, ReleaseRoles
from koppeling_harness.model.registration import Colour
from koppeling_harness.model.shape import Text
from koppeling_harness.model.status import Role, Status
from koppeling_harness.model.verdict import Outcome
from koppeling_harness.report.due import due_within, weeks
from koppeling_harness.report.pages import render_page
from koppeling_harness.report.texts import Language
from koppeling_harness.rules.policy import WARNING_DAYS
from koppeling_harness.rules.words import is_overdue
from koppeling_harness.value import dataclass

T = TypeVar("T")

URGENCY = (
    Status.INPUT_ERROR,
    Status.NOT_CERTIFIED,
    Status.ACTION_REQUIRED,
    Status.REVIEW_NEEDED,
    Status.NOTICE_RUNNING,
    Status.APPLYING,
    Status.ATTENTION,
    Status.IN_ORDER,
    Status.TERMINATED,
)
"""In which order a reviewer wants to see them: what asks for a hand first, what is over last.

Not the order of the rules, in which an end outweighs everything.
"""

_TITLE = Text(nl="Geregistreerde koppelingen", en="Registered integrations")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseCount:
    """How all registrations fare on one release.

    Attributes:
        label: The release.
        role: Why it counts.
        outcomes: How many registrations reached each outcome.
    """

    label: str
    role: Role
    outcomes: Mapping[Outcome, int]


def render_overview(
    dossiers: Sequence[Dossier],
    *,
    as_of: date,
    policy: Policy,
    releases: ReleaseRoles,
    links: Mapping[str, str],
    language: Language = Language.NL,
) -> str:
    """Return the overview of all registrations as one self-contained HTML page.

    Args:
        dossiers: Every registration with its status.
        as_of: The day.
        policy: What each colour is worth.
        releases: Which releases count.
        links: A registration's file and the address of its dossier, relative to this page.
        language: The one in which the page opens.
    """
    ranked = sorted(dossiers, key=_urgent_first)
    due = due_within(dossiers, as_of=as_of, days=WARNING_DAYS)
    return render_page(
        "overview",
        title=_TITLE,
        language=language,
        dossiers=ranked,
        rank={status: position for position, status in enumerate(URGENCY)},
        as_of=as_of,
        policy=policy,
        links=links,
        statuses=_counts(
            [each.status.status for each in dossiers if not is_overdue(each.status)], URGENCY
        ),
        overdue=[each.status for each in dossiers if is_overdue(each.status)],
        colours=_counts([each.status.security.colour for each in dossiers], [*Colour, None]),
        due=due,
        days=WARNING_DAYS,
        weeks=weeks(due, as_of=as_of),
        highest=max((week.count for week in weeks(due, as_of=as_of)), default=0),
        releases=_release_counts(dossiers, releases),
    )


def _urgent_first(dossier: Dossier) -> tuple[int, date, str]:
    actions = dossier.status.actions
    first = (actions[0].due or date.min) if actions else date.max
    status = dossier.status
    shown = Status.ACTION_REQUIRED if is_overdue(status) else status.status
    return URGENCY.index(shown), first, status.registration


def _counts(values: Sequence[T], order: Iterable[T]) -> list[tuple[T, int]]:
    counts = Counter(values)
    return [(value, counts[value]) for value in order if counts[value]]


def _release_counts(dossiers: Sequence[Dossier], releases: ReleaseRoles) -> list[ReleaseCount]:
    found = []
    for role in Role:
        label = {
            Role.PREVIOUS: releases.previous,
            Role.CURRENT: releases.current,
            Role.ACCEPT: releases.accept,
        }[role]
        if label is not None:
            outcomes = Counter(
                each.outcome
                for dossier in dossiers
                for each in dossier.status.functional
                if each.role is role
            )
            found.append(ReleaseCount(label=label, role=role, outcomes=outcomes))
    return found
