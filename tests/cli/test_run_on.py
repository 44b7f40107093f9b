"""A run that a Dask engine carries out: real scheduler, real workers, and what they do wrong."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import trustme

from support.cli import Ran, koppeling, koppeling_process
from support.cluster import Cluster, cluster, killing
from support.partners import REFERENCE, partner
from support.strange_environment import Strangeness, strange_environment
from support.tiny import READ, scenario, tiny_plugin

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("default"),  # the engine's own
    pytest.mark.skipif(sys.platform == "win32", reason="workers are ended by SIGKILL here"),
]

SLOW = "time.sleep(3)\n" + READ


def fleet(folder: Path, *names: str, body: str = READ) -> Path:
    """Write a project with integrations, and two scenarios for each; return its folder."""
    for name in names:
        tiny_plugin(folder / "plugins" / name, name=name, body=body)
    for number in range(2):
        scenario(folder / "scenarios", name=f"read-{number}")
    return folder


def run(folder: Path, *words: str) -> Ran:
    return koppeling("run", "--json", "--release", "Profit 8", *words, cwd=folder)


def results(ran: Ran) -> dict[str, list[tuple[str, str, str | None]]]:
    return {
        each["id"]: [(one["scenario"], one["outcome"], one["cause"]) for one in each["results"]]
        for each in ran.json()["integrations"]
    }


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    """A scheduler with two workers, for tests that leave them as they are."""
    with cluster(tmp_path_factory.mktemp("cluster"), "one", "two") as made:
        yield made


def test_an_engine_gives_what_one_process_gives(tmp_path: Path, two: Cluster):
    fleet(tmp_path, "alfa", "beta")
    bad = "return OperationResult(ok=False, error='never')"
    tiny_plugin(tmp_path / "plugins" / "gamma", name="gamma", body=bad)

    broken = tiny_plugin(tmp_path / "plugins" / "omega", name="omega") / "koppeling_plugin.py"
    broken.write_text("raise RuntimeError('not today')")

    here = run(tmp_path, "--seed", "7", "--reports", "here")
    there = run(tmp_path, "--seed", "7", "--on", two.engine, "--reports", "there")

    assert there.code == here.code == 1, there.all
    assert results(there) == results(here)
    mine, other = here.json(), there.json()
    told = ("verdict", "digest", "required_ids", "scope", "identity", "exercised", "isolation")
    assert [[each[name] for name in told] for each in other["integrations"]] == [
        [each[name] for name in told] for each in mine["integrations"]
    ]
    assert other["seed"] == mine["seed"]
    assert other["erp"] == mine["erp"]
    places = [
        {
            one["scenario"]: one["place"]
            for each in ran.json()["integrations"]
            for one in each["results"]
        }
        for ran in (here, there)
    ]
    assert places[0] == places[1]
    idle = [each["integrations"][-1] for each in (mine, other)]
    assert [each["problem_kind"] for each in idle] == ["never_began", "never_began"]
    assert idle[0]["problem"] == idle[1]["problem"]
    kept = {each.parent.name for each in (tmp_path / "there").rglob("*.har")}
    assert kept == {"alfa", "beta"}
    assert not (tmp_path / "there" / other["run_id"] / "results.jsonl").exists()


@pytest.mark.long
def test_workers_of_this_machine_are_started_and_end_with_the_run(tmp_path: Path):
    fleet(tmp_path, "alfa", "beta")

    ran = run(tmp_path, "--on", "local:2")

    assert ran.code == 0, ran.all
    assert {name: len(many) for name, many in results(ran).items()} == {"alfa": 2, "beta": 2}
    assert not list(Path("/tmp").glob("koppeling-workers-*/*"))


WAITS_FOR_THE_OTHER = """
mine, other = {mine!r}, {other!r}
open(mine, "w").close()
until = time.monotonic() + 20
while not os.path.exists(other) and time.monotonic() < until:
    time.sleep(0.05)
if not os.path.exists(other):
    return OperationResult(ok=False, error="alone")
"""


@pytest.mark.long
def test_a_worker_of_this_machine_carries_out_two_units_at_once(tmp_path: Path):
    marks = {name: str(tmp_path / f"{name}-began") for name in ("alfa", "beta")}
    for name, other in (("alfa", "beta"), ("beta", "alfa")):
        waits = WAITS_FOR_THE_OTHER.format(mine=marks[name], other=marks[other])
        tiny_plugin(tmp_path / "plugins" / name, name=name, body=waits + READ)
    scenario(tmp_path / "scenarios", name="read")

    ran = run(tmp_path, "--on", "local:1")

    assert ran.code == 0, ran.all


@pytest.mark.long
def test_a_worker_that_is_killed_costs_nothing_but_time(tmp_path: Path):
    fleet(tmp_path / "project", "alfa", "beta", body=SLOW)
    with cluster(tmp_path) as made:
        workers = {name: made.worker(name) for name in ("one", "two")}
        with killing(made, workers, 1) as killed:
            ran = koppeling(
                "run", "--release", "Profit 8", "--on", made.engine, cwd=tmp_path / "project"
            )

        assert len(killed) == 1
    record = _record(tmp_path / "project")
    assert ran.code == 0, ran.all
    assert "a worker was lost, this is a second attempt" in ran.out
    for each in record["integrations"]:
        assert [one["outcome"] for one in each["results"]] == ["passed", "passed"]
    assert _within(10, lambda: not _orphans(tmp_path))


@pytest.mark.long
def test_ctrl_c_ends_what_the_workers_carry_out(tmp_path: Path):
    fleet(tmp_path / "project", "alfa", body="time.sleep(60)\n" + READ)
    with cluster(tmp_path, "one") as made:
        command = [sys.executable, "-m", "koppeling_harness", "run", "--release", "Profit 8"]
        with subprocess.Popen(
            [*command, "--on", made.engine], cwd=tmp_path / "project", stdout=subprocess.DEVNULL
        ) as ran:
            assert _within(60, lambda: made.units("one"))
            assert _within(30, lambda: _orphans(tmp_path))
            ran.send_signal(signal.SIGINT)
            assert ran.wait(30) == 2

        assert _within(20, lambda: not _orphans(tmp_path)), _orphans(tmp_path)
        assert _within(5, lambda: not made.units("one"))


@pytest.mark.long
def test_what_loses_its_worker_twice_is_named_and_not_run(tmp_path: Path):
    fleet(tmp_path / "project", "alfa", body=SLOW)
    with cluster(tmp_path) as made:
        workers = {name: made.worker(name) for name in ("one", "two", "three")}
        with killing(made, workers, 2) as killed:
            ran = koppeling_process(
                "run", "--release", "Profit 8", "--on", made.engine, cwd=tmp_path / "project"
            )
        assert len(killed) == 2
    (each,) = _record(tmp_path / "project")["integrations"]
    assert ran.code == 12, ran.all
    assert "its worker was lost twice" in ran.out
    assert each["verdict"]["required"]["total"] == 2
    assert {(one["outcome"], one["cause"]) for one in each["results"]} == {
        ("not_run", "environment")
    }
    assert {one["findings"][0]["code"] for one in each["results"]} == {"NOT-CARRIED-OUT"}


@pytest.mark.long
def test_a_worker_that_its_nanny_starts_again_carries_on(tmp_path: Path):
    fleet(tmp_path / "project", "alfa", "beta", body=SLOW)
    with cluster(tmp_path) as made:
        made.worker("one", nanny=True)
        (first,) = made.workers_of("one")
        ended = threading.Thread(target=_kill_when, args=(lambda: made.units("one"), first))
        ended.start()
        ran = koppeling_process(
            "run", "--release", "Profit 8", "--on", made.engine, cwd=tmp_path / "project"
        )
        ended.join()

        assert made.workers_of("one") != [first]
    assert ran.code == 0, ran.all
    assert "a worker was lost, this is a second attempt" in ran.out
    record = _record(tmp_path / "project")
    assert [len(each["results"]) for each in record["integrations"]] == [2, 2]
    assert _within(10, lambda: not _orphans(tmp_path))


@pytest.mark.long
def test_a_real_environment_is_held_by_one_worker_at_a_time(tmp_path: Path):
    odd = Strangeness(manifests=(str(REFERENCE / "koppeling.yaml"),), latency_s=(0.05, 0.1))
    with strange_environment(tmp_path / "e", odd) as served, cluster(tmp_path) as made:
        one = partner(tmp_path / "p", served, name="alfa", state=tmp_path / "state")
        shutil.copytree(one.folder / "plugins" / "alfa", one.folder / "plugins" / "beta")
        manifest = one.folder / "plugins" / "beta" / "koppeling.yaml"
        manifest.write_text(manifest.read_text().replace("id: alfa", "id: beta"))
        for name in ("one", "two"):
            made.worker(name, KOPPELING_STATE=str(tmp_path / name), **one.given)

        code, out, err = one.run(
            "run", "--env", "strange", "--on", made.engine, "-k", "expired-token"
        )

    assert code == 12, out + err  # only a part of what is required was asked for
    (record,) = one.records()
    assert {each["id"] for each in record["integrations"]} == {"alfa", "beta"}
    assert {one["outcome"] for each in record["integrations"] for one in each["results"]} == {
        "passed"
    }
    first, then = sorted(
        (min(times), max(times))
        for times in (
            [
                each["startedDateTime"]
                for file in one.folder.glob(f"reports/2*/traffic/{name}/*.har")
                for each in json.loads(file.read_text(encoding="utf-8"))["log"]["entries"]
            ]
            for name in ("alfa", "beta")
        )
    )
    assert first[1] < then[0]
    assert one.token not in out + err


def test_what_no_worker_has_is_told_at_once_and_costs_nobody_else(tmp_path: Path, two: Cluster):
    fleet(tmp_path, "alfa", "beta")
    manifest = tmp_path / "plugins" / "beta" / "koppeling.yaml"
    needs = "runtime: {kind: python, requires: [{program: no-such-program}]}"
    manifest.write_text(manifest.read_text().replace("runtime: {kind: python}", needs))

    began = time.monotonic()
    ran = run(tmp_path, "--on", two.engine)
    took = time.monotonic() - began

    assert ran.code == 12, ran.all
    alfa, beta = ran.json()["integrations"]
    assert alfa["verdict"]["outcome"] == "passed"
    assert beta["problem_kind"] == "missing_runtime"
    assert "none of 2 workers has what it needs: needs `no-such-program`" in beta["problem"]
    assert took < 60  # the limit after which a unit is no longer waited for


@pytest.mark.long
def test_a_worker_without_a_program_gets_no_unit_that_needs_it(tmp_path: Path):
    fleet(tmp_path / "project", "alfa")
    manifest = tmp_path / "project" / "plugins" / "alfa" / "koppeling.yaml"
    needs = "runtime: {kind: python, requires: [{program: only-there}]}"
    manifest.write_text(manifest.read_text().replace("runtime: {kind: python}", needs))
    there = tmp_path / "bin"
    there.mkdir()
    (there / "only-there").write_text("#!/bin/sh\n")
    (there / "only-there").chmod(0o755)
    with cluster(tmp_path, "without") as made:
        made.worker("with", PATH=f"{there}:/usr/bin:/bin")

        ran = run(tmp_path / "project", "--on", made.engine)

    assert ran.code == 0, ran.all


@pytest.mark.long
def test_a_worker_of_another_version_is_refused(tmp_path: Path):
    fleet(tmp_path / "project", "alfa")
    patch = tmp_path / "patched"
    patch.mkdir()
    (patch / "sitecustomize.py").write_text(
        "import koppeling_harness.version as v\nv.__version__ = '99.0'\n"
    )
    with cluster(tmp_path) as made:
        made.worker("other", PYTHONPATH=str(patch))

        ran = run(tmp_path / "project", "--on", made.engine)

    assert ran.code == 10
    assert "99.0" in ran.err
    assert "Install the same version" in ran.err


@pytest.mark.long
def test_an_engine_with_tls_takes_who_has_a_certificate_and_no_outsider(tmp_path: Path):
    fleet(tmp_path / "project", "alfa")
    authority = trustme.CA()
    mine = authority.issue_cert("127.0.0.1", "localhost")
    files = {name: tmp_path / f"{name}.pem" for name in ("ca", "cert", "key")}
    authority.cert_pem.write_to_path(files["ca"])
    mine.cert_chain_pems[0].write_to_path(files["cert"])
    mine.private_key_pem.write_to_path(files["key"])
    tls = ["--tls-ca-file", files["ca"], "--tls-cert", files["cert"], "--tls-key", files["key"]]
    with cluster(tmp_path, "one", tls=[*map(str, tls)]) as made:
        names = ",".join(str(each) for each in files.values())
        known = run(tmp_path / "project", "--on", made.engine, "--cluster-tls", names)
        outsider = run(tmp_path / "project", "--on", made.engine)

    assert known.code == 0, known.all
    assert outsider.code == 11
    assert "cannot be reached" in outsider.err


def test_what_goes_without_an_engine_or_not_with_one_is_told(tmp_path: Path):
    fleet(tmp_path, "alfa")

    both = koppeling("run", "--on", "local:2", "--shard", "1/2", cwd=tmp_path)
    alone = koppeling("run", "--cluster-tls", "a,b,c", cwd=tmp_path)

    assert (both.code, alone.code) == (4, 4)
    assert "shares a run out itself" in both.err
    assert "give --on as well" in alone.err


def _record(project: Path) -> dict:
    (path,) = (project / "reports").glob("*/run.json")
    return json.loads(path.read_text())


def _kill_when(what, process: int) -> None:
    if _within(60, what):
        os.kill(process, signal.SIGKILL)


def _orphans(folder: Path) -> list[str]:
    """Return the processes whose unit lay below a folder."""
    found = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
    return [
        each
        for each in found.stdout.splitlines()
        if "workflow.cluster.unit" in each or ("unit-" in each and str(folder) in each)
    ]


def _within(limit_s: float, what) -> bool:
    until = time.monotonic() + limit_s
    while time.monotonic() < until:
        if what():
            return True
        time.sleep(0.1)
    return bool(what())
