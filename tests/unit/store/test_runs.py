import json

import pytest

from koppeling_harness.errors import DocumentError
from koppeling_harness.store.runs import find_runs, load_run
from support.registrations import day


def a_record(*results, run_id="r1", when="2026-11-20T08:00:00Z", label="Profit 8", **verdict):
    required = {"total": 2, "executed": 2, "passed": 2, **verdict}
    outcome = required.pop("outcome", "passed")
    return {
        "schema": "koppeling/run@1",
        "run_id": run_id,
        "started_at": when,
        "finished_at": when,
        "harness": {"version": "1"},
        "erp": {"kind": "emulator", "environment": "ERP1", "version": "8.0.1", "label": label},
        "scenario_lock": {"digest": "d", "required": 2},
        "integrations": [
            {
                "id": "voorbeeld",
                "version": "1",
                "digest": "d",
                "verdict": {"outcome": outcome, "required": required, "waived": 0},
                "results": list(results),
            }
        ],
    }


def a_result(scenario, outcome, *, operation=None, level="required"):
    return {
        "scenario": scenario,
        "title": {"nl": "x", "en": "x"},
        "level": level,
        "operation": operation,
        "outcome": outcome,
        "cause": None,
    }


def write(folder, record, name="run.json"):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(record if isinstance(record, str) else json.dumps(record), encoding="utf-8")
    return path


def test_runs_are_found_at_any_depth_and_under_any_name(tmp_path):
    write(tmp_path, a_record(run_id="r1"), "2026/r1/run.json")
    write(tmp_path, a_record(run_id="r2"), "archive/second.json")

    found = find_runs(tmp_path)

    assert [each.result.run_id for each in found.runs] == ["r1", "r2"]
    assert found.damaged == ()


def test_a_run_tells_its_release_its_day_in_amsterdam_and_what_did_not_pass(tmp_path):
    record = a_record(
        a_result("retry", "failed", operation="push"),
        a_result("retry", "failed", operation="push"),
        a_result("login", "inconclusive"),
        a_result("extra", "failed", level="recommended"),
        when="2026-11-20T23:30:00Z",
        outcome="failed",
        total=4,
        executed=3,
        passed=1,
    )
    write(tmp_path, record)

    [found] = find_runs(tmp_path).runs

    result = found.result
    assert (result.integration, result.release, result.date) == (
        "voorbeeld",
        "Profit 8",
        day("2026-11-21"),
    )
    assert (result.passed, result.failed) == (1, ("retry[push]",))
    assert (result.inconclusive, result.not_run) == (1, 1)


def test_foreign_files_are_passed_by(tmp_path):
    write(tmp_path, '{"schema": "koppeling/latest@1"}', "latest.json")
    write(tmp_path, "not json", "broken.json")
    write(tmp_path, a_record(), ".hidden/run.json")
    write(tmp_path, a_record(), "page.html")

    assert find_runs(tmp_path).runs == ()
    assert find_runs(tmp_path).damaged == ()


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
        a_record(outcome="failed"),
        "[" * 100_000,
    ],
)
def test_a_damaged_record_is_told_and_hides_no_other(tmp_path, record):
    damaged = write(tmp_path, record, "a/run.json")
    write(tmp_path, a_record(), "b/run.json")

    found = find_runs(tmp_path)

    assert [each.where for each in found.damaged] == [str(damaged)]
    assert "koppeling/run@1" in found.damaged[0].message
    assert len(found.runs) == 1


def test_a_missing_member_is_named(tmp_path):
    record = a_record()
    del record["erp"]
    write(tmp_path, record)

    assert "lacks 'erp'" in find_runs(tmp_path).damaged[0].message


def test_a_run_that_was_copied_counts_once(tmp_path):
    write(tmp_path, a_record(), "a/run.json")
    write(tmp_path, a_record(), "b/run.json")

    assert len(find_runs(tmp_path).runs) == 1


def test_a_folder_that_is_not_there_holds_no_runs(tmp_path):
    assert find_runs(tmp_path / "none").runs == ()


def test_a_moment_without_a_zone_is_taken_as_utc(tmp_path):
    write(tmp_path, a_record(when="2026-11-20T23:30:00"))

    assert find_runs(tmp_path).runs[0].result.date == day("2026-11-21")


def test_a_whole_record_can_be_read(tmp_path):
    path = write(tmp_path, a_record(a_result("login", "passed")))

    assert load_run(path).integrations[0].results[0].scenario == "login"


def test_a_whole_record_with_problems_is_a_message(tmp_path):
    with pytest.raises(DocumentError):
        load_run(write(tmp_path, {"schema": "koppeling/run@1"}))
    with pytest.raises(DocumentError, match="cannot be read"):
        load_run(tmp_path / "none.json")
