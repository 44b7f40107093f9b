"""Start a process as the head of its own group, and end it with everything below it."""

import contextlib
import os
import signal
import subprocess
import sys
from typing import Any

_TASKKILL_LIMIT_S = 10


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


def end_tree(pid: int) -> None:
    """End the process and all it started, at once; harmless when they are gone already.

    On POSIX, what has made a group of its own is not reached.
    """
    if sys.platform == "win32":
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            subprocess.run(  # noqa: S603 - fixed words and a number
                ["taskkill", "/T", "/F", "/PID", str(pid)],  # noqa: S607 - part of Windows
                capture_output=True,
                check=False,
                timeout=_TASKKILL_LIMIT_S,
            )
    else:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)


def end_rest(pid: int) -> None:
    """End what a process left behind that has ended by itself. POSIX only.

    While a member of the group lives, the system gives the group's number to no other process.
    """
    if sys.platform != "win32":
        end_tree(pid)
