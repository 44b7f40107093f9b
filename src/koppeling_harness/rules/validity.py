"""Which assessment governs, how long it counts, and when there was none."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from koppeling_harness.model.policy import Policy
from koppeling_harness.model.registration import (
    Assessment,
    AssessmentKind,
    Colour,
    Decision,
    DecisionKind,
    Registration,
)
from koppeling_harness.model.status import Gap
from koppeling_harness.rules.months import add_months, day_after, day_before
from koppeling_harness.rules.policy import term
from koppeling_harness.value import dataclass

_BADNESS = {Colour.GREEN: 0, Colour.ORANGE: 1, Colour.RED: 2}
_EVIDENCE = (DecisionKind.ACCEPT_EVIDENCE, DecisionKind.REJECT_EVIDENCE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """An assessment that counts.

    Attributes:
        assessment: Its id.
        colour: The colour that counts: its own, or the one that a decision gave it.
        report_date: The date on the report.
        valid_until: Last day on which it counts.
        follow_up_due: Last day on which the follow-up is in time.
        by_decision: Whether a decision made it count (rule R12).
    """

    assessment: str
    colour: Colour
    report_date: date
    valid_until: date
    follow_up_due: date
    by_decision: bool = False


def accepted(registration: Registration, *, as_of: date, policy: Policy) -> tuple[Accepted, ...]:
    """Return the assessments that count on a day, the one that governs last (rule R10)."""
    found: list[Accepted] = []
    for each in _in_scope(registration):
        decision = _evidence_decision(registration, each, as_of=as_of)
        colour = _colour(each, decision)
        if colour is None or each.report_date is None or each.report_date > as_of:
            continue
        months = term(policy, colour)
        found.append(
            Accepted(
                assessment=each.id,
                colour=colour,
                report_date=each.report_date,
                valid_until=add_months(each.report_date, months.valid_months),
                follow_up_due=add_months(each.report_date, months.follow_up_months),
                by_decision=decision is not None,
            )
        )
    return tuple(sorted(found, key=lambda a: (a.report_date, _BADNESS[a.colour], a.assessment)))


def pending(registration: Registration, *, as_of: date) -> tuple[Assessment, ...]:
    """Return the evidence about which nobody has decided yet, oldest first (rule R12)."""
    found = [
        each
        for each in _in_scope(registration)
        if each.kind is not AssessmentKind.QUICKSCAN
        and _evidence_decision(registration, each, as_of=as_of) is None
    ]
    return tuple(sorted(found, key=lambda each: (each.report_date or date.min, each.id)))


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


def _in_scope(registration: Registration) -> list[Assessment]:
    return [
        each
        for each in registration.assessments
        if not each.scope or registration.integration in each.scope
    ]


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


def _colour(assessment: Assessment, decision: Decision | None) -> Colour | None:
    if decision is None:
        return assessment.colour if assessment.kind is AssessmentKind.QUICKSCAN else None
    return decision.colour if decision.decision is DecisionKind.ACCEPT_EVIDENCE else None
