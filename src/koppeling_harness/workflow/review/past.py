"""The past of registrations: what reports told, kept below the reviewers' folder."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from koppeling_harness.clock import Clock, today
from koppeling_harness.errors import ConfigurationError, Problem
from koppeling_harness.model.dossier import Dossier
from koppeling_harness.model.history import Told
from koppeling_harness.model.status import Basis, RegistrationStatus
from koppeling_harness.report.changes import Earlier, day_before_last
from koppeling_harness.rules.history import last_week
from koppeling_harness.store.history import keep, told_of, told_on
from koppeling_harness.value import dataclass
from koppeling_harness.workflow.review.status import Judged


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What is known of earlier days.

    Attributes:
        told: By registration, what its reports told before this day, oldest first.
        earlier: By the place of a dossier, what it is compared with.
        problems: Kept reports that cannot be read, and are left out.
    """

    told: Mapping[str, Sequence[Told]]
    earlier: Mapping[str, Earlier]
    problems: tuple[Problem, ...] = ()


def past_of(judged: Judged) -> Past:
    """Return what reports told before; where none is kept, an earlier day is judged again."""
    review = judged.judging.settings.review
    told: dict[str, Sequence[Told]] = {}
    earlier: dict[str, Earlier] = {}
    problems: list[Problem] = []
    for each in judged.dossiers:
        name = each.status.registration
        if review is not None and each.status.basis is Basis.RECORDED:
            kept, wrong = told_of(review, name)
            told[name] = [one for one in kept if one.date < judged.as_of]
            problems += wrong
        status = _told(review, told.get(name, ()), each, judged.as_of)
        if status is not None:
            earlier[each.place] = Earlier(status=status, was_told=True)
            continue
        again = _again(each, judged)
        if again is not None:
            earlier[each.place] = Earlier(status=again, was_told=False)
    return Past(told=told, earlier=earlier, problems=tuple(problems))


def keep_told(judged: Judged, *, clock: Clock) -> str:
    """Keep what a report tells today; return why that could not be done, or nothing.

    A report about another day than today tells nothing new of it, and is not kept.
    """
    review = judged.judging.settings.review
    if review is None or judged.as_of != today(clock):
        return ""
    statuses = [each.status for each in judged.dossiers if each.status.basis is Basis.RECORDED]
    try:
        keep(review, statuses)
    except ConfigurationError as error:
        return f"what is told today was not kept: {error}"
    return ""


def _told(
    review: Path | None, told: Sequence[Told], dossier: Dossier, as_of: date
) -> RegistrationStatus | None:
    day = last_week([each.date for each in told], as_of=as_of)
    if review is None or day is None:
        return None
    return told_on(review, dossier.status.registration, day)


def _again(dossier: Dossier, judged: Judged) -> RegistrationStatus | None:
    day = day_before_last(dossier.runs)
    if day is None or dossier.registration is None:
        return None
    path = Path(dossier.place)
    return judged.judging.status(dossier.registration, path, as_of=day, word=dossier.word)
