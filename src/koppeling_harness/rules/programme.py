"""Onboarding, criteria and agreement in the status (R13, R14, C4-C8, A1)."""

from collections.abc import Iterator, Sequence
from datetime import date

from koppeling_harness.model.registration import Colour, DecisionKind, Onboarding, Registration
from koppeling_harness.model.shape import Text
from koppeling_harness.model.status import ReleaseStatus, Role, Status, Who
from koppeling_harness.model.verdict import Outcome
from koppeling_harness.rules.fact import Fact, action
from koppeling_harness.rules.months import (
    ONBOARDING_MONTHS,
    REVIEW_MONTHS,
    add_months,
    day_after,
)
from koppeling_harness.rules.security import Validity, report_in_words
from koppeling_harness.rules.words import said

MINIMUM_CUSTOMERS = 5
"""Source: AFAS, docs.afas.help/profit/nl/app-connector-auditor-partner (2026-02-24)."""
MINIMUM_CONTACTS = 2
"""Source: AFAS, docs.afas.help/profit/nl/app-connector-auditor-partner (2026-02-24)."""


def is_applying(registration: Registration, *, as_of: date) -> bool:
    """Return whether the first certification is still under way."""
    onboarding = registration.onboarding
    if onboarding is None:
        return False
    finished = [onboarding.finished] if onboarding.finished is not None else []
    finished += [
        each.date
        for each in registration.decisions
        if each.decision is DecisionKind.FINISH_ONBOARDING and each.date >= onboarding.started
    ]
    return all(day > as_of for day in finished)


def onboarding_facts(
    registration: Registration, validity: Validity, functional: Sequence[ReleaseStatus]
) -> Iterator[Fact]:
    """Yield what holds for an applicant (R13, R14, and R11: a planned scan is enough to begin)."""
    onboarding = registration.onboarding
    if onboarding is None or not is_applying(registration, as_of=validity.as_of):
        return
    deadline = add_months(onboarding.started, ONBOARDING_MONTHS)
    yield Fact(
        rule="R14",
        text=said(
            "In aanvraag sinds {started}; nog niet vermeld.",
            "Applying since {started}; not listed yet.",
            started=onboarding.started,
        ),
        demands=Status.APPLYING,
        flag="APPLYING",
    )
    yield (
        _within(onboarding, deadline)
        if validity.as_of <= deadline
        else _overdue(onboarding, deadline)
    )
    if onboarding.open_tasks == 0 and _is_proven(validity, functional):
        yield _ready(validity)
    yield from _applicant_scan(registration, validity)


def _within(onboarding: Onboarding, deadline: date) -> Fact:
    return Fact(
        rule="R13",
        text=said(
            "De eerste certificering moet uiterlijk {deadline} klaar zijn; open taken: {tasks}.",
            "The first certification is due by {deadline}; open tasks: {tasks}.",
            deadline=deadline,
            tasks=onboarding.open_tasks,
        ),
        demands=Status.APPLYING,
        actions=(
            action(
                Who.PARTNER,
                said("Rond de eerste certificering af.", "Finish the first certification."),
                rule="R13",
                key="onboarding",
                due=deadline,
                since=onboarding.started,
            ),
        ),
    )


def _is_proven(validity: Validity, functional: Sequence[ReleaseStatus]) -> bool:
    """Return whether the scan is green and the runs that are required passed."""
    last = validity.governing
    required = [each for each in functional if each.role is not Role.ACCEPT]
    return (
        last is not None
        and validity.is_valid
        and last.colour is Colour.GREEN
        and bool(required)
        and all(each.outcome is Outcome.PASSED for each in required)
    )


def _ready(validity: Validity) -> Fact:
    last = validity.governing
    return Fact(
        rule="R14",
        text=said(
            "De scan is groen, de testruns zijn geslaagd, geen taak staat open: AFAS besluit.",
            "The scan is green, the runs passed and no task is open: AFAS decides.",
        ),
        demands=Status.APPLYING,
        flag="READY-TO-FINISH",
        actions=(
            action(
                Who.AFAS,
                said(
                    "Besluit of de eerste certificering is afgerond.",
                    "Decide whether the first certification is finished.",
                ),
                rule="R14",
                key="finish-onboarding",
                weight=Status.REVIEW_NEEDED,
                since=last.since if last is not None else None,
                rests_on=report_in_words(last) if last is not None else None,
            ),
        ),
    )


def _overdue(onboarding: Onboarding, deadline: date) -> Fact:
    return Fact(
        rule="R13",
        text=said(
            "De eerste certificering had uiterlijk {deadline} klaar moeten zijn; open taken: "
            "{tasks}.",
            "The first certification was due by {deadline}; open tasks: {tasks}.",
            deadline=deadline,
            tasks=onboarding.open_tasks,
        ),
        demands=Status.APPLYING,
        flag="ONBOARDING-OVERDUE",
        actions=(
            action(
                Who.AFAS,
                said(
                    "Voer het laatste gesprek; blijven taken open, dan eindigt het contract.",
                    "Hold the last conversation; if tasks stay open, the contract ends.",
                ),
                rule="R13",
                key="last-conversation",
                due=deadline,
                weight=Status.ACTION_REQUIRED,
                since=day_after(deadline),
            ),
        ),
    )


def _applicant_scan(registration: Registration, validity: Validity) -> Iterator[Fact]:
    last = validity.governing
    planned = any(each.date >= validity.as_of for each in registration.planned_assessments)
    if last is None and not planned and not validity.awaiting:
        yield Fact(
            rule="R11",
            text=said(
                "Er is geen scan gepland en geen beoordeling aanvaard.",
                "No scan is planned and no assessment was accepted.",
            ),
            flag="NO-SCAN-PLANNED",
            actions=(
                action(
                    Who.PARTNER,
                    said("Plan een scan.", "Plan a scan."),
                    rule="R11",
                    key="plan-scan",
                    weight=Status.APPLYING,
                    since=registration.onboarding.started if registration.onboarding else None,
                ),
            ),
        )
    if last is not None and (last.colour is Colour.RED or not validity.is_valid):
        yield Fact(
            rule="R1" if last.colour is Colour.RED else "R5",
            text=said(
                "De scan van de aanvrager is rood of verlopen; AFAS besluit.",
                "The applicant's scan is red or has lapsed; AFAS decides.",
            ),
            flag="APPLICANT-ASSESSMENT",
            actions=(
                action(
                    Who.AFAS,
                    said(
                        "Besluit of de aanvraag verder kan.",
                        "Decide whether the application can go on.",
                    ),
                    rule="R1" if last.colour is Colour.RED else "R5",
                    key="applicant-assessment",
                    weight=Status.REVIEW_NEEDED,
                    since=last.since if validity.is_valid else day_after(last.valid_until),
                    rests_on=report_in_words(last),
                ),
            ),
        )


def criteria_facts(registration: Registration) -> Iterator[Fact]:
    """Yield which of AFAS's criteria an existing registration is known not to meet."""
    onboarding = registration.onboarding
    open_tasks = onboarding.open_tasks if onboarding is not None else 0
    if open_tasks:
        yield _criterion(
            "C4",
            "OPEN-TASKS",
            said("Open projecttaken: {found}.", "Open project tasks: {found}.", found=open_tasks),
            said(
                "Rond de open projecttaken af (nu {found}).",
                "Finish the open project tasks (now {found}).",
                found=open_tasks,
            ),
        )
    customers, contacts = registration.active_customers, registration.contacts
    if customers is not None and customers < MINIMUM_CUSTOMERS:
        yield _criterion(
            "C7",
            "FEW-CUSTOMERS",
            said(
                "Actieve klanten: {found}; ten minste {minimum} nodig.",
                "Active customers: {found}; at least {minimum} needed.",
                found=customers,
                minimum=MINIMUM_CUSTOMERS,
            ),
            said(
                "Zorg voor meer actieve klanten (nu {found}, ten minste {minimum} nodig).",
                "Bring more active customers (now {found}, at least {minimum} needed).",
                found=customers,
                minimum=MINIMUM_CUSTOMERS,
            ),
        )
    if contacts is not None and contacts < MINIMUM_CONTACTS:
        yield _criterion(
            "C8",
            "FEW-CONTACTS",
            said(
                "Contactpersonen: {found}; ten minste {minimum} nodig.",
                "Contact persons: {found}; at least {minimum} needed.",
                found=contacts,
                minimum=MINIMUM_CONTACTS,
            ),
            said(
                "Meld nog een contactpersoon aan (nu {found}, ten minste {minimum} nodig).",
                "Register another contact person (now {found}, at least {minimum} needed).",
                found=contacts,
                minimum=MINIMUM_CONTACTS,
            ),
        )


def _criterion(rule: str, flag: str, text: Text, what: Text) -> Fact:
    return Fact(
        rule=rule,
        text=text,
        demands=Status.ATTENTION,
        flag=flag,
        actions=(action(Who.PARTNER, what, rule=rule, key=flag.lower()),),
    )


def review_facts(registration: Registration, *, as_of: date) -> Iterator[Fact]:
    """Yield when the agreement's yearly review is due (A1); without effect on the status."""
    if registration.agreement is None:
        return
    held = [
        each.date
        for each in registration.decisions
        if each.decision is DecisionKind.ANNUAL_REVIEW and each.date <= as_of
    ]
    noted = registration.agreement.annual_review
    last = max([registration.agreement.started, *held, *([noted] if noted else [])])
    due = add_months(last, REVIEW_MONTHS)
    yield Fact(
        rule="A1",
        text=said(
            "Het jaargesprek kan tot en met {due} worden gehouden.",
            "The yearly review can be held until {due}.",
            due=due,
        ),
        flag="REVIEW-OVERDUE" if as_of > due else "",
        actions=(
            action(
                Who.AFAS,
                said("Houd het jaargesprek over de samenwerking.", "Review the cooperation."),
                rule="A1",
                key="annual-review",
                due=due,
                since=last,
            ),
        ),
    )
