"""The issue's table of expected results, and what else the rules ask, one by one."""

from dataclasses import replace

import pytest

from koppeling_harness.model.errata import Erratum
from koppeling_harness.model.registration import (
    Agreement,
    Listing,
    Onboarding,
    PlannedAssessment,
    Signal,
)
from koppeling_harness.rules.catalogue import RULES
from koppeling_harness.rules.policy import AUDITOR, SLA
from koppeling_harness.rules.status import is_in_order
from koppeling_harness.rules.words import said
from support.registrations import (
    PASSED,
    RELEASES,
    a_decision,
    a_registration,
    a_run,
    a_waiver,
    an_assessment,
    day,
    status_of,
)

APPLICANT = {
    "onboarding": Onboarding(started=day("2026-06-01"), open_tasks=4),
    "listing": Listing(),
}
UNTESTED = ()


def codes(status):
    return {flag.code for flag in status.flags}


def duties(status):
    return {each.key: each.due.isoformat() if each.due else None for each in status.actions}


def summary(status):
    end = status.contract_end
    until = status.security.valid_until
    return (
        status.status,
        until.isoformat() if until else None,
        status.listing.partner_site,
        f"{end.date} {end.kind}" if end else None,
    )


# The table --------------------------------------------------------------------------------------


def test_green_is_in_order_for_three_years():
    status = status_of(a_registration(an_assessment("groen", "2024-05-14")))

    assert summary(status) == ("in_order", "2027-05-14", "keep", None)
    assert codes(status) == set()


def test_green_a_day_after_its_last_is_not_certified():
    registration = a_registration(an_assessment("groen", "2023-11-23"))

    status = status_of(registration, as_of="2026-11-24")

    assert summary(status) == ("not_certified", "2026-11-23", "remove", "2027-11-23 forecast")
    assert status.listing.help_center == "remove"
    assert [gap.from_.isoformat() for gap in status.security.gaps] == ["2026-11-24"]
    assert "give-notice" in duties(status)


def test_green_on_its_last_day_still_counts():
    registration = a_registration(an_assessment("groen", "2023-11-23"))

    status = status_of(registration)

    assert summary(status)[:3] == ("attention", "2026-11-23", "keep")
    assert status.security.gaps == ()


def test_orange_asks_for_attention():
    status = status_of(a_registration(an_assessment("oranje", "2026-03-10")))

    assert summary(status) == ("attention", "2027-03-10", "keep", None)
    assert duties(status)["rescan"] == "2027-03-10"


def test_red_asks_for_action_and_keeps_its_listing():
    status = status_of(a_registration(an_assessment("rood", "2026-08-31")))

    assert summary(status) == ("action_required", "2027-02-28", "keep", None)


def test_an_applicant_with_a_planned_scan_is_applying():
    planned = PlannedAssessment(date=day("2026-12-10"), assessor="Computest")
    status = status_of(a_registration(planned_assessments=(planned,), **APPLICANT), runs=UNTESTED)

    assert summary(status) == ("applying", None, "not_yet", None)
    assert "NO-SCAN-PLANNED" not in codes(status)
    assert duties(status)["onboarding"] == "2027-06-01"


def test_a_running_notice_ends_twelve_months_after_its_letter():
    registration = a_registration(
        an_assessment("oranje", "2025-03-01"), decisions=(a_decision("give_notice", "2026-04-01"),)
    )

    status = status_of(registration)

    assert summary(status) == ("notice_running", "2026-03-01", "remove", "2027-04-01 definite")
    assert "give-notice" not in duties(status)


def test_immediate_termination_ends_it_whatever_the_colour():
    registration = a_registration(
        an_assessment("groen", "2024-05-14"),
        decisions=(a_decision("terminate_immediately", "2026-11-02"),),
    )

    status = status_of(registration)

    assert summary(status) == ("terminated", "2027-05-14", "remove", "2026-11-02 definite")
    assert set(duties(status)) == {"remove-listing"}


def test_a_report_from_the_future_is_an_input_error_and_changes_nothing():
    status = status_of(a_registration(an_assessment("groen", "2027-01-05")))

    assert summary(status) == ("input_error", None, "unchanged", None)
    assert "5 January 2027" in status.flags[0].text.en


# Terms ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("colour", "report", "until"),
    [
        ("rood", "2026-08-31", "2027-02-28"),
        ("rood", "2023-08-31", "2024-02-29"),
        ("groen", "2024-02-29", "2027-02-28"),
        ("groen", "2021-02-28", "2024-02-28"),
        ("oranje", "2024-02-29", "2025-02-28"),
    ],
)
def test_months_are_added_to_the_report_date_and_clamped(colour, report, until):
    status = status_of(a_registration(an_assessment(colour, report)))

    assert status.security.valid_until.isoformat() == until


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        ("2026-03-10", "attention"),
        ("2026-03-11", "action_required"),
        ("2026-06-11", "not_certified"),
    ],
)
def test_auditor_policy_gives_orange_three_overdue_months(as_of, expected):
    registration = a_registration(an_assessment("oranje", "2025-03-10"))

    status = status_of(registration, as_of=as_of, policy=AUDITOR)

    assert (status.status, status.policy) == (expected, "auditor")
    assert status.security.follow_up_due == day("2026-03-10")
    assert status.security.valid_until == day("2026-06-10")


@pytest.mark.parametrize(
    ("as_of", "expected"), [("2027-02-12", "in_order"), ("2027-02-13", "attention")]
)
def test_the_end_of_green_is_announced_ninety_days_ahead(as_of, expected):
    registration = a_registration(an_assessment("groen", "2024-05-14"))

    assert status_of(registration, as_of=as_of).status == expected


def test_the_warning_window_can_be_set():
    registration = a_registration(an_assessment("groen", "2024-05-14"))

    assert status_of(registration, as_of="2027-04-13", warning_days=30).status == "in_order"


def test_a_colour_names_the_policy_s_own_source():
    status = status_of(a_registration(an_assessment()), policy=AUDITOR)

    reason = next(each for each in status.reasons if each.rule == "R3")
    assert reason.source == AUDITOR.source


# Several reports --------------------------------------------------------------------------------


def test_a_newer_red_replaces_an_older_green():
    registration = a_registration(
        an_assessment("groen", "2025-05-14"), an_assessment("rood", "2026-09-01", name="Q2")
    )

    status = status_of(registration)

    assert (status.status, status.security.assessment) == ("action_required", "Q2")


def test_of_two_reports_of_one_day_the_worst_colour_counts():
    registration = a_registration(
        an_assessment("rood", "2026-09-01"), an_assessment("groen", "2026-09-01", name="Q2")
    )

    assert status_of(registration).security.colour == "rood"


def test_a_second_red_is_flagged():
    registration = a_registration(
        an_assessment("rood", "2026-03-01"), an_assessment("rood", "2026-09-01", name="Q2")
    )

    assert "SECOND-RED" in codes(status_of(registration))


def test_a_late_rescan_is_valid_and_its_gap_is_told():
    registration = a_registration(
        an_assessment("oranje", "2024-05-14"), an_assessment("groen", "2025-08-01", name="Q2")
    )

    status = status_of(registration)

    assert status.status == "in_order"
    assert [(gap.from_, gap.to) for gap in status.security.gaps] == [
        (day("2025-05-15"), day("2025-07-31"))
    ]
    assert "GAP" in codes(status)


def test_a_report_about_another_integration_does_not_count():
    registration = a_registration(an_assessment(scope=("iets-anders",)))

    assert status_of(registration).status == "not_certified"


def test_a_passed_planned_scan_without_outcome_is_flagged():
    planned = PlannedAssessment(date=day("2026-10-01"), assessor="Computest")

    status = status_of(a_registration(an_assessment(), planned_assessments=(planned,)))

    assert (status.status, codes(status)) == ("in_order", {"PLANNED-PASSED"})


def test_a_planned_scan_that_has_its_outcome_is_not_asked_for_again():
    planned = PlannedAssessment(date=day("2024-05-14"), assessor="Computest")

    status = status_of(a_registration(an_assessment(), planned_assessments=(planned,)))

    assert codes(status) == set()
    assert set(duties(status)) == {"rescan"}


def test_a_registration_older_than_its_record_has_no_onboarding():
    assert status_of(a_registration(an_assessment(), onboarding=None)).status == "in_order"


# Evidence from another organisation --------------------------------------------------------------

PENTEST = an_assessment(None, "2026-05-20", name="P1", kind="pentest", submitted=day("2026-06-01"))


def test_evidence_alone_needs_a_review():
    status = status_of(a_registration(PENTEST))

    assert summary(status) == ("review_needed", None, "unchanged", None)
    assert "evidence:P1" in duties(status)


def test_accepted_evidence_counts_from_its_report_date_with_the_colour_of_the_decision():
    decision = a_decision("accept_evidence", "2026-06-10", assessment="P1", colour="groen")

    status = status_of(a_registration(PENTEST, decisions=(decision,)))

    assert summary(status) == ("in_order", "2029-05-20", "keep", None)


def test_before_the_decision_evidence_does_not_count():
    decision = a_decision("accept_evidence", "2026-06-10", assessment="P1", colour="groen")
    registration = a_registration(PENTEST, decisions=(decision,))

    assert status_of(registration, as_of="2026-06-09").status == "review_needed"


def test_a_colour_written_beside_a_pentest_does_not_replace_the_decision():
    registration = a_registration(an_assessment("groen", "2026-05-20", kind="pentest"))

    assert status_of(registration).status == "review_needed"


def test_rejected_evidence_leaves_nothing():
    decision = a_decision("reject_evidence", "2026-06-10", assessment="P1")

    assert status_of(a_registration(PENTEST, decisions=(decision,))).status == "not_certified"


def test_of_two_decisions_of_one_day_the_strictest_holds():
    decisions = (
        a_decision("reject_evidence", "2026-06-10", assessment="P1"),
        a_decision("accept_evidence", "2026-06-10", assessment="P1", colour="groen"),
    )

    assert status_of(a_registration(PENTEST, decisions=decisions)).status == "not_certified"


def test_a_lapsed_report_with_new_evidence_is_not_certified_and_the_evidence_comes_first():
    status = status_of(a_registration(an_assessment("oranje", "2024-05-14"), PENTEST))

    assert status.status == "not_certified"
    assert "EVIDENCE-PENDING" in codes(status)
    removal = next(each for each in status.actions if each.key == "remove-listing")
    assert removal.what.en.startswith("Judge the new evidence")
    assert next(each.key for each in status.actions if each.due is None) == "evidence:P1"


# The end of the contract ------------------------------------------------------------------------


def test_notice_ends_after_its_last_day():
    registration = a_registration(
        an_assessment("oranje", "2025-03-01"), decisions=(a_decision("give_notice", "2026-04-01"),)
    )

    assert status_of(registration, as_of="2027-04-01").status == "notice_running"
    assert status_of(registration, as_of="2027-04-02").status == "terminated"


def test_withdrawn_notice_does_not_run():
    registration = a_registration(
        an_assessment(),
        decisions=(
            a_decision("give_notice", "2026-04-01"),
            a_decision("withdraw_notice", "2026-06-01"),
        ),
    )

    assert status_of(registration).status == "in_order"
    assert status_of(registration, as_of="2026-05-31").status == "notice_running"


def test_a_notice_cannot_be_withdrawn_after_its_end():
    registration = a_registration(
        an_assessment(),
        decisions=(
            a_decision("give_notice", "2025-04-01"),
            a_decision("withdraw_notice", "2026-06-01"),
        ),
    )

    status = status_of(registration)

    assert status.status == "input_error"
    assert "no notice was running" in status.flags[0].text.en


def test_a_letter_withdrawn_on_its_own_day_does_not_run_in_whatever_order_they_stand():
    registration = a_registration(
        an_assessment(),
        decisions=(
            a_decision("withdraw_notice", "2026-04-01"),
            a_decision("give_notice", "2026-04-01"),
        ),
    )

    assert status_of(registration).status == "in_order"


def test_a_partner_that_changes_its_last_day_ends_on_the_newest():
    registration = a_registration(
        an_assessment(),
        decisions=(
            a_decision("end_by_partner", "2026-10-01", effective=day("2026-10-31")),
            a_decision("end_by_partner", "2026-10-15", effective=day("2026-12-31")),
        ),
    )

    assert summary(status_of(registration))[0::3] == ("notice_running", "2026-12-31 definite")


def test_a_second_letter_does_not_prolong_the_first():
    registration = a_registration(
        an_assessment(),
        decisions=(
            a_decision("give_notice", "2026-04-01"),
            a_decision("give_notice", "2026-07-01"),
        ),
    )

    assert status_of(registration).contract_end.date == day("2027-04-01")


def test_repair_during_notice_does_not_stop_it_but_is_proposed():
    registration = a_registration(
        an_assessment("groen", "2026-06-01"), decisions=(a_decision("give_notice", "2026-04-01"),)
    )

    status = status_of(registration)

    assert (status.status, status.listing.partner_site) == ("notice_running", "keep")
    assert "MENDED-DURING-NOTICE" in codes(status)
    assert duties(status)["withdraw-notice"] == "2027-04-01"


def test_repair_during_notice_counts_from_the_day_of_acceptance():
    registration = a_registration(
        an_assessment("oranje", "2025-03-01"),
        an_assessment(None, "2026-03-20", name="P1", kind="pentest"),
        decisions=(
            a_decision("give_notice", "2026-04-01"),
            a_decision("accept_evidence", "2026-05-01", assessment="P1", colour="groen"),
        ),
    )

    assert "MENDED-DURING-NOTICE" in codes(status_of(registration))


def test_the_partner_s_own_notice_can_be_withdrawn():
    registration = a_registration(
        an_assessment(),
        decisions=(
            a_decision("end_by_partner", "2026-09-01", effective=day("2026-12-31")),
            a_decision("withdraw_notice", "2026-10-01"),
        ),
    )

    assert status_of(registration).status == "in_order"
    assert status_of(registration, as_of="2026-09-30").status == "notice_running"


def test_of_two_notices_the_one_given_last_is_withdrawn():
    registration = a_registration(
        an_assessment(),
        decisions=(
            a_decision("give_notice", "2026-04-01"),
            a_decision("end_by_partner", "2026-09-01", effective=day("2026-12-31")),
            a_decision("withdraw_notice", "2026-10-01"),
        ),
    )

    assert status_of(registration).contract_end.date == day("2027-04-01")


def test_a_registration_can_begin_anew_in_the_same_file():
    registration = a_registration(
        onboarding=Onboarding(started=day("2026-08-01")),
        decisions=(
            a_decision("terminate_immediately", "2025-03-01"),
            a_decision("give_notice", "2026-11-01"),
        ),
    )

    assert status_of(registration, as_of="2026-07-31").status == "terminated"
    assert status_of(registration, as_of="2026-08-01").status == "applying"
    assert status_of(registration).contract_end.date == day("2027-11-01")


def test_a_planned_scan_after_the_last_valid_day_is_told_at_once():
    registration = a_registration(
        an_assessment("oranje", "2025-12-15"),
        planned_assessments=(
            PlannedAssessment(date=day("2027-01-15"), assessor="Defion"),
            PlannedAssessment(date=day("2027-03-15"), assessor="Defion"),
        ),
    )

    status = status_of(registration)

    assert "PLANNED-TOO-LATE" in codes(status)
    assert "earlier-scan" in duties(status)
    in_time = replace(
        registration,
        planned_assessments=(PlannedAssessment(date=day("2026-12-15"), assessor="Defion"),),
    )
    assert "PLANNED-TOO-LATE" not in codes(status_of(in_time))


@pytest.mark.parametrize(
    ("policy", "text"),
    [
        (
            SLA,
            "geldig t/m 10 maart 2027 volgens de contractpagina (SLA). Volgens de AppConnector "
            "Auditor zou dat 10 juni 2027 zijn.",
        ),
        (
            AUDITOR,
            "geldig t/m 10 juni 2027 volgens de AppConnector Auditor. Volgens de "
            "contractpagina (SLA) zou dat 10 maart 2027 zijn.",
        ),
    ],
)
def test_for_orange_the_days_of_both_of_afas_pages_are_told(policy, text):
    status = status_of(a_registration(an_assessment("oranje", "2026-03-10")), policy=policy)

    assert any(text in each.text.nl for each in status.reasons)


@pytest.mark.parametrize("policy", [SLA, AUDITOR])
def test_for_orange_follow_up_and_validity_are_both_told(policy):
    status = status_of(a_registration(an_assessment("oranje", "2026-03-01")), policy=policy)

    (text,) = [each.text.en for each in status.flags if each.code == "ORANGE"]
    until = "1 March 2027" if policy is SLA else "1 June 2027"
    assert f"follow-up due by 1 March 2027; valid until {until} by the {policy.title.en}" in text


def test_an_applicant_that_has_everything_waits_for_afas():
    applicant = {**APPLICANT, "onboarding": Onboarding(started=day("2026-06-01"))}
    ready = a_registration(an_assessment("groen", "2026-09-01"), **applicant)

    assert "READY-TO-FINISH" in codes(status_of(ready))
    assert "finish-onboarding" in duties(status_of(ready))
    assert "READY-TO-FINISH" not in codes(status_of(ready, runs=()))
    finished = replace(ready, decisions=(a_decision("finish_onboarding", "2026-11-20"),))
    assert status_of(finished).status == "in_order"
    assert status_of(finished, as_of="2026-11-19").status == "applying"


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        ("2026-11-12", ("in_order", set())),
        ("2026-11-23", ("attention", {"NOT-TESTED"})),
        ("2026-12-14", ("attention", {"NOT-TESTED"})),
    ],
)
def test_a_release_on_accept_counts_from_its_roll_out(as_of, expected):
    releases = replace(RELEASES, accept="Profit 9", rollout={"Profit 9": day("2026-12-14")})

    status = status_of(a_registration(GREEN), releases=releases, as_of=as_of)

    assert (status.status, codes(status)) == expected


def test_a_failure_on_accept_counts_in_full_from_its_roll_out():
    releases = replace(RELEASES, accept="Profit 9", rollout={"Profit 9": day("2026-11-23")})
    runs = (*PASSED, a_run("Profit 9", failed=("a",)))

    def status(as_of):
        return status_of(a_registration(GREEN), releases=releases, runs=runs, as_of=as_of).status

    assert (status("2026-11-22"), status("2026-11-23")) == ("attention", "action_required")


def test_a_report_of_before_the_notice_is_no_repair():
    registration = a_registration(
        an_assessment("groen", "2026-03-01"), decisions=(a_decision("give_notice", "2026-04-01"),)
    )

    assert "MENDED-DURING-NOTICE" not in codes(status_of(registration))


def test_an_agreement_that_ends_is_not_reviewed_any_more():
    registration = a_registration(
        an_assessment(),
        agreement=Agreement(started=day("2024-02-01")),
        decisions=(a_decision("give_notice", "2026-04-01"),),
    )

    assert "annual-review" not in duties(status_of(registration))


def test_the_partner_s_own_notice_ends_on_the_recorded_day():
    decision = a_decision("end_by_partner", "2026-10-01", effective=day("2026-12-31"))
    registration = a_registration(an_assessment(), decisions=(decision,))

    assert summary(status_of(registration))[0::3] == ("notice_running", "2026-12-31 definite")
    assert status_of(registration, as_of="2027-01-01").status == "terminated"


def test_an_end_at_once_may_take_effect_later():
    decision = a_decision("terminate_immediately", "2026-11-02", effective=day("2026-12-01"))
    registration = a_registration(an_assessment(), decisions=(decision,))

    assert status_of(registration).status == "notice_running"
    assert status_of(registration, as_of="2026-12-01").status == "terminated"


def test_a_decision_counts_from_its_date():
    registration = a_registration(
        an_assessment(), decisions=(a_decision("terminate_immediately", "2026-11-24"),)
    )

    assert status_of(registration, as_of="2026-11-23").status == "in_order"


def test_the_forecast_does_not_slide_and_nothing_ends_by_itself():
    registration = a_registration(an_assessment("oranje", "2024-05-14"))

    early, late = (status_of(registration, as_of=each) for each in ("2025-06-01", "2026-06-01"))

    assert early.contract_end == late.contract_end
    assert (early.status, late.status) == ("not_certified", "not_certified")
    assert "RIGHT-TO-END" in codes(late) - codes(early)


def test_never_assessed_has_no_end_date_to_compute():
    status = status_of(a_registration())

    assert summary(status) == ("not_certified", None, "remove", None)
    assert "NEVER-ASSESSED" in codes(status)


def test_notice_that_was_given_is_not_asked_for_again():
    registration = a_registration(decisions=(a_decision("give_notice", "2026-04-01"),))

    assert "give-notice" in duties(status_of(a_registration()))
    assert "give-notice" not in duties(status_of(registration))


# Onboarding -------------------------------------------------------------------------------------


def test_an_applicant_without_any_scan_has_to_plan_one():
    status = status_of(a_registration(**APPLICANT))

    assert (status.status, "plan-scan" in duties(status)) == ("applying", True)


def test_an_applicant_after_twelve_months_is_overdue():
    status = status_of(a_registration(**APPLICANT), as_of="2027-06-02")

    assert status.status == "applying"
    assert "ONBOARDING-OVERDUE" in codes(status)
    assert duties(status)["last-conversation"] == "2027-06-01"
    assert not is_in_order(status)


def test_an_applicant_on_the_last_day_is_in_time():
    assert is_in_order(status_of(a_registration(**APPLICANT), as_of="2027-06-01"))


def test_a_red_applicant_is_for_a_reviewer_to_decide():
    status = status_of(a_registration(an_assessment("rood", "2026-09-01"), **APPLICANT))

    assert (status.status, "applicant-assessment" in duties(status)) == ("applying", True)


def test_the_day_on_which_the_onboarding_finishes_is_the_first_that_counts():
    onboarding = Onboarding(started=day("2026-01-01"), finished=day("2026-11-23"))
    registration = a_registration(an_assessment(), onboarding=onboarding)

    assert status_of(registration, as_of="2026-11-22").status == "applying"
    assert status_of(registration, as_of="2026-11-23").status == "in_order"


def test_an_applicant_has_no_forecast_of_an_end():
    status = status_of(a_registration(an_assessment("oranje", "2024-05-14"), **APPLICANT))

    assert (status.status, status.contract_end) == ("applying", None)


def test_an_applicant_that_is_listed_already_is_flagged():
    registration = a_registration(**{**APPLICANT, "listing": Listing(partner_site=True)})

    status = status_of(registration)

    assert status.listing.partner_site == "not_yet"
    assert "LISTED-TOO-EARLY" in codes(status)


# Listing ----------------------------------------------------------------------------------------


def test_what_is_valid_and_not_listed_is_proposed_for_listing_place_by_place():
    status = status_of(a_registration(an_assessment(), listing=Listing(partner_site=True)))

    assert (status.listing.partner_site, status.listing.help_center) == ("keep", "restore")
    assert "restore-listing" in duties(status)


def test_what_lapsed_and_is_not_listed_stays_so():
    registration = a_registration(an_assessment("oranje", "2024-05-14"), listing=Listing())

    assert status_of(registration).listing.partner_site == "unchanged"


@pytest.mark.parametrize(
    ("decisions", "expected"),
    [
        ((a_decision("remove_listing", "2026-10-01"),), "unchanged"),
        ((a_decision("remove_listing", "2023-10-01"),), "restore"),
        (
            (
                a_decision("remove_listing", "2026-10-01"),
                a_decision("restore_listing", "2026-10-01"),
            ),
            "unchanged",
        ),
        (
            (
                a_decision("restore_listing", "2026-10-02"),
                a_decision("remove_listing", "2026-10-01"),
            ),
            "restore",
        ),
    ],
)
def test_a_person_s_removal_since_the_report_stands(decisions, expected):
    registration = a_registration(an_assessment(), listing=Listing(), decisions=decisions)

    assert status_of(registration).listing.partner_site == expected


def test_a_person_s_removal_that_was_not_carried_out_is_asked_for():
    registration = a_registration(
        an_assessment(), decisions=(a_decision("remove_listing", "2026-10-01"),)
    )

    assert status_of(registration).listing.help_center == "remove"


# Functional results -----------------------------------------------------------------------------

GREEN = an_assessment("groen", "2024-05-14")


def after(run, registration=None, **more):
    others = [each for each in PASSED if each.release != run.release]
    return status_of(registration or a_registration(GREEN), runs=[*others, run], **more)


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        ({"failed": ("retry",)}, ("action_required", "failed")),
        ({"inconclusive": 1}, ("attention", "inconclusive")),
        ({"not_run": 1}, ("attention", "not_run")),
        ({"passed": 0}, ("attention", "not_run")),
    ],
)
@pytest.mark.parametrize(("release", "number"), [("Profit 7", 0), ("Profit 8", 1)])
def test_a_run_on_a_production_release_weighs(release, number, result, expected):
    status = after(a_run(release, **result))

    assert (status.status, status.functional[number].outcome) == expected


def test_functional_failure_never_costs_the_listing():
    status = after(a_run("Profit 8", failed=("retry",)))

    assert status.listing.partner_site == "keep"


def test_no_run_at_all_asks_for_attention():
    status = status_of(a_registration(GREEN), runs=UNTESTED)

    assert status.status == "attention"
    assert [each.run_id for each in status.functional] == [None, None]


def test_accept_is_advisory():
    releases = RELEASES.__class__(previous="Profit 7", current="Profit 8", accept="Profit 9")

    untested = status_of(a_registration(GREEN), releases=releases)
    failed = status_of(
        a_registration(GREEN), releases=releases, runs=[*PASSED, a_run("Profit 9", failed=("x",))]
    )

    assert (untested.status, untested.functional[2].outcome) == ("in_order", "not_run")
    assert (failed.status, failed.functional[2].role) == ("attention", "accept")


def test_the_newest_run_counts_and_one_after_the_day_does_not():
    runs = [
        a_run("Profit 7"),
        a_run("Profit 8", "2026-11-20"),
        a_run("Profit 8", "2026-10-01", failed=("retry",)),
        a_run("Profit 8", "2026-11-24", failed=("retry",)),
    ]

    status = status_of(a_registration(GREEN), runs=runs)

    assert (status.status, status.functional[1].date) == ("in_order", day("2026-11-20"))


def test_newest_is_by_the_clock_and_not_by_the_name_of_the_run():
    runs = [
        a_run("Profit 7"),
        a_run("Profit 8", "2026-11-20", run_id="a"),
        a_run("Profit 8", "2026-10-01", run_id="b", failed=("retry",)),
    ]

    assert status_of(a_registration(GREEN), runs=runs).functional[1].run_id == "a"


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [("2026-12-31", ("attention", "passed")), ("2027-01-01", ("action_required", "failed"))],
)
def test_a_waiver_makes_a_failure_pass_until_its_end(as_of, expected):
    registration = a_registration(GREEN, waivers=(a_waiver("retry", "2026-12-31"),))

    status = after(a_run("Profit 8", failed=("retry[push]",)), registration, as_of=as_of)

    assert (status.status, status.functional[1].outcome) == expected


def test_a_waived_outcome_tells_its_first_end():
    waivers = (a_waiver("retry", "2027-02-01"), a_waiver("login", "2027-01-01", name="W2"))
    registration = a_registration(GREEN, waivers=waivers)

    status = after(a_run("Profit 8", failed=("retry", "login")), registration)

    assert status.functional[1].waived_until == day("2027-01-01")


def test_many_waivers_ask_for_attention_and_never_outrank_a_lapsed_scan():
    waivers = tuple(a_waiver(each, name=each) for each in ("a", "b", "c", "d"))
    many = a_run("Profit 8", failed=("a",), passed=4)
    few = a_run("Profit 8", failed=("a",), passed=5)
    lapsed = an_assessment("groen", "2023-01-01")

    assert "MANY-WAIVERS" in codes(after(many, a_registration(GREEN, waivers=waivers)))
    assert "MANY-WAIVERS" not in codes(after(few, a_registration(GREEN, waivers=waivers)))
    assert after(many, a_registration(lapsed, waivers=waivers)).status == "not_certified"


def test_the_sentence_of_a_waived_outcome_counts():
    status = after(
        a_run("Profit 8", failed=("a", "b"), passed=37),
        a_registration(GREEN, waivers=(a_waiver("a"), a_waiver("b", name="W2"))),
    )

    texts = [each.text.en for each in status.flags if each.code == "WAIVED"]
    assert texts == ["Passed on Profit 8 (current), 2 of 39 waived until 31 December 2026."]


@pytest.mark.parametrize(
    ("failed", "until", "what"),
    [
        (("a",), "2026-12-31", "Ontwikkeling: mend a; the last day of waiver W1 is 31 December"),
        (("a",), "2026-11-01", "Ontwikkeling: mend a; the last day of waiver W1 is 1 November"),
        ((), "2027-11-01", "Withdraw waiver W1."),
        ((), "2026-11-01", "Withdraw waiver W1."),
    ],
)
def test_a_waiver_asks_to_be_withdrawn_only_when_nothing_needs_it(failed, until, what):
    registration = a_registration(GREEN, waivers=(a_waiver("a", until),))
    status = after(a_run("Profit 8", failed=failed), registration)

    (duty,) = [each for each in status.actions if each.key == "waiver:W1"]
    assert duty.what.en.startswith(what)


def test_a_waiver_that_no_failure_needs_is_flagged_without_effect():
    registration = a_registration(GREEN, waivers=(a_waiver("retry", "2027-11-01"),))

    status = status_of(registration)

    assert (status.status, codes(status)) == ("in_order", {"WAIVER-UNUSED"})


def test_a_waiver_for_a_release_without_runs_is_not_called_unused():
    waiver = a_waiver("retry", "2027-11-01", releases=("Profit 9",))

    assert codes(status_of(a_registration(GREEN, waivers=(waiver,)))) == set()


def test_a_waiver_that_ends_soon_or_has_ended_is_flagged():
    waivers = (a_waiver("retry", "2026-12-31"), a_waiver("login", "2026-11-22", name="W2"))
    registration = a_registration(GREEN, waivers=waivers)

    status = after(a_run("Profit 8", failed=("retry",)), registration)

    assert {"WAIVER-ENDS-SOON", "WAIVER-EXPIRED"} <= codes(status)
    assert duties(status)["waiver:W1"] == "2026-12-31"


# What else a registration tells -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "flag"),
    [
        ({"active_customers": 4}, "FEW-CUSTOMERS"),
        ({"contacts": 1}, "FEW-CONTACTS"),
        (
            {
                "onboarding": Onboarding(
                    started=day("2020-01-01"), finished=day("2020-06-01"), open_tasks=1
                )
            },
            "OPEN-TASKS",
        ),
    ],
)
def test_a_criterion_that_is_known_not_to_hold_asks_for_attention(more, flag):
    status = status_of(a_registration(GREEN, **more))

    assert (status.status, codes(status)) == ("attention", {flag})


def test_unknown_numbers_say_nothing():
    status = status_of(a_registration(GREEN, active_customers=None, contacts=None))

    assert status.status == "in_order"


def test_a_signal_is_shown_without_effect():
    signal = Signal(date=day("2026-10-03"), kind="code_of_conduct", text="Klacht van klant")

    status = status_of(a_registration(GREEN, signals=(signal,)))

    assert (status.status, codes(status)) == ("in_order", {"SIGNAL"})


def test_a_signal_of_later_is_not_known_yet():
    signal = Signal(date=day("2026-11-24"), kind="code_of_conduct", text="Klacht van klant")

    assert codes(status_of(a_registration(GREEN, signals=(signal,)))) == {"LATER-FACTS"}


def test_the_yearly_review_is_due_a_year_after_the_last():
    agreement = Agreement(started=day("2024-02-01"), annual_review=day("2025-02-01"))
    decision = a_decision("annual_review", "2026-02-03")

    overdue = status_of(a_registration(GREEN, agreement=agreement))
    held = status_of(a_registration(GREEN, agreement=agreement, decisions=(decision,)))

    assert (overdue.status, codes(overdue)) == ("in_order", {"REVIEW-OVERDUE"})
    assert duties(held)["annual-review"] == "2027-02-03"


@pytest.mark.parametrize(
    "registration",
    [
        a_registration(an_assessment("groen", None)),
        a_registration(an_assessment(None, "2026-01-01")),
        a_registration(an_assessment(), an_assessment("rood", "2026-01-01")),
        a_registration(an_assessment(), integration_id="54321_1"),
        a_registration(
            PENTEST, decisions=(a_decision("accept_evidence", "2026-06-10", assessment="P1"),)
        ),
        a_registration(an_assessment(), decisions=(a_decision("end_by_partner", "2026-06-10"),)),
        a_registration(
            an_assessment(),
            decisions=(a_decision("reject_evidence", "2026-06-10", assessment="P9"),),
        ),
        a_registration(
            an_assessment(),
            onboarding=Onboarding(started=day("2024-01-01"), finished=day("2023-01-01")),
        ),
        a_registration(an_assessment(), waivers=(a_waiver(), a_waiver())),
    ],
)
def test_what_cannot_be_true_is_an_input_error_that_leaves_the_listing(registration):
    status = status_of(registration)

    assert summary(status) == ("input_error", None, "unchanged", None)


def test_every_flag_action_and_step_names_a_rule_with_a_source():
    registration = a_registration(
        an_assessment("rood", "2024-05-14"),
        PENTEST,
        waivers=(a_waiver("retry", "2026-01-01"),),
        contacts=0,
    )
    status = after(a_run("Profit 8", failed=("retry",)), registration)

    named = {each.rule for each in (*status.flags, *status.actions, *status.reasons)}
    assert named <= set(RULES)
    assert all(each.source for each in status.reasons)


def test_the_heaviest_step_comes_first_and_is_the_status():
    status = after(
        a_run("Profit 8", failed=("retry",)), a_registration(an_assessment("oranje", "2026-03-10"))
    )

    assert status.reasons[0].status == status.status == "action_required"


def test_a_day_at_the_end_of_the_calendar_can_be_asked_for():
    registration = a_registration(an_assessment("groen", "9998-01-01"))

    assert status_of(registration, as_of="9999-12-31").security.valid_until == day("9999-12-31")


def test_an_error_of_ours_does_not_count_for_anybody_in_the_versions_that_have_it():
    erratum = Erratum(
        id="E1",
        scenario="reading.paging",
        versions=("0.1.0",),
        reason="Verkeerd verwacht",
        by="M. de Wit",
        until=day("2026-11-30"),
    )

    def judged(harness, as_of="2026-11-23"):
        run = a_run("Profit 8", failed=("reading.paging[pull]",), harness=harness)
        return status_of(
            a_registration(GREEN), runs=(PASSED[0], run), errata=(erratum,), as_of=as_of
        )

    assert judged("0.1.0").functional[1].outcome == "passed"
    assert "KNOWN-ERRATUM" in codes(judged("0.1.0"))
    assert judged("0.2.0").functional[1].outcome == "failed"
    assert judged("0.1.0", as_of="2026-12-01").functional[1].outcome == "failed"
    assert "KNOWN-ERRATUM" not in codes(judged("0.1.0", as_of="2026-12-01"))


def test_a_waiver_holds_for_what_ran_and_proves_nothing_as_for_a_failure():
    runs = (PASSED[0], replace(PASSED[1], not_run=1, unproven=("retry",)))
    bare = status_of(a_registration(an_assessment("groen", "2024-05-14")), runs=runs)
    waived = status_of(
        a_registration(an_assessment("groen", "2024-05-14"), waivers=(a_waiver(),)), runs=runs
    )

    assert bare.status == "attention"
    assert "WAIVED" in codes(waived)
    assert "WAIVER-UNUSED" not in codes(waived)
    assert waived.status != "action_required"


def test_what_a_waiver_is_for_is_called_by_the_title_that_the_run_has():
    failed = a_run(
        "Profit 8", failed=("retry[push]",), titles=(("retry", said("Kort onderhoud", "x")),)
    )
    registration = a_registration(an_assessment(), waivers=(a_waiver("retry"),))
    (duty,) = [
        each
        for each in status_of(registration, runs=(failed, a_run("Profit 7"))).actions
        if each.key == "waiver:W1"
    ]

    assert duty.what.nl.startswith('Ontwikkeling: herstel "Kort onderhoud"; de laatste dag van')
