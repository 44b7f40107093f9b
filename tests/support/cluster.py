"""A Dask cluster of real processes: a scheduler, and workers that a test ends as it likes."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import psutil  # which distributed needs

_WAIT_S = 60


class Cluster:
    """A scheduler on a free port of this machine, and the workers that were started for it."""

    def __init__(self, folder: Path, *tls: str) -> None:
        self._folder = folder
        self._tls = tls
        self._all: list[subprocess.Popen[bytes]] = []
        log = folder / "scheduler.log"
        words = ["--port", "0", "--host", "127.0.0.1", "--no-dashboard", *tls]
        self._start("scheduler", words, log, {})
        found = _within(lambda: re.search(r"Scheduler at:\s+(\S+)", log.read_text()))
        self.address = found[1]

    @property
    def engine(self) -> str:
        """What `--on` names it by."""
        return self.address.replace("tcp://", "dask://").replace("tls://", "dask://")

    def worker(
        self, name: str, *, nanny: bool = False, **variables: str
    ) -> subprocess.Popen[bytes]:
        """Start a worker, and return its process, or its nanny's, when it has joined."""
        log = self._folder / f"{name}.log"
        home = self._folder / name
        home.mkdir()
        kept = "--nanny" if nanny else "--no-nanny"
        words = [self.address, kept, "--nthreads", "1", "--name", name, "--no-dashboard"]
        words += ["--local-directory", str(home), *self._tls]
        started = self._start("worker", words, log, variables)
        _within(lambda: "Registered to" in log.read_text())
        return started

    def workers_of(self, name: str) -> list[int]:
        """Return the processes that a nanny has started, without what watches over them."""
        nanny = next(each for each in self._all if name in each.args)
        return [
            each.pid
            for each in psutil.Process(nanny.pid).children()
            if "resource_tracker" not in " ".join(each.cmdline())
        ]

    def units(self, name: str) -> list[Path]:
        """Return what a worker carries out now, a folder each."""
        return list((self._folder / name).rglob("unit-*/order.json"))

    def end(self) -> None:
        for each in self._all:
            with contextlib.suppress(ProcessLookupError):
                each.terminate()
        for each in self._all:
            try:
                each.wait(10)
            except subprocess.TimeoutExpired:
                each.kill()
                each.wait()

    def _start(
        self, kind: str, words: Sequence[str], log: Path, variables: dict[str, str]
    ) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "dask", kind, *words]
        environ = {**os.environ, "PYTHONUNBUFFERED": "1", **variables}
        with log.open("wb") as file:
            started = subprocess.Popen(command, stdout=file, stderr=file, env=environ)
        self._all.append(started)
        return started


@contextlib.contextmanager
def cluster(folder: Path, *workers: str, tls: Sequence[str] = ()) -> Iterator[Cluster]:
    """Start a scheduler and workers; end them all."""
    made = Cluster(folder, *tls)
    try:
        for each in workers:
            made.worker(each)
        yield made
    finally:
        made.end()


@contextlib.contextmanager
def killing(
    of: Cluster, processes: dict[str, subprocess.Popen[bytes]], times: int
) -> Iterator[list[str]]:
    """Kill the worker that carries a unit out as soon as one does, some times; yield which."""
    killed: list[str] = []

    def watch() -> None:
        until = time.monotonic() + _WAIT_S
        while len(killed) < times and time.monotonic() < until:
            for name, each in processes.items():
                if name not in killed and of.units(name):
                    time.sleep(0.5)  # the unit is under way, not only laid out
                    os.kill(each.pid, signal.SIGKILL)
                    each.wait()
                    killed.append(name)
                    break
            time.sleep(0.05)

    thread = threading.Thread(target=watch)
    thread.start()
    yield killed
    thread.join()


def _within(what: Callable[[], object]):
    until = time.monotonic() + _WAIT_S
    while time.monotonic() < until:
        if found := what():
            return found
        time.sleep(0.05)
    message = "it did not come"
    raise AssertionError(message)
