"""What cannot be true is told, each with its place; and what may be is left alone."""

from dataclasses import replace

import pytest

from koppeling_harness.model.policy import Programme
from koppeling_harness.model.registration import Agreement, Onboarding, PlannedAssessment, Signal
from koppeling_harness.rules.policy import PROGRAMME
from koppeling_harness.rules.registration_input import standing_problems
from support.registrations import (
    a_decision,
    a_registration,
    a_waiver,
    an_assessment,
    day,
)

TODAY = day("2026-11-30")
PENTEST = an_assessment(None, "2026-05-20", name="P1", kind="pentest", submitted=day("2026-06-01"))


def found(registration, programme=PROGRAMME):
    return {
        ".".join(map(str, each.path)): each.text.en
        for each in standing_problems(registration, programme=programme, today=TODAY)
    }


def accept(when):
    return a_decision("accept_evidence", when, assessment="P1", colour="groen")


def decided(*decisions, **more):
    return a_registration(PENTEST, decisions=decisions, **more)


def test_what_can_be_true_has_no_problem():
    registration = decided(
        accept("2026-06-01"),
        a_decision("give_notice", "2026-07-01"),
        a_decision("withdraw_notice", "2026-08-01"),
        a_decision("end_by_partner", "2026-11-30", effective=day("2027-05-31")),
        a_decision("terminate_immediately", "2026-11-30", effective=day("2026-11-30")),
        agreement=Agreement(started=day("2020-01-01"), annual_review=day("2026-01-01")),
        planned_assessments=(PlannedAssessment(date=day("2027-04-01"), assessor="Defion"),),
        signals=(Signal(date=TODAY, kind="other", text="iets"),),
        waivers=(a_waiver(until="2027-11-30"),),
    )

    assert found(registration) == {}


def test_what_ended_before_a_registration_began_anew_is_history():
    registration = decided(
        a_decision("finish_onboarding", "2023-11-01"),
        a_decision("terminate_immediately", "2025-03-01"),
        onboarding=Onboarding(started=day("2026-08-01")),
        agreement=Agreement(started=day("2026-08-01")),
    )

    assert found(registration) == {}


@pytest.mark.parametrize(
    ("registration", "place"),
    [
        (decided(accept("2026-05-19")), "decisions.0.date"),
        (decided(accept("2026-05-25")), "decisions.0.date"),
        (decided(a_decision("reject_evidence", "2026-05-19", assessment="P1")), "decisions.0.date"),
        (a_registration(replace(PENTEST, submitted=day("2026-05-19"))), "assessments.0.submitted"),
        (a_registration(an_assessment("groen", "2026-12-01")), "assessments.0.report_date"),
        (
            a_registration(replace(PENTEST, submitted=day("2026-12-01"))),
            "assessments.0.submitted",
        ),
        (decided(a_decision("give_notice", "2062-04-01")), "decisions.0.date"),
        (
            a_registration(PENTEST, signals=(Signal(date=day("2062-01-01"), kind="x", text="y"),)),
            "signals.0.date",
        ),
        (
            a_registration(PENTEST, agreement=Agreement(started=day("2027-01-01"))),
            "agreement.started",
        ),
        (
            a_registration(
                PENTEST,
                agreement=Agreement(started=day("2020-01-01"), annual_review=day("2062-01-01")),
            ),
            "agreement.annual_review",
        ),
        (
            a_registration(
                PENTEST,
                agreement=Agreement(started=day("2020-01-01"), annual_review=day("2019-01-01")),
            ),
            "agreement.annual_review",
        ),
        (
            a_registration(PENTEST, onboarding=Onboarding(started=day("2027-01-01"))),
            "onboarding.started",
        ),
        (
            a_registration(
                PENTEST,
                onboarding=Onboarding(started=day("2025-01-01"), finished=day("2027-01-01")),
            ),
            "onboarding.finished",
        ),
        (decided(a_decision("withdraw_notice", "2026-08-01")), "decisions.0"),
        (
            decided(
                a_decision("withdraw_notice", "2026-08-01"),
                a_decision("give_notice", "2026-08-02"),
            ),
            "decisions.0",
        ),
        (
            decided(
                a_decision("end_by_partner", "2026-07-01", effective=day("2026-08-01")),
                a_decision("withdraw_notice", "2026-08-02"),
            ),
            "decisions.1",
        ),
        (
            decided(a_decision("terminate_immediately", "2026-11-20", effective=day("2025-01-01"))),
            "decisions.0.effective",
        ),
        (
            decided(a_decision("end_by_partner", "2026-11-20", effective=day("2026-11-19"))),
            "decisions.0.effective",
        ),
        (
            decided(a_decision("give_notice", "2026-11-20", effective=day("2027-12-31"))),
            "decisions.0.effective",
        ),
        *(
            (
                decided(
                    a_decision(kind, "2020-09-01", effective=effective),
                    agreement=Agreement(started=day("2023-01-10")),
                    onboarding=None,
                ),
                "decisions.0.date",
            )
            for kind, effective in (
                ("give_notice", None),
                ("terminate_immediately", None),
                ("end_by_partner", day("2020-12-31")),
            )
        ),
        (
            decided(
                a_decision("finish_onboarding", "2024-09-01"),
                onboarding=Onboarding(started=day("2025-01-01")),
            ),
            "decisions.0.date",
        ),
        (
            a_registration(signals=(Signal(date=TODAY, kind="other", text="..."),)),
            "signals.0.text",
        ),
        (
            a_registration(
                planned_assessments=(PlannedAssessment(date=day("2027-04-01"), assessor="?"),)
            ),
            "planned_assessments.0.assessor",
        ),
        (decided(replace(a_decision("give_notice", "2026-11-20"), by="-")), "decisions.0.by"),
        (
            decided(replace(a_decision("give_notice", "2026-11-20"), reason="1.")),
            "decisions.0.reason",
        ),
        (decided(a_decision("annual_review", "2026-11-20", colour="groen")), "decisions.0.colour"),
        (
            decided(a_decision("give_notice", "2026-11-20", assessment="P1")),
            "decisions.0.assessment",
        ),
        (
            decided(a_decision("finish_onboarding", "2026-11-20"), onboarding=None),
            "decisions.0",
        ),
        (a_registration(PENTEST, integration_id=None), ""),
        (a_registration(waivers=(a_waiver(until="2027-12-01"),)), "waivers.0.until"),
        (a_registration(waivers=(a_waiver("identity.integration-id"),)), "waivers.0.scenario"),
        (a_registration(waivers=(a_waiver("privacy.log[push]"),)), "waivers.0.scenario"),
        (a_registration(waivers=(a_waiver("authentication.token"),)), "waivers.0.scenario"),
        (
            a_registration(waivers=(replace(a_waiver(), approved=day("2027-01-01")),)),
            "waivers.0.approved",
        ),
        (
            a_registration(
                waivers=(replace(a_waiver(until="2026-12-31"), approved=day("2025-12-01")),)
            ),
            "waivers.0.until",
        ),
        (a_registration(waivers=(replace(a_waiver(), owner="?"),)), "waivers.0.owner"),
    ],
)
def test_what_cannot_be_true_is_told_with_its_place(registration, place):
    assert place in found(registration)


def test_the_longest_term_of_a_waiver_is_a_setting():
    registration = a_registration(waivers=(a_waiver(until="2027-11-30"),))

    assert "waivers.0.until" in found(registration, Programme(waiver_months=6))


def test_an_applicant_needs_no_integration_id_yet():
    applicant = a_registration(
        integration_id=None, onboarding=Onboarding(started=day("2026-06-01"))
    )

    assert found(applicant) == {}


def test_a_name_that_is_nearly_right_is_proposed():
    wrong = a_registration(
        PENTEST,
        decisions=(a_decision("accept_evidence", "2026-07-01", assessment="p1", colour="groen"),),
    )

    assert "Did you mean P1?" in found(wrong)["decisions.0.assessment"]
