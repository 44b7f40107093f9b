import re
from datetime import UTC, datetime

from koppeling_harness.report.deadlines_ics import render_deadlines_ics
from koppeling_harness.rules.words import said
from support.registrations import a_dossier, a_registration, an_assessment

STAMP = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
RED = a_registration(an_assessment("rood", "2026-08-31"))


def rendered(registration=RED, lang="en", **more):
    return render_deadlines_ics([a_dossier(registration, **more)], lang=lang, stamp=STAMP)


def unfolded(text):
    return text.replace("\r\n ", "").split("\r\n")


def uids(text):
    return re.findall(r"^UID:(.*)\r$", text, flags=re.MULTILINE)


def test_a_deadline_is_a_whole_day_in_a_calendar():
    lines = unfolded(rendered())

    assert lines[:3] == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//koppeling-harness//deadlines//EN",
    ]
    assert lines[-2:] == ["END:VCALENDAR", ""]
    assert "DTSTAMP:20261123T093000Z" in lines
    assert "DTSTART;VALUE=DATE:20270228" in lines
    assert "DTEND;VALUE=DATE:20270301" in lines
    assert "SUMMARY:Example: partner: Have a new assessment made." in lines


def test_what_has_no_date_stands_on_the_as_of_date():
    evidence = an_assessment(None, "2026-10-01", name="P1", kind="pentest")
    text = rendered(a_registration(evidence))
    (event,) = [each for each in text.split("BEGIN:VEVENT") if "evidence P1" in each]

    assert "DTSTART;VALUE=DATE:20261123" in event


def test_the_description_names_rule_source_and_policy_in_one_line_of_text():
    [line] = [each for each in unfolded(rendered(lang="nl")) if each.startswith("DESCRIPTION")]

    assert line.startswith("DESCRIPTION:Voorbeeld (voorbeeld): actie vereist\\nR1: Rood is zes")
    assert "partner.afas.nl/sla/koppeling\\; AFAS\\, docs.afas.help" in line
    assert line.endswith("Beleid: sla\\; vastgelegd door AFAS")


def test_no_line_is_longer_than_75_octets_and_none_is_broken_inside_a_character():
    registration = a_registration(
        an_assessment("rood", "2026-08-31"), title=said("é" * 100, "ü€" * 60)
    )

    content = rendered(registration).encode()

    lines = content.split(b"\r\n")
    assert max(len(line) for line in lines) <= 75
    for line in lines:
        line.decode()
    assert f"SUMMARY:{'ü€' * 60}: partner" in "\n".join(unfolded(content.decode()))


def test_special_characters_are_escaped_and_cannot_begin_a_line_of_their_own():
    registration = a_registration(
        an_assessment("rood", "2026-08-31"),
        title=said("x", "a;b,c\\d\nEND:VCALENDAR\r\x07"),
    )

    lines = unfolded(rendered(registration))

    assert lines.count("END:VCALENDAR") == 1
    assert (
        "SUMMARY:a\\;b\\,c\\\\d\\nEND:VCALENDAR\\\\x0d\\\\x07: partner: Have a new assessment made."
        in lines
    )


def test_a_duty_keeps_its_uid_when_the_day_and_the_deadline_move():
    before = uids(rendered())
    later = uids(rendered(a_registration(an_assessment("groen", "2026-09-30")), as_of="2026-12-01"))

    assert len(before) == 1
    assert before == later


def test_two_registrations_do_not_share_uids():
    other = a_registration(an_assessment("rood", "2026-08-31"), registration="ander")

    assert not set(uids(rendered())) & set(uids(rendered(other)))
