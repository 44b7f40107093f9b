"""Ctrl-C, and a job that is cancelled, end a run within a second, whatever it is at."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from koppeling_harness.plugin.sandbox import why_not
from support.busy import how_busy
from support.cli import unmeasured

ROOT = Path(__file__).parents[2]

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is sent as a POSIX signal here"),
    pytest.mark.skipif(not (ROOT / "plugins").is_dir(), reason="the references are not here"),
]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize(
    "options",
    [[], ["--sandbox"], ["--processes", "3"]],
    ids=["as they are", "in a sandbox", "in three processes"],
)
@pytest.mark.parametrize("after_s", [0.3, 2, 8])
def test_a_run_of_the_references_ends_within_a_second(tmp_path, after_s, options, number):
    if "--sandbox" in options and why_not():
        pytest.skip(f"no sandbox here: {why_not()}")
    shutil.copytree(ROOT / "plugins", tmp_path / "plugins")
    running = subprocess.Popen(
        [sys.executable, "-m", "koppeling_harness", "run", *options],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=unmeasured(),
    )
    time.sleep(after_s)
    began_s = time.monotonic()
    running.send_signal(number)
    running.wait(timeout=30)
    took_s = time.monotonic() - began_s

    assert running.returncode == 2
    assert took_s < 1.5 * how_busy()  # which is not the same from one moment to the next
