"""Digest of an integration's folder: the same files, the same integration."""

import hashlib
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from koppeling_harness.config.folders import REPORTS
from koppeling_harness.config.registration import REGISTRATION
from koppeling_harness.errors import ConfigurationError

_CACHES = frozenset(
    {
        "__pycache__", ".git", ".venv", ".tox", ".pytest_cache", ".mypy_cache", ".ruff_cache",
        "node_modules",  # as installed; what is to be installed stands in the lock file
    }
)  # fmt: skip
_LEFT_BY_RUNS = re.compile(
    rf"{REPORTS}/(?:latest\.json|[0-9]{{8}}T[0-9]{{6}}Z-[0-9a-f]+/.*"
    r"\.(?:json|jsonl|xml|html|md|har|sig|tsr))"
)
"""What runs leave, by its name: not the whole folder, in which a program could be hidden."""
MOST_FILES = 100_000
"""Files that a folder may hold, caches left out."""

MOST_BYTES = 4 * 1024**3
"""Bytes that the files of a folder may have together."""

MOST_LEVELS = 100
"""Folders that may lie in one another."""

_CHUNK = 1024 * 1024
_REMEDY = "Leave in the folder what belongs to the integration, and nothing else."


class _Hash(Protocol):
    def update(self, data: bytes, /) -> None: ...


def folder_digest(folder: Path) -> str:
    """Return the SHA-256 over names and contents of all files, as 64 hexadecimal digits.

    Caches are left out, what runs left, and the registration: it is about the integration, and a
    decision or assessment that is recorded in it does not make it another. A link counts with the
    content of the file that it leads to; one that leads to nothing or to a folder with its own
    text.

    Raises:
        ConfigurationError: Something in it is no file (a pipe, a device, a socket, or a link to
            one), or there is more than an integration has.
        OSError: A file cannot be read.
    """
    digest = hashlib.sha256()
    found = sorted(files_of(folder), key=lambda path: path.relative_to(folder).as_posix())
    left = MOST_BYTES
    for path in found:
        name = path.relative_to(folder).as_posix()
        size, chunks = _content(path, name)
        if size > left:
            raise ConfigurationError(_too_much(name), hint=_REMEDY)
        digest.update(f"{name}\0{size}\0".encode())
        left -= _take(chunks, digest, most=min(left, size), name=name)
    return digest.hexdigest()


def file_digests(folder: Path, *, most: int = 2000) -> dict[str, str]:
    """Return the beginning of the SHA-256 of each file that the digest counts, by its name.

    To tell which file differs between two machines.

    Args:
        folder: Of the integration.
        most: Of so many files at most; nothing of a folder with more.
    """
    found = sorted(files_of(folder))
    if len(found) > most:
        return {}
    digests = {}
    for path in found:
        name = path.relative_to(folder).as_posix()
        digest = hashlib.sha256()
        size, chunks = _content(path, name)
        _take(chunks, digest, most=size, name=name)
        digests[name] = digest.hexdigest()[:12]
    return digests


def files_of(folder: Path) -> Iterator[Path]:
    """Yield every file of an integration; caches, what runs left and the registration left out.

    Raises:
        ConfigurationError: There is more than an integration has.
    """
    count = 0
    levels = len(folder.parts)
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in _CACHES]
        if len(Path(parent).parts) - levels >= MOST_LEVELS:
            message = f"{parent}: expected at most {MOST_LEVELS} folders in one another"
            raise ConfigurationError(message, hint=_REMEDY)
        linked = [name for name in folders if Path(parent, name).is_symlink()]
        for name in (*names, *linked):
            path = Path(parent, name)
            if name.endswith((".pyc", ".pyo")) or path == folder / REGISTRATION:
                continue
            if _LEFT_BY_RUNS.fullmatch(path.relative_to(folder).as_posix()):
                continue
            count += 1
            if count > MOST_FILES:
                message = f"{folder}: expected at most {MOST_FILES} files, found more"
                raise ConfigurationError(message, hint=_REMEDY)
            yield path


def _content(path: Path, name: str) -> tuple[int, Iterator[bytes]]:
    """Return size and content of what a path stands for, without opening what is no file.

    Raises:
        ConfigurationError: It is no file.
    """
    try:
        mode = path.stat()
    except FileNotFoundError:  # a link that leads to nothing
        return _own_text(path)
    except OSError:
        if path.is_symlink():  # a link that leads to itself
            return _own_text(path)
        raise
    if stat.S_ISDIR(mode.st_mode):
        return _own_text(path)
    if not stat.S_ISREG(mode.st_mode):
        leads = f", by a link to {path.readlink()}" if path.is_symlink() else ""
        message = f"{name}: expected a file, found {_kind(mode.st_mode)}{leads}"
        raise ConfigurationError(message, hint="Take it out of the integration's folder.")
    return mode.st_size, _chunks(path)


def _own_text(path: Path) -> tuple[int, Iterator[bytes]]:
    text = os.fsencode(path.readlink())
    return len(text), iter((text,))


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _take(chunks: Iterator[bytes], digest: _Hash, *, most: int, name: str) -> int:
    """Add content to the digest; return its number of bytes.

    Raises:
        ConfigurationError: There are more than `most`.
    """
    taken = 0
    for chunk in chunks:
        taken += len(chunk)
        if taken > most:
            raise ConfigurationError(_too_much(name), hint=_REMEDY)
        digest.update(chunk)
    return taken


def _too_much(name: str) -> str:
    return f"{name}: more than {MOST_BYTES // 1024**3} GiB in all, or a file that grows"


def _kind(mode: int) -> str:
    kinds = {
        stat.S_IFIFO: "a pipe",
        stat.S_IFCHR: "a device",
        stat.S_IFBLK: "a device",
        stat.S_IFSOCK: "a socket",
    }
    return kinds.get(stat.S_IFMT(mode), "something else")
