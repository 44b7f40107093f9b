"""Write what a run came to: the record, the reports, and which run was the last."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from koppeling_harness.document import json_pieces
from koppeling_harness.errors import SecretFoundError
from koppeling_harness.model.dossier import Dossier
from koppeling_harness.model.run import RunRecord
from koppeling_harness.report.ctrf import ctrf_pieces
from koppeling_harness.report.junit import JunitDialect, junit_pieces
from koppeling_harness.report.run_markdown import render_run_markdown
from koppeling_harness.report.run_page import run_page_pieces
from koppeling_harness.store.files import write_files
from koppeling_harness.store.recordings import kept_recordings
from koppeling_harness.traffic.redactor import Redactor

_AT_ONCE = 64 * 1024
"""Characters that are searched and written at once."""


def write_record(record: RunRecord, reports: Path, *, redactor: Redactor) -> Path:
    """Write the record of a run and its forms for other tools; return the folder.

    Raises:
        SecretFoundError: Something secret stands in a file; none was written.
        ConfigurationError: The folder cannot be written to.
    """
    folder = reports / record.run_id
    digest = hashlib.sha256()
    files = {
        "run.json": json_pieces(record),
        "ctrf.json": ctrf_pieces(record, digest),
        "junit.xml": junit_pieces(record, JunitDialect.STRICT),
        "junit-pytest.xml": junit_pieces(record, JunitDialect.PYTEST),
        "summary.md": [render_run_markdown(record)],
    }
    search = _Search(redactor)
    searched = {name: search.through(name, pieces) for name, pieces in files.items()}
    searched["run.json"] = _digested(searched["run.json"], digest)
    write_files(folder, searched, last="run.json", check=search.refuse)
    return folder


def _digested(pieces: Iterable[bytes], digest: "hashlib._Hash") -> Iterator[bytes]:
    for piece in pieces:
        digest.update(piece)
        yield piece


def write_report(
    record: RunRecord, reports: Path, *, redactor: Redactor, dossiers: Sequence[Dossier]
) -> None:
    """Write the report of a run, and say in `latest.json` that it was the last.

    One shard is never the last run: it says nothing of the whole.

    Args:
        record: The run, whose record stands in `reports` already.
        reports: Where runs are kept.
        redactor: Knows the secrets of the run.
        dossiers: Registrations of its integrations, with the status that follows.

    Raises:
        SecretFoundError: Something secret stands in the report; it was not written.
        ConfigurationError: The folder cannot be written to.
    """
    kept = kept_recordings(reports / record.run_id)
    name = f"{record.run_id}/index.html"
    search = _Search(redactor)
    page = run_page_pieces(record, dossiers=dossiers, recordings=kept)
    files: dict[str, bytes | Iterable[bytes]] = {name: search.through(name, page)}
    latest = {
        "schema": "koppeling/latest@1",
        "run_id": record.run_id,
        "run": f"{record.run_id}/run.json",
        "report": name,
    }
    if record.shard is None:
        files["latest.json"] = json.dumps(latest, indent=1).encode()
    write_files(reports, files, check=search.refuse)


def refuse_secrets(files: dict[str, bytes], redactor: Redactor) -> None:
    """Search files for every secret that the run knew.

    Raises:
        SecretFoundError: One was found; the message names files and kinds, never the secret.
    """
    search = _Search(redactor)
    for name, content in files.items():
        search.look_at(name, content)
    search.refuse()


class _Search:
    """Looks for secrets in files that are made piece by piece, before a piece is written."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._found: dict[str, set[str]] = {}

    def through(self, name: str, pieces: Iterable[str]) -> Iterator[bytes]:
        """Yield the pieces of a file, none any more once something was found; look at them all.

        Args:
            name: Of the file.
            pieces: Such that nothing secret could stand in two of them.
        """
        waiting: list[str] = []
        size = 0
        for piece in pieces:
            waiting.append(piece)
            size += len(piece)
            if size > _AT_ONCE:
                yield from self._searched(name, waiting)
                waiting, size = [], 0
        yield from self._searched(name, waiting)

    def _searched(self, name: str, pieces: Iterable[str]) -> Iterator[bytes]:
        content = "".join(pieces).encode()
        self.look_at(name, content)
        if not self._found:
            yield content

    def look_at(self, name: str, content: bytes) -> None:
        """Note what is found in a file, or in a part of it."""
        kinds = self._redactor.find_secrets(content)
        if kinds:
            self._found.setdefault(name, set()).update(kinds)

    def refuse(self) -> None:
        """Raise when anything was found.

        Raises:
            SecretFoundError: The message names files and kinds, never the secret.
        """
        if self._found:
            lines = [
                f"{name}: found {', '.join(sorted(each))}" for name, each in self._found.items()
            ]
            hint = "Nothing was written. Report it: the redaction missed a place."
            raise SecretFoundError("\n".join(lines), hint=hint)
