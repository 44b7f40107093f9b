"""What YAML documents hold, kept from run to run.

Most of the time that a thousand scenarios take before the first one runs goes into parsing YAML.
What a text holds depends on that text and on the reader alone: so it is kept under the SHA-256 of
both, and a changed document or another reader is never mistaken for what was kept.
"""

import contextlib
import functools
import hashlib
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import yaml

from koppeling_harness.document import yaml_plain, yaml_scalar

_FORGET_AFTER_S = 30 * 24 * 3600

Reading = tuple[Any, dict[yaml_plain.Path, yaml_plain.Place]]
"""The data of a document, and the places of the values near its top."""


class KeptReadings:
    """The readings of one set of documents, in a file; a context manager.

    Documents that are not of the set any more are left out when the file is written again. Where
    nothing can be kept, everything is read as if nothing had been.

    Args:
        folder: Where such files lie; None: nothing is kept.
        name: Of the set.
    """

    def __init__(self, folder: Path | None, name: str) -> None:
        digest = hashlib.sha256(name.encode()).hexdigest()[:32]
        self._file = folder / f"{digest}.jsonl" if folder else None
        self._kept = dict(self._lines())
        self._used: set[str] = set()
        self._new: IO[str] | None = None

    def __enter__(self) -> "KeptReadings":
        return self

    def __exit__(self, *_: object) -> None:
        """Write the file again if documents were read that were not in it."""
        if self._new is None or self._file is None:
            return
        with contextlib.suppress(OSError), self._new:
            for digest, line in self._lines():
                if digest in self._used:
                    self._new.write(f"{digest} {line}\n")
        with contextlib.suppress(OSError):
            Path(self._new.name).replace(self._file)
            _forget_sets_of_old(self._file)

    def reading(self, text: str, read: Callable[[str], Reading]) -> Reading:
        """Return what a document holds: what was kept, or else what `read` returns."""
        if self._file is None:
            return read(text)
        digest = hashlib.sha256(f"{_reader()}\n{text}".encode()).hexdigest()
        line = self._kept.pop(digest, None)
        found = None if line is None else _parsed(line)
        if found is None:
            found = read(text)
            self._keep(digest, found)
        else:
            self._used.add(digest)
        return found

    def _keep(self, digest: str, reading: Reading) -> None:
        data, places = reading
        flat = [[*path, *place] for path, place in places.items()]
        with contextlib.suppress(OSError):
            if self._new is None:
                assert self._file is not None  # noqa: S101 - for mypy
                self._file.parent.mkdir(parents=True, exist_ok=True)
                aside = self._file.with_suffix(f".{os.getpid()}")
                self._new = aside.open("w", encoding="utf-8")
            self._new.write(f"{digest} {json.dumps([data, flat])}\n")

    def _lines(self) -> Iterator[tuple[str, str]]:
        """Yield what the file holds: digests, each with its line."""
        if self._file is None:
            return
        with (
            contextlib.suppress(OSError, UnicodeDecodeError),
            self._file.open(encoding="utf-8") as file,
        ):
            for line in file:
                digest, _, rest = line.rstrip("\n").partition(" ")
                yield digest, rest


def _forget_sets_of_old(latest: Path) -> None:
    """Remove files that were written long before the latest one: their set may be gone."""
    before_s = latest.stat().st_mtime - _FORGET_AFTER_S
    for each in latest.parent.iterdir():
        if each.stat().st_mtime < before_s:
            each.unlink()


def _parsed(line: str) -> Reading | None:
    """Return a reading that was kept; None when it was damaged."""
    try:
        data, flat = json.loads(line)
        return data, {tuple(path): (row, column) for *path, row, column in flat}
    except (ValueError, TypeError):
        return None


@functools.cache
def _reader() -> str:
    """Return what tells this reader from every other."""
    digest = hashlib.sha256(yaml.__version__.encode())
    for module in (yaml_plain, yaml_scalar):
        with contextlib.suppress(OSError):
            digest.update(Path(str(module.__file__)).read_bytes())
    return digest.hexdigest()
