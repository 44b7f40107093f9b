"""The overview: every registration on one page, what is due, and how each release fares."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import TypeVar

from koppeling_harness.model.dossier import Dossier
from koppeling_harness.model.history import Quarter
from koppeling_harness.model.policy import Policy, ReleaseRoles
from koppeling_harness.model.registration import Colour
from koppeling_harness.model.shape import Text
from koppeling_harness.model.status import Action, RegistrationStatus, Role, Status, Who
from koppeling_harness.model.verdict import Outcome
from koppeling_harness.report.changes import Earlier
from koppeling_harness.report.due import Due, all_due, weeks
from koppeling_harness.report.pages import render_page
from koppeling_harness.report.texts import Language
from koppeling_harness.rules.urgency import URGENCY, Topic, due_day, end_of_week, rank
from koppeling_harness.rules.words import is_overdue
from koppeling_harness.value import dataclass

T = TypeVar("T")

SHOWN_AT_ONCE = 25
"""Duties of this week that are shown; the others are folded below them."""
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
    earlier: Mapping[str, Earlier] = MappingProxyType({}),
    quarters: Sequence[Quarter] = (),
    partners: Mapping[str, str] = MappingProxyType({}),
    language: Language = Language.NL,
) -> str:
    """Return the overview of all registrations as one self-contained HTML page.

    Args:
        dossiers: Every registration with its status.
        as_of: The day.
        policy: What each colour is worth.
        releases: Which releases count.
        earlier: By its file, what each registration is compared with.
        quarters: The trend, oldest first.
        links: A registration's file and the address of its dossier, relative to this page.
        partners: A partner's subscription and the address of its page.
        language: The one in which the page opens.
    """
    ranked = sorted(dossiers, key=_urgent_first)
    due = all_due(dossiers, as_of=as_of)
    bars = weeks(due, as_of=as_of)
    return render_page(
        "overview",
        title=_TITLE,
        language=language,
        dossiers=ranked,
        rank={status: position for position, status in enumerate(URGENCY)},
        as_of=as_of,
        policy=policy,
        links=links,
        partners=partners,
        statuses=_counts(
            [each.status.status for each in dossiers if not is_overdue(each.status)], URGENCY
        ),
        overdue=[each.status for each in dossiers if is_overdue(each.status)],
        colours=_counts([each.status.security.colour for each in dossiers], [*Colour, None]),
        whos=_counts([each.action.who for each in due], Who),
        topics=_counts([each.topic for each in due], Topic),
        this_week=[each for each in due if each.is_this_week],
        at_once=SHOWN_AT_ONCE,
        later=[each for each in due if not each.is_this_week],
        until=end_of_week(as_of),
        filters=_filters(due, dossiers),
        weeks=bars,
        moved=_moved(ranked, earlier),
        quarters=quarters,
        quarter_statuses=[s for s in URGENCY if any(q.statuses.get(s) for q in quarters)],
        highest=max((week.count for week in bars), default=0),
        releases=_release_counts(dossiers, releases),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """What a registration is found by: the words of its duties, with `|` between them."""

    who: str = ""
    topic: str = ""
    release: str = ""
    week: str = ""


def _filters(due: Sequence[Due], dossiers: Sequence[Dossier]) -> dict[str, Tokens]:
    found: dict[str, list[Due]] = {each.place: [] for each in dossiers}
    for each in due:
        found[each.dossier.place].append(each)
    return {
        place: Tokens(
            who=_tokens(each.action.who for each in many),
            topic=_tokens(each.topic for each in many),
            release=_tokens(each.release for each in many),
            week="this" if any(each.is_this_week for each in many) else "",
        )
        for place, many in found.items()
    }


def _tokens(words: Iterable[str]) -> str:
    return "|".join(dict.fromkeys(filter(None, words)))


def _urgent_first(dossier: Dossier) -> tuple[int, date, str]:
    status = dossier.status
    first = next(iter(status.actions), None)
    due = due_day(first, as_of=status.as_of) if first else date.max
    shown = Status.ACTION_REQUIRED if is_overdue(status) else status.status
    return rank(shown), due, status.registration


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What is different about one registration since an earlier report.

    Attributes:
        dossier: As it is now.
        since: The day of that report.
        old: Its status then.
        new_duties: What has to be done now and had not then.
        done: How many duties of then are done.
    """

    dossier: Dossier
    since: date
    old: RegistrationStatus
    new_duties: tuple[Action, ...]
    done: int


def _moved(dossiers: Sequence[Dossier], earlier: Mapping[str, Earlier]) -> list[Moved]:
    """Return which registrations changed since what reports told, the most urgent first."""
    found = []
    for each in dossiers:
        before = earlier.get(each.place)
        if before is None or not before.was_told:
            continue
        old, now = ({a.key for a in s.actions} for s in (before.status, each.status))
        if before.status.status is each.status.status and old == now:
            continue
        found.append(
            Moved(
                dossier=each,
                since=before.status.as_of,
                old=before.status,
                new_duties=tuple(a for a in each.status.actions if a.key not in old),
                done=len(old - now),
            )
        )
    return found


def _counts(values: Sequence[T], order: Iterable[T]) -> list[tuple[T, int]]:
    counts = Counter(values)
    return [(value, counts[value]) for value in order if counts[value]]


def release_labels(releases: ReleaseRoles) -> tuple[tuple[str, Role], ...]:
    """Return the releases that count, with why, the previous one first."""
    named = {
        Role.PREVIOUS: releases.previous,
        Role.CURRENT: releases.current,
        Role.ACCEPT: releases.accept,
    }
    return tuple((label, role) for role in Role if (label := named[role]) is not None)


def _release_counts(dossiers: Sequence[Dossier], releases: ReleaseRoles) -> list[ReleaseCount]:
    found = []
    for label, role in release_labels(releases):
        outcomes = Counter(
            each.outcome
            for dossier in dossiers
            for each in dossier.status.functional
            if each.role is role
        )
        found.append(ReleaseCount(label=label, role=role, outcomes=outcomes))
    return found
