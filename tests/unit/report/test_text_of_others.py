"""Text that others wrote is shown on every plain output, and obeyed by none."""

import csv
import io
import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from koppeling_harness.cli.say import say, say_json, say_lines
from koppeling_harness.document import dump_json
from koppeling_harness.model.policy import ReleaseRoles
from koppeling_harness.report.clean import for_json, for_terminal
from koppeling_harness.report.deadlines_ics import render_deadlines_ics
from koppeling_harness.report.markdown import plain
from koppeling_harness.report.result_text import headline, render
from koppeling_harness.report.run_markdown import render_run_markdown
from koppeling_harness.report.run_text import run_lines
from koppeling_harness.report.status_csv import render_status_csv
from koppeling_harness.report.status_text import render_status_text
from koppeling_harness.report.summary_markdown import render_summary_markdown
from koppeling_harness.rules.policy import POLICIES
from koppeling_harness.rules.run_groups import summarised
from support.dossiers import a_full_dossier, a_hostile_dossier, a_refused
from support.hostile import LINE, SPOKEN, hostile_run

OBEYED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def is_harmless(text: str, *, is_a_log: bool = True) -> bool:
    assert not OBEYED.search(text.replace("\r\n", "\n"))
    if not is_a_log:  # no CI system reads it
        return True
    assert not re.search(r"##\w*\[", text)
    for line in re.split(r"[\r\n\u2028]", text):
        assert not line.startswith(LINE)
        assert not line.lstrip().startswith("::")
    return True


def dossiers():
    full = a_full_dossier()
    spoken = replace(
        full,
        registration=replace(
            full.registration,
            title=replace(full.registration.title, nl=SPOKEN, en=SPOKEN),
            partner=replace(full.registration.partner, name=SPOKEN),
        ),
    )
    return [spoken, a_hostile_dossier(), a_refused(SPOKEN)]


def status_text() -> str:
    return render_status_text(
        dossiers(),
        as_of=date(2026, 11, 23),
        policy=next(iter(POLICIES.values())),
        releases=ReleaseRoles(),
        lang="nl",
    )


PLAIN = {
    "verdict": lambda: for_terminal("\n".join(run_lines(summarised([hostile_run()])))),
    "result": lambda: render(hostile_run().integrations[0].results[0]),
    "headline": lambda: headline(hostile_run().integrations[0].results[0]),
    "status": lambda: for_terminal(status_text()),
    "run markdown": lambda: render_run_markdown([hostile_run()]),
    "summary markdown": lambda: render_summary_markdown(dossiers(), lang="nl", warning_days=90),
    "json": lambda: for_json(dump_json(hostile_run(), indent=1)),
}


@pytest.mark.parametrize("made", PLAIN.values(), ids=PLAIN.keys())
def test_a_plain_output_obeys_nothing_of_others(made):
    assert is_harmless(made())


def test_what_is_left_of_it_can_be_read():
    assert r"\x1b[2J" in PLAIN["verdict"]()
    assert r"\x1b]0;titel\x07" in PLAIN["status"]()
    assert r"\u202e" in PLAIN["status"]()


def test_json_says_the_same_when_it_is_shown():
    whole = dump_json(hostile_run(), indent=1)

    assert json.loads(for_json(whole)) == json.loads(whole)


def test_a_calendar_holds_text_of_others_in_its_own_lines_only():
    calendar = render_deadlines_ics(dossiers(), lang="nl", stamp=datetime(2026, 11, 23, tzinfo=UTC))

    assert "SUMMARY" in calendar
    assert is_harmless(calendar, is_a_log=False)
    assert all(re.match(r"[A-Z-]+[;:]| ", line) for line in calendar.split("\r\n") if line)


def test_a_cell_of_a_table_is_one_line_and_no_formula():
    rows = list(csv.reader(io.StringIO(render_status_csv(dossiers()))))

    assert is_harmless("\n".join(cell for row in rows for cell in row if "::" not in cell))
    for row in rows:
        for cell in row:
            assert "\n" not in cell
            assert not cell.lstrip().startswith(("=", "+", "-", "@", "\uff1d"))


@pytest.mark.parametrize(
    "title", ["x;=1+1;y", "x; =cmd|' /C calc'!A0", 'x|"+1', "x;\uff1d1", "=1", "a;-1", "x;'@y"]
)
def test_a_spreadsheet_in_dutch_calculates_nothing_after_a_semicolon_either(title):
    full = a_full_dossier()
    told = replace(full.registration.title, nl=title, en=title)
    made = render_status_csv([replace(full, registration=replace(full.registration, title=told))])
    begins = [each.strip(' "')[:1] for each in re.split("[;|,\r\n]", made)]

    assert "'" in begins
    assert not set(begins) & set("=+-@\uff1d")


@pytest.mark.parametrize(
    "text",
    [
        "[a](https://x.example)",
        "![a](b)",
        "| a |",
        "# a",
        "<b>a</b>",
        "@team",
        "http://x.example",
        r"$\color{green}{passed}$",
    ],
)
def test_markdown_shows_what_others_wrote(text):
    shown = plain(text)

    assert not re.search(r"(?<![\\&])[\[\]()#<>|@!$]", shown)
    assert "://" not in shown


def test_the_terminal_is_said_one_thing_at_a_time(capsys):
    say(f"title: {SPOKEN}")
    say_lines(f"title: {SPOKEN.replace(chr(10), ' ')}")
    say_json(json.dumps({"title": SPOKEN}, ensure_ascii=False))
    said = capsys.readouterr().out

    assert is_harmless(said)
    assert all(each.startswith(("title", "    ", "{")) for each in said.splitlines())


@pytest.mark.parametrize(
    "text", ["a::b", "http://[::1]:8080/", "C# ## title", "x [y] #z", "std::string a"]
)
def test_what_only_looks_like_a_command_stays(text):
    assert for_terminal(text) == text
