from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from koppeling_harness.model.partner import Identity
from koppeling_harness.model.run import RunRecord, ScenarioLock, Scope, Shard
from koppeling_harness.model.verdict import Cause, Outcome
from koppeling_harness.workflow.recheck.history import History, Subject
from support.records import (
    BOOK,
    LIST,
    NOW,
    STARTED_AT,
    a_failure,
    a_result,
    a_run,
    an_integration,
    run_id_of,
    stored,
)

UREN = Subject(integration=an_integration(), list_digest=LIST)
ANOTHER = Subject(integration=an_integration(id="another"), list_digest=LIST)
UNREACHABLE = a_failure("a", operation=None, outcome=Outcome.INCONCLUSIVE, cause=Cause.ENVIRONMENT)


def written(folder: Path, number: int, *results, release: str = "Profit 8", **changes) -> RunRecord:
    """Write the run of day `number`, and return it."""
    record = a_run(
        an_integration(*results),
        run_id=run_id_of(number),
        started_at=STARTED_AT + timedelta(number),
        finished_at=STARTED_AT + timedelta(number, 5),
    )
    return stored(
        folder,
        replace(
            record, erp=replace(record.erp, label=release, version=f"{release[7:]}.0.1"), **changes
        ),
    )


def test_the_last_run_is_the_newest_on_the_first_release_that_has_one(tmp_path):
    written(tmp_path, 3, a_result("a"), release="Profit 7")
    written(tmp_path, 1, a_result("a"))
    written(tmp_path, 2, a_result("a"))
    history = History(tmp_path, now=NOW, book=BOOK)

    def last(*releases):
        found = history.last(UREN, releases)
        return found and found.run.run_id

    assert last("Profit 8", "Profit 7") == run_id_of(2)
    assert last("Profit 9", "Profit 7") == run_id_of(3)
    assert last("Profit 6") is None
    assert history.last(ANOTHER, ["Profit 8"]) is None


def test_an_unlike_run_in_between_is_no_base_to_start_from(tmp_path):
    """A part, and one of another integration of the same name."""
    part = an_integration(
        a_failure("a", operation=None), scope=Scope(whole=False, because=("keyword",))
    )
    other = an_integration(
        a_failure("a", operation=None),
        identity=Identity(integration_id="45678_1", subscription="45678"),
    )
    written(tmp_path, 1, a_result("a"))
    written(tmp_path, 2, integrations=(part,))
    written(tmp_path, 3, integrations=(other,))
    history = History(tmp_path, now=NOW, book=BOOK)

    assert history.last(UREN, ["Profit 8"]).run.run_id == run_id_of(1)
    assert history.last_judged(UREN, "a", ["Profit 8"]).outcome is Outcome.PASSED


def test_with_an_own_list_the_records_on_own_lists_are_the_base(tmp_path):
    written(tmp_path, 1, a_result("a"), scenario_lock=ScenarioLock(digest="77" * 32, required=1))
    history = History(tmp_path, now=NOW, book=BOOK)
    own = Subject(integration=an_integration(), list_digest="88" * 32)

    assert history.last(UREN, ["Profit 8"]) is None
    assert history.last(own, ["Profit 8"]).run.run_id == run_id_of(1)


def test_a_shard_and_a_damaged_record_are_passed_by(tmp_path):
    written(tmp_path, 1, a_result("a"))
    written(tmp_path, 2, a_result("a"), shard=Shard(index=1, total=2))
    broken = tmp_path / "run-9" / "run.json"
    broken.parent.mkdir()
    broken.write_text('{"schema": "koppeling/run@1"', encoding="utf-8")
    found = History(tmp_path, now=NOW, book=BOOK).last(UREN, ["Profit 8"])

    assert found
    assert found.run.run_id == run_id_of(1)


def test_what_was_inconclusive_is_no_verdict(tmp_path):
    written(tmp_path, 1, a_result("a"))
    written(tmp_path, 2, UNREACHABLE)
    found = History(tmp_path, now=NOW, book=BOOK).last_judged(UREN, "a", ["Profit 8"])

    assert found
    assert found.outcome is Outcome.PASSED


def test_a_run_that_passed_as_a_whole_goes_before_one_that_passed_in_part(tmp_path):
    written(tmp_path, 1, a_result("a"))
    written(tmp_path, 2, a_result("a"), a_failure("b", operation=None))
    history = History(tmp_path, now=NOW, book=BOOK)
    whole = history.last_passed(UREN, "a", ["Profit 8"])

    assert whole
    assert whole.run.run_id == run_id_of(1)
    assert history.last_passed(UREN, "b", ["Profit 8"]) is None


def base(folder: Path, **more) -> str:
    found = History(folder, now=NOW, book=BOOK).last_passed(
        UREN, "a", ["Profit 8", "Profit 7"], **more
    )
    assert found
    return found.run.run_id


def test_whatever_ran_since_it_fails_does_not_move_the_base(tmp_path):
    fails = a_failure("a", operation=None)
    written(tmp_path, 1, a_result("a"), release="Profit 7")
    written(tmp_path, 2, fails)
    assert base(tmp_path) == run_id_of(1)

    written(tmp_path, 3, a_result("a"), release="Profit 7")
    written(tmp_path, 4, fails)
    assert base(tmp_path) == run_id_of(1)


def test_what_passed_again_is_a_new_base(tmp_path):
    fails = a_failure("a", operation=None)
    written(tmp_path, 1, a_result("a"), release="Profit 7")
    written(tmp_path, 2, fails)
    written(tmp_path, 3, a_result("a"))
    written(tmp_path, 4, fails)

    assert base(tmp_path) == run_id_of(3)


def test_where_nothing_passed_before_it_failed_what_passed_since_is_the_base(tmp_path):
    written(tmp_path, 2, a_failure("a", operation=None))
    written(tmp_path, 3, a_result("a"), release="Profit 7")

    assert base(tmp_path) == run_id_of(3)


def test_the_version_that_is_said_to_be_certified_is_the_base(tmp_path):
    certified = an_integration(a_result("a"), digest="c" * 64)
    record = written(tmp_path, 1, release="Profit 7", integrations=(certified,))
    written(tmp_path, 2, a_result("a"), release="Profit 7")

    assert base(tmp_path) == run_id_of(2)
    assert base(tmp_path, certified="c" * 64) == record.run_id
    assert base(tmp_path, certified="d" * 64) == run_id_of(2)
