"""A small process that outlives the harness by a moment, and ends what a killed run left. Linux.

SIGKILL, a lost terminal or a full machine end the harness without a word; servers of integrations
would go on listening, and their folders stay. The guard waits for the end of its stdin, which
comes when the harness is gone in whatever way. Where there is no `/proc` (Windows, macOS) none is
started: there a killed run may leave processes, and the next run sweeps the folders alone.
"""

import contextlib
import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from koppeling_harness.plugin.scratch import remove_folder
from koppeling_harness.plugin.tree import end_marked

_PREFIX = "koppeling-"
_PR_SET_CHILD_SUBREAPER = 36
_MOST_ROUNDS = 20
_watching: dict[int, int] = {}
"""By process id, as a fork is another process: the end of the pipe that its guard reads."""
_guards: set[int] = set()


def folder_prefix() -> str:
    """Return how the name of each temporary folder of this process begins."""
    return f"{_PREFIX}{os.getpid()}-"


def watch_over() -> None:
    """Start the guard of this process, once; and sweep what runs left whose guard died too."""
    if os.getpid() in _watching or not _is_possible():
        return
    reads, writes = os.pipe()
    package = Path(__file__).parents[2]
    program = f"import sys; sys.path.insert(0, {str(package)!r}); "
    program += f"from {__name__} import wait_and_end; wait_and_end({folder_prefix()!r})"
    guard = os.posix_spawn(
        sys.executable,
        [sys.executable, "-I", "-S", "-c", program],
        {"TMPDIR": tempfile.gettempdir()},
        file_actions=[(os.POSIX_SPAWN_DUP2, reads, 0)],
        setsid=True,
    )
    os.close(reads)
    _guards.add(guard)
    _watching[os.getpid()] = writes
    _sweep()


def wait_and_end(prefix: str) -> None:
    """Wait until the harness is gone; end its integrations' processes, remove their folders."""
    os.chdir("/")  # or it would hold the folder that the harness was started in
    while os.read(0, 4096):
        pass
    end_marked(prefix)
    for left in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
        remove_folder(left)


def _is_possible() -> bool:
    return sys.platform == "linux" and Path("/proc/self/environ").exists()


def _sweep() -> None:
    """Remove the folders, and end the processes, of harnesses that are gone."""
    for left in Path(tempfile.gettempdir()).glob(f"{_PREFIX}[0-9]*-*"):
        owner = left.name.split("-")[1]
        if owner.isdigit() and not Path("/proc", owner).exists() and _is_own(left):
            end_marked(f"{_PREFIX}{owner}-")
            remove_folder(left)


def _is_own(folder: Path) -> bool:
    with contextlib.suppress(OSError):
        return folder.lstat().st_uid == os.getuid() and not folder.is_symlink()
    return False


@contextlib.contextmanager
def orphans_ended() -> Iterator[None]:
    """Afterwards, end what has left its parents behind and thrown its environment away. Linux.

    Meanwhile such a process becomes a child of this one (`PR_SET_CHILD_SUBREAPER`, Linux 3.4), as
    it would else become one of the system's first process. It is known by its session: integrations
    have their own, what the harness starts for itself has the harness's.
    """
    if sys.platform != "linux":
        yield
        return
    _set_subreaper(1)
    before = set(_children_in_other_sessions())
    try:
        yield
    finally:
        for _ in range(_MOST_ROUNDS):
            orphans = [
                pid for pid in _children_in_other_sessions() if pid not in (*before, *_guards)
            ]
            if not orphans:
                break
            for pid in orphans:
                with contextlib.suppress(ProcessLookupError, PermissionError, ChildProcessError):
                    os.kill(pid, signal.SIGKILL)
                    os.waitpid(pid, 0)
        _set_subreaper(0)


def _set_subreaper(value: int) -> None:
    import ctypes  # noqa: PLC0415 - 10 ms, once a run

    with contextlib.suppress(OSError, AttributeError):  # not in every C library
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, value, 0, 0, 0)


def _children_in_other_sessions() -> Iterator[int]:
    own, session = os.getpid(), os.getsid(0)
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            with contextlib.suppress(OSError, ValueError, IndexError):
                # behind the name in parentheses, which may hold any: state, parent, group, session
                told = Path(entry.path, "stat").read_text().rpartition(")")[2].split()
                if int(told[1]) == own and int(told[3]) != session:
                    yield int(entry.name)
