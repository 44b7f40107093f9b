"""What a process of an integration may take of the machine."""

import contextlib
import sys

_MIB = 1024 * 1024


def limit(pid: int, *, memory_mb: int) -> None:
    """Limit the memory of a process, and of each that it starts. Linux only.

    What counts is memory that can be written (RLIMIT_DATA), not the address space: runtimes such
    as V8 and the JVM reserve far more of that than they use. No core file is written, which would
    be as large as the memory.

    Args:
        pid: The process.
        memory_mb: How much each process may have, in MiB.
    """
    if sys.platform == "linux":
        import resource  # noqa: PLC0415 - there is none on Windows

        with contextlib.suppress(ProcessLookupError, PermissionError, ValueError):
            resource.prlimit(pid, resource.RLIMIT_DATA, (memory_mb * _MIB,) * 2)
            resource.prlimit(pid, resource.RLIMIT_CORE, (0, 0))
