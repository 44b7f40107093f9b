"""That a run which is killed leaves neither processes nor folders of its integrations."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from koppeling_harness.plugin.guard import folder_prefix
from koppeling_harness.plugin.job_object import ExtendedLimits
from support.cli import unmeasured
from support.plugins import a_plugin, is_running

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the guard looks into /proc")

HANGS = """\
child = subprocess.Popen(["sleep", "611"], start_new_session=True)
script = "(exec setsid env -i sh -c 'echo $$ > %s; exec sleep 612') & sleep 0.5"
subprocess.run(["sh", "-c", script % Path(os.environ["TMPDIR"], "bare")])
Path(os.environ["TMPDIR"], "began").write_text(str(child.pid))
time.sleep(611)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGHUP])
def test_nothing_is_left_of_a_run_that_is_killed(tmp_path, number):
    a_plugin(tmp_path / "plugins" / "acme", trigger=HANGS)
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    # under `nohup` it is ignored, and what is ignored stays so in what is started
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    with subprocess.Popen(
        [sys.executable, "-m", "koppeling_harness", "run"],
        cwd=tmp_path,
        env={**unmeasured(), "TMPDIR": str(temporary)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as run:
        signal.signal(signal.SIGHUP, before)
        assert _within(30, lambda: list(temporary.glob("koppeling-*/began")))
        assert _of(run.pid)
        bare = [int(each.read_text()) for each in temporary.glob("koppeling-*/bare")]
        assert all(map(is_running, bare))
        assert bare
        run.send_signal(number)
        run.wait(30)

        assert _within(10, lambda: not _of(run.pid)), _of(run.pid)
        assert _within(10, lambda: not any(map(is_running, bare)))
        assert _within(10, lambda: not list(temporary.glob("koppeling-*")))


GUARD = """
from koppeling_harness.plugin import guard
guard.end_marked = lambda mark: None  # as where there is no /proc to find marks in
guard.wait_and_end("koppeling-of-nobody-")
"""


def test_a_guard_ends_the_groups_that_it_was_told_of_and_no_others():
    running, gone = (subprocess.Popen(["sleep", "613"], start_new_session=True) for _ in "ab")
    try:
        subprocess.run(
            [sys.executable, "-c", GUARD],
            input=f"+{running.pid}\n+{gone.pid}\n-{gone.pid}\n".encode(),
            env=unmeasured(),
            check=True,
            timeout=30,
        )
        assert running.wait(10) == -signal.SIGKILL
        assert gone.poll() is None
    finally:
        for each in (running, gone):
            each.kill()
            each.wait()


def test_a_job_object_of_windows_is_described_as_windows_reads_it():
    assert ctypes.sizeof(ExtendedLimits) == 144
    assert ExtendedLimits.basic.offset + type(ExtendedLimits().basic).limit_flags.offset == 16


def test_a_run_sweeps_what_an_earlier_one_left_whose_guard_died_too(tmp_path):
    gone = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    here = folder_prefix().split("-")[2]
    stale = Path(tmp_path, f"koppeling-{gone}-{here}-stale")
    stale.mkdir()
    elsewhere = Path(tmp_path, f"koppeling-{gone}-000000-of-a-container")
    elsewhere.mkdir()  # that shares the folder, and in which that number may well be taken
    living = Path(tmp_path, f"koppeling-{os.getpid()}-{here}-mine")
    living.mkdir()
    other = Path(tmp_path, "koppeling-notes-of-a-person")
    other.mkdir()
    a_plugin(tmp_path / "plugins" / "acme")

    subprocess.run(
        [sys.executable, "-m", "koppeling_harness", "run", "-k", "token-only"],
        cwd=tmp_path,
        env={**unmeasured(), "TMPDIR": str(tmp_path)},
        capture_output=True,
        check=False,
        timeout=60,
    )

    assert not stale.exists()
    assert living.exists()
    assert elsewhere.exists()
    assert other.exists()


def _of(harness: int) -> list[int]:
    """Return the processes of a harness's integrations, by the mark that they bear."""
    mark = f"KOPPELING_PROCESS=koppeling-{harness}-".encode()
    found = []
    for entry in Path("/proc").glob("[0-9]*/environ"):
        try:
            if mark in entry.read_bytes():
                found.append(int(entry.parent.name))
        except OSError:
            continue
    return found


def _within(seconds: float, holds) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.05)
    return False
