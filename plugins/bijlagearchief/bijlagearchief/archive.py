"""The archive: every attachment once, whole, with what it is and where it comes from."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

from bijlagearchief.afas import GoneError

CONNECTOR = "Bijlagearchief_Bijlagen"
KEY = "attachment_id"
_STRANGE = re.compile(r"[^\w .()-]")
_LONGEST = 100


class Profit(Protocol):
    """Gives rows and files."""

    def rows(self, connector: str, *, after: int, key: str) -> Iterator[Mapping[str, Any]]:
        """Yield the rows whose key is beyond a number."""
        ...

    def attachment(self, item: int, file: str) -> bytes:
        """Return an attachment of a dossier item."""
        ...


class Archive:
    """Attachments in a folder, with an index.

    Args:
        folder: Where it stands; made when it is not there.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._index = folder / "index.json"
        known = json.loads(self._index.read_text("utf-8")) if self._index.exists() else {}
        self._kept: dict[str, dict[str, Any]] = known.get("kept", {})
        self._owed: dict[str, dict[str, Any]] = known.get("owed", {})

    def add_new(self, profit: Profit) -> dict[str, Any]:
        """Fetch what is not there yet, and what could not be had before.

        What is not given is owed: it is told each time, and tried again the next.

        Raises:
            AfasError: Profit gives no answer; what came before is kept.
        """
        added = []
        newest = max(map(int, [*self._kept, *self._owed]), default=0)
        found = [*self._owed.values(), *profit.rows(CONNECTOR, after=newest, key=KEY)]
        try:
            for row in found:
                number = str(row[KEY])
                self._owed[number] = dict(row)
                try:
                    content = profit.attachment(row["subject_id"], row["file_id"])
                except GoneError:
                    continue
                self._keep(number, row, content)
                added.append({"attachment": int(number), **self._kept[number]})
        finally:
            self._write_index()
        missing = [int(each) for each in self._owed]
        return {"added": added, "missing": missing, "kept": len(self._kept)}

    def _keep(self, number: str, row: Mapping[str, Any], content: bytes) -> None:
        name = f"{number}-{_safe(str(row['file_name']))}"
        _write(self._folder / name, content)
        self._kept[number] = {
            "item": row["subject_id"],
            "file": name,
            "name": row["file_name"],
            "bytes": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
        }
        del self._owed[number]

    def _write_index(self) -> None:
        known = {"kept": self._kept, "owed": self._owed}
        _write(self._index, json.dumps(known, ensure_ascii=False, indent=1).encode())


def _safe(name: str) -> str:
    """Return a name that stays in the folder, on every system."""
    return _STRANGE.sub("_", name.replace("\\", "/").rpartition("/")[2])[-_LONGEST:]


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".part")
    beside.write_bytes(content)
    beside.replace(path)
