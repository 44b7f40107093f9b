"""Start a program, wait for it, and say what it and all its children took. Needs Linux."""

import contextlib
import ctypes
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

_ADOPT_ORPHANS = 36  # PR_SET_CHILD_SUBREAPER
_LOOK_EVERY_S = 0.05
_LIMIT_S = 600


@dataclass(frozen=True)
class Run:
    """One run of one tool.

    Attributes:
        code: Exit code.
        wall_s: From start to end.
        cpu_s: Of the process and all its children.
        memory_mib: Largest of the process tree.
        written_bytes: Files in the folder for reports.
        stats: What the server counted.
        said: The end of what the program printed.
    """

    code: int
    wall_s: float
    cpu_s: float
    memory_mib: float
    written_bytes: int
    stats: dict
    said: str


class Server:
    """The stand-in, in a process of its own."""

    def __init__(self, *arguments):
        command = [sys.executable, "-m", "bench.stand_in", *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.ports = [int(each) for each in self.process.stdout.readline().split()]
        self.url = f"http://127.0.0.1:{self.ports[0]}"

    def set(self, **values):
        query = "&".join(f"{name}={value}" for name, value in values.items())
        return self._ask(f"/-/set?{query}")

    def stats(self):
        return self._ask("/-/stats")

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()

    def _ask(self, path):
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:
            return json.load(answer)


def run(command, *, folder, environment=None, server=None, out=None):
    """Run a command in a folder; `out` is where it writes reports, if it does."""
    ctypes.CDLL(None).prctl(_ADOPT_ORPHANS, 1, 0, 0, 0)
    if server is not None:
        server.set(reset=1)
    known = _children()
    with tempfile.TemporaryFile() as printed:
        started_s = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=_environment(environment or {}),
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        memory = _Memory(process.pid)
        killer = threading.Timer(_LIMIT_S, process.kill)
        killer.start()
        _, status, used = os.wait4(process.pid, 0)
        wall_s = time.perf_counter() - started_s
        killer.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        cpu_s = used.ru_utime + used.ru_stime + _orphans_s(known)
        peak_mib = memory.stop() or used.ru_maxrss / 1024
        printed.seek(0)
        said = printed.read().decode("utf-8", "replace")[-2000:]
    return Run(
        code=process.returncode,
        wall_s=wall_s,
        cpu_s=cpu_s,
        memory_mib=peak_mib,
        written_bytes=sum(each.stat().st_size for each in Path(out).rglob("*") if each.is_file())
        if out
        else 0,
        stats=server.stats() if server is not None else {},
        said=said,
    )


def _environment(more):
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {
        **kept,
        "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
        "PYTHONPYCACHEPREFIX": os.environ.get("PYTHONPYCACHEPREFIX", ""),
        "CI": "true",
        "NO_UPDATE_NOTIFIER": "1",
        "STEPCI_DISABLE_ANALYTICS": "1",
        "K6_NO_USAGE_REPORT": "true",
        **more,
    }


def _orphans_s(known):
    """Wait for children that the program left behind; return their processor time."""
    total = 0.0
    while left := _children() - known:
        _, _, used = os.wait4(left.pop(), 0)
        total += used.ru_utime + used.ru_stime
    return total


def _children(process=Path("/proc/self")):
    """Return the children of a process, of this one those that it adopted among them."""
    found = set()
    for task in (process / "task").iterdir():
        with contextlib.suppress(OSError):  # a thread that has just ended
            found |= {int(each) for each in (task / "children").read_text().split()}
    return found


class _Memory:
    """Looks again and again how much memory a tree of processes has."""

    def __init__(self, root):
        self._root = root
        self._peak = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def stop(self):
        self._over.set()
        self._thread.join()
        return self._peak / 2**20

    def _look(self):
        while not self._over.wait(_LOOK_EVERY_S):
            self._peak = max(self._peak, _tree_bytes(self._root))


def _tree_bytes(root):
    """Return how much memory a process and all below it have.

    It walks that tree alone: to look at every process of the machine takes milliseconds, in which
    a program on as few cores would wait.
    """
    total, left = 0, [root]
    while left:
        process = Path("/proc", str(left.pop()))
        with contextlib.suppress(OSError):  # it has just ended
            pages = int((process / "statm").read_text().split()[1])
            total += pages * os.sysconf("SC_PAGE_SIZE")
            left += _children(process)
    return total
