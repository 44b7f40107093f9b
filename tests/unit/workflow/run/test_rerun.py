from dataclasses import replace
from pathlib import Path

import pytest

from koppeling_harness.errors import UsageError
from koppeling_harness.model.order import Order
from koppeling_harness.model.run import Shard
from koppeling_harness.model.verdict import Outcome
from koppeling_harness.plugin.discover import Integration
from koppeling_harness.store.run_file import run_file
from koppeling_harness.version import __version__
from koppeling_harness.workflow.run.prepare_order import repeating
from koppeling_harness.workflow.run.prepared_order import PreparedOrder
from koppeling_harness.workflow.run.rerun import Rerun
from support.exchanges import a_manifest
from support.records import a_failure, a_result, a_run, an_integration

FAILED = a_failure("b", operation=None)
EARLIER = an_integration(a_result("a"), FAILED)
RUN = a_run(EARLIER)
RUN = replace(RUN, harness=replace(RUN.harness, version=__version__))
LOCK = RUN.scenario_lock.digest


def an_integration_here(digest: str = EARLIER.digest) -> Integration:
    return Integration(manifest=a_manifest(), folder=Path(), digest=digest, scenarios=None)


def test_what_did_not_pass_or_was_not_run_is_repeated():
    rerun = Rerun(earlier=RUN)

    assert [each for each in "abc" if rerun.is_repeated("urenportaal", each)] == ["b", "c"]
    assert not rerun.is_repeated("another", "a")


def test_what_passed_is_taken_over_and_what_was_repeated_keeps_both_attempts():
    found = Rerun(earlier=RUN).joined(
        an_integration_here(), [a_result("b"), a_result("c")], run_id="now"
    )
    by_id = {each.scenario: each for each in found}

    assert by_id["a"].carried_from == RUN.run_id
    assert (by_id["b"].outcome, by_id["b"].passed_on_retry) == (Outcome.FAILED, True)
    assert [each.run_id for each in by_id["b"].attempts] == [RUN.run_id, "now"]
    assert (by_id["c"].outcome, by_id["c"].attempts) == (Outcome.PASSED, ())


def test_what_failed_and_was_left_out_this_time_still_failed():
    found = Rerun(earlier=RUN).joined(an_integration_here(), [], run_id="now")

    assert [(each.outcome, each.carried_from) for each in found] == [
        (Outcome.PASSED, RUN.run_id),
        (Outcome.FAILED, RUN.run_id),
    ]


@pytest.mark.parametrize(
    ("run", "digest", "lock", "said"),
    [
        (RUN, "other", LOCK, "the integration's files"),
        (RUN, EARLIER.digest, "other", "the required scenarios"),
        (replace(RUN, harness=replace(RUN.harness, version="0")), EARLIER.digest, LOCK, "harness"),
        (replace(RUN, erp=replace(RUN.erp, version="8.1")), EARLIER.digest, LOCK, "/profitversion"),
    ],
)
def test_after_a_change_nothing_is_taken_over(run, digest, lock, said):
    (found,) = Rerun(earlier=run).changes(an_integration_here(digest), RUN.erp, lock)

    assert said in found


def test_without_a_change_everything_counts():
    assert Rerun(earlier=RUN).changes(an_integration_here(), RUN.erp, LOCK) == ()


def test_release_and_shard_are_those_of_the_earlier_run():
    shard = Shard(index=1, total=2)
    order = Order(release="Profit 6", concurrency=1)
    found = repeating(PreparedOrder(order=order), replace(RUN, shard=shard)).order

    assert (found.release, found.shard) == ("Profit 8", shard)
    with pytest.raises(UsageError, match="--shard and --rerun-failed"):
        repeating(PreparedOrder(order=replace(order, shard=shard)), RUN)


def test_a_run_is_named_by_its_id_its_folder_or_its_file(tmp_path):
    file = tmp_path / "run-1" / "run.json"
    file.parent.mkdir()
    file.write_text("{}", encoding="utf-8")

    assert run_file("run-1", tmp_path) == file
    assert run_file(str(file.parent), Path("elsewhere")) == file
    assert run_file(str(file), Path("elsewhere")) == file
    with pytest.raises(UsageError, match="run-2"):
        run_file("run-2", tmp_path)
