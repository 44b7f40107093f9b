"""A small process that outlives the harness by a moment, and ends what a killed run left. Linux.

SIGKILL, a lost terminal or a full machine end the harness without a word; servers of integrations
would go on listening, and their folders stay. The guard waits for the end of its stdin, which
comes when the harness is gone in whatever way. Where there is no `/proc` (Windows, macOS) none is
started: there a killed run may leave processes, and the next run sweeps the folders alone.
"""

import contextlib
import os
import shutil
import sys
import tempfile
from pathlib import Path

from koppeling_harness.plugin.tree import end_marked

_PREFIX = "koppeling-"
_watching: dict[int, int] = {}
"""By process id, as a fork is another process: the end of the pipe that its guard reads."""


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
    os.posix_spawn(
        sys.executable,
        [sys.executable, "-I", "-S", "-c", program],
        {"TMPDIR": tempfile.gettempdir()},
        file_actions=[(os.POSIX_SPAWN_DUP2, reads, 0)],
        setsid=True,
    )
    os.close(reads)
    _watching[os.getpid()] = writes
    _sweep()


def wait_and_end(prefix: str) -> None:
    """Wait until the harness is gone; end its integrations' processes, remove their folders."""
    os.chdir("/")  # or it would hold the folder that the harness was started in
    while os.read(0, 4096):
        pass
    end_marked(prefix)
    for left in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
        shutil.rmtree(left, ignore_errors=True)


def _is_possible() -> bool:
    return sys.platform == "linux" and Path("/proc/self/environ").exists()


def _sweep() -> None:
    """Remove the folders, and end the processes, of harnesses that are gone."""
    for left in Path(tempfile.gettempdir()).glob(f"{_PREFIX}[0-9]*-*"):
        owner = left.name.split("-")[1]
        if owner.isdigit() and not Path("/proc", owner).exists() and _is_own(left):
            end_marked(f"{_PREFIX}{owner}-")
            shutil.rmtree(left, ignore_errors=True)


def _is_own(folder: Path) -> bool:
    with contextlib.suppress(OSError):
        return folder.lstat().st_uid == os.getuid() and not folder.is_symlink()
    return False
