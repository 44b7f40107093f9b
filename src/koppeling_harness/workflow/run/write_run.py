"""Write what a run came to: the record, the reports, and which run was the last."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from koppeling_harness.model.dossier import Dossier
from koppeling_harness.model.run import RunRecord
from koppeling_harness.report.ctrf import ctrf_pieces
from koppeling_harness.report.junit import JunitDialect, junit_pieces
from koppeling_harness.report.result_forms import ResultForms, record_pieces
from koppeling_harness.report.run_markdown import render_run_markdown
from koppeling_harness.report.run_page import run_page_pieces
from koppeling_harness.store.files import write_files
from koppeling_harness.store.recordings import kept_recordings
from koppeling_harness.traffic.redactor import Redactor
from koppeling_harness.workflow.secret_search import SecretSearch


def write_record(
    record: RunRecord, reports: Path, *, redactor: Redactor, forms: ResultForms | None = None
) -> Path:
    """Write the record of a run and its forms for other tools; return the folder.

    Args:
        record: The run.
        reports: Where runs are kept.
        redactor: Knows the secrets of the run.
        forms: Of results, as far as they were made already.

    Raises:
        SecretFoundError: Something secret stands in a file; none was written.
        ConfigurationError: The folder cannot be written to.
    """
    folder = reports / record.run_id
    digest = hashlib.sha256()
    form = (forms or ResultForms()).of
    strict, pytest = JunitDialect.STRICT, JunitDialect.PYTEST
    files = {
        "run.json": record_pieces(record, form("run.json")),
        "ctrf.json": ctrf_pieces(record, digest, form("ctrf.json")),
        "junit.xml": junit_pieces(record, strict, form("junit.xml")),
        "junit-pytest.xml": junit_pieces(record, pytest, form("junit-pytest.xml")),
        "summary.md": [render_run_markdown(record)],
    }
    search = SecretSearch(redactor)
    searched = {name: search.through(name, pieces) for name, pieces in files.items()}
    searched["run.json"] = _digested(searched["run.json"], digest)
    write_files(folder, searched, last="run.json", check=search.refuse)
    return folder


def _digested(pieces: Iterable[bytes], digest: "hashlib._Hash") -> Iterator[bytes]:
    for piece in pieces:
        digest.update(piece)
        yield piece


def write_report(
    record: RunRecord,
    reports: Path,
    *,
    redactor: Redactor,
    dossiers: Sequence[Dossier],
    forms: ResultForms | None = None,
) -> None:
    """Write the report of a run, and say in `latest.json` that it was the last.

    One shard is never the last run: it says nothing of the whole.

    Args:
        record: The run, whose record stands in `reports` already.
        reports: Where runs are kept.
        redactor: Knows the secrets of the run.
        dossiers: Registrations of its integrations, with the status that follows.
        forms: Of results, as far as they were made already.

    Raises:
        SecretFoundError: Something secret stands in the report; it was not written.
        ConfigurationError: The folder cannot be written to.
    """
    kept = kept_recordings(reports / record.run_id)
    name = f"{record.run_id}/index.html"
    search = SecretSearch(redactor)
    row_of = (forms or ResultForms()).of("index.html")
    page = run_page_pieces(record, dossiers=dossiers, recordings=kept, row_of=row_of)
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
