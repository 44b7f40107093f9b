"""Start a process as the head of its own group, and end it with everything below it."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from typing import Any

MARK = "KOPPELING_PROCESS"
"""Environment variable whose value only one integration's processes have."""

_TASKKILL_LIMIT_S = 10
_ROUNDS = 20


def group_options() -> dict[str, Any]:
    """Return the options of `subprocess` that put a new process at the head of its own group.

    On POSIX it also loses the terminal, so that Ctrl-C reaches the harness alone and nothing can
    ask a person for input.
    """
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


GOODBYE_S = 0.0 if sys.platform == "win32" else 3.0
"""How long a process that is no longer needed may take to end by itself.

On Windows what it started can only be found while it lives, so there it is ended at once.
"""


def ask_to_end(pid: int) -> None:
    """Tell a process and its group that they are to end. POSIX only; elsewhere nothing happens."""
    if sys.platform != "win32":
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGTERM)


def end_tree(pid: int, mark: str = "") -> None:
    """End the process and all it started, at once; harmless when they are gone already.

    Args:
        pid: The process.
        mark: The value of `MARK` in its environment. By it Linux finds also what has left the
            process's group, unless that has thrown its environment away; other systems do not.
    """
    if sys.platform == "win32":
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            subprocess.run(  # noqa: S603 - fixed words and a number
                ["taskkill", "/T", "/F", "/PID", str(pid)],  # noqa: S607 - part of Windows
                capture_output=True,
                check=False,
                timeout=_TASKKILL_LIMIT_S,
            )
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
    if mark and sys.platform == "linux":
        _end_marked(mark)


def end_rest(pid: int, mark: str) -> None:
    """End what a process left behind that has ended by itself. POSIX only.

    While a member of the group lives, the system gives the group's number to no other process.
    """
    if sys.platform != "win32":
        end_tree(pid, mark)


def let_go_of(group: int) -> None:
    """Let go of what ended of a process group whose head is gone: of what became ours by that.

    Each would keep its number, of which a machine has some ten thousands.
    """
    if sys.platform == "win32":
        return
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-group, os.WNOHANG)[0]:
            pass


def _end_marked(mark: str) -> None:
    setting = f"{MARK}={mark}\0".encode()
    _end_all(lambda: _marked(setting))


def end_marked(beginning: str) -> None:
    """End every process whose mark begins with a text. Linux only."""
    setting = f"{MARK}={beginning}".encode()
    _end_all(lambda: _marked(setting))


def end_at_work_in(beginning: str) -> None:
    """End every process whose working folder begins so, and that has no terminal. Linux only.

    What threw its environment away has no mark; where it was started it mostly stays. What a person
    looks at such a folder with has a terminal.

    Args:
        beginning: Of the path of the folder, without links in it.
    """
    _end_all(lambda: _at_work_in(beginning))


def _end_all(find: Callable[[], list[int]]) -> None:
    """End every process that is found; more than once, as one may start another meanwhile."""
    for _ in range(_ROUNDS):
        found = find()
        if not found:
            return
        for pid in found:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)


def _marked(setting: bytes) -> list[int]:
    """Return the processes whose environment holds a setting (Linux); some 10 µs for each."""
    found = []
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            try:
                with open(f"{entry.path}/environ", "rb", buffering=0) as file:  # noqa: PTH123
                    if setting in file.read():
                        found.append(int(entry.name))
            except OSError:  # another user's, or ended meanwhile
                continue
    return found


def _at_work_in(beginning: str) -> list[int]:
    found = []
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            try:
                folder = os.readlink(f"{entry.path}/cwd")  # noqa: PTH115 - it may be gone
                if folder.startswith(beginning) and not _has_terminal(entry.path):
                    found.append(int(entry.name))
            except OSError:  # another user's, or ended meanwhile
                continue
    return found


def _has_terminal(process: str) -> bool:
    with open(f"{process}/stat", encoding="ascii", errors="replace") as file:  # noqa: PTH123
        # behind the name, which may hold anything: state, parent, group, session, terminal
        return file.read().rpartition(")")[2].split()[4] != "0"
