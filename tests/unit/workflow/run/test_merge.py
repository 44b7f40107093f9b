from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from koppeling_harness.clock import SystemClock
from koppeling_harness.errors import (
    DocumentError,
    ExitCode,
    NotExecutedError,
    RecordError,
    UsageError,
)
from koppeling_harness.model.partner import Identity
from koppeling_harness.model.run import (
    IntegrationRecord,
    LateCall,
    RunBreak,
    RunRecord,
    Scope,
    SecretPlace,
    Shard,
)
from koppeling_harness.model.verdict import Cause, Outcome
from koppeling_harness.store.runs import find_runs
from koppeling_harness.workflow.run.merge import merge
from koppeling_harness.workflow.run.verdicts import run_exit_code
from support.records import (
    BOOK,
    NOW,
    STARTED_AT,
    a_failure,
    a_result,
    a_run,
    a_set_aside,
    an_integration,
    stored,
)

IDS = ("a", "b", "c", "d")


def a_part(*results, required_ids=IDS, **changes) -> IntegrationRecord:
    return an_integration(
        *results,
        required_ids=required_ids,
        own_ids=required_ids,
        verdict=an_integration(*results).verdict,  # against its share alone
        scope=Scope(whole=False, because=("shard",)),
        **changes,
    )


def run_id_of(index: int) -> str:
    return f"20261123T083015Z-{index:06x}"


def a_shard(index: int, *results, total: int = 2, **changes) -> RunRecord:
    record = a_run(
        a_part(*results),
        run_id=run_id_of(index),
        started_at=STARTED_AT + timedelta(seconds=index),
        shard=Shard(index=index, total=total),
    )
    return replace(record, **changes)


FIRST = a_shard(1, a_result("a"), a_result("b"))
SECOND = a_shard(2, a_result("c"), a_result("d"))


def written(folder: Path, *records: RunRecord) -> list[Path]:
    """Write each record in a folder of its own; return the folders."""
    folders = [folder / f"shard-{number}" for number in range(len(records))]
    for place, record in zip(folders, records, strict=True):
        stored(place, record)
    return folders


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def merged(folder: Path, *records: RunRecord):
    (one,) = merge(written(folder, *records), clock=SystemClock())
    return one


def counts(record: RunRecord) -> tuple[int, int, int]:
    required = record.integrations[0].verdict.required
    return required.total, required.executed, required.passed


def test_the_denominators_of_the_shards_add_up(tmp_path):
    found = merged(tmp_path, SECOND, FIRST)

    assert counts(found.record) == (4, 4, 4)
    assert found.record.integrations[0].verdict.outcome is Outcome.PASSED
    assert (found.record.shard, found.record.merged_from) == (None, (run_id_of(1), run_id_of(2)))
    assert found.notes == ()
    assert run_exit_code(found.record) is ExitCode.PASSED


def test_what_a_missing_shard_had_to_run_counts_as_not_executed(tmp_path):
    found = merged(tmp_path, FIRST)

    assert counts(found.record) == (4, 2, 2)
    assert run_exit_code(found.record) is ExitCode.REQUIRED_NOT_EXECUTED
    assert "shard 2 of 2 is missing" in found.notes[0]


def test_a_shard_that_is_there_twice_is_told_and_the_worst_counts(tmp_path):
    again = a_shard(2, a_failure("c", operation=None), a_result("d"), run_id=run_id_of(3))
    found = merged(tmp_path, FIRST, SECOND, again)
    (failed,) = [each for each in found.record.integrations[0].results if each.scenario == "c"]

    assert found.record.integrations[0].verdict.outcome is Outcome.FAILED
    assert [each.run_id for each in failed.attempts] == [run_id_of(2), run_id_of(3)]
    assert "shard 2 of 2 is there 2 times" in found.notes[0]


def test_passed_at_a_second_try_of_a_shard_is_not_passed(tmp_path):
    bad = a_failure("c", operation=None, outcome=Outcome.INCONCLUSIVE, cause=Cause.ENVIRONMENT)
    again = a_shard(
        2,
        a_result("c"),
        a_result("d"),
        run_id=run_id_of(3),
        started_at=STARTED_AT + timedelta(seconds=3),
    )
    found = merged(tmp_path, FIRST, a_shard(2, bad, a_result("d")), again)

    assert found.record.integrations[0].verdict.outcome is Outcome.INCONCLUSIVE
    assert any(each.passed_on_retry for each in found.record.integrations[0].results)


def test_the_same_record_twice_counts_once_and_is_told(tmp_path):
    found = merged(tmp_path, FIRST, SECOND, SECOND)

    assert counts(found.record) == (4, 4, 4)
    assert [each.attempts for each in found.record.integrations[0].results] == [()] * 4
    assert f"{run_id_of(2)} is there twice" in found.notes[0]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"erp": replace(FIRST.erp, label="Profit 7", version="7.7.1")}, "the release is Profit 7"),
        ({"erp": replace(FIRST.erp, version="8.0.13")}, "/profitversion said is 8.0.13"),
        ({"harness": replace(FIRST.harness, version="9.9")}, "the harness is 9.9"),
        (
            {"scenario_lock": replace(FIRST.scenario_lock, digest="ab" * 32)},
            "the digest of the required scenarios is abab",
        ),
        ({"shard": Shard(index=2, total=3)}, "the number of shards is 3"),
        ({"integrations": (a_part(id="else"),)}, "the list of integrations is else"),
        (
            {"integrations": (a_part(digest="ab" * 32),)},
            "the digest of urenportaal is abab",
        ),
        (
            {"integrations": (a_part(required_ids=("a",)),)},
            "what is required of urenportaal",
        ),
    ],
)
def test_shards_of_different_runs_are_refused_with_the_difference(tmp_path, changes, said):
    with pytest.raises(DocumentError, match=said):
        merged(tmp_path, FIRST, replace(SECOND, **changes))


def test_a_whole_run_is_no_shard(tmp_path):
    with pytest.raises(UsageError, match="found one"):
        merged(tmp_path, replace(FIRST, shard=None))


def test_where_nothing_of_any_shard_is_there_nothing_was_executed(tmp_path):
    dead = tmp_path / "shard-1" / "20261123T083015Z-000001"
    dead.mkdir(parents=True)
    (dead / "results.jsonl").write_text("")

    with pytest.raises(NotExecutedError, match="no shard is there") as told:
        merge([tmp_path / "shard-1"], clock=SystemClock())
    assert told.value.exit_code is ExitCode.REQUIRED_NOT_EXECUTED


def test_a_folder_of_a_shard_that_died_is_passed_by(tmp_path):
    (tmp_path / "dead").mkdir()
    folders = [*written(tmp_path, FIRST), tmp_path / "dead"]
    (one,) = merge(folders, clock=SystemClock())

    assert run_exit_code(one.record) is ExitCode.REQUIRED_NOT_EXECUTED
    assert one.notes[0].startswith("shard 2 of 2 is missing on Profit 8")


@pytest.mark.parametrize("first_lacks", [True, False])
def test_a_worker_without_a_runtime_costs_its_own_share_alone_and_says_so(tmp_path, first_lacks):
    aside = a_set_aside(id="urenportaal", problem="plugins/urenportaal: found no php", digest="")
    lacking = replace(FIRST if first_lacks else SECOND, integrations=(aside,))
    shards = (lacking, SECOND) if first_lacks else (FIRST, lacking)
    found = merged(tmp_path, *shards)
    (joined,) = found.record.integrations

    assert run_exit_code(found.record) is ExitCode.REQUIRED_NOT_EXECUTED
    assert (joined.verdict.required.total, joined.verdict.required.passed) == (4, 2)
    assert joined.scope == Scope(whole=False, because=("missing_shard",))
    assert any("aside, its part counts as not executed: plugins/" in each for each in found.notes)


def test_a_waiver_is_needed_when_one_shard_needs_it(tmp_path):
    idle, over = "waiver W1 is not needed", "waiver W2 expired"
    first = replace(FIRST.integrations[0], waiver_problems=(idle, over))
    second = replace(SECOND.integrations[0], waiver_problems=(over,))
    found = merged(
        tmp_path, replace(FIRST, integrations=(first,)), replace(SECOND, integrations=(second,))
    )

    assert found.record.integrations[0].waiver_problems == (over,)


def test_a_waived_failure_stays_waived(tmp_path):
    second = a_shard(2, a_failure("c", operation=None, waiver="W1"), a_result("d"))
    found = merged(tmp_path, FIRST, second)

    assert found.record.integrations[0].verdict.outcome is Outcome.PASSED
    assert found.record.integrations[0].verdict.waived == 1


def test_a_merge_of_all_shards_is_whole_and_one_of_some_is_not(tmp_path):
    whole = merged(tmp_path / "1", FIRST, SECOND).record.integrations[0]
    some = merged(tmp_path / "2", FIRST).record.integrations[0]
    keyword = Scope(whole=False, because=("keyword", "shard"))
    part = replace(SECOND.integrations[0], scope=keyword)
    cut = merged(tmp_path / "3", FIRST, replace(SECOND, integrations=(part,))).record

    assert whole.scope == Scope(whole=True)
    assert some.scope == Scope(whole=False, because=("missing_shard",))
    assert cut.integrations[0].scope == Scope(whole=False, because=("keyword",))


def test_a_merged_record_counts_as_one_and_keeps_seed_breaks_and_what_was_exercised(tmp_path):
    at = RunBreak(resumed_at=STARTED_AT + timedelta(seconds=3), kept=1)
    first, second = (
        replace(
            each,
            seed=7,
            integrations=(replace(each.integrations[0], declared=("A", "B"), exercised=(name,)),),
        )
        for each, name in ((FIRST, "B"), (SECOND, "A"))
    )
    record = merged(tmp_path / "shards", first, replace(second, breaks=(at,))).record
    stored(tmp_path / "merged", record)
    found = find_runs(tmp_path / "merged", now=NOW, book=BOOK)

    assert (record.seed, record.breaks) == (7, (at,))
    assert record.integrations[0].exercised == ("A", "B")
    assert (found.damaged, found.runs[0].result.part) == ((), ())


def test_a_shard_that_contradicts_itself_is_refused(tmp_path):
    forged = replace(
        SECOND.integrations[0], results=(a_result("c"), a_failure("d", operation=None))
    )

    with pytest.raises(RecordError, match="the results come to"):
        merged(tmp_path, FIRST, replace(SECOND, integrations=(forged,)))


def test_merging_again_gives_the_same_run(tmp_path):
    first = merged(tmp_path / "1", FIRST, SECOND).record
    second = merged(tmp_path / "2", SECOND, FIRST).record

    assert first == second


def test_a_status_never_takes_a_shard_for_the_whole(tmp_path):
    written(tmp_path, FIRST)

    assert find_runs(tmp_path, now=NOW, book=BOOK).runs == ()
    assert find_runs(tmp_path, now=NOW, book=BOOK).damaged == ()


def test_in_a_shard_an_integration_without_a_share_is_no_shortage():
    empty = a_shard(1, a_result("a"))
    integration = an_integration(id="none")
    record = replace(empty, integrations=(*empty.integrations, integration))

    assert integration.verdict.required.total == 0
    assert run_exit_code(record) is ExitCode.PASSED


def in_second(**changes) -> RunRecord:
    """The second shard, with its integration made otherwise."""
    return replace(SECOND, integrations=(replace(SECOND.integrations[0], **changes),))


def test_what_one_shard_found_beside_its_results_is_found_in_the_whole(tmp_path):
    call = LateCall(scenario="c", method="GET", path="/connectors/Uren")
    place = SecretPlace(place="traffic/urenportaal/c.json", kind="token")
    second = a_shard(2, a_failure("c", operation=None), a_result("d"))
    second = replace(
        second,
        integrations=(replace(second.integrations[0], late=(call,), secrets_found=(place,)),),
    )
    found = merged(tmp_path, FIRST, second).record

    assert found.integrations[0].late == (call,)
    assert found.integrations[0].secrets_found == (place,)
    assert run_exit_code(found) is ExitCode.SECRET_FOUND


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"version": "9.9.9"}, "the version of urenportaal is 9.9.9"),
        (
            {"identity": Identity(integration_id="99999_1", subscription="99999")},
            "the identity of urenportaal is 99999_1 of 99999",
        ),
    ],
)
def test_shards_of_another_version_or_integration_are_refused(tmp_path, changes, told):
    with pytest.raises(DocumentError, match=told):
        merged(tmp_path, FIRST, in_second(**changes))
