"""What cannot be written costs no verdict and no other file: a disk that is full, a name in use."""

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from support.cli import unmeasured
from support.tiny import scenario, tiny_plugin

posix = pytest.mark.skipif(os.name == "nt", reason="the size of files is limited as POSIX does")


def limited(folder: Path, most: int) -> subprocess.CompletedProcess:
    """Run in a process that can write no file beyond so many bytes, as on a disk that is full."""
    return subprocess.run(
        [sys.executable, "-m", "koppeling_harness", "run", "--release", "Profit 8"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**unmeasured(), "KOPPELING_CACHE": str(folder / "cache")},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most)),
    )


def project(folder: Path, *, count: int) -> Path:
    tiny_plugin(folder / "plugins" / "tiny")
    for number in range(count):
        scenario(folder / "scenarios", name=f"read-{number}")
    return folder


@posix
def test_without_room_for_the_page_the_verdict_and_the_other_files_are_there(tmp_path):
    ran = limited(project(tmp_path, count=2), 20_000)
    written = {each.name for each in tmp_path.glob("reports/2*/*")}

    assert ran.returncode == 10, ran.stderr
    assert ran.stdout.startswith("1 integration on Profit 8: 1 passed\n")
    assert "index.html: cannot be written: File too large" in ran.stdout
    assert "Traceback" not in ran.stderr
    assert {"run.json", "junit.xml", "ctrf.json", "summary.md"} <= written
    assert "index.html" not in written
    assert (tmp_path / "reports" / "latest.json").is_file()
    assert ran.stdout.count("cannot be written") == 1


@posix
def test_without_room_for_the_journal_the_run_goes_on_and_says_which_file(tmp_path):
    ran = limited(project(tmp_path, count=12), 3_000)
    text = ran.stdout

    assert ran.returncode == 10, ran.stderr
    assert text.startswith("1 integration on Profit 8: 1 passed\n")
    assert "results.jsonl: cannot be written: File too large" in text
    assert "run.json: cannot be written" in text
    assert "report:" not in text
    assert not (tmp_path / "reports" / "latest.json").exists()
