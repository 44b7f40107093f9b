"""Every duty of every status is due on a day or now, and stands in every list."""

import csv
import io
import json
import re

import pytest

from koppeling_harness.model.registration import (
    Agreement,
    Listing,
    Onboarding,
    PlannedAssessment,
    Signal,
)
from koppeling_harness.model.status import Status
from koppeling_harness.report.deadlines_ics import render_deadlines_ics
from koppeling_harness.report.due import all_due
from koppeling_harness.report.status_csv import CsvForm, render_status_csv, render_work_csv
from koppeling_harness.report.status_text import render_status_text
from koppeling_harness.report.summary_markdown import render_summary_markdown
from koppeling_harness.rules.policy import SLA
from koppeling_harness.rules.urgency import topic_of
from koppeling_harness.workflow.review.status import as_json
from support.clock import FixedClock
from support.dossiers import (
    AS_OF,
    RELEASES,
    a_dossier,
    a_full_dossier,
    a_functional,
    a_refused,
    overview_of,
    page_of,
)
from support.partnerships import a_partners_dossier
from support.registrations import a_decision, a_registration, a_waiver, an_assessment, day

UNLISTED = Listing()
NOWHERE = {"listing": UNLISTED}


def of(*assessments, runs=(), **more):
    return a_dossier(*runs, registration=a_registration(*assessments, **more))


def an_applicant(**more):
    begun = more.pop("onboarding", Onboarding(started=day("2026-06-01"), open_tasks=2))
    return a_dossier(registration=a_registration(onboarding=begun, **NOWHERE, **more))


ALL = {
    "in order": a_dossier,
    "nothing run": lambda: of(an_assessment(), runs=[a_functional("Profit 6")]),
    "orange": lambda: of(an_assessment("oranje", "2026-03-10")),
    "follow-up overdue": lambda: of(an_assessment("rood", "2026-05-24")),
    "failing and few contacts": lambda: of(
        an_assessment(),
        runs=[a_functional("Profit 8", failed=("a",)), a_functional("Profit 7", inconclusive=1)],
        contacts=1,
        active_customers=2,
        onboarding=Onboarding(started=day("2023-01-01"), finished=day("2023-06-01"), open_tasks=3),
    ),
    "lapsed": lambda: of(an_assessment("groen", "2023-11-01")),
    "lapsed for long": lambda: of(an_assessment("groen", "2021-11-01")),
    "never assessed": of,
    "evidence": lambda: of(an_assessment(None, "2026-10-01", name="P1", kind="pentest")),
    "evidence after a lapse": lambda: of(
        an_assessment("groen", "2023-11-01"),
        an_assessment(None, "2026-10-01", name="P1", kind="pentest"),
    ),
    "applying": an_applicant,
    "applying, scan red": lambda: an_applicant(assessments=(an_assessment("rood", "2026-10-01"),)),
    "ready": lambda: an_applicant(
        onboarding=Onboarding(started=day("2026-06-01")),
        assessments=(an_assessment("groen", "2026-10-01"),),
    ),
    "overdue": lambda: an_applicant(onboarding=Onboarding(started=day("2025-03-01"))),
    "listed too early": lambda: a_dossier(
        registration=a_registration(onboarding=Onboarding(started=day("2026-06-01")))
    ),
    "planned": lambda: of(
        an_assessment("groen", "2024-05-14"),
        planned_assessments=(PlannedAssessment(date=day("2027-06-10"), assessor="Computest"),),
    ),
    "not listed": lambda: of(an_assessment(), **NOWHERE),
    "waivers": lambda: of(an_assessment(), waivers=(a_waiver(until="2026-12-31"),)),
    "review": lambda: of(an_assessment(), agreement=Agreement(started=day("2024-01-01"))),
    "signal": lambda: of(
        an_assessment(),
        signals=(Signal(date=day("2026-10-03"), kind="code_of_conduct", text="Klacht"),),
    ),
    "notice": lambda: of(
        an_assessment("groen", "2023-05-14"), decisions=(a_decision("give_notice", "2026-06-01"),)
    ),
    "mended during notice": lambda: of(
        an_assessment("groen", "2023-05-14"),
        an_assessment("groen", "2026-10-01", name="Q2"),
        decisions=(a_decision("give_notice", "2026-06-01"),),
    ),
    "ended": lambda: of(
        an_assessment(), decisions=(a_decision("terminate_immediately", "2026-11-02"),)
    ),
    "of a partner, with a signal and a plan": lambda: a_partners_dossier("koppeling"),
    "full": a_full_dossier,
    "refused": a_refused,
}


def test_all_statuses_are_walked():
    assert {make().status.status for make in ALL.values()} == set(Status)


def events(text):
    return text.replace("\r\n ", "").count("BEGIN:VEVENT")


@pytest.mark.parametrize("name", ALL)
def test_every_duty_is_due_on_a_day_or_now_and_stands_in_every_list(name):
    dossier = ALL[name]()
    duties = dossier.status.actions
    texts = {each.what.nl for each in duties}
    keys = [each.key for each in duties]

    due = all_due([dossier], as_of=AS_OF)
    assert [each.action.key for each in due] == keys
    assert all(each.is_now == (each.action.due is None) for each in due)
    assert [each.due for each in due] == [each.due or AS_OF for each in duties]
    assert all(topic_of(each) for each in duties)
    for page in (overview_of(dossier), page_of(dossier)):
        shown = re.findall(r'data-key="([^"]*)"', page)
        assert shown == keys
    work = list(csv.DictReader(io.StringIO(render_work_csv(due), newline="")))
    assert [each["key"] for each in work] == keys
    assert events(render_deadlines_ics([dossier], lang="nl", stamp=NOW)) == len(keys)
    plain = render_status_text([dossier], as_of=AS_OF, policy=SLA, releases=RELEASES, lang="nl")
    assert dossier.problem or [text for text in texts if text not in plain] == []
    summary = render_summary_markdown([dossier], lang="nl", warning_days=10**6)
    assert summary.count("\n- ") == len(keys)
    (known,) = json.loads(as_json([dossier]))
    assert [each["key"] for each in known["actions"]] == keys


@pytest.mark.parametrize("name", ALL)
def test_what_is_next_is_what_asks_for_a_hand_first(name):
    dossier = ALL[name]()
    row = next(csv.DictReader(io.StringIO(render_status_csv([dossier]), newline="")))
    first = next(iter(dossier.status.actions), None)

    assert row["next_action"] == (first.key if first else "")
    assert row["next_who"] == (first.who if first else "")
    if first is not None and first.due is not None and first.due > day("2026-11-29"):
        assert all(each.due and each.due > day("2026-11-29") for each in dossier.status.actions)


NOW = FixedClock("2026-11-23T11:00:00Z").now()


def test_dutch_excel_gets_semicolons_a_mark_and_the_same_cells():
    dossier = a_full_dossier()
    due = all_due([dossier], as_of=AS_OF)
    for plain, dutch in (
        (render_work_csv(due), render_work_csv(due, CsvForm.DUTCH_EXCEL)),
        (render_status_csv([dossier]), render_status_csv([dossier], CsvForm.DUTCH_EXCEL)),
    ):
        assert dutch.startswith("\ufeff")
        read = list(csv.reader(io.StringIO(dutch[1:], newline=""), delimiter=";"))
        assert read == list(csv.reader(io.StringIO(plain, newline="")))


def test_what_is_late_stands_in_the_calendar_on_the_day_itself_and_says_since_when():
    text = render_deadlines_ics([ALL["lapsed"]()], lang="nl", stamp=NOW).replace("\r\n ", "")

    assert "Te laat sinds 2 november 2026." in text
    assert set(re.findall(r"DTSTART;VALUE=DATE:(\d+)", text)) == {"20261123"}
