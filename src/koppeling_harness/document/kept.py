"""Readings of documents, kept from run to run.

Reading a thousand scenarios and looking for what is wrong with them takes longer than all else that
is done before the first one runs. What comes of it depends on their text and on the code that reads
them alone: so it is kept under the SHA-256 of both, and a changed document or other code is never
mistaken for what was kept.
"""

import contextlib
import hashlib
import importlib.util
import os
import re
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import IO, Self

from koppeling_harness.version import __version__

_IN_A_TOKEN = "<data>"  # noqa: S105 - what stands in each
_AS_LONG_AS_ONE = re.compile(r"[0-9A-Za-z+=%&#;\\]{40}")
"""In base64, hex and other spellings of one no blank stands, and hardly a word is as long."""
_FORGET_AFTER_S = 30 * 24 * 3600


class KeptDocuments:
    """One line for each of a set of documents, in a file; a context manager.

    Documents that are not of the set any more are left out when the file is written again. Where
    nothing can be kept, nothing is ever found.

    Args:
        folder: Where such files lie; None: nothing is kept.
        name: Of the set.
        code: What tells the code that reads the documents from any other, as `code_of` gives it;
            nothing is kept when it is empty.
    """

    def __init__(self, folder: Path | None, name: str, *, code: str) -> None:
        digest = hashlib.sha256(os.fsencode(name)).hexdigest()[:32]
        self._file = folder / f"{digest}.txt" if folder and code else None
        self._code = hashlib.sha256(code.encode()).hexdigest()
        self._kept = dict(self._lines())
        self._used: set[bytes] = set()
        self._new: IO[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Write the file again if anything new is to be kept."""
        if self._new is None or self._file is None:
            return
        with contextlib.suppress(OSError), self._new:
            for key, line in self._lines():
                if key in self._used:
                    self._new.write(_record(key, line))
        with contextlib.suppress(OSError):
            Path(self._new.name).replace(self._file)
            _forget_sets_of_old(self._file)

    def find(self, name: str, digest: str) -> str | None:
        """Return what was kept of a document; None when it is another now, or never was.

        Args:
            name: What messages call it.
            digest: SHA-256 of what it holds.
        """
        if not self._kept:
            return None
        key = self._key(name, digest)
        line = self._kept.pop(key, None)
        if line is None:
            return None
        self._used.add(key)
        return line.decode()

    def keep(self, name: str, digest: str, line: str, *, text: str) -> None:
        """Keep a line about a document until that changes; not of one that may have a token in it.

        Args:
            name: What messages call it.
            digest: SHA-256 of what it holds.
            line: What was made of it.
            text: What it holds.
        """
        if self._file is None or _IN_A_TOKEN in text or _AS_LONG_AS_ONE.search(text):
            return
        key = self._key(name, digest)
        self._used.discard(key)
        with contextlib.suppress(OSError):
            if self._new is None:
                # scenarios of a partner: of no concern to others on this machine
                self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                self._new = self._file.with_suffix(f".{os.getpid()}").open("wb")
            self._new.write(_record(key, line.encode()))

    def _key(self, name: str, digest: str) -> bytes:
        return hashlib.sha256(os.fsencode(f"{self._code} {digest} {name}")).hexdigest().encode()

    def _lines(self) -> Iterator[tuple[bytes, bytes]]:
        """Yield what the file holds: keys, each with its line; what was damaged is left out."""
        if self._file is None:
            return
        with contextlib.suppress(OSError), self._file.open("rb") as file:
            for line in file:
                key, _, rest = line.rstrip(b"\n").partition(b" ")
                check, _, kept = rest.partition(b" ")
                if check == _check(kept):
                    yield key, kept


def _record(key: bytes, line: bytes) -> bytes:
    return b"%b %b %b\n" % (key, _check(line), line)


def _check(line: bytes) -> bytes:
    return b"%08x" % zlib.crc32(line)


def code_of(*packages: ModuleType) -> str:
    """Return what tells the code of packages, of the harness, PyYAML and Python from any other.

    That is empty where their files cannot be looked at, as in an archive.
    """
    seen = [__version__, sys.version]
    reader = importlib.util.find_spec("yaml")  # its version stands in it; to import it takes 0.02 s
    try:
        files = [Path(str(reader and reader.origin))]
        for package in packages:
            files += sorted(Path(str(package.__file__)).parent.glob("*.py"))
        for each in files:
            found = each.stat()
            seen.append(f"{each} {found.st_size} {found.st_mtime_ns}")
    except OSError:
        return ""
    return "\n".join(seen)


def _forget_sets_of_old(latest: Path) -> None:
    """Remove files that were written long before the latest one: their set may be gone."""
    before_s = latest.stat().st_mtime - _FORGET_AFTER_S
    for each in latest.parent.iterdir():
        if each.stat().st_mtime < before_s:
            each.unlink()
