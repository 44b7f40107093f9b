"""Change a file that others may change at the same time: one after another, and never by halves."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from koppeling_harness.errors import ConfigurationError

WAIT_S = 60.0
"""How long an edit waits for the ones before it."""


@contextmanager
def alone_with(path: Path) -> Iterator[None]:
    """Keep every other edit of a file out while the body runs, from other hosts too.

    A lock of the operating system on `.<name>.lock` beside the file, which stays there, empty. It
    ends with the process that holds it. What is read before this is entered may be out of date.

    Raises:
        ConfigurationError: Another edit does not end, or the folder cannot be written to or locks
            nothing.
    """
    from filelock import FileLock, Timeout  # noqa: PLC0415 - reading needs no lock

    target = _file_of(path)
    if not target.parent.is_dir():
        yield  # reading the file will say that it is not there
        return
    lock = FileLock(target.with_name(f".{target.name}.lock"), timeout=WAIT_S)
    try:
        lock.acquire()
    except Timeout:
        message = f"{path}: another edit holds it for more than {WAIT_S:.0f} s; nothing was changed"
        raise ConfigurationError(message, hint="Try again when it has ended.") from None
    except (OSError, NotImplementedError) as error:
        message = f"{path}: expected to lock it, but {error}; nothing was changed"
        hint = "Edit on a file system that locks files, such as a local disk, NFS 4 or SMB."
        raise ConfigurationError(message, hint=hint) from None
    try:
        yield
    finally:
        lock.release()


def write_whole(path: Path, text: str) -> None:
    """Write beside a file and rename, so that it is never half written.

    Raises:
        ConfigurationError: The folder cannot be written to.
    """
    target = _file_of(path)
    beside = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        beside.write_bytes(text.encode("utf-8"))
        if target.exists():
            beside.chmod(target.stat().st_mode & 0o777)
        beside.replace(target)
    except OSError as error:
        beside.unlink(missing_ok=True)
        message = f"{path}: expected to write it, but {error.strerror}"
        raise ConfigurationError(message) from None


def _file_of(path: Path) -> Path:
    """Return the file that a path leads to, or where it would be.

    Raises:
        ConfigurationError: A device or a pipe is there, which a file never takes the place of.
    """
    target = path.resolve()
    if target.exists() and not target.is_file() and not target.is_dir():
        message = f"{path}: it is a device or a pipe, expected a file; nothing was changed"
        raise ConfigurationError(message)
    return target
