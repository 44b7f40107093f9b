"""`koppeling updates check` and `koppeling watch` against an environment that is updated.

What is looked at once is ERP1 itself; what the watch sees come and go is a stand-in that says only
what a look asks, because ERP1 takes a second to start.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from support import cli
from support.cli import unmeasured
from support.watched import StandIn, a_free_port

APP_CONNECTOR = "app_connector: {get_connectors: [Profit_Projects], update_connectors: [KnPerson]}"
"""A small one, so that a look is a few calls."""


class Erp1:
    """One environment, at one address, that can be down and come back as another release."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = a_free_port()
        self.token = ""
        (folder / "app.yaml").write_text(APP_CONNECTOR)

    @contextmanager
    def as_release(self, release: str) -> Iterator[None]:
        files = {"--import": "app.yaml", "--state": "erp1.state"}
        options = [str(each) for pair in files.items() for each in pair]
        command = [
            *(sys.executable, "-m", "koppeling_harness", "erp1", "serve", "--rows", "50"),
            *("--port", str(self.port), "--release", release, *options),
        ]
        with subprocess.Popen(
            command, cwd=self.folder, stdout=subprocess.PIPE, env=unmeasured()
        ) as process:
            try:
                assert process.stdout is not None
                line = json.loads(process.stdout.readline())
                self.token = line["token"]
                settings = (
                    f'[environments.demo]\nurl = "{line["base_url"]}"\nrelease = "Profit 7"\n'
                )
                (self.folder / "koppeling.toml").write_text(settings)
                yield
            finally:
                process.kill()


@pytest.fixture(autouse=True)
def _own_state(tmp_path, monkeypatch):
    monkeypatch.setenv("KOPPELING_STATE", str(tmp_path / "state"))


@pytest.fixture
def erp1(tmp_path):
    return Erp1(tmp_path)


@pytest.fixture
def environment(tmp_path):
    return StandIn(tmp_path)


@pytest.fixture
def koppeling(tmp_path):
    """Run a command line in the test's folder."""
    return partial(cli.koppeling, cwd=tmp_path)


@pytest.mark.slow
def test_a_look_tells_first_unchanged_changed_and_not_reachable(erp1, koppeling, monkeypatch):
    with erp1.as_release("Profit 7"):
        monkeypatch.setenv("KOPPELING_TOKEN_DEMO", erp1.token)
        first, same = koppeling("updates", "check"), koppeling("updates", "check")
    away = koppeling("updates", "check")
    with erp1.as_release("Profit 8"):
        changed = koppeling("updates", "check", "--json")

    assert (first.code, "seen for the first time" in first.out) == (0, True), first.all
    assert (same.code, same.out) == (0, "demo: Profit 7.7.10, unchanged\n")
    assert (away.code, "cannot be reached" in away.out) == (11, True), away.all
    assert changed.code == 16, changed.all
    (notice,) = changed.json()
    assert (notice["state"], notice["known_version"], notice["version"]) == (
        "changed",
        "7.7.10",
        "8.0.12",
    )
    assert notice["changes"] == {"compatible": 2}, "a language code became longer, in two places"
    kept = erp1.folder.joinpath("reports", "snapshots", "demo")
    labels = [json.loads(each.read_bytes())["label"] for each in sorted(kept.glob("*.json"))]
    assert labels == ["Profit 7", ""], "the settings spoke of the release before"
    assert erp1.token not in "".join(each.read_text("utf-8") for each in kept.iterdir())
    diff = koppeling("updates", "diff", notice["previous"], notice["snapshot"])
    assert "compatible: LgId longer 3 -> 5" in diff.out


class Watching:
    """A running `koppeling watch` and what it has said."""

    def __init__(self, environment: StandIn, command: str) -> None:
        self._log = environment.folder / "watch.log"
        self._from = self._log.stat().st_size if self._log.is_file() else 0
        arguments = ("watch", "--every", "1s", "--then", command)
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "koppeling_harness", *arguments],
                cwd=environment.folder,
                stdout=log,
                stderr=log,
                env={**os.environ, "KOPPELING_TOKEN_DEMO": environment.token},
            )

    def said(self) -> str:
        return self._log.read_bytes()[self._from :].decode()

    def wait_for(self, text: str) -> None:
        deadline_s = time.monotonic() + 150
        while text not in self.said():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < deadline_s, self.said()
            time.sleep(0.05)

    def interrupt_after(self, text: str) -> None:
        try:
            self.wait_for(text)
            assert self.interrupt() == 2
        finally:
            self.process.kill()

    def interrupt(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=150)


@contextmanager
def watching(environment: StandIn, command: str) -> Iterator[Watching]:
    started = Watching(environment, command)
    try:
        yield started
    finally:
        started.process.kill()
        started.process.wait()


def a_command(folder: Path, code: str) -> str:
    """Write a program and return the command line that starts it."""
    path = folder / "then.py"
    path.write_text(code)
    return f"{sys.executable} {path.name}"


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C of another process is POSIX")
def test_a_watch_survives_an_outage_and_a_restart_and_acts_once(environment):
    count = "open('ran', 'a').write('x')"
    with environment.at("7.7.10"):
        command = a_command(environment.folder, count)
        first = Watching(environment, command)
        first.wait_for("seen for the first time")
    with watching_on(first):
        first.wait_for("cannot be reached")
        with environment.at("8.0.12"):
            first.wait_for("it ended with exit code 0")
            assert first.interrupt() == 2
            assert "Traceback" not in first.said()
            with watching(environment, command) as second:
                second.wait_for("Profit 8.0.12, unchanged")
                assert second.interrupt() == 2

    assert (environment.folder / "ran").read_text() == "x"


@contextmanager
def watching_on(started: Watching) -> Iterator[None]:
    try:
        yield
    finally:
        started.process.kill()
        started.process.wait()


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C of another process is POSIX")
def test_ctrl_c_stops_the_command_too_and_a_crash_in_between_is_told(environment):
    hang = "import os, time; open('pid', 'w').write(str(os.getpid())); time.sleep(600)"
    with environment.at("7.7.10"):
        Watching(environment, command := a_command(environment.folder, hang)).interrupt_after(
            "first time"
        )
    with environment.at("8.0.12"), watching(environment, command) as started:
        started.wait_for("is new:")
        pid = wait_for_file(environment.folder / "pid")
        assert started.interrupt() == 2
        assert not is_running(pid), "the command was left running"
    with environment.at("9.0.3"):
        with watching(environment, command) as started:
            started.wait_for("is new:")
        with watching(environment, command) as started:
            started.wait_for("unchanged")
            assert "never ended; it is not begun again" in started.said()


def wait_for_file(path: Path) -> int:
    deadline_s = time.monotonic() + 150
    while not path.is_file() or not path.read_text():
        assert time.monotonic() < deadline_s
        time.sleep(0.05)
    return int(path.read_text())


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_an_environment_that_refuses_the_token_is_not_reachable(
    environment, koppeling, monkeypatch
):
    monkeypatch.setenv("KOPPELING_TOKEN_DEMO", environment.token)
    with environment.at("8.0.12", status=401):
        ran = koppeling("updates", "check")

    assert (ran.code, "answered 401, expected 200" in ran.out) == (11, True), ran.all


def test_a_snapshot_that_was_kept_and_cannot_be_read_is_told(environment, koppeling, monkeypatch):
    monkeypatch.setenv("KOPPELING_TOKEN_DEMO", environment.token)
    kept = environment.folder / "reports" / "snapshots" / "demo" / "2026-8.snapshot.json"
    kept.parent.mkdir(parents=True)
    kept.write_text("torn")
    ran = koppeling("updates", "check")

    assert (ran.code, "expected the last snapshot" in ran.err) == (10, True), ran.all


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("--every", "soon"), 4, "expected a time such as 1h"),
        (("--every", "0s"), 4, "expected a time such as 1h"),
        (("--then", "say 'it"), 10, "No closing quotation"),
        (("--then", "no-such-program"), 10, "there is no such program"),
        ((), 10, "no environment is configured"),
    ],
)
def test_what_cannot_be_watched_is_told(koppeling, arguments, code, says):
    ran = koppeling("watch", *arguments)

    assert (ran.code, says in ran.err) == (code, True), ran.all
