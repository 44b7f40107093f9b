"""A run that was broken off goes on where it was."""

import json
import subprocess
import sys
import time

import pytest

from support.cli import koppeling, unmeasured
from support.tiny import scenario, tiny_plugin

BODY = """
    with open({calls!r}, "a") as file:
        file.write(call.input["scenario"] + "\\n")
    while call.input["scenario"] == "tiny.b" and os.path.exists({hold!r}):
        time.sleep(0.02)
    return OperationResult()
"""


@pytest.fixture
def project(tmp_path):
    calls, hold = tmp_path / "calls", tmp_path / "hold"
    hold.touch()
    body = BODY.format(calls=str(calls), hold=str(hold))
    tiny_plugin(tmp_path / "plugins" / "tiny", body=body)
    for name in ("tiny.a", "tiny.b", "tiny.c"):
        scenario(tmp_path / "scenarios", name=name)
    return tmp_path


def broken_off(project):
    """Start a run, and kill it when its second scenario is under way; return its id."""
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "koppeling_harness",
            "run",
            "--release",
            "Profit 8",
            "--concurrency",
            "1",
        ],
        cwd=project,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=unmeasured(),
    )
    calls = project / "calls"
    for _ in range(3000):
        if calls.exists() and calls.read_text().count("tiny.b") == 1:
            break
        time.sleep(0.01)
    process.kill()
    process.wait()
    (project / "hold").unlink()
    [journal] = project.glob("reports/*/results.jsonl")
    return journal.parent.name


@pytest.mark.slow
def test_what_was_finished_is_kept_and_the_half_done_scenario_is_done_anew(project):
    run = broken_off(project)
    journal = (project / "reports" / run / "results.jsonl").read_text(encoding="utf-8")

    ran = koppeling("run", "--resume", run, "--json", cwd=project)

    kinds = [json.loads(each)["kind"] for each in journal.splitlines()]
    assert kinds == ["begin", "start", "result", "start"]

    record = ran.json()
    results = {each["scenario"]: each for each in record["integrations"][0]["results"]}
    assert (ran.code, record["run_id"]) == (0, run), ran.err
    assert {name: each["resumed"] for name, each in results.items()} == {
        "tiny.a": False,
        "tiny.b": True,
        "tiny.c": False,
    }
    assert [each["kept"] for each in record["breaks"]] == [1]
    assert (project / "calls").read_text().split() == ["tiny.a", "tiny.b", "tiny.b", "tiny.c"]
    assert not (project / "reports" / run / "results.jsonl").exists()
    page = (project / "reports" / run / "index.html").read_text(encoding="utf-8")
    assert "This run was broken off and gone on with" in page
