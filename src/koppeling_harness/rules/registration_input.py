"""What cannot be true in a registration, whatever its form; such a record changes nothing."""

from collections.abc import Iterator, Sequence
from datetime import date

from koppeling_harness.model.registration import (
    Assessment,
    AssessmentKind,
    Decision,
    DecisionKind,
    Registration,
)
from koppeling_harness.model.shape import Text
from koppeling_harness.rules.words import said
from koppeling_harness.value import dataclass

_ABOUT_EVIDENCE = (DecisionKind.ACCEPT_EVIDENCE, DecisionKind.REJECT_EVIDENCE)


@dataclass(frozen=True, slots=True, kw_only=True)
class InputProblem:
    """One record that cannot be true.

    Attributes:
        path: Keys and list positions down to it.
        text: What was found and what was expected.
    """

    path: tuple[str | int, ...]
    text: Text


def input_problems(registration: Registration) -> Iterator[InputProblem]:
    """Yield what contradicts itself, on any day."""
    yield from _identity(registration)
    yield from _doubles("assessments", [each.id for each in registration.assessments])
    yield from _doubles("waivers", [each.id for each in registration.waivers])
    for number, assessment in enumerate(registration.assessments):
        yield from _assessment(("assessments", number), assessment)
    known = {each.id for each in registration.assessments}
    for number, decision in enumerate(registration.decisions):
        yield from _decision(("decisions", number), decision, known)


def future_problems(registration: Registration, *, as_of: date) -> Iterator[InputProblem]:
    """Yield the reports that are dated after a day, so that nobody can have read them on it."""
    for number, each in enumerate(registration.assessments):
        if each.report_date is not None and each.report_date > as_of:
            yield InputProblem(
                path=("assessments", number, "report_date"),
                text=said(
                    "Rapport {id} is van {report}, na de peildatum {as_of}.",
                    "Report {id} is dated {report}, after the as-of date {as_of}.",
                    id=each.id,
                    report=each.report_date,
                    as_of=as_of,
                ),
            )


def _identity(registration: Registration) -> Iterator[InputProblem]:
    subscription = registration.partner.subscription
    if registration.integration_id.split("_")[0] != subscription:
        yield InputProblem(
            path=("integration_id",),
            text=said(
                "IntegrationId {found} begint niet met het abonnement van de partner, {expected}.",
                "IntegrationId {found} does not begin with the partner's subscription, {expected}.",
                found=registration.integration_id,
                expected=subscription,
            ),
        )
    onboarding = registration.onboarding
    if onboarding is None or onboarding.finished is None:
        return
    if onboarding.finished < onboarding.started:
        yield InputProblem(
            path=("onboarding", "finished"),
            text=said(
                "De eerste certificering eindigt op {finished}, voor haar begin {started}.",
                "The first certification ends on {finished}, before its start {started}.",
                finished=onboarding.finished,
                started=onboarding.started,
            ),
        )


def _doubles(key: str, names: Sequence[str]) -> Iterator[InputProblem]:
    for number, name in enumerate(names):
        if name in names[:number]:
            yield InputProblem(
                path=(key, number, "id"),
                text=said(
                    "{name} staat twee keer in {key}.",
                    "{name} stands twice in {key}.",
                    name=name,
                    key=key,
                ),
            )


def _assessment(path: tuple[str | int, ...], each: Assessment) -> Iterator[InputProblem]:
    if each.report_date is None:
        yield InputProblem(
            path=path,
            text=said(
                "Beoordeling {id} heeft geen rapportdatum; elke termijn loopt daarvandaan.",
                "Assessment {id} has no report_date; every term runs from it.",
                id=each.id,
            ),
        )
    if each.colour is None and each.kind is AssessmentKind.QUICKSCAN:
        yield InputProblem(
            path=path,
            text=said(
                "Quickscan {id} heeft geen kleur; verwacht rood, oranje of groen.",
                "Quickscan {id} has no colour; expected rood, oranje or groen.",
                id=each.id,
            ),
        )


def _decision(
    path: tuple[str | int, ...], each: Decision, known: set[str]
) -> Iterator[InputProblem]:
    if each.decision in _ABOUT_EVIDENCE and each.assessment not in known:
        yield InputProblem(
            path=(*path, "assessment"),
            text=said(
                "Besluit {kind} noemt beoordeling {found}; bekend zijn: {known}.",
                "Decision {kind} names assessment {found}; known are: {known}.",
                kind=each.decision,
                found=each.assessment or "-",
                known=", ".join(sorted(known)) or "-",
            ),
        )
    if each.decision is DecisionKind.ACCEPT_EVIDENCE and each.colour is None:
        yield InputProblem(
            path=path,
            text=said(
                "Besluit accept_evidence geeft geen kleur; verwacht rood, oranje of groen.",
                "Decision accept_evidence gives no colour; expected rood, oranje or groen.",
            ),
        )
    if each.decision is DecisionKind.END_BY_PARTNER and each.effective is None:
        yield InputProblem(
            path=path,
            text=said(
                "Besluit end_by_partner noemt in effective niet de laatste dag.",
                "Decision end_by_partner does not name the last day in effective.",
            ),
        )
