"""Dossiers to report on: registrations judged by the real rules."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from koppeling_harness.model.dossier import Dossier
from koppeling_harness.model.functional import FunctionalResult
from koppeling_harness.model.manifest import Partner
from koppeling_harness.model.policy import ReleaseRoles
from koppeling_harness.model.registration import (
    Assessment,
    AssessmentKind,
    Colour,
    Decision,
    DecisionKind,
    Ground,
    Registration,
    Signal,
    Waiver,
)
from koppeling_harness.model.shape import Text
from koppeling_harness.report.changes import Earlier, day_before_last
from koppeling_harness.report.dossier_page import Evidence, render_dossier
from koppeling_harness.report.overview_page import render_overview
from koppeling_harness.rules.policy import SLA, WARNING_DAYS
from koppeling_harness.rules.status import refused, registration_status
from support.hostile import HOSTILE
from support.records import a_failure, a_result, an_integration
from support.registrations import KNOWN, TODAY, a_registration, an_assessment, day

AS_OF = day("2026-11-23")
RELEASES = ReleaseRoles(previous="Profit 7", current="Profit 8")


def a_functional(release="Profit 8", when="2026-11-20", **changes) -> FunctionalResult:
    started_at = datetime.combine(day(when), time(9, 30), tzinfo=ZoneInfo("Europe/Amsterdam"))
    values = {
        "integration": "voorbeeld",
        "release": release,
        "run_id": f"{when.replace('-', '')}-{release[-1]}",
        "started_at": started_at.astimezone(UTC),
        "date": day(when),
        "passed": 12,
        "list_word": KNOWN,
    }
    return FunctionalResult(**{**values, **changes})


def passed_on_both(when="2026-11-20") -> tuple[FunctionalResult, ...]:
    return a_functional("Profit 8", when), a_functional("Profit 7", when)


def a_dossier(*runs: FunctionalResult, registration: Registration | None = None, **more) -> Dossier:
    """Return a dossier; green since 2024-05-14 and passed on both releases unless told."""
    registration = registration or a_registration(an_assessment(), **more)
    runs = runs or passed_on_both()
    newest_first = tuple(sorted(runs, key=lambda run: run.started_at, reverse=True))
    status = registration_status(
        registration,
        as_of=AS_OF,
        policy=SLA,
        runs=runs,
        releases=RELEASES,
        today=day(TODAY),
        warning_days=WARNING_DAYS,
    )
    return Dossier(
        place=f"{registration.registration}.yaml",
        registration=registration,
        status=status,
        runs=newest_first,
    )


def a_refused(problem="kapot.yaml:3:1: unknown key 'nmae'") -> Dossier:
    text = Text(nl=problem, en=problem)
    status = refused("kapot", as_of=AS_OF, policy=SLA, problems=[text])
    return Dossier(place="kapot.yaml", registration=None, status=status, problem=text)


def earlier_of(dossier: Dossier):
    """Return the status at the verdict before the last, as publishing does."""
    when = day_before_last(dossier.runs)
    return when and Earlier(
        status=registration_status(
            dossier.registration,
            as_of=when,
            policy=SLA,
            runs=dossier.runs,
            releases=RELEASES,
            today=day(TODAY),
            warning_days=WARNING_DAYS,
        )
    )


def some_evidence() -> list[Evidence]:
    return [
        Evidence(
            release="Profit 8",
            run_id="20261120-8",
            day=day("2026-11-20"),
            record=an_integration(
                a_result(), a_result("paging.sorted"), a_failure("hours.push", operation=None)
            ),
        ),
        Evidence(
            release="Profit 7",
            run_id="20261120-7",
            day=day("2026-11-20"),
            record=an_integration(a_result(), a_result("paging.sorted")),
        ),
    ]


def page_of(dossier: Dossier, evidence=(), **more) -> str:
    return render_dossier(
        dossier, policy=SLA, evidence=evidence, earlier=earlier_of(dossier), **more
    )


def a_full_registration() -> Registration:
    """A registration with something in every part of it."""
    return a_registration(
        an_assessment("rood", "2024-01-10"),
        an_assessment("oranje", "2025-03-10", name="Q2"),
        an_assessment("groen", "2026-03-10", name="Q3"),
        an_assessment(None, "2026-06-20", name="P1", kind="pentest"),
        registration="volledig",
        title=Text(nl="Volledige koppeling", en="Full integration"),
        signals=(
            Signal(date=day("2026-10-03"), kind="code_of_conduct", text="Klacht van een klant"),
        ),
        decisions=(
            Decision(
                date=day("2026-11-10"),
                by="A. Reviewer",
                decision=DecisionKind.ANNUAL_REVIEW,
                reason="jaarlijks gesprek",
            ),
        ),
        waivers=(
            Waiver(
                id="W2",
                scenario="retry.later",
                releases=("Profit 8",),
                reason="wordt hersteld",
                owner="Ontwikkeling",
                approved_by="A. Reviewer",
                until=day("2027-01-31"),
            ),
            Waiver(
                id="W1",
                scenario="hours.push",
                releases=("Profit 8",),
                reason="wordt hersteld",
                owner="Ontwikkeling",
                approved_by="A. Reviewer",
                until=day("2026-12-31"),
            ),
        ),
    )


def a_full_dossier() -> Dossier:
    return a_dossier(
        a_functional("Profit 8", failed=("hours.push",), passed=11),
        a_functional("Profit 7", inconclusive=1),
        *passed_on_both("2026-10-02"),
        registration=a_full_registration(),
    )


def a_hostile_dossier() -> Dossier:
    """A dossier in which every free text is hostile, also where the schema would refuse it."""
    text = Text(nl=HOSTILE, en=f"en{HOSTILE}")
    return a_dossier(
        a_functional("Profit 8", failed=(HOSTILE,), run_id=HOSTILE),
        a_functional("Profit 7", "2026-10-02"),
        registration=a_registration(
            Assessment(
                id=HOSTILE,
                kind=AssessmentKind.QUICKSCAN,
                assessor=HOSTILE,
                report_date=day("2025-05-14"),
                colour=Colour.GREEN,
            ),
            registration="vijandig",
            title=text,
            partner=Partner(name=HOSTILE, subscription="12345"),
            signals=(Signal(date=day("2026-10-03"), kind=HOSTILE, text=HOSTILE),),
            decisions=(
                Decision(
                    date=day("2026-11-10"),
                    by=HOSTILE,
                    decision=DecisionKind.TERMINATE_IMMEDIATELY,
                    reason=HOSTILE,
                    ground=Ground.OTHER,
                    effective=day("2027-01-01"),
                ),
            ),
            waivers=(
                Waiver(
                    id=HOSTILE,
                    scenario=HOSTILE,
                    releases=(HOSTILE, "Profit 8"),
                    reason=HOSTILE,
                    owner=HOSTILE,
                    approved_by=HOSTILE,
                    until=day("2026-12-31"),
                ),
            ),
        ),
    )


def overview_of(*dossiers: Dossier, **more) -> str:
    links = {each.place: f"dossiers/{number}.html" for number, each in enumerate(dossiers)}
    return render_overview(
        dossiers, as_of=AS_OF, policy=SLA, releases=RELEASES, links=links, **more
    )
