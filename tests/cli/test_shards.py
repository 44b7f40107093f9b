"""A run in shards, merged into one verdict; and a run of which what failed is repeated."""

from pathlib import Path

import pytest

from support.cli import koppeling
from support.tiny import FAILS_ONCE, scenario, tiny_plugin

pytestmark = pytest.mark.slow


def only(ran) -> dict:
    (integration,) = ran.json()["integrations"]
    return integration


def test_shards_of_a_run_merge_into_the_verdict_of_the_whole(tmp_path: Path):
    tiny_plugin(tmp_path / "plugins" / "tiny")
    for number in range(6):
        scenario(tmp_path / "scenarios", name=f"read-{number}")
    shards = [
        koppeling(
            "run",
            "--json",
            "--release",
            "Profit 8",
            "--shard",
            f"{index}/2",
            "--reports",
            f"s{index}",
            cwd=tmp_path,
        )
        for index in (1, 2)
    ]
    shares = [only(each)["verdict"]["required"] for each in shards]
    whole = koppeling("merge", "s1", "s2", "--json", cwd=tmp_path)
    folder = tmp_path / "reports" / whole.json()["run_id"]

    assert [each.code for each in shards] == [0, 0]
    assert [each.json()["shard"] for each in shards] == [
        {"index": 1, "total": 2},
        {"index": 2, "total": 2},
    ]
    assert shares[0]["total"] + shares[1]["total"] == 6
    assert not (tmp_path / "s1" / "latest.json").exists()
    assert whole.code == 0, whole.err
    assert only(whole)["verdict"]["required"] == {
        "total": 6,
        "executed": 6,
        "passed": 6,
        "proven": 6,
    }
    assert {each.name for each in folder.iterdir()} == {
        "run.json",
        "junit.xml",
        "ctrf.json",
        "summary.md",
        "index.html",
        "traffic",
    }


def test_what_did_not_pass_is_repeated_and_passed_on_retry_is_not_passed(tmp_path: Path):
    body = FAILS_ONCE.format(marker=str(tmp_path / "marker"))
    tiny_plugin(tmp_path / "plugins" / "tiny", body=body)
    for name in ("read", "steady"):
        scenario(tmp_path / "scenarios", name=name)
    first = koppeling("run", "--json", "--release", "Profit 8", "--concurrency", "1", cwd=tmp_path)
    again = koppeling("run", "--json", "--rerun-failed", first.json()["run_id"], cwd=tmp_path)
    by_id = {each["scenario"]: each for each in only(again)["results"]}
    failed = next(each for each in only(first)["results"] if each["outcome"] == "failed")
    repeated = by_id.pop(failed["scenario"])
    (other,) = by_id.values()

    assert (first.code, again.code) == (1, 1)
    assert [each["outcome"] for each in repeated["attempts"]] == ["failed", "passed"]
    assert (repeated["outcome"], repeated["passed_on_retry"]) == ("failed", True)
    assert other["carried_from"] == first.json()["run_id"]
    assert only(again)["verdict"]["required"] == {
        "total": 2,
        "executed": 2,
        "passed": 1,
        "proven": 0,
    }
