"""Against a real environment, for which a strange one of our own stands in."""

import os
import random
import signal
import time

import pytest

from koppeling_harness.model.result_id import ResultId
from support.partners import REFERENCE, outcomes, partner
from support.strange_environment import Strangeness, strange_environment

MANIFEST = str(REFERENCE / "koppeling.yaml")
NOT_THERE = {
    "reading.more-than-one-page",
    "urenportaal.employees-all-of-them",
    "urenportaal.maintenance",
    "urenportaal.projects-many-pages",
    "urenportaal.projects-second-time",
}
"""What counts on an environment of its own."""


def strangeness(**more):
    return Strangeness(manifests=(MANIFEST,), **more)


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    folder = tmp_path_factory.mktemp("strange")
    odd = strangeness(latency_s=(0.0, 0.05), others_every_s=0.05, maintenance_every=97)
    with strange_environment(folder, odd) as served:
        yield served


@pytest.mark.long
@pytest.mark.timeout(700)
def test_three_partners_at_once_pass_politely_and_leave_nothing_behind(tmp_path, environment):
    names = ("urenportaal", "portaal-b", "portaal-c")
    partners = [
        partner(tmp_path / name, environment, name=name, state=tmp_path / "state") for name in names
    ]
    running = [each.start("run", "--env", "strange", "--json") for each in partners]
    ended = [each.communicate(timeout=600) for each in running]

    for each, process, (_, err) in zip(partners, running, ended, strict=True):
        [record] = each.records()
        found = outcomes(record)
        assert process.returncode == 0, (found.get("failed"), found.get("not_run"), err)
        assert record["erp"]["kind"] == "environment"
        assert set(found) == {"passed"}, found
        (integration,) = record["integrations"]
        not_asked = {ResultId.read(one["id"]).scenario for one in integration["not_asked"]}
        assert not_asked >= NOT_THERE
        assert not not_asked & set(found["passed"])
        assert integration["verdict"]["outcome"] == "passed"
        assert integration["scope"]["whole"]
    truth = environment.truth()
    assert truth["more"] == {}
    assert 2 <= truth["most_at_once"] <= 5


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_killed_at_random_moments_no_result_is_lost_and_nothing_stays(tmp_path, environment):
    one = partner(tmp_path / "p", environment, state=tmp_path / "state")
    chance, run, kept = random.Random(3), "", 0
    arguments = ["run", "--env", "strange", "-k", "writing or hours-arrive"]
    for _ in range(3):
        process = one.start(*(["run", "--resume", run] if run else arguments))
        time.sleep(chance.uniform(1.5, 4.0))
        process.kill()
        process.communicate()
        found = one.journaled()
        assert len(found) >= kept
        assert len(found) == len(set(found))
        kept = len(found)
        reports = [path.parent.name for path in one.folder.glob("reports/2*/results.jsonl")]
        run = max(reports, default="")
    code, _, err = one.run(*(["run", "--resume", run] if run else arguments))
    swept, told, _ = one.run("sweep", "strange", "--yes")

    assert code == 12, err  # what -k leaves out was not executed
    [record] = one.records()
    assert set(outcomes(record)) == {"passed"}
    assert swept in {0, 11}, told
    assert environment.truth()["more"] == {}


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no signal to send to one process")
def test_ctrl_c_ends_a_run_with_a_record_and_leaves_nothing_behind(tmp_path, environment):
    one = partner(tmp_path / "p", environment, state=tmp_path / "state")
    process = one.start("run", "--env", "strange", "-k", "writing")
    next(line for line in process.stderr if "1 of" in line)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)

    assert process.returncode == 2
    [record] = one.records()
    assert set(outcomes(record)) == {"passed"}
    assert environment.truth()["more"] == {}


def test_a_run_stops_at_what_the_doctor_finds_and_writes_no_record(tmp_path):
    with strange_environment(tmp_path / "e", strangeness(expired=True)) as served:
        one = partner(tmp_path / "p", served, state=tmp_path / "state")
        code, out, err = one.run("run", "--env", "strange")

    assert (code, out) == (10, "")
    assert "/metainfo answered 401" in err
    assert "Make a new token" in err
    assert one.records() == []
