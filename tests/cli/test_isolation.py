"""What an integration of any kind does wrong: its outcome and cause, and nothing left of it.

All of them run in one `koppeling run`, beside an integration that does nothing wrong.
"""

import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from support.acting import RUNTIMES, write_acting
from support.busy import how_busy
from support.cli import koppeling_process, unmeasured
from support.plugins import is_running

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="limits memory, and looks into /proc"),
]

DAEMON = """
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(600)
        os._exit(0)
    os.wait()
"""

ACTS = {
    "well": "pass",
    "crash": "os._exit(3)",
    "killed": "os.kill(os.getpid(), 9)",
    "hang": "time.sleep(600)",
    "hang-in-a-loop": "while True: pass",
    "fork-bomb": "for _ in range(5): os.fork()\n    time.sleep(600)",
    "endless-output": "while True: os.write(2, b'x' * 65536)",
    "zombie": "os.fork() or os._exit(0)\n    time.sleep(0.2)",
    "exit-0": "os._exit(0)",
    "rubbish": "print('Goedemorgen!', flush=True)",
    "memory": "bytearray(1 << 30)",
    "daemon": DAEMON.strip(),
    "daemon-and-hang": DAEMON.strip() + "\n    time.sleep(600)",
}

PASSED = ("passed", None, None)


def failed(code: str) -> tuple[str, str, str]:
    return ("failed", "integration", code)


CRASHED, HUNG = failed("PLUGIN-CRASHED"), failed("PLUGIN-HUNG")
NO_ANSWER = failed("PLUGIN-NO-ANSWER")

TABLE: dict[str, dict[str, tuple[Any, ...]]] = {
    "well": dict.fromkeys(RUNTIMES, PASSED),
    "crash": dict.fromkeys(RUNTIMES, CRASHED),
    "killed": dict.fromkeys(RUNTIMES, CRASHED),
    "hang": dict.fromkeys(RUNTIMES, HUNG),
    "hang-in-a-loop": dict.fromkeys(RUNTIMES, HUNG),
    "fork-bomb": dict.fromkeys(RUNTIMES, HUNG),
    "endless-output": dict.fromkeys(RUNTIMES, failed("OUTPUT-FLOOD")),
    "zombie": dict.fromkeys(RUNTIMES, PASSED),
    # of a command, exit 0 is the answer: the operation was carried out
    "exit-0": {**dict.fromkeys(RUNTIMES, NO_ANSWER), "command": PASSED},
    # stdout of hooks and of a service is log, of the others it is the answer
    "rubbish": {"python": PASSED, "http": PASSED, "command": NO_ANSWER, "stdio": NO_ANSWER},
    "memory": {
        "python": failed("PLUGIN-RAISED"),
        "command": CRASHED,  # exit 1 and a trace: an uncaught error tells nobody anything
        "stdio": CRASHED,
        "http": NO_ANSWER,
    },
    "daemon": dict.fromkeys(RUNTIMES, PASSED),
    "daemon-and-hang": dict.fromkeys(RUNTIMES, HUNG),
}


def written(project: Path, acts: Iterable[str], *, hang_s: float = 1) -> Path:
    """Write a project with an integration of each kind for each act; return it.

    `hang_s` is how long an operation may take that hangs.
    """
    for act in acts:
        for kind in RUNTIMES:
            timeout_s = hang_s if TABLE[act][kind] == HUNG else 30
            name = f"{act}-{kind}"
            write_acting(project, kind, name=name, act=ACTS[act], timeout_s=timeout_s)
    for name in ("scenarios", "tmp"):
        (project / name).mkdir()
    return project


@pytest.fixture(scope="module")
def results(tmp_path_factory) -> Iterator[dict[str, dict[str, Any]]]:
    """What one run over all of them says, by integration; afterwards nothing of them is left."""
    project = written(tmp_path_factory.mktemp("isolation"), ACTS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(project / "tmp"))
        ran = koppeling_process(
            "run", "--json", "--release", "Profit 8", cwd=project, timeout_s=400
        )
    assert ran.code == 1, ran.err
    yield {each["id"]: each["results"][0] for each in ran.json()["integrations"]}
    assert_nothing_left(project / "tmp")


def assert_nothing_left(temporary: Path) -> None:
    assert left_of(temporary) == [], "a process was left"
    assert list(temporary.iterdir()) == [], "a temporary file was left"


def left_of(temporary: Path) -> list[str]:
    """Return the processes, given a moment to end, that have a folder of the run as their home."""
    for _ in range(100):
        if not homes_in_use(temporary):
            break
        time.sleep(0.02)
    return homes_in_use(temporary)


def homes_in_use(temporary: Path) -> list[str]:
    return [
        each.parent.name
        for each in Path("/proc").glob("[0-9]*/environ")
        if is_running(int(each.parent.name)) and mentions(each, temporary)
    ]


def mentions(environ: Path, folder: Path) -> bool:
    try:
        return f"HOME={folder}/".encode() in environ.read_bytes()
    except OSError:
        return False  # it ended meanwhile


@pytest.mark.parametrize("kind", RUNTIMES)
@pytest.mark.parametrize("act", ACTS)
def test_each_misbehaviour_is_an_outcome_with_its_cause(results, act, kind):
    result = results[f"{act}-{kind}"]

    codes = [each["code"] for each in result["findings"] if each["level"] == "error"]
    assert (result["outcome"], result["cause"], *(codes or [None])) == TABLE[act][kind], result


SLOW_STARTS = 3


def with_slow_starts_and_a_pattern(project: Path) -> Path:
    """Add integrations that never come to an operation, and one whose answer never matches."""
    for kind in ("python", "stdio", "http"):
        folder = write_acting(project, kind, name=f"slow-start-{kind}", act="pass", timeout_s=60)
        (folder / "act.py").write_text("import time\ntime.sleep(600)\n")
    folder = write_acting(project, "python", name="pattern", act="pass", timeout_s=60)
    plugin = folder / "koppeling_plugin.py"
    answer = 'return OperationResult(output="a" * 9000)'
    plugin.write_text(plugin.read_text().replace("return OperationResult()", answer))
    scenario = folder / "scenarios" / "act.scenario.yaml"
    expect = """    expect: {output: {$regex: "^a*a*a*a*a*[^a]$"}}\n"""
    scenario.write_text(scenario.read_text() + expect)
    return project


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_and_a_job_that_is_cancelled_end_all_that_any_kind_started(
    tmp_path, monkeypatch, number
):
    project = with_slow_starts_and_a_pattern(written(tmp_path, ["daemon-and-hang"], hang_s=60))
    monkeypatch.setenv("TMPDIR", str(project / "tmp"))
    running = subprocess.Popen(
        [sys.executable, "-m", "koppeling_harness", "run"],
        cwd=project,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=unmeasured(),
    )
    for _ in range(1000):
        # of each kind what hangs and its daemon; the two in between have ended
        if len(list(homes_in_use(project / "tmp"))) >= 2 * len(RUNTIMES) + SLOW_STARTS:
            break
        time.sleep(0.01)
    began_s = time.monotonic()
    running.send_signal(number)
    running.communicate(timeout=30)

    assert time.monotonic() - began_s < 5 * how_busy()  # far less; other tests run beside it
    assert running.returncode == 2
    assert_nothing_left(project / "tmp")
