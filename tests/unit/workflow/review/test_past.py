"""What reports told is kept, and a later report tells it as it was told."""

import json

import pytest

from koppeling_harness.workflow.review.publish import publish
from koppeling_harness.workflow.review.status import StatusRequest
from support.clock import FixedClock
from support.pages import text_of
from support.registrations import REGISTRATION as EXAMPLE
from support.registrations import day


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "registrations").mkdir()
    (tmp_path / "registrations" / "a.yaml").write_text(EXAMPLE, encoding="utf-8")
    (tmp_path / "koppeling.toml").write_text('[review]\nfolder = "registrations"\n')
    return tmp_path


def report(folder, today, *, as_of=None):
    request = StatusRequest(
        paths=(folder / "registrations",),
        runs=folder / "runs",
        folder=folder,
        as_of=day(as_of) if as_of else None,
    )
    return publish(request, folder / "site", clock=FixedClock(f"{today}T11:00:00Z"))


def kept(folder):
    history = folder / "registrations" / "history"
    return sorted(each.relative_to(history).as_posix() for each in history.rglob("*.json"))


def dossier(folder):
    shown = text_of((folder / "site" / "dossiers" / "voorbeeld.html").read_text(encoding="utf-8"))
    for mark in ":.,":  # a day is an element of its own
        shown = shown.replace(f" {mark}", mark)
    return shown


def overview(folder):
    return text_of((folder / "site" / "index.html").read_text(encoding="utf-8"))


def test_what_a_report_tells_is_kept_by_its_day(folder):
    report(folder, "2026-11-16")
    report(folder, "2026-11-23")

    assert kept(folder) == ["voorbeeld/2026-11-16.json", "voorbeeld/2026-11-23.json"]
    file = folder / "registrations" / "history" / "voorbeeld" / "2026-11-16.json"
    told = json.loads(file.read_text(encoding="utf-8"))
    assert (told["schema"], told["as_of"]) == ("koppeling/status@1", "2026-11-16")


def test_a_kept_report_that_cannot_be_read_is_told_and_left_out(folder):
    report(folder, "2026-11-16")
    kept_in = folder / "registrations" / "history" / "voorbeeld"
    (kept_in / "2026-11-09.json").write_text('{"half', encoding="utf-8")
    done = report(folder, "2026-11-23")
    (told,) = [each for each in done.problems if "2026-11-09.json" in each]

    assert "expected what a report told" in told
    assert "Put it back from version control" in told
    assert "16 november 2026" in dossier(folder)


def test_a_report_about_the_past_is_not_kept_as_if_it_had_been_told_then(folder):
    report(folder, "2026-11-23", as_of="2026-11-16")

    assert kept(folder) == []


def test_outside_the_reviewers_folder_nothing_is_kept(folder):
    (folder / "koppeling.toml").unlink()
    report(folder, "2026-11-23")

    assert kept(folder) == []


def test_the_past_is_what_was_told_also_when_the_file_says_otherwise_now(folder):
    report(folder, "2026-11-16")
    file = folder / "registrations" / "a.yaml"
    changed = EXAMPLE.replace("colour: groen", "colour: rood")
    assert changed != EXAMPLE
    file.write_text(changed, encoding="utf-8")
    report(folder, "2026-11-23")

    shown = dossier(folder)
    assert "Sinds 16 november 2026:" in shown
    assert "Zoals het toen is gerapporteerd." in shown
    assert "De status ging van" in shown
    assert "Veranderd sinds vorige week" in overview(folder)


def test_it_is_compared_with_a_report_of_a_week_ago_and_not_with_the_one_of_yesterday(folder):
    for today in ("2026-11-02", "2026-11-15", "2026-11-22"):
        report(folder, today)
    report(folder, "2026-11-23")

    assert "Niets, sinds 15 november 2026." in dossier(folder)


def test_a_duty_that_is_done_says_when_and_how_late_and_the_trend_counts_it(folder):
    file = folder / "registrations" / "a.yaml"
    file.write_text(f"{EXAMPLE}contacts: 1\n", encoding="utf-8")
    report(folder, "2026-08-17")
    report(folder, "2026-08-24")
    file.write_text(EXAMPLE, encoding="utf-8")
    report(folder, "2026-11-23")

    assert "gemeld op 17 augustus 2026, gedaan voor 23 november 2026" in dossier(folder)
    shown = overview(folder)
    assert "3e kwartaal 2026 Q3 2026" in shown
    assert "4e kwartaal 2026 Q4 2026" in shown


def test_a_file_of_the_past_that_cannot_be_read_costs_nothing(folder):
    report(folder, "2026-11-16")
    broken = folder / "registrations" / "history" / "voorbeeld" / "2026-11-09.json"
    broken.write_text("{", encoding="utf-8")
    (broken.parent / "2026-11-02.json").write_text("[]", encoding="utf-8")
    report(folder, "2026-11-23")

    assert "Sinds 16 november" in dossier(folder) or "Niets, sinds 16 november" in dossier(folder)


def test_a_folder_that_takes_no_history_is_told_and_the_pages_are_written(folder):
    (folder / "registrations" / "history").write_text("in the way", encoding="utf-8")
    written = report(folder, "2026-11-23")

    assert any("was not kept" in each for each in written.problems)
    assert dossier(folder)
