"""Limits of what a process of an integration may take of the machine."""

import contextlib
import sys
from collections.abc import Sequence
from pathlib import Path

_KIB = 1024
_SHELL = Path("/bin/sh")
_DESCRIPTORS = 16 * 1024
_LIMITED = (
    'ulimit -c 0 2>/dev/null; ulimit -S -n 1024 2>/dev/null; ulimit -d "$0" 2>/dev/null; exec "$@"'
)
"""For sh, which takes a millisecond: the process has its limits from its first
instruction on, and no code runs between `fork` and `exec`, as it does with `preexec_fn`."""


def raise_descriptor_limit() -> None:
    """Let this process have as many files and connections open as it is allowed to, at most.

    What a shell gives by default, 1,024, is soon taken by the connections of a few integrations.
    """
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - POSIX only

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, _DESCRIPTORS)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(OSError, ValueError):  # macOS allows fewer than it says
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def limited(command: Sequence[str], *, memory_mb: int) -> list[str]:
    """Return the command line that runs another with limited memory. Linux only.

    What counts is memory that can be written (RLIMIT_DATA), not the address space: runtimes such
    as V8 and the JVM reserve far more of that than they use. No core file is written, which would
    be as large as the memory.

    Args:
        command: Program, by its path, and arguments.
        memory_mb: How much the process and each that it starts may have, in MiB.
    """
    if sys.platform != "linux" or not _SHELL.exists():  # images without a shell exist
        return list(command)
    return [str(_SHELL), "-c", _LIMITED, str(memory_mb * _KIB), *command]
