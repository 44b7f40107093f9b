"""What a day makes of what ends: finding, status, calendar, badge, as the data file says."""

from dataclasses import replace
from datetime import timedelta

import pytest

from koppeling_harness.model.deadline import Deadline, Mark, Stage
from koppeling_harness.model.functional import CountsLater
from koppeling_harness.model.shape import Text
from koppeling_harness.model.status import Status
from koppeling_harness.model.verdict import Severity
from koppeling_harness.report.badge_svg import render_badge_svg
from koppeling_harness.report.deadlines_ics import render_deadlines_ics
from koppeling_harness.rules.deadlines import (
    deadline_named,
    ended_schemes,
    ending,
    endings,
    level_on,
    shipped_deadlines,
)
from koppeling_harness.rules.policy import SLA, WARNING_DAYS
from koppeling_harness.rules.status import registration_status
from support.clock import FixedClock
from support.dossiers import RELEASES, a_dossier, a_functional
from support.exchanges import a_manifest
from support.records import a_finding, a_result
from support.registrations import a_registration, an_assessment, day

TOKEN = deadline_named("classic-token")
GREEN = a_registration(an_assessment())
LAST_DAYS = {
    "2027-01-30": (Severity.INFORMATION, Status.IN_ORDER, ["20270430", "20270831"]),
    "2027-01-31": (Severity.WARNING, Status.ATTENTION, ["20270430", "20270831"]),
    "2027-04-30": (Severity.WARNING, Status.ATTENTION, ["20270430", "20270831"]),
    "2027-05-01": (Severity.WARNING, Status.ATTENTION, ["20270831"]),
    "2027-08-31": (Severity.WARNING, Status.ATTENTION, ["20270831"]),
    "2027-09-01": (Severity.ERROR, Status.ACTION_REQUIRED, ["20270901"]),
}
"""By day: level, status, and the days on which the calendar has the duty."""


def signing_in(when, **more):
    """Return two runs of a day, on both releases, that signed in with a classic token."""
    ends = (ending(TOKEN, day(when)),)
    return tuple(a_functional(each, when, ends=ends, **more) for each in ("Profit 7", "Profit 8"))


def status_on(when, runs, **more):
    return registration_status(
        GREEN,
        as_of=day(when),
        policy=SLA,
        runs=runs,
        releases=RELEASES,
        warning_days=WARNING_DAYS,
        **more,
    )


def calendar_of(status):
    """Return the days on which the calendar has what is to be done about D1."""
    dossier = replace(a_dossier(registration=GREEN), status=status)
    text = render_deadlines_ics(
        [dossier], lang="en", stamp=FixedClock("2026-11-30T12:00:00Z").now()
    )
    events = text.replace("\r\n ", "").split("BEGIN:VEVENT")[1:]
    found = [each for each in events if "CATEGORIES:D1" in each]
    return [each.split("DTSTART;VALUE=DATE:")[1][:8] for each in found]


@pytest.mark.parametrize("when", LAST_DAYS)
def test_the_day_changes_finding_status_and_calendar_as_the_data_file_says(when):
    level, demanded, days = LAST_DAYS[when]
    runs = signing_in("2027-01-20")

    status = status_on(when, runs)

    assert level_on(TOKEN, day(when)) is level
    assert ending(TOKEN, day(when)).level is level
    assert [each.status for each in status.reasons if each.rule == "D1"] == [demanded]
    assert calendar_of(status) == days


def test_another_data_file_makes_other_days():
    book = [
        replace(
            TOKEN, stages=tuple(replace(s, day=s.day + timedelta(days=365)) for s in TOKEN.stages)
        )
    ]
    runs = signing_in("2027-01-20")

    status = status_on("2027-09-01", runs, deadlines=book)

    assert [each.status for each in status.reasons if each.rule == "D1"] == [Status.IN_ORDER]
    assert calendar_of(status) == ["20280429", "20280830"]


def test_both_days_are_told_in_both_languages_and_that_a_new_token_can_still_be_made():
    text = ending(TOKEN, day("2026-11-30")).text

    assert "stopt op 1 mei 2027" in text.nl
    assert "stopt op 1 september 2027" in text.nl
    assert "will stop on 1 May 2027" in text.en
    assert "a new one can still be made" in text.en
    assert "stopped on 1 May 2027" in ending(TOKEN, day("2027-06-01")).text.en


def test_who_has_moved_to_oauth_and_ran_again_is_told_nothing_any_more():
    runs = (*signing_in("2026-11-20"), a_functional("Profit 8", "2026-11-25"))

    status = status_on("2027-06-01", runs)

    assert [each for each in status.reasons if each.rule == "D1"] == []
    assert calendar_of(status) == []


def test_a_part_of_a_run_does_not_say_that_it_has_moved():
    runs = (*signing_in("2026-11-20"), a_functional("Profit 8", "2026-11-25", part=("keyword",)))

    assert [each.rule for each in status_on("2026-11-30", runs).reasons].count("D1") == 1


def test_of_a_deadline_that_the_reader_does_not_know_the_record_s_own_days_hold():
    newer = replace(ending(TOKEN, day("2026-11-20")), code="something-newer")
    runs = (a_functional("Profit 8", "2026-11-20", ends=(newer,)),)

    flags = {
        when: [each.code for each in status_on(when, runs).flags if each.rule == "D1"]
        for when in ("2026-11-30", "2027-03-01", "2027-05-01")
    }

    assert flags == {"2026-11-30": [], "2027-03-01": ["STOPS-SOON"], "2027-05-01": ["HAS-STOPPED"]}


def test_what_counts_later_and_does_not_pass_yet_has_its_day_in_the_status():
    runs = (a_functional(later=(CountsLater(day=day("2027-03-01"), open=3),)),)

    for when, demanded in (("2026-11-30", Status.IN_ORDER), ("2026-12-01", Status.ATTENTION)):
        status = status_on(when, runs)
        [reason] = [each for each in status.reasons if each.rule == "D2"]
        [duty] = [each for each in status.actions if each.rule == "D2"]
        assert (reason.status, duty.due) == (demanded, day("2027-02-28"))
        assert "3 scenarios will be required from 1 March 2027" in reason.text.en


def test_the_badge_says_by_when_once_it_is_near_and_its_title_always():
    far, near = (
        render_badge_svg(status_on(when, signing_in("2026-11-20")), lang="en")
        for when in ("2026-11-30", "2027-03-01")
    )

    assert "fix by 30 April 2027)" in far.split("<title>")[1].split("</title>")[0]
    assert ">in order · 30 November 2026</text>" in far
    assert ">attention, fix by 30 April 2027 · 1 March 2027</text>" in near


def test_each_kind_of_mark_is_seen_by_what_it_says():
    manifest = a_manifest()
    connector = manifest.update_connectors[0]
    stage = (Stage(day=day("2027-05-01"), then=Text(nl="weg", en="gone")),)

    def mark(name, **what):
        return replace(TOKEN, id=name, mark=Mark(**what), stages=stage)

    book: list[Deadline] = [
        mark("by-scheme", scheme="afastoken"),
        mark("by-connector", connector=connector.id.upper()),
        mark("by-field", connector=connector.id, field=connector.fields[0]),
        mark("by-finding", finding="DATA-23"),
        mark("by-text", text="x-profit-error"),
        mark("not-declared", connector="KnNobody"),
        mark("no-such-field", connector=connector.id, field="Nothing"),
    ]
    results = [a_result(signed_in=("afastoken",), findings=(a_finding("DATA-23"),))]

    found = endings(
        manifest, results, day=day("2026-11-30"), texts={"x-profit-error": "afas.py"}, book=book
    )

    assert [(each.code, each.of) for each in found] == [
        ("by-connector", connector.id.upper()),
        ("by-field", f"{connector.id}.{connector.fields[0]}"),
        ("by-finding", ""),
        ("by-scheme", ""),
        ("by-text", "afas.py"),
    ]
    assert endings(manifest, [a_result()], day=day("2026-11-30"), texts={}, book=book[:1]) == ()


def test_a_scheme_has_ended_from_the_day_after_its_last_and_no_sooner():
    assert ended_schemes(("afastoken", "bearer"), day("2027-08-31")) == ()
    assert ended_schemes(("afastoken",), day("2027-09-01")) == (TOKEN,)
    assert ended_schemes(("bearer", "dpop"), day("2027-09-01")) == ()


def test_every_entry_of_the_data_file_has_its_source_and_its_days_in_order():
    for each in shipped_deadlines():
        days = [stage.day for stage in each.stages if stage.day is not None]
        assert each.source
        assert days == sorted(days)
        marked = [bool(getattr(each.mark, name)) for name in Mark.__dataclass_fields__]
        assert sum(marked) == (2 if each.mark.field else 1)
