"""A run in shards, merged into one verdict; and a run of which what failed is repeated."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from support.cli import koppeling, unmeasured
from support.tiny import FAILS_ONCE, READ, scenario, tiny_plugin

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
        {"index": 1, "total": 2, "by": "scenario"},
        {"index": 2, "total": 2, "by": "scenario"},
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


def fleet(folder: Path, *names: str, body: str = READ) -> None:
    """Write integrations, and two scenarios for each."""
    for name in names:
        tiny_plugin(folder / "plugins" / name, name=name, body=body)
    for number in range(2):
        scenario(folder / "scenarios", name=f"read-{number}")


def run(folder: Path, *words: str):
    return koppeling("run", "--json", "--release", "Profit 8", *words, cwd=folder)


def killed_after_two_results(folder: Path, *words: str) -> None:
    command = [sys.executable, "-m", "koppeling_harness", "run", "--release", "Profit 8"]
    process = subprocess.Popen(
        [*command, "--concurrency", "1", *words],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=unmeasured(),
    )
    for _ in range(3000):
        journals = list(folder.glob("*/*/results.jsonl"))
        # what it is, and of each scenario that it begins and ends
        if journals and journals[0].read_bytes().count(b"\n") >= 6:
            break
        time.sleep(0.01)
    process.kill()
    process.wait()


def outcomes(ran) -> dict:
    return {each["id"]: each["verdict"]["outcome"] for each in ran.json()["integrations"]}


def test_several_integrations_are_shared_out_and_each_is_whole_when_merged(tmp_path: Path):
    fleet(tmp_path, "a", "b", "c")
    first, second = (run(tmp_path, "--shard", f"{n}/2", "--reports", f"s{n}") for n in (1, 2))
    page = next((tmp_path / "s2").glob("*/index.html")).read_text("utf-8")
    whole = koppeling("merge", "s1", "s2", "--json", cwd=tmp_path)

    assert [first.code, second.code, whole.code] == [0, 0, 0], whole.err
    assert first.json()["shard"] == {"index": 1, "total": 2, "by": "integration"}
    assert [len(each["results"]) for each in first.json()["integrations"]] == [2, 0, 2]
    assert [len(each["results"]) for each in second.json()["integrations"]] == [0, 2, 0]
    assert ">b<" in page
    assert ">a<" not in page
    assert outcomes(whole) == {"a": "passed", "b": "passed", "c": "passed"}
    assert {tuple(each["scope"]["because"]) for each in whole.json()["integrations"]} == {
        ("own_list",)  # a part of nothing any more
    }


def test_a_shard_that_is_missing_costs_what_was_in_it_alone(tmp_path: Path):
    fleet(tmp_path, "a", "b", "c")
    run(tmp_path, "--shard", "1/2", "--reports", "s1")
    whole = koppeling("merge", "s1", "--json", cwd=tmp_path)
    text = koppeling("merge", "s1", cwd=tmp_path).out

    assert whole.code == 12
    assert outcomes(whole) == {"a": "passed", "b": "not_run", "c": "passed"}
    assert whole.json()["integrations"][1]["scope"]["because"] == ["own_list", "missing_shard"]
    assert "shard 2 of 2 is missing on Profit 8" in text


def test_a_machine_needs_the_programs_of_its_own_shard_alone(tmp_path: Path):
    fleet(tmp_path, "a", "b", "c")
    manifest = tmp_path / "plugins" / "b" / "koppeling.yaml"
    needs = "runtime: {kind: python, requires: [{program: no-such-program-here}]}"
    manifest.write_text(
        manifest.read_text("utf-8").replace("runtime: {kind: python}", needs), encoding="utf-8"
    )
    first, second = (run(tmp_path, "--shard", f"{n}/2", "--reports", f"s{n}") for n in (1, 2))
    whole = koppeling("merge", "s1", "s2", "--json", cwd=tmp_path)
    at_once = run(tmp_path)

    assert [first.code, second.code] == [0, 10]
    assert whole.code == at_once.code == 12
    assert outcomes(whole) == outcomes(at_once)
    assert "no-such-program-here" in whole.json()["integrations"][1]["problem"]


def test_what_a_shard_had_finished_when_it_was_killed_counts(tmp_path: Path):
    wait = "import time\ntime.sleep(0.5)\n"
    fleet(tmp_path, "a", "b", body=wait + READ)
    for number in range(2, 30):
        scenario(tmp_path / "scenarios", name=f"read-{number}")
    run(tmp_path, "--shard", "1/2", "--reports", "s1")
    killed_after_two_results(tmp_path, "--shard", "2/2", "--reports", "s2")
    whole = koppeling("merge", "s1", "s2", "--json", cwd=tmp_path)
    text = koppeling("merge", "s1", "s2", cwd=tmp_path).out
    dead = whole.json()["integrations"][1]["verdict"]["required"]

    assert whole.code == 12, whole.err
    assert outcomes(whole) == {"a": "passed", "b": "not_run"}
    assert (dead["total"], dead["executed"] >= 2, dead["executed"] < 30) == (30, True, True)
    assert "shard 2 of 2 on Profit 8 was broken off" in text

    run(tmp_path, "--shard", "2/2", "--reports", "s2")
    again = koppeling("merge", "s1", "s2", "--json", cwd=tmp_path)

    assert again.code == 0, again.err
    assert outcomes(again) == {"a": "passed", "b": "passed"}


def test_runs_of_different_integrations_become_one(tmp_path: Path):
    fleet(tmp_path, "a", "b", "c")
    run(tmp_path, "a", "--reports", "s1")
    run(tmp_path, "b", "c", "--reports", "s2")
    whole = koppeling("merge", "s1", "s2", "--json", cwd=tmp_path)
    run(tmp_path, "a", "--reports", "s3")
    twice = koppeling("merge", "s1", "s2", "s3", "--json", cwd=tmp_path)

    assert whole.code == 0, whole.err
    assert outcomes(whole) == {"a": "passed", "b": "passed", "c": "passed"}
    assert len(whole.json()["merged_from"]) == 2
    assert twice.code == 10
    assert "a is in run" in twice.err


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


def test_a_recheck_is_cut_and_joined_like_a_run(tmp_path: Path):
    fleet(tmp_path, "alfa", "beta")
    run(tmp_path)
    hooks = tmp_path / "plugins" / "beta" / "koppeling_plugin.py"
    hooks.write_text(hooks.read_text().replace("ok=True", "ok=False, error='not today'"))

    def recheck(*words: str):
        return koppeling("recheck", "--release", "Profit 8", *words, cwd=tmp_path)

    shards = [recheck("--shard", f"{index}/2", "--json") for index in (1, 2)]
    whole = koppeling("merge", "reports", "--reports", "joined", cwd=tmp_path)
    (path,) = (tmp_path / "joined").glob("recheck-*/recheck.json")
    record = json.loads(path.read_text())
    (release,) = record["releases"]

    told = [[one["id"] for one in each.json()["releases"][0]["integrations"]] for each in shards]
    assert told == [["alfa"], ["beta"]]
    assert whole.code == 1, whole.all
    assert record["shard"] is None
    assert [each["id"] for each in release["integrations"]] == ["alfa", "beta"]
    moved = {
        each["id"]: {one["movement"] for one in each["scenarios"]}
        for each in release["integrations"]
    }
    assert moved == {"alfa": {"still_passing"}, "beta": {"newly_failing"}}
    assert (tmp_path / "joined" / release["run_id"] / "run.json").is_file()


def test_a_recheck_of_which_a_shard_is_missing_says_so(tmp_path: Path):
    fleet(tmp_path, "alfa", "beta")
    koppeling("recheck", "--release", "Profit 8", "--shard", "1/2", cwd=tmp_path)

    whole = koppeling("merge", "reports", "--reports", "joined", cwd=tmp_path)

    assert whole.code == 12
    assert "shard 2 of 2 of the recheck is missing" in whole.out


def test_a_stray_file_on_one_machine_is_named(tmp_path: Path):
    tiny_plugin(tmp_path / "plugins" / "tiny")
    for number in range(4):
        scenario(tmp_path / "scenarios", name=f"read-{number}")
    run(tmp_path, "--shard", "1/2", "--reports", "s1")
    (tmp_path / "plugins" / "tiny" / "debug.log").write_text("a line")
    run(tmp_path, "--shard", "2/2", "--reports", "s2")

    merged = koppeling("merge", "s1", "s2", cwd=tmp_path)

    assert merged.code == 10
    assert "Not the same on both machines: debug.log (only here)" in merged.err
