from dataclasses import replace
from pathlib import Path

from koppeling_harness.model.recheck import Movement
from koppeling_harness.model.run import IntegrationRecord, RunRecord
from koppeling_harness.model.verdict import Cause, Outcome
from koppeling_harness.plugin.discover import discover
from koppeling_harness.workflow.recheck.current_integrations import Present
from koppeling_harness.workflow.recheck.history import History, Subject
from koppeling_harness.workflow.recheck.movements import failing, moved
from support.records import (
    BOOK,
    LIST,
    NOW,
    a_failure,
    a_result,
    a_run,
    an_integration,
    run_id_of,
    stored,
)
from support.tiny import tiny_plugin

BROKEN = {"operation": None}
UNREACHABLE = {"operation": None, "outcome": Outcome.INCONCLUSIVE, "cause": Cause.ENVIRONMENT}
RELEASES = ("Profit 8", "Profit 7")


def earlier(folder: Path, number: int, *results, release: str = "Profit 8") -> None:
    """Write the record of an earlier run."""
    record = a_run(an_integration(*results), run_id=run_id_of(number))
    version = f"{release[7:]}.0.1"
    stored(folder, replace(record, erp=replace(record.erp, label=release, version=version)))


def present(folder: Path, *results) -> Present:
    tiny_plugin(folder / "plugin", name="urenportaal")
    (integration,) = discover((folder / "plugin",), entry_points=False).integrations
    record = an_integration(*results)
    run: RunRecord = a_run(record, run_id="now")
    return Present(integration=integration, record=record, run=run, planned={})


def movements(folder: Path, *results, required: tuple[str, ...] = ()) -> dict[str, Movement]:
    record = an_integration(*results, required_ids=required)
    found = moved(subject_of(record), history_of(folder), RELEASES)
    return {each.scenario: each.movement for each in found}


def history_of(folder: Path) -> History:
    return History(folder, now=NOW, book=BOOK)


def subject_of(record: IntegrationRecord) -> Subject:
    return Subject(integration=record, list_digest=LIST)


def test_what_moved_is_told_of_all_of_now_of_what_is_required_and_of_what_was(tmp_path):
    earlier(tmp_path, 0, a_result("a"), a_failure("b", **BROKEN), a_result("gone"))
    now = (a_failure("a", **BROKEN), a_result("b"), a_result("new"))

    assert movements(tmp_path, *now, required=("a", "left-out")) == {
        "a": Movement.NEWLY_FAILING,
        "b": Movement.NEWLY_PASSING,
        "new": Movement.STILL_PASSING,
        "left-out": Movement.NOT_RUN,
        "gone": Movement.NOT_RUN,
    }


def test_where_a_release_has_no_verdict_that_of_an_older_one_counts(tmp_path):
    earlier(tmp_path, 0, a_result("a"), release="Profit 7")

    assert movements(tmp_path, a_failure("a", **BROKEN)) == {"a": Movement.NEWLY_FAILING}


def test_what_is_newly_failing_is_wanted_by_the_run_in_which_it_last_passed(tmp_path):
    earlier(tmp_path, 0, a_result("a"), a_result("b"), release="Profit 7")
    earlier(tmp_path, 1, a_result("c"))
    history = history_of(tmp_path)
    now = present(tmp_path, *(a_failure(name, **BROKEN) for name in ("a", "b", "c", "never")))
    wanted = failing(now, moved(subject_of(now.record), history, RELEASES), history, RELEASES)

    assert {each.earlier.run.run_id: each.scenarios for each in wanted} == {
        run_id_of(0): ("a", "b"),
        run_id_of(1): ("c",),
    }


def test_what_failed_for_the_environment_wants_no_table(tmp_path):
    earlier(tmp_path, 0, a_result("a"))
    history = history_of(tmp_path)
    now = present(tmp_path, a_failure("a", **UNREACHABLE))

    assert failing(now, moved(subject_of(now.record), history, RELEASES), history, RELEASES) == []
