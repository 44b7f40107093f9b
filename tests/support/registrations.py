"""Build registrations, runs and verdict parts; a test names only the values it is about."""

from datetime import UTC, date, datetime, time

from koppeling_harness.model.dossier import Dossier
from koppeling_harness.model.functional import FunctionalResult, ListWord
from koppeling_harness.model.manifest import Partner
from koppeling_harness.model.policy import ReleaseRoles
from koppeling_harness.model.registration import (
    Assessment,
    AssessmentKind,
    Colour,
    Decision,
    DecisionKind,
    Listing,
    Onboarding,
    Registration,
    Waiver,
)
from koppeling_harness.model.run import ScenarioResult
from koppeling_harness.model.shape import Text
from koppeling_harness.model.verdict import Level, Outcome
from koppeling_harness.rules.policy import SLA, WARNING_DAYS
from koppeling_harness.rules.status import registration_status


def day(text):
    return date.fromisoformat(text)


def a_result(scenario, outcome=Outcome.PASSED, *, operation=None, level=Level.REQUIRED):
    return ScenarioResult(
        scenario=scenario,
        title=Text(nl=scenario, en=scenario),
        level=level,
        operation=operation,
        outcome=Outcome(outcome),
        cause=None,
    )


def a_waiver(scenario="retry", until="2026-12-31", *, name="W1", releases=("Profit 8",)):
    return Waiver(
        id=name,
        scenario=scenario,
        releases=releases,
        reason="being mended",
        owner="Ontwikkeling",
        approved_by="A. Reviewer",
        until=day(until),
    )


KNOWN = ListWord(name=Text(nl="lijst van versie 0.1.0", en="list of version 0.1.0"), counts=True)


def a_run(release="Profit 8", when="2026-11-01", **more):
    values = {
        "integration": "voorbeeld",
        "run_id": f"run-{release}-{when}",
        "passed": 3,
        "list_word": KNOWN,
        **more,
    }
    return FunctionalResult(
        release=release,
        date=day(when),
        started_at=datetime.combine(day(when), time(12), UTC),
        **values,
    )


RELEASES = ReleaseRoles(previous="Profit 7", current="Profit 8")
PASSED = (a_run("Profit 7"), a_run("Profit 8"))


TODAY = "2026-11-30"


def status_of(registration, *, as_of="2026-11-23", policy=SLA, runs=PASSED, **more):
    return registration_status(
        registration,
        as_of=day(as_of),
        today=day(TODAY),
        policy=policy,
        runs=runs,
        releases=more.pop("releases", RELEASES),
        warning_days=more.pop("warning_days", WARNING_DAYS),
        **more,
    )


def an_assessment(colour="groen", report_date="2024-05-14", *, name="Q1", kind="quickscan", **more):
    return Assessment(
        id=name,
        kind=AssessmentKind(kind),
        assessor="Computest",
        report_date=day(report_date) if report_date else None,
        colour=Colour(colour) if colour else None,
        **more,
    )


def a_decision(kind, when, *, colour=None, **more):
    return Decision(
        date=day(when),
        by="A. Reviewer",
        decision=DecisionKind(kind),
        reason="with reason",
        colour=Colour(colour) if colour else None,
        **more,
    )


def a_registration(*assessments, **more):
    """Return a registration that is in order but for its assessments."""
    values = {
        "registration": "voorbeeld",
        "title": Text(nl="Voorbeeld", en="Example"),
        "partner": Partner(name="Voorbeeld B.V.", subscription="12345"),
        "integration": "voorbeeld",
        "integration_id": "12345_678900",
        "onboarding": Onboarding(started=day("2020-01-01"), finished=day("2020-06-01")),
        "listing": Listing(partner_site=True, help_center=True),
        "contacts": 2,
        "active_customers": 7,
        "assessments": tuple(assessments),
    }
    return Registration(**{**values, **more})


REGISTRATION = """\
registration: voorbeeld   # its id
title: {nl: Voorbeeld, en: Example}
partner: {name: Voorbeeld B.V., subscription: "12345"}
integration: voorbeeld
integration_id: "12345_678900"
onboarding: {started: 2024-02-01, finished: 2024-09-12}
listing: {partner_site: true, help_center: true}
assessments:            # never the report itself
  - {id: Q1, kind: quickscan, assessor: Computest, report_date: 2024-05-14, colour: groen}
decisions: []
"""


def a_dossier(registration, *, status=None, **more):
    return Dossier(
        place="registration.yaml",
        registration=registration,
        status=status or status_of(registration, **more),
    )
