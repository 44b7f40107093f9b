import json
from pathlib import Path

import pytest

from koppeling_harness.errors import ConfigurationError, NothingToRunError
from koppeling_harness.model.run import Scope
from koppeling_harness.model.verdict import Outcome
from koppeling_harness.rules.standing import as_recorded, standings
from koppeling_harness.scenario.known_lists import list_book
from koppeling_harness.store.runs import find_runs
from koppeling_harness.workflow.review.records import as_plain, as_text, check
from support.cli import koppeling
from support.clock import FixedClock
from support.records import LIST, a_failure, a_result, a_run, an_integration, stored

SAMPLES = Path(__file__).parents[4] / "docs" / "samples"
needs_samples = pytest.mark.skipif(not SAMPLES.is_dir(), reason="docs/samples is not here")


NOW = FixedClock("2026-12-31T00:00:00Z")


def checked(*paths, **more):
    return check(paths, clock=NOW, **more)


def forged(folder):
    """A failed record of which only the verdict says otherwise."""
    record = stored(folder, a_run(an_integration(a_failure(operation=None))))
    path = folder / record.run_id / "run.json"
    plain = json.loads(path.read_text("utf-8"))
    plain["integrations"][0]["verdict"]["outcome"] = "passed"
    path.write_text(json.dumps(plain), encoding="utf-8")
    return path


def test_each_objection_is_told_with_its_place_and_hides_no_other_record(tmp_path):
    path = forged(tmp_path / "a")
    stored(tmp_path / "b", a_run(an_integration(a_result())))
    wrong, right = checked(tmp_path)

    assert wrong.path == path
    assert [each["place"] for each in wrong.problems] == ["integrations[0].verdict.outcome"]
    assert right.problems == ()
    assert [each["holds"] for each in as_plain([wrong, right])] == [False, True]
    assert as_text([wrong, right]).endswith("2 records, 1 of them do not hold")


def test_traffic_that_is_not_there_and_why_a_record_does_not_count_are_notes(tmp_path):
    part = an_integration(a_result(), scope=Scope(whole=False, because=("keyword",)))
    stored(tmp_path, a_run(part))
    (tmp_path / "koppeling.toml").write_text(
        f'[review]\nlists = {{ours = "{LIST}"}}\n', encoding="utf-8"
    )
    (found,) = checked(tmp_path, folder=tmp_path)

    assert found.problems == ()
    assert found.notes == (
        "its traffic is not there",
        "urenportaal 3.2.0 on Profit 8: passed, does not count: by keyword",
    )


def test_a_path_without_records_is_told(tmp_path):
    with pytest.raises(NothingToRunError):
        checked(tmp_path)
    with pytest.raises(ConfigurationError, match="found nothing"):
        checked(tmp_path / "none")


@pytest.mark.parametrize("command", [["records", "check", "runs"], ["merge", "runs"]])
def test_a_record_that_contradicts_itself_is_exit_15(tmp_path, command):
    path = forged(tmp_path / "runs")
    plain = json.loads(path.read_text("utf-8"))
    plain["shard"] = {"index": 1, "total": 1}
    path.write_text(json.dumps(plain), encoding="utf-8")
    ran = koppeling(*command, cwd=tmp_path)

    assert ran.code == 15
    assert "the results come to failed" in ran.out + ran.err


def test_a_forged_record_is_not_built_on(tmp_path):
    path = forged(tmp_path / "reports")
    ran = koppeling("run", "--rerun-failed", path.parent.name, cwd=tmp_path)

    assert ran.code == 15
    assert "verdict.outcome" in ran.err


@needs_samples
def test_records_of_version_0_1_are_read_and_told_apart():
    whole = checked(SAMPLES / "records-0.1" / "whole")[0]
    keyword = checked(SAMPLES / "records-0.1" / "keyword")[0]

    assert (whole.problems, keyword.problems) == ((), ())
    assert "roosterwijs: identity not recorded" in whole.notes
    assert any("passed, whole, list of version 0.1.0" in note for note in whole.notes)
    assert any("does not count: not all of it executed" in note for note in keyword.notes)


@needs_samples
def test_a_record_of_version_0_1_counts_until_one_says_whose_it_is():
    now = NOW.now()
    old = find_runs(SAMPLES / "records-0.1", now=now, book=list_book({})).runs
    new = [
        each
        for each in find_runs(SAMPLES / "runs", now=now, book=list_book({})).runs
        if each.result.integration == "roosterwijs"
    ]

    def stands(*found):
        runs = [each.result for each in found]
        day = now.date()
        return standings(runs, who=None, held_until=as_recorded, as_of=day)["Profit 8"]

    assert stands(*old).outcome is Outcome.PASSED
    assert stands(*old).governing.run.identity is None
    assert stands(*old, *new).governing.run.run_id.startswith("20261119")
