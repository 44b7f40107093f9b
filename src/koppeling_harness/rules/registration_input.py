"""Contradictions in a registration, whatever its form; such a record changes nothing."""

from collections.abc import Iterator, Sequence
from datetime import date

from koppeling_harness.model.policy import Programme
from koppeling_harness.model.registration import (
    Assessment,
    Decision,
    DecisionKind,
    Registration,
    Waiver,
)
from koppeling_harness.model.shape import Text
from koppeling_harness.rules.contract import before_its_time, withdrawn_in_vain
from koppeling_harness.rules.months import add_months
from koppeling_harness.rules.names import did_you_mean
from koppeling_harness.rules.policy import PROGRAMME
from koppeling_harness.rules.validity import counts_at_once
from koppeling_harness.rules.words import said
from koppeling_harness.value import dataclass

_ABOUT_EVIDENCE = (DecisionKind.ACCEPT_EVIDENCE, DecisionKind.REJECT_EVIDENCE)
_MEMBERS_OF = {
    "assessment": _ABOUT_EVIDENCE,
    "colour": (DecisionKind.ACCEPT_EVIDENCE,),
    "ground": (DecisionKind.TERMINATE_IMMEDIATELY, DecisionKind.GIVE_NOTICE),
    "effective": (DecisionKind.TERMINATE_IMMEDIATELY, DecisionKind.END_BY_PARTNER),
}
"""Which decisions a member can belong to."""
NEVER_WAIVED = ("identity.", "privacy.", "authentication.")
"""Beginnings of scenarios that cannot be waived: who calls, whose data it is, who may read it."""
_AN_END = (DecisionKind.TERMINATE_IMMEDIATELY, DecisionKind.END_BY_PARTNER)

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InputProblem:
    """One record that cannot be true.

    Attributes:
        path: Keys and list positions down to it.
        text: What was found and what was expected.
    """

    path: Path
    text: Text


def input_problems(
    registration: Registration, *, programme: Programme = PROGRAMME
) -> Iterator[InputProblem]:
    """Yield what contradicts itself, on any day."""
    yield from _identity(registration)
    yield from _onboarding(registration)
    yield from _agreement(registration)
    yield from _doubles("assessments", [each.id for each in registration.assessments])
    yield from _doubles("waivers", [each.id for each in registration.waivers])
    for number, assessment in enumerate(registration.assessments):
        yield from _assessment(("assessments", number), assessment, programme)
    known = {each.id: each for each in registration.assessments}
    for number, decision in enumerate(registration.decisions):
        yield from _decision(("decisions", number), decision)
        if decision.decision in _ABOUT_EVIDENCE:
            yield from _about_evidence(("decisions", number), decision, known)
    yield from _withdrawals(registration)
    yield from _too_early(registration)
    for number, signal in enumerate(registration.signals):
        yield from _wordless(("signals", number, "text"), signal.text)
    for number, planned in enumerate(registration.planned_assessments):
        yield from _wordless(("planned_assessments", number, "assessor"), planned.assessor)
    yield from _wordless(("partner", "name"), registration.partner.name)
    for number, waiver in enumerate(registration.waivers):
        path: Path = ("waivers", number)
        for member in ("reason", "owner", "approved_by"):
            yield from _wordless((*path, member), getattr(waiver, member))


def standing_problems(
    registration: Registration, *, programme: Programme, today: date
) -> list[InputProblem]:
    """Return everything that cannot be true in a registration, as it is known today."""
    return [
        *input_problems(registration, programme=programme),
        *future_problems(registration, today=today),
        *waiver_problems(registration.waivers, programme=programme, today=today),
    ]


def future_problems(registration: Registration, *, today: date) -> Iterator[InputProblem]:
    """Yield the facts that are dated after today, so that nobody can know them.

    What may lie ahead (planned assessments, last days of waivers, an end that takes effect) is no
    fact of the future.
    """
    for path, day in _dated(registration):
        if day is not None and day > today:
            yield InputProblem(
                path=path,
                text=said(
                    "{what}: {found} ligt na vandaag, {today}.",
                    "{what}: {found} is after today, {today}.",
                    what=_shown(path),
                    found=day,
                    today=today,
                ),
            )


def waiver_problems(
    waivers: Sequence[Waiver], *, programme: Programme, today: date
) -> Iterator[InputProblem]:
    """Yield the waivers that may not be (R17)."""
    for number, each in enumerate(waivers):
        yield from _waiver(("waivers", number), each, programme, today)


def _dated(registration: Registration) -> Iterator[tuple[Path, date | None]]:
    onboarding, agreement = registration.onboarding, registration.agreement
    if onboarding is not None:
        yield ("onboarding", "started"), onboarding.started
        yield ("onboarding", "finished"), onboarding.finished
    if agreement is not None:
        yield ("agreement", "started"), agreement.started
        yield ("agreement", "annual_review"), agreement.annual_review
    for number, assessment in enumerate(registration.assessments):
        yield ("assessments", number, "report_date"), assessment.report_date
        yield ("assessments", number, "submitted"), assessment.submitted
    for number, signal in enumerate(registration.signals):
        yield ("signals", number, "date"), signal.date
    for number, waiver in enumerate(registration.waivers):
        yield ("waivers", number, "approved"), waiver.approved
    for number, decision in enumerate(registration.decisions):
        yield ("decisions", number, "date"), decision.date


def _shown(path: Path) -> str:
    return ".".join(str(each) for each in path)


def _identity(registration: Registration) -> Iterator[InputProblem]:
    subscription = registration.partner.subscription
    found = registration.integration_id
    if found is None:
        if registration.onboarding is None or registration.onboarding.finished is not None:
            yield InputProblem(
                path=(),
                text=said(
                    "integration_id ontbreekt; alleen een aanvrager heeft er nog geen.",
                    "integration_id is missing; only an applicant has none yet.",
                ),
            )
    elif found.split("_")[0] != subscription:
        yield InputProblem(
            path=("integration_id",),
            text=said(
                "IntegrationId {found} begint niet met het abonnement van de partner, {expected}.",
                "IntegrationId {found} does not begin with the partner's subscription, {expected}.",
                found=found,
                expected=subscription,
            ),
        )


def _onboarding(registration: Registration) -> Iterator[InputProblem]:
    onboarding = registration.onboarding
    for number, each in enumerate(registration.decisions):
        if each.decision is not DecisionKind.FINISH_ONBOARDING:
            continue
        if onboarding is None:
            yield InputProblem(
                path=("decisions", number),
                text=said(
                    "Besluit finish_onboarding rondt een aanvraag af, maar er is geen onboarding.",
                    "Decision finish_onboarding ends an application, but there is no onboarding.",
                ),
            )
    if onboarding is not None and onboarding.finished is not None:
        yield from _before(
            ("onboarding", "finished"),
            onboarding.finished,
            onboarding.started,
            "De eerste certificering eindigt op {found}, voor haar begin {first}.",
            "The first certification ends on {found}, before its start {first}.",
        )


def _agreement(registration: Registration) -> Iterator[InputProblem]:
    agreement = registration.agreement
    if agreement is None:
        return
    reviews: list[tuple[Path, date | None]] = [
        (("agreement", "annual_review"), agreement.annual_review)
    ]
    reviews += [
        (("decisions", number, "date"), each.date)
        for number, each in enumerate(registration.decisions)
        if each.decision is DecisionKind.ANNUAL_REVIEW
    ]
    for path, day in reviews:
        yield from _before(
            path,
            day,
            agreement.started,
            "Het jaargesprek van {found} is van voor het begin van de samenwerking, {first}.",
            "The yearly review of {found} is of before the agreement's start, {first}.",
        )


def _before(
    path: Path, day: date | None, first: date | None, nl: str, en: str, **values: object
) -> Iterator[InputProblem]:
    """Yield a problem when a day comes before the first one on which it could be."""
    if day is not None and first is not None and day < first:
        yield InputProblem(path=path, text=said(nl, en, found=day, first=first, **values))


def _wordless(path: Path, text: str) -> Iterator[InputProblem]:
    if not any(character.isalpha() for character in text):
        yield InputProblem(
            path=path,
            text=said(
                "{what}: er staat geen woord in {found}; verwacht een naam of een tekst.",
                "{what}: there is no word in {found}; expected a name or a text.",
                what=_shown(path),
                found=f'"{text}"',
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


def _assessment(path: Path, each: Assessment, programme: Programme) -> Iterator[InputProblem]:
    if each.report_date is None:
        yield InputProblem(
            path=path,
            text=said(
                "Beoordeling {id} heeft geen rapportdatum; elke termijn loopt daarvandaan.",
                "Assessment {id} has no report_date; every term runs from it.",
                id=each.id,
            ),
        )
    if each.colour is None and counts_at_once(each, programme):
        yield InputProblem(
            path=path,
            text=said(
                "Quickscan {id} heeft geen kleur; verwacht rood, oranje of groen.",
                "Quickscan {id} has no colour; expected rood, oranje or groen.",
                id=each.id,
            ),
        )
    yield from _wordless((*path, "assessor"), each.assessor)
    yield from _before(
        (*path, "submitted"),
        each.submitted,
        each.report_date,
        "Beoordeling {id} is ingediend op {found}, voor de rapportdatum {first}.",
        "Assessment {id} was submitted on {found}, before its report date {first}.",
        id=each.id,
    )


def _about_evidence(
    path: Path, each: Decision, known: dict[str, Assessment]
) -> Iterator[InputProblem]:
    if each.assessment not in known:
        yield InputProblem(
            path=(*path, "assessment"),
            text=said(
                "Besluit {kind} noemt beoordeling {found}; bekend zijn: {known}.{hint}",
                "Decision {kind} names assessment {found}; known are: {known}.{hint}",
                kind=each.decision,
                found=each.assessment or "-",
                known=", ".join(sorted(known)) or "-",
                hint=did_you_mean(each.assessment or "", known),
            ),
        )
        return
    about = known[each.assessment]
    yield from _before(
        (*path, "date"),
        each.date,
        about.report_date,
        "Het besluit over {id} is van {found}, voor de rapportdatum {first}.",
        "The decision about {id} is of {found}, before its report date {first}.",
        id=about.id,
    )
    yield from _before(
        (*path, "date"),
        each.date,
        about.submitted,
        "Het besluit over {id} is van {found}, voordat het op {first} werd ingediend.",
        "The decision about {id} is of {found}, before it was submitted on {first}.",
        id=about.id,
    )


def _decision(path: Path, each: Decision) -> Iterator[InputProblem]:
    yield from _wordless((*path, "by"), each.by)
    yield from _wordless((*path, "reason"), each.reason)
    for member, kinds in _MEMBERS_OF.items():
        if getattr(each, member) is not None and each.decision not in kinds:
            yield InputProblem(
                path=(*path, member),
                text=said(
                    "Besluit {kind} heeft een lid {member}; dat hoort alleen bij {kinds}.",
                    "Decision {kind} has a member {member}; that belongs to {kinds} only.",
                    kind=each.decision,
                    member=member,
                    kinds=", ".join(kinds),
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
    if each.decision in _AN_END:
        yield from _before(
            (*path, "effective"),
            each.effective,
            each.date,
            "Besluit {kind} van {first} gaat in op {found}, voor de dag van het besluit.",
            "Decision {kind} of {first} takes effect on {found}, before the day it was taken.",
            kind=each.decision,
        )


def _withdrawals(registration: Registration) -> Iterator[InputProblem]:
    for number in withdrawn_in_vain(registration):
        day = registration.decisions[number].date
        yield InputProblem(
            path=("decisions", number),
            text=said(
                "Besluit withdraw_notice van {day}: op die dag liep er geen opzegging.",
                "Decision withdraw_notice of {day}: no notice was running on that day.",
                day=day,
            ),
        )


def _too_early(registration: Registration) -> Iterator[InputProblem]:
    for number in before_its_time(registration):
        each = registration.decisions[number]
        yield InputProblem(
            path=("decisions", number, "date"),
            text=said(
                "Besluit {kind} van {day} is van voor het begin van waar het over gaat.",
                "Decision {kind} of {day} is of before the start of what it is about.",
                kind=each.decision,
                day=each.date,
            ),
        )


def _waiver(path: Path, each: Waiver, programme: Programme, today: date) -> Iterator[InputProblem]:
    if each.scenario.startswith(NEVER_WAIVED):
        yield InputProblem(
            path=(*path, "scenario"),
            text=said(
                "Ontheffing {id}: {scenario} kan niet worden ontheven (nooit {never}).",
                "Waiver {id}: {scenario} cannot be waived (never {never}).",
                id=each.id,
                scenario=each.scenario,
                never=", ".join(f"{name}*" for name in NEVER_WAIVED),
            ),
        )
    yield from _before(
        (*path, "until"),
        each.until,
        each.approved,
        "Ontheffing {id} eindigt op {found}, voordat zij op {first} werd verleend.",
        "Waiver {id} ends on {found}, before it was granted on {first}.",
        id=each.id,
    )
    last = add_months(min(each.approved or today, today), programme.waiver_months)
    if each.until > last:
        yield InputProblem(
            path=(*path, "until"),
            text=said(
                "Ontheffing {id} loopt t/m {found}; ten hoogste {months} maanden, t/m {last}.",
                "Waiver {id} holds until {found}; expected at most {months} months, until {last}.",
                id=each.id,
                found=each.until,
                months=programme.waiver_months,
                last=last,
            ),
        )
