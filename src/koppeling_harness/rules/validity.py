"""Validity: the assessment that governs, how long it counts, and when there was none."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise

from koppeling_harness.model.policy import Policy, Programme
from koppeling_harness.model.registration import (
    Assessment,
    AssessmentKind,
    Colour,
    Decision,
    DecisionKind,
    Registration,
)
from koppeling_harness.model.status import Gap
from koppeling_harness.rules.assessors import is_recognised
from koppeling_harness.rules.months import add_months, day_after, day_before
from koppeling_harness.rules.policy import PROGRAMME, term
from koppeling_harness.value import dataclass

_BADNESS = {Colour.GREEN: 0, Colour.ORANGE: 1, Colour.RED: 2}
_EVIDENCE = (DecisionKind.ACCEPT_EVIDENCE, DecisionKind.REJECT_EVIDENCE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """An assessment that counts.

    Attributes:
        assessment: Its id.
        colour: The colour that counts: that of a recognised assessor, else the one that a decision
            gave it.
        report_date: The date on the report.
        valid_until: Last day on which it counts.
        follow_up_due: Last day on which the follow-up is in time.
        since: First day on which it counted: the report's, or that of the decision.
        by_decision: Whether a decision made it count (rule R12).
    """

    assessment: str
    colour: Colour
    report_date: date
    valid_until: date
    follow_up_due: date
    since: date
    by_decision: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Disputed:
    """An assessment that AFAS reads otherwise than its assessor; both stand on the page.

    Attributes:
        assessment: As the registration has it.
        decision: What AFAS decided about it.
        counts: Whether the assessor's colour counts all the same.
    """

    assessment: Assessment
    decision: Decision
    counts: bool


def accepted(
    registration: Registration,
    *,
    as_of: date,
    policy: Policy,
    programme: Programme = PROGRAMME,
) -> tuple[Accepted, ...]:
    """Return the assessments that count on a day, the one that governs last (rule R10).

    A report of a recognised assessor that a decision rejects still counts where it is worse than
    what would govern without it: a rejected red never brings an older green back.
    """
    found: list[Accepted] = []
    rejected: list[Accepted] = []
    for each in in_scope(registration):
        decision = _evidence_decision(registration, each, as_of=as_of)
        given = _given(each, programme)
        colour = _colour(each, decision, given)
        if each.report_date is None or each.report_date > as_of:
            continue
        if colour is not None:
            found.append(_worth(each, colour, decision, policy))
        elif decision is not None and given is not None:
            rejected.append(_worth(each, given, decision, policy))
    found.sort(key=_latest)
    for later in sorted(rejected, key=_latest):
        if found and _latest(later) > _latest(found[-1]) and _is_worse(later, found[-1], as_of):
            found.append(later)
    return tuple(found)


def disputed(
    registration: Registration, counted: Sequence[Accepted], *, as_of: date, programme: Programme
) -> Iterator[Disputed]:
    """Yield the assessments whose colour AFAS reads otherwise than the assessor gave it."""
    worth = {each.assessment: each for each in counted}
    for each in in_scope(registration):
        decision = _evidence_decision(registration, each, as_of=as_of)
        if decision is None or each.colour is None:
            continue
        rejects = decision.decision is DecisionKind.REJECT_EVIDENCE
        if rejects and not is_recognised(each.assessor, programme):
            continue
        if rejects or decision.colour is not each.colour:
            own = worth.get(each.id)
            counts = own is not None and own.colour is each.colour
            yield Disputed(assessment=each, decision=decision, counts=counts)


def pending(
    registration: Registration, *, as_of: date, programme: Programme = PROGRAMME
) -> tuple[Assessment, ...]:
    """Return the evidence about which nobody has decided yet, oldest first (rule R12)."""
    found = [
        each
        for each in in_scope(registration)
        if not counts_at_once(each, programme)
        and _evidence_decision(registration, each, as_of=as_of) is None
    ]
    return tuple(sorted(found, key=lambda each: (each.report_date or date.min, each.id)))


def counts_at_once(assessment: Assessment, programme: Programme) -> bool:
    """Return whether it needs no decision: a Quickscan of a recognised assessor."""
    is_quickscan = assessment.kind is AssessmentKind.QUICKSCAN
    return is_quickscan and is_recognised(assessment.assessor, programme)


def gaps(counted: Sequence[Accepted], *, as_of: date) -> tuple[Gap, ...]:
    """Return the days without a valid colour since the first report.

    A newer report takes over on its date, also when it is worth less than the one before it.

    Args:
        counted: As `accepted` gives them.
        as_of: The last day to look at; a gap that lasts has no end.
    """
    per_day = {each.report_date: each for each in counted}  # of one date the last, which governs
    reports = list(per_day.values())
    found = [
        Gap(from_=day_after(earlier.valid_until), to=day_before(later.report_date))
        for earlier, later in pairwise(reports)
        if later.report_date > day_after(earlier.valid_until)
    ]
    if reports and as_of > reports[-1].valid_until:
        found.append(Gap(from_=day_after(reports[-1].valid_until), to=None))
    return tuple(found)


def in_scope(registration: Registration) -> list[Assessment]:
    """Return the assessments that are about the registration's integration."""
    return [
        each
        for each in registration.assessments
        if not each.scope or registration.integration in each.scope
    ]


def _worth(
    assessment: Assessment, colour: Colour, decision: Decision | None, policy: Policy
) -> Accepted:
    months = term(policy, colour)
    report = assessment.report_date or date.min
    return Accepted(
        assessment=assessment.id,
        colour=colour,
        report_date=report,
        valid_until=add_months(report, months.valid_months),
        follow_up_due=add_months(report, months.follow_up_months),
        since=report if decision is None else max(report, decision.date),
        by_decision=decision is not None,
    )


def _latest(each: Accepted) -> tuple[date, int, str]:
    return each.report_date, _BADNESS[each.colour], each.assessment


def _is_worse(each: Accepted, other: Accepted, as_of: date) -> bool:
    def badness(one: Accepted) -> int:
        if as_of > one.valid_until:
            return 3
        return 2 if as_of > one.follow_up_due else _BADNESS[one.colour]

    return badness(each) > badness(other)


def _evidence_decision(
    registration: Registration, assessment: Assessment, *, as_of: date
) -> Decision | None:
    """Return the decision about an assessment that holds: the latest; of one day the strictest."""
    found = [
        each
        for each in registration.decisions
        if each.assessment == assessment.id and each.decision in _EVIDENCE and each.date <= as_of
    ]
    return max(found, key=_strictness, default=None)


def _strictness(decision: Decision) -> tuple[date, bool, int]:
    rejects = decision.decision is DecisionKind.REJECT_EVIDENCE
    return decision.date, rejects, _BADNESS[decision.colour] if decision.colour else 0


def _given(assessment: Assessment, programme: Programme) -> Colour | None:
    """Return the colour that a recognised assessor gave."""
    return assessment.colour if is_recognised(assessment.assessor, programme) else None


def _colour(
    assessment: Assessment, decision: Decision | None, given: Colour | None
) -> Colour | None:
    if decision is None:
        return given if assessment.kind is AssessmentKind.QUICKSCAN else None
    if decision.decision is DecisionKind.REJECT_EVIDENCE:
        return None
    return given or decision.colour
