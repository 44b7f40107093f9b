from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from koppeling_harness.model.run import RunRecord, Shard
from koppeling_harness.model.verdict import Cause, Outcome
from koppeling_harness.workflow.recheck.history import History
from support.records import STARTED_AT, a_failure, a_result, a_run, an_integration, stored

UNREACHABLE = a_failure("a", operation=None, outcome=Outcome.INCONCLUSIVE, cause=Cause.ENVIRONMENT)


def written(folder: Path, number: int, *results, release: str = "Profit 8", **changes) -> RunRecord:
    """Write the run of day `number`, and return it."""
    record = a_run(
        an_integration(*results), run_id=f"run-{number}", started_at=STARTED_AT + timedelta(number)
    )
    return stored(folder, replace(record, erp=replace(record.erp, label=release), **changes))


def test_the_last_run_is_the_newest_on_the_first_release_that_has_one(tmp_path):
    written(tmp_path, 3, a_result("a"), release="Profit 7")
    written(tmp_path, 1, a_result("a"))
    written(tmp_path, 2, a_result("a"))
    history = History(tmp_path)

    def last(*releases):
        found = history.last("urenportaal", releases)
        return found and found.run.run_id

    assert last("Profit 8", "Profit 7") == "run-2"
    assert last("Profit 9", "Profit 7") == "run-3"
    assert last("Profit 6") is None
    assert history.last("another", ["Profit 8"]) is None


def test_a_shard_and_a_damaged_record_are_passed_by(tmp_path):
    written(tmp_path, 1, a_result("a"))
    written(tmp_path, 2, a_result("a"), shard=Shard(index=1, total=2))
    broken = tmp_path / "run-9" / "run.json"
    broken.parent.mkdir()
    broken.write_text('{"schema": "koppeling/run@1"', encoding="utf-8")
    found = History(tmp_path).last("urenportaal", ["Profit 8"])

    assert found
    assert found.run.run_id == "run-1"


def test_what_was_inconclusive_is_no_verdict(tmp_path):
    written(tmp_path, 1, a_result("a"))
    written(tmp_path, 2, UNREACHABLE)
    found = History(tmp_path).last_judged("urenportaal", "a", ["Profit 8"])

    assert found
    assert found.outcome is Outcome.PASSED


def test_a_run_that_passed_as_a_whole_goes_before_one_that_passed_in_part(tmp_path):
    written(tmp_path, 1, a_result("a"))
    written(tmp_path, 2, a_result("a"), a_failure("b", operation=None))
    history = History(tmp_path)
    whole = history.last_passed("urenportaal", "a", ["Profit 8"])

    assert whole
    assert whole.run.run_id == "run-1"
    assert history.last_passed("urenportaal", "b", ["Profit 8"]) is None
