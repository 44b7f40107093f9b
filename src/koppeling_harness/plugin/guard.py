"""A small process that outlives the harness by a moment, and ends what a killed run left. Linux.

SIGKILL, a lost terminal or a full machine end the harness without a word; servers of integrations
would go on listening, and their folders stay. The guard waits for the end of its stdin, which
comes when the harness is gone in whatever way. Over that it is told which processes there are: all
that it knows where there is no `/proc` (macOS). On Windows a job object does it.
"""

import contextlib
import functools
import hashlib
import itertools
import os
import platform
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from koppeling_harness.plugin.scratch import remove_folder
from koppeling_harness.plugin.tree import end_at_work_in, end_marked, end_tree

_PREFIX = "koppeling-"
_PR_SET_CHILD_SUBREAPER = 36
_MOST_ROUNDS = 20
_AWAY: dict[str, Any] = {"setsid": True} if sys.platform == "linux" else {"setpgroup": 0}
"""How the guard is kept out of Ctrl-C's way; not every system can begin a session so."""
_SEEN_S = 1.0
_LOOKED_AT = 500
_watching: dict[int, int] = {}
"""By process id, as a fork is another process: the end of the pipe that its guard reads."""
_guards: set[int] = set()
heads: set[int] = set()
"""The processes of integrations that are waited for, each the first of its session."""
_dead: dict[int, float] = {}
"""Since when others are known to have ended that nobody waits for."""


def folder_prefix() -> str:
    """Return how the name of each temporary folder of this process begins."""
    return f"{_PREFIX}{os.getpid()}-{_machine()}-"


@functools.cache
def _machine() -> str:
    """Return what tells apart where process ids mean the same: machines, and their containers.

    They may share a folder for temporary files.
    """
    namespace = ""
    with contextlib.suppress(OSError):
        namespace = os.readlink("/proc/self/ns/pid")  # noqa: PTH115 - it leads to nothing
    return hashlib.sha256(f"{platform.node()} {namespace}".encode()).hexdigest()[:6]


def watch_over() -> None:
    """Start the guard of this process, once; and sweep what runs left whose guard died too."""
    if os.getpid() in _watching:
        return
    if sys.platform == "win32":
        from koppeling_harness.plugin.job_object import end_together  # noqa: PLC0415 - only there

        _watching[os.getpid()] = end_together()
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
        **_AWAY,
    )
    os.close(reads)
    _guards.add(guard)
    _watching[os.getpid()] = writes
    if _has_proc():
        _sweep()


def began(pid: int) -> None:
    """Take note of a process of an integration, the first of its session."""
    heads.add(pid)
    _tell_guard(f"+{pid}")


def ended(pid: int) -> None:
    """Take note that a process of an integration has ended, with its group."""
    heads.discard(pid)
    _tell_guard(f"-{pid}")


def _tell_guard(line: str) -> None:
    told = _watching.get(os.getpid())
    if told is not None and sys.platform != "win32":
        with contextlib.suppress(OSError):  # somebody ended it
            os.write(told, f"{line}\n".encode())


def wait_and_end(prefix: str) -> None:
    """Wait until the harness is gone; end its integrations' processes, remove their folders."""
    os.chdir("/")  # or it would hold the folder that the harness was started in
    left: set[int] = set()
    with open(0, "rb", closefd=False) as told:
        for line in told:
            (left.add if line.startswith(b"+") else left.discard)(int(line[1:]))
    for pid in left:
        end_tree(pid)
    if _has_proc():
        _end_every(prefix)
    for folder in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
        remove_folder(folder)


def _end_every(prefix: str) -> None:
    """End what has the mark of a harness, or works in one of its folders."""
    end_marked(prefix)
    end_at_work_in(str(Path(tempfile.gettempdir()).resolve() / prefix))


def _has_proc() -> bool:
    return sys.platform == "linux" and Path("/proc/self/environ").exists()


def _sweep() -> None:
    """Remove the folders, and end the processes, of harnesses that are gone."""
    for left in Path(tempfile.gettempdir()).glob(f"{_PREFIX}[0-9]*-{_machine()}-*"):
        owner = left.name.split("-")[1]
        if owner.isdigit() and not Path("/proc", owner).exists() and _is_own(left):
            _end_every(f"{_PREFIX}{owner}-{_machine()}-")
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


def reap_orphans() -> None:
    """Let go of what ended after its parents; each would keep its number to the end of the run.

    Who was seen to have ended a while ago, and is nobody's to wait for, is meant: what was just
    started may not stand among the heads yet.
    """
    if sys.platform != "linux":
        return
    try:
        children = Path(f"/proc/self/task/{os.getpid()}/children").read_text("ascii").split()
    except OSError:  # a kernel without that list: then they stay to the end
        return
    now_s = time.monotonic()
    for pid in [pid for pid, since_s in _dead.items() if now_s - since_s > _SEEN_S]:
        del _dead[pid]
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)
    others = (pid for pid in map(int, children) if pid not in (heads | _guards | _dead.keys()))
    for pid in itertools.islice(others, _LOOKED_AT):
        if _is_over(pid):
            _dead[pid] = now_s


def _is_over(pid: int) -> bool:
    """Return whether a process of another session has ended, and waits to be let go of."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        told = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return told[0] == "Z" and int(told[3]) != os.getsid(0)
    return False


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
