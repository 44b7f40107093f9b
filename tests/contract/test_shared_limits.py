"""Calls at once and a day, kept where several machines see them: real processes, a real server."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from koppeling_harness.clock import SystemClock
from koppeling_harness.store.call_limits import FileGate
from koppeling_harness.store.machine import limits_folder
from support.cli import unmeasured
from support.partners import partner
from support.strange_environment import Strangeness, strange_environment

TESTS = Path(__file__).resolve().parents[1]
CALLS = 30


def named(host):
    """Return how a command is begun under another host name; skips where that is not allowed."""
    unshare = shutil.which("unshare")
    begin = [unshare, "-U", "--map-root-user", "--uts", "sh", "-c"]
    if unshare is None or subprocess.call([*begin, "hostname x"], stderr=subprocess.DEVNULL):
        pytest.skip("a process cannot have a host name of its own here (unshare --uts)")
    return [*begin, f'hostname {host} && exec "$@"', "sh"]


@pytest.fixture
def environment(tmp_path):
    odd = Strangeness(latency_s=(0.02, 0.04))
    with strange_environment(tmp_path / "strange", odd) as served:
        yield served


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_two_host_names_never_have_more_than_five_calls_at_the_server(tmp_path, environment):
    shared = tmp_path / "shared"
    shared.mkdir()
    arguments = [str(shared), environment.base_url, str(environment.ca_file), str(CALLS)]

    def begun(host):
        return subprocess.Popen(
            [*named(host), sys.executable, "-m", "support.calling", *arguments],
            cwd=TESTS,
            env={**unmeasured(), "KOPPELING_STATE": str(tmp_path / host)},
            stdout=subprocess.PIPE,
            text=True,
        )

    both = [begun("machine-a"), begun("machine-b")]
    told = [each.communicate(timeout=100)[0].strip() for each in both]

    truth = environment.truth()
    assert told == ["machine-a", "machine-b"]
    assert truth["calls"] == 2 * CALLS
    assert 3 <= truth["most_at_once"] <= 5
    gate = FileGate(
        limits_folder(environment.base_url, str(shared)),
        max_parallel=5,
        budget=None,
        clock=SystemClock(),
    )
    assert gate.spent() == 2 * CALLS


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_the_doctor_of_one_machine_sees_what_another_spent(tmp_path, environment):
    shared = tmp_path / "shared"
    shared.mkdir()
    one, other = (
        partner(
            tmp_path / name,
            environment,
            name=name,
            state=tmp_path / f"{name}-s",
            limits=str(shared),
        )
        for name in ("portaal-a", "portaal-b")
    )

    def lines(project):
        told = json.loads(project.run("doctor", "strange", "--json")[1])["lines"]
        return {each["what"]: each["found"] for each in told}

    first, second = lines(one), lines(other)

    assert first["limits"] == second["limits"] == f"5 calls at once; kept in {shared}"
    assert first["budget"] == "no limit; 0 calls today"
    spent = int(second["budget"].split("; ")[1].split()[0])
    assert spent > 2


def test_a_shared_folder_that_is_not_mounted_is_told_and_never_made(tmp_path, environment):
    project = partner(
        tmp_path / "p", environment, state=tmp_path / "s", limits=str(tmp_path / "not-there")
    )

    code, out, _ = project.run("doctor", "strange")

    assert code == 10
    assert "there is no such folder, expected one that several machines share" in out
    assert not (tmp_path / "not-there").exists()
