"""What is measured is a reviewers' folder in which everything is judged."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.mark.long
@pytest.mark.skipif(not (ROOT / "bench").is_dir(), reason="bench/ is not here")
def test_the_records_that_are_measured_hold_and_are_judged():
    command = [sys.executable, "-m", "bench", "site", "7", "6"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "7 registrations, 42 runs" in ran.stdout
