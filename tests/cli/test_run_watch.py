"""`koppeling run --watch` in a process of its own: save, and read the result."""

import os
import signal
import subprocess
import sys

import pytest

from support.cli import koppeling
from support.plugins import is_running
from support.tiny import scenario, tiny_plugin


class Watching:
    """A running `koppeling run --watch`, and what it said."""

    def __init__(self, folder):
        command = [sys.executable, "-m", "koppeling_harness", "run", "--watch"]
        self.process = subprocess.Popen(
            [*command, "--plugin", "plugins", "--scenarios", "packs"],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def until(self, word):
        lines = []
        for line in self.process.stdout:
            lines.append(line)
            if word in line:
                return "".join(lines)
        raise AssertionError("".join(lines))


BODY = """
open({marker!r}, "a").write(f"{{os.getpid()}}\\n")
return OperationResult(ok=True, output={{}})
"""


@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGINT as a terminal does")
def test_a_save_is_answered_and_ctrl_c_ends_everything(tmp_path):
    pids = tmp_path / "pids"
    tiny_plugin(tmp_path / "plugins" / "tiny", body=BODY.format(marker=str(pids)))
    scenario(tmp_path / "packs")
    watching = Watching(tmp_path)
    try:
        assert "passed tiny: read" in watching.until("waiting for a save")
        scenario(tmp_path / "packs", expect="{ok: false}")
        assert "`ok` is true, expected false" in watching.until("waiting for a save")
        watching.process.send_signal(signal.SIGINT)
        said, _ = watching.process.communicate(timeout=30)
    finally:
        watching.process.kill()
        watching.process.communicate()

    assert watching.process.returncode == 2
    assert "interrupted; nothing was left running" in said
    assert "Traceback" not in said
    assert [pid for pid in set(pids.read_text().split()) if is_running(int(pid))] == []
    assert not (tmp_path / "reports").exists()


@pytest.mark.parametrize(
    "option", [("-k", "x"), ("--json",), ("--shard", "1/2"), ("--in-process",)]
)
def test_what_does_not_go_with_watch_is_refused(option, tmp_path):
    ran = koppeling("run", "--watch", *option, cwd=tmp_path)

    assert ran.code == 4
    assert "--watch takes" in ran.err


def test_watch_without_an_integration_says_so(tmp_path):
    ran = koppeling("run", "--watch", cwd=tmp_path)

    assert ran.code == 5
    assert "no integration found" in ran.err


def test_a_folder_of_scenarios_that_is_not_there_is_refused(tmp_path):
    tiny_plugin(tmp_path / "plugins" / "tiny")
    ran = koppeling("run", "--watch", "--scenarios", "nowhere", cwd=tmp_path)

    assert ran.code == 10
    assert "nowhere: expected a folder or file with scenarios" in ran.err


def test_without_the_package_that_notices_saves_it_says_how_to_install_it(tmp_path):
    blocks = "import importlib.util as u; f = u.find_spec; "
    blocks += "u.find_spec = lambda n, *a: None if n == 'watchfiles' else f(n, *a)\n"
    (tmp_path / "sitecustomize.py").write_text(blocks, encoding="utf-8")
    environ = {**os.environ, "PYTHONPATH": str(tmp_path)}
    ran = subprocess.run(
        [sys.executable, "-m", "koppeling_harness", "run", "--watch"],
        cwd=tmp_path,
        env=environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert ran.returncode == 10
    assert "koppeling-harness[watch]" in ran.stderr
