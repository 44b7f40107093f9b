"""`koppeling run` on every release that counts, in one command and one session."""

import json
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest

from koppeling_harness.clock import SystemClock, today
from support.cli import koppeling, unmeasured
from support.tiny import READ, tiny_project

ONLY_ON_7 = (
    """
if context.release.label == "Profit 7":
    return OperationResult(ok=False, error="not on this one")
"""
    + READ
)

SLOW_ON_8 = (
    """
if context.release.label == "Profit 8" and os.path.exists("HOLD"):
    open("HOLD", "w").write("held")
    time.sleep(600)
"""
    + READ
)


def project(folder: Path, body: str = READ, settings: str = "", *, count: int = 2) -> Path:
    tiny_project(folder, *(f"read-{number}" for number in range(count)), body=body)
    if settings:
        (folder / "koppeling.toml").write_text(f"[releases]\n{settings}", encoding="utf-8")
    return folder


def labels(records: list[dict]) -> list[str]:
    return [each["erp"]["label"] for each in records]


def outcomes(records: list[dict]) -> dict[str, str]:
    return {each["erp"]["label"]: each["integrations"][0]["verdict"]["outcome"] for each in records}


ALL = 'previous = "Profit 7"\ncurrent = "Profit 8"\naccept = "Profit 9"\n'


def test_every_release_of_the_settings_has_a_record_and_the_current_one_is_the_last(tmp_path):
    ran = koppeling("run", "--json", "--seed", "7", cwd=project(tmp_path, settings=ALL))
    document = ran.json()
    records = document["records"]
    latest = json.loads((tmp_path / "reports" / "latest.json").read_text(encoding="utf-8"))
    run_ids = [each["run_id"] for each in records]

    assert (ran.code, document["schema"]) == (0, "koppeling/runs@1"), ran.err
    assert labels(records) == ["Profit 9", "Profit 7", "Profit 8"]
    assert run_ids == sorted(set(run_ids))
    assert {each["call"] for each in records} == {run_ids[-1]}
    assert {each["seed"] for each in records} == {7}
    assert [each["erp"]["version"].split(".")[0] for each in records] == ["9", "7", "8"]
    for each in records:
        stored = json.loads((tmp_path / "reports" / each["run_id"] / "run.json").read_text("utf-8"))
        assert stored == each
    assert (latest["run_id"], latest["run"]) == (run_ids[-1], f"{run_ids[-1]}/run.json")
    assert [(each["release"], each["run_id"]) for each in latest["runs"]] == [
        (each["erp"]["label"], each["run_id"]) for each in records
    ]
    assert all((tmp_path / "reports" / each["report"]).is_file() for each in latest["runs"])


def test_all_releases_share_the_processes_of_an_integration(tmp_path):
    ran = koppeling("run", "--json", "--concurrency", "1", cwd=project(tmp_path))

    assert [each["pace"]["integrations"][0]["processes"] for each in ran.json()["records"]] == [
        1,
        1,
    ]


def test_a_run_on_two_releases_makes_the_status_of_a_registration_complete(tmp_path):
    folder = project(tmp_path)
    koppeling("registration", "new", "plugins/tiny", cwd=folder)
    records = koppeling("run", "--json", cwd=folder).json()["records"]
    digests = {each["scenario_lock"]["digest"] for each in records}
    lists = ", ".join(f'own{at} = "{each}"' for at, each in enumerate(digests))
    (folder / "koppeling.toml").write_text(f"[review]\nlists = {{{lists}}}\n", encoding="utf-8")
    runs = json.loads(koppeling("status", "--json", cwd=folder).out)[0]["functional"]

    assert sorted(each["release"] for each in runs if each["run_id"]) == ["Profit 7", "Profit 8"]


def test_the_worst_of_the_releases_that_count_is_the_exit_code(tmp_path):
    ran = koppeling("run", "--json", cwd=project(tmp_path, ONLY_ON_7))

    assert ran.code == 1
    assert outcomes(ran.json()["records"]) == {"Profit 7": "failed", "Profit 8": "passed"}


@pytest.mark.parametrize(("days", "code"), [(None, 0), (1, 0), (0, 1), (-400, 1)])
def test_the_release_on_accept_counts_from_its_roll_out(tmp_path, days, code):
    settings = 'current = "Profit 8"\naccept = "Profit 7"\n'
    if days is not None:
        day = today(SystemClock()) + timedelta(days=days)
        settings += f'rollout = {{"Profit 7" = {day}}}\n'
    ran = koppeling("run", "--json", cwd=project(tmp_path, ONLY_ON_7, settings))

    assert ran.code == code
    assert outcomes(ran.json()["records"]) == {"Profit 7": "failed", "Profit 8": "passed"}


def test_a_release_on_accept_that_is_asked_for_by_name_counts(tmp_path):
    folder = project(tmp_path, ONLY_ON_7, 'current = "Profit 8"\naccept = "Profit 7"\n')

    assert koppeling("run", "--release", "Profit 7", cwd=folder).code == 1


def test_a_release_on_accept_that_erp1_does_not_know_is_told_and_left_out(tmp_path):
    ran = koppeling("run", cwd=project(tmp_path, settings='accept = "Profit 99"\n'))

    assert ran.code == 0, ran.all
    assert "Profit 99: not available: ERP1 does not know Profit 99 yet" in ran.out


def test_releases_that_are_named_are_run_and_no_other(tmp_path):
    asked = ("--release", "Profit 7", "--release", "Profit 9")
    ran = koppeling("run", "--json", *asked, cwd=project(tmp_path))

    assert labels(ran.json()["records"]) == ["Profit 7", "Profit 9"]


def test_shards_on_two_releases_merge_into_a_whole_run_on_each(tmp_path):
    folder = project(tmp_path, count=6)
    for index in (1, 2):
        shard = ("--shard", f"{index}/2", "--reports", f"s{index}")
        assert koppeling("run", *shard, cwd=folder).code == 0
    merged = koppeling("merge", "s1", "s2", "--json", cwd=folder)
    records = merged.json()["records"]
    run_ids = [each["run_id"] for each in records]

    assert merged.code == 0, merged.err
    assert labels(records) == ["Profit 7", "Profit 8"]
    assert run_ids == sorted(set(run_ids))
    assert {each["call"] for each in records} == {run_ids[-1]}
    assert [each["integrations"][0]["verdict"]["required"]["passed"] for each in records] == [6, 6]


def test_a_shard_that_lacks_one_release_leaves_the_other_whole(tmp_path):
    folder = project(tmp_path, count=6)
    koppeling("run", "--shard", "1/2", "--reports", "s1", cwd=folder)
    only = ("--release", "Profit 8")
    koppeling("run", *only, "--shard", "2/2", "--reports", "s2", cwd=folder)
    merged = koppeling("merge", "s1", "s2", "--json", cwd=folder)

    assert merged.code == 12, merged.err
    assert outcomes(merged.json()["records"]) == {"Profit 7": "not_run", "Profit 8": "passed"}


@pytest.mark.slow
def test_a_command_that_was_killed_is_gone_on_with_on_every_release(tmp_path):
    hold = tmp_path / "hold"
    hold.touch()
    folder = project(tmp_path, SLOW_ON_8.replace("HOLD", str(hold)))
    process = subprocess.Popen(
        [sys.executable, "-m", "koppeling_harness", "run", "--concurrency", "1"],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=unmeasured(),
    )
    for _ in range(3000):
        if hold.read_text():
            break
        time.sleep(0.01)
    process.kill()
    process.wait()
    hold.unlink()
    [current] = [each.name for each in folder.glob("reports/2*")]
    [older] = [each.parent.name for each in folder.glob(f"reports/{current}/*/results.jsonl")]
    ran = koppeling("run", "--resume", current, "--json", cwd=folder)
    records = ran.json()["records"]

    assert ran.code == 0, ran.err
    assert [each["run_id"] for each in records] == [older, current]
    assert labels(records) == ["Profit 7", "Profit 8"]
    assert [each["integrations"][0]["verdict"]["required"]["passed"] for each in records] == [2, 2]
    assert records[0]["breaks"][0]["kept"] == 1
    assert not [*folder.glob("reports/**/results.jsonl")]
    assert {each.name for each in folder.glob("reports/2*")} == {older, current}
    assert (folder / "reports" / older / "traffic").is_dir()


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is sent as a POSIX signal here")
def test_a_command_that_was_interrupted_is_gone_on_with_by_either_of_its_runs(tmp_path):
    hold = tmp_path / "hold"
    hold.touch()
    folder = project(tmp_path, SLOW_ON_8.replace("HOLD", str(hold)))
    process = subprocess.Popen(
        [sys.executable, "-m", "koppeling_harness", "run", "--concurrency", "1"],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=unmeasured(),
    )
    for _ in range(3000):
        if hold.read_text():
            break
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    process.wait()
    hold.unlink()
    older, current = sorted(each.name for each in folder.glob("reports/2*"))

    one = koppeling("run", "--resume", older, "--json", cwd=folder)
    assert one.code == 0, one.err
    assert one.json()["run_id"] == older
    other = koppeling("run", "--resume", current, "--json", cwd=folder)
    assert other.code == 0, other.err
    assert other.json()["run_id"] == current
    assert {one.json()["call"], other.json()["call"]} == {current}
