from dataclasses import fields, replace
from datetime import UTC, datetime

import pytest

from koppeling_harness.document import dump_json
from koppeling_harness.errors import UsageError
from koppeling_harness.model.order import Order
from koppeling_harness.model.run import ScenarioResult, Shard
from koppeling_harness.model.run_journal import (
    RunBegin,
    RunGoesOn,
    ScenarioBegin,
    ScenarioEnd,
)
from koppeling_harness.model.shape import Text
from koppeling_harness.model.verdict import Cause, Level, Outcome
from koppeling_harness.store.run_journal import (
    JOURNAL,
    RunJournal,
    read_broken_runs,
    remove_journal,
)

BEGIN = RunBegin(
    run_id="r1",
    started_at=datetime(2026, 11, 25, tzinfo=UTC),
    seed=7,
    harness="0.1",
    lock_digest="d",
    digests={"u": "e"},
    order=Order(plugins=("plugins",), packs=("scenarios",), release="Profit 8", concurrency=8),
)


@pytest.fixture(autouse=True)
def _state(tmp_path, monkeypatch):
    monkeypatch.setenv("KOPPELING_STATE", str(tmp_path / "state"))


def result(name):
    return ScenarioResult(
        scenario=name,
        title=Text(nl=name, en=name),
        level=Level.REQUIRED,
        operation=None,
        outcome=Outcome.PASSED,
        cause=None,
    )


def written(folder, *lines):
    journal = RunJournal(folder / "r1", durable=True)
    for line in (BEGIN, *lines):
        journal.append(line)
    journal.close()


def test_finished_scenarios_are_kept_and_the_half_done_one_is_known(tmp_path):
    written(
        tmp_path,
        ScenarioBegin(integration="u", scenario="a"),
        ScenarioBegin(integration="u", scenario="b"),
        ScenarioEnd(integration="u", scenario="a", result=result("a")),
    )

    [(folder, broken)] = read_broken_runs("r1", tmp_path)

    assert (folder.name, broken.begin) == ("r1", BEGIN)
    assert dict(broken.results) == {("u", "a"): result("a")}
    assert broken.half_done == {("u", "b")}


def test_the_order_of_a_journal_of_before_is_read(tmp_path):
    folder = tmp_path / "r1"
    folder.mkdir()
    order = (
        '{"plugins": ["plugins"], "packs": ["scenarios"], "release": "Profit 8", "concurrency": 8,'
        ' "only": ["u"], "keyword": "", "entry_points": false, "shard": {"index": 1, "total": 2},'
        ' "retries": 1, "rerun_of": "", "environment": "", "keep_traffic": true, "isolated": false}'
    )
    line = (
        '{"kind": "begin", "run_id": "r1", "started_at": "2026-11-25T00:00:00Z", "seed": 7,'
        ' "harness": "0.1", "lock_digest": "d", "digests": {}, "order": ' + order + "}\n"
    )
    (folder / JOURNAL).write_text(line, encoding="utf-8")

    [(_, broken)] = read_broken_runs("r1", tmp_path)

    assert broken.begin.order == Order(
        plugins=("plugins",),
        packs=("scenarios",),
        release="Profit 8",
        concurrency=8,
        only=("u",),
        entry_points=False,
        shard=Shard(index=1, total=2),
        retries=1,
    )


def test_every_member_of_an_order_comes_back_from_the_journal(tmp_path):
    order = Order(
        plugins=("plugins/u",),
        packs=("scenarios",),
        release="Profit 9",
        concurrency=3,
        processes=2,
        only=("u",),
        keyword="a or b",
        entry_points=False,
        shard=Shard(index=2, total=3),
        scenarios={"u": ("a", "b[sync]")},
        retries=2,
        rerun_of="r0",
        environment="demo",
        seed=5,
        keep_traffic=False,
        isolated=True,
        decisions=("tiny.decisions.yaml",),
        in_process=True,
        allow_missing=("php",),
        imports=("openapi.json",),
        sandbox=True,
        environ_allowed=("LANG",),
    )
    journal = RunJournal(tmp_path / "r1", durable=False)
    journal.append(replace(BEGIN, order=order))
    journal.close()

    [(_, broken)] = read_broken_runs("r1", tmp_path)

    assert broken.begin.order == order
    plain = Order(release="", concurrency=0)
    same = [
        each.name
        for each in fields(Order)
        if getattr(order, each.name) == getattr(plain, each.name)
    ]
    assert same == []  # a member that is added is tried here too


def test_half_a_line_is_passed_by_and_what_comes_after_it_is_whole(tmp_path):
    written(tmp_path)
    path = tmp_path / "r1" / JOURNAL
    path.write_bytes(path.read_bytes() + b'{"kind": "result", "integ')
    journal = RunJournal(tmp_path / "r1", durable=False)
    journal.append(RunGoesOn(resumed_at=datetime(2026, 11, 26, tzinfo=UTC), kept=0))
    journal.append(ScenarioEnd(integration="u", scenario="a", result=result("a")))
    journal.close()

    [(_, broken)] = read_broken_runs(str(tmp_path / "r1"), tmp_path)

    assert list(broken.results) == [("u", "a")]
    assert [each.kept for each in broken.breaks] == [0]


def test_a_run_that_is_complete_or_not_there_cannot_be_gone_on_with(tmp_path):
    with pytest.raises(UsageError, match="that was broken off"):
        read_broken_runs("r2", tmp_path)


def test_a_run_that_still_runs_is_not_gone_on_with(tmp_path):
    journal = RunJournal(tmp_path / "r1", durable=False)
    journal.append(BEGIN)

    with pytest.raises(UsageError, match="has not been broken off"):
        read_broken_runs("r1", tmp_path)
    with pytest.raises(UsageError, match="another process carries it out"):
        RunJournal(tmp_path / "r1", durable=False)
    journal.close()
    assert read_broken_runs("r1", tmp_path)[0][1].begin.run_id == BEGIN.run_id


def test_nothing_of_a_journal_stays_when_all_stands_in_the_record(tmp_path):
    journal = RunJournal(tmp_path / "r1", durable=False)
    journal.append(BEGIN)
    journal.close()
    remove_journal(tmp_path / "r1")

    assert list((tmp_path / "r1").iterdir()) == []


def test_a_line_that_the_harness_did_not_write_counts_for_nothing(tmp_path):
    failed = replace(result("a"), outcome=Outcome.FAILED, cause=Cause.INTEGRATION)
    written(tmp_path, ScenarioEnd(integration="u", scenario="a", result=failed))
    path = tmp_path / "r1" / JOURNAL
    forged = dump_json(ScenarioEnd(integration="u", scenario="a", result=result("a")))
    with path.open("a", encoding="utf-8") as file:
        file.write(forged + "\n")
        file.write(forged.replace("{", '{"mark":"9-' + "0" * 64 + '",', 1) + "\n")
    [(_, broken)] = read_broken_runs("r1", tmp_path)

    assert broken.results["u", "a"].outcome is Outcome.FAILED
    assert set(broken.unmarked) == {("u", "a")}


def test_a_line_that_is_written_again_counts_for_nothing(tmp_path):
    """An earlier pass, copied after the failure that came later."""
    failed = replace(result("a"), outcome=Outcome.FAILED, cause=Cause.INTEGRATION)
    end = ScenarioEnd(integration="u", scenario="a", result=result("a"))
    written(tmp_path, end, replace(end, result=failed))
    path = tmp_path / "r1" / JOURNAL
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines, lines[1]]))
    [(_, broken)] = read_broken_runs("r1", tmp_path)

    assert broken.results["u", "a"].outcome is Outcome.FAILED
    assert len(broken.unmarked) == 1


def test_a_run_that_was_gone_on_with_can_be_gone_on_with_again(tmp_path):
    end = ScenarioEnd(integration="u", scenario="a", result=result("a"))
    written(tmp_path, end)
    journal = RunJournal(tmp_path / "r1", durable=False)
    journal.append(replace(end, scenario="b", result=result("b")))
    journal.close()

    assert set(read_broken_runs("r1", tmp_path)[0][1].results) == {("u", "a"), ("u", "b")}
