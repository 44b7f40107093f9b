"""Assessments that are planned (R11): shown, and of no effect before there is a colour."""

from collections.abc import Iterator

from koppeling_harness.model.registration import PlannedAssessment, Registration
from koppeling_harness.model.status import Status, Who
from koppeling_harness.rules.fact import Fact, action
from koppeling_harness.rules.security import Validity, report_in_words
from koppeling_harness.rules.words import said


def planned_facts(registration: Registration, validity: Validity) -> Iterator[Fact]:
    """Yield the assessments that are planned (R11); shown, without effect."""
    last = validity.governing
    for each in sorted(registration.planned_assessments, key=lambda p: (p.date, p.assessor)):
        if last is not None and each.date <= last.report_date:
            continue
        yield _planned(each) if each.date >= validity.as_of else _planned_passed(each)
    yield from _planned_too_late(registration, validity)


def _planned_too_late(registration: Registration, validity: Validity) -> Iterator[Fact]:
    """Yield that the next scan comes after the last valid day, while that can still be mended."""
    last = validity.governing
    ahead = [each for each in registration.planned_assessments if each.date >= validity.as_of]
    first = min(ahead, key=lambda each: each.date, default=None)
    if last is None or first is None or not validity.is_valid or first.date <= last.valid_until:
        return
    yield Fact(
        rule="R11",
        text=said(
            "De geplande scan van {day} komt na de laatste geldige dag, {until}.",
            "The planned scan of {day} comes after the last valid day, {until}.",
            day=first.date,
            until=last.valid_until,
        ),
        demands=Status.ATTENTION,
        flag="PLANNED-TOO-LATE",
        actions=(
            action(
                Who.PARTNER,
                said(
                    "Vervroeg de scan van {day} naar uiterlijk {until}.",
                    "Move the scan of {day} to {until} at the latest.",
                    day=first.date,
                    until=last.valid_until,
                ),
                rule="R11",
                key="earlier-scan",
                due=last.valid_until,
                rests_on=report_in_words(last),
            ),
        ),
    )


def _planned(planned: PlannedAssessment) -> Fact:
    return Fact(
        rule="R11",
        text=said(
            "Gepland: {assessor} op {day}.",
            "Planned: {assessor} on {day}.",
            assessor=planned.assessor,
            day=planned.date,
        ),
        actions=(
            action(
                Who.ASSESSOR,
                said("Voer de geplande scan uit.", "Carry out the planned scan."),
                rule="R11",
                key=f"planned:{planned.date}:{planned.assessor}",
                due=planned.date,
            ),
        ),
    )


def _planned_passed(planned: PlannedAssessment) -> Fact:
    return Fact(
        rule="R11",
        text=said(
            "De scan van {assessor} was gepland op {day}; er is geen uitkomst van later.",
            "The scan of {assessor} was planned for {day}; there is no later outcome.",
            assessor=planned.assessor,
            day=planned.date,
        ),
        flag="PLANNED-PASSED",
    )
