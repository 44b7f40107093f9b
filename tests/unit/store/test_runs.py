import json
import os
from datetime import timedelta

import pytest

from koppeling_harness.document import dump_json
from koppeling_harness.errors import DocumentError, RecordError
from koppeling_harness.store.runs import find_runs, load_run, load_sound_run
from support.records import BOOK, NOW, a_failure, a_result, a_run, an_integration, run_id_of
from support.registrations import day


def a_record(*results, number=0, when="2026-11-23T08:30:15Z", **changes):
    """A record as JSON has it, of one integration."""
    results = results or (a_result("login"), a_result("retry"))
    record = json.loads(dump_json(a_run(an_integration(*results), run_id=run_id_of(number))))
    return {**record, "started_at": when, "finished_at": when, **changes}


def found_below(folder):
    return find_runs(folder, now=NOW, book=BOOK)


def write(folder, record, name="run.json"):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(record if isinstance(record, str) else json.dumps(record), encoding="utf-8")
    return path


def test_runs_are_found_at_any_depth_and_under_any_name(tmp_path):
    write(tmp_path, a_record(number=0), "2026/r1/run.json")
    write(tmp_path, a_record(number=1, when="2026-11-24T08:30:15Z"), "archive/second.json")

    found = found_below(tmp_path)

    assert [each.result.run_id for each in found.runs] == [run_id_of(0), run_id_of(1)]
    assert found.damaged == ()


def test_a_run_tells_its_release_its_day_in_amsterdam_and_what_did_not_pass(tmp_path):
    record = a_record(
        a_failure("retry", operation="push"),
        a_failure("retry", operation="push"),
        a_result("login"),
        a_failure("found", operation=None, outcome="inconclusive", cause="environment"),
        a_failure("extra", level="recommended"),
        a_result("left", outcome="not_run", cause="harness"),
        when="2026-11-22T23:30:00Z",
    )
    write(tmp_path, record)

    [found] = found_below(tmp_path).runs

    result = found.result
    assert (result.integration, result.release, result.date) == (
        "urenportaal",
        "Profit 8",
        day("2026-11-23"),
    )
    assert (result.passed, result.failed) == (1, ("retry[push]",))
    assert (result.inconclusive, result.not_run) == (1, 1)


def test_foreign_files_are_passed_by(tmp_path):
    write(tmp_path, '{"schema": "koppeling/latest@1"}', "latest.json")
    write(tmp_path, "not json", "broken.json")
    write(tmp_path, a_record(), ".hidden/run.json")
    write(tmp_path, a_record(), "page.html")

    assert found_below(tmp_path).runs == ()
    assert found_below(tmp_path).damaged == ()


def with_member(name, value):
    """Return a record of which one integration has a member that is no such thing."""
    record = a_record()
    first, *others = record["integrations"]
    return {**record, "integrations": [{**first, name: value}, *others]}


@pytest.mark.parametrize(
    "record",
    [
        '{"schema": "koppeling/run@1", "run_id": ',
        "",
        "[]",
        "null",
        {**a_record(), "started_at": "yesterday"},
        {**a_record(), "integrations": [{"id": "voorbeeld"}]},
        {**a_record(), "erp": None},
        with_member("ends", [{}]),
        with_member("ends", "soon"),
        with_member("disputed", [{}]),
        "[" * 100_000,
    ],
)
def test_a_damaged_record_is_told_and_hides_no_other(tmp_path, record):
    damaged = write(tmp_path, record, "a/run.json")
    write(tmp_path, a_record(), "b/run.json")

    found = found_below(tmp_path)

    assert [each.where for each in found.damaged] == [str(damaged)]
    assert "koppeling/run@1" in found.damaged[0].message
    assert len(found.runs) == 1


def test_a_missing_member_is_named(tmp_path):
    record = a_record()
    del record["erp"]
    write(tmp_path, record)

    assert "lacks 'erp'" in found_below(tmp_path).damaged[0].message


def test_a_run_that_was_copied_counts_once(tmp_path):
    write(tmp_path, a_record(), "a/run.json")
    write(tmp_path, a_record(), "b/run.json")

    assert len(found_below(tmp_path).runs) == 1


def test_a_folder_that_is_not_there_holds_no_runs(tmp_path):
    assert found_below(tmp_path / "none").runs == ()


def test_a_moment_without_a_zone_is_taken_as_utc(tmp_path):
    write(tmp_path, a_record(when="2026-11-22T23:30:00"))

    assert found_below(tmp_path).runs[0].result.date == day("2026-11-23")


def test_a_whole_record_can_be_read(tmp_path):
    path = write(tmp_path, a_record(a_result("login")))

    assert load_run(path).integrations[0].results[0].scenario == "login"


def test_a_whole_record_with_problems_is_a_message(tmp_path):
    with pytest.raises(DocumentError):
        load_run(write(tmp_path, {"schema": "koppeling/run@1"}))
    with pytest.raises(DocumentError, match="cannot be read"):
        load_run(tmp_path / "none.json")


def test_a_record_that_contradicts_itself_is_told_and_counts_as_none(tmp_path):
    record = a_record(a_failure("retry", operation=None))
    record["integrations"][0]["verdict"]["outcome"] = "passed"
    path = write(tmp_path, record)
    found = found_below(tmp_path)

    assert found.runs == ()
    [problem] = found.damaged
    assert problem.where == f"{path}: integrations[0].verdict.outcome"
    with pytest.raises(RecordError, match="the results come to failed"):
        load_sound_run(path, now=NOW, book=BOOK)


def test_of_two_files_of_one_run_that_differ_the_worse_counts(tmp_path):
    write(tmp_path, a_record(a_result("retry")), "a/run.json")
    write(tmp_path, a_record(a_failure("retry", operation=None)), "b/run.json")
    write(tmp_path, a_record(a_result("retry")), "c/run.json")
    found = found_below(tmp_path)

    assert [each.result.failed for each in found.runs] == [("retry",)]
    assert "says something else there" in found.damaged[0].message


def test_the_same_record_laid_out_otherwise_is_no_contradiction(tmp_path):
    write(tmp_path, a_record(), "a/run.json")
    write(tmp_path, json.dumps(a_record(), indent=4), "b/printed.json")

    assert found_below(tmp_path).damaged == ()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are of POSIX")
def test_a_pipe_or_device_with_the_name_of_a_record_is_told_and_not_waited_for(tmp_path):
    write(tmp_path, a_record(), "a/run.json")
    (tmp_path / "b").mkdir()
    os.mkfifo(tmp_path / "b" / "run.json")
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "run.json").symlink_to("/dev/full")
    found = found_below(tmp_path)

    assert len(found.runs) == 1
    assert [each.message for each in found.damaged] == [
        "cannot be read: it is a device or a pipe, expected a file"
    ] * 2


def test_folders_without_end_are_not_walked_to_their_end(tmp_path):
    deep = tmp_path.joinpath(*["d"] * 200)
    write(deep, a_record())
    write(tmp_path, a_record(), "near/run.json")
    found = found_below(tmp_path)

    assert len(found.runs) == 1
    assert "are not looked into" in found.damaged[0].message


def test_a_run_by_a_clock_that_runs_ahead_is_of_today(tmp_path):
    ahead = (NOW + timedelta(hours=23)).isoformat()
    record = a_record(a_failure("login"), when=ahead, run_id="20261231T230000Z-1a2b3c")
    write(tmp_path, record)

    [found] = found_below(tmp_path).runs

    assert (found.result.date, found.result.started_at.isoformat()) == (NOW.date(), ahead)


def test_a_folder_that_cannot_be_read_is_told(tmp_path):
    (tmp_path / "runs").symlink_to("runs")

    [problem] = found_below(tmp_path / "runs").damaged

    assert "cannot be read" in problem.message
