"""Write what a run came to: the record, the reports, and which run was the last."""

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Sequence
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
    records: Sequence[RunRecord],
    reports: Path,
    *,
    redactor: Redactor,
    dossiers: Sequence[Dossier],
    forms: ResultForms | None = None,
    advisory: Collection[str] = (),
    repeat: str = "",
) -> None:
    """Write the report of the runs of one command, and say in `latest.json` that it was the last.

    One shard is never the last run: it says nothing of the whole.

    Args:
        records: One per release, the current one last; they stand in `reports` already.
        reports: Where runs are kept.
        redactor: Knows the secrets of the run.
        dossiers: Registrations of its integrations, with the status that follows.
        forms: Of results, as far as they were made already.
        advisory: Labels of releases that do not count yet.
        repeat: Options with which the same integrations and scenarios are found again.

    Raises:
        SecretFoundError: Something secret stands in the report; it was not written.
        ConfigurationError: The folder cannot be written to.
    """
    search = SecretSearch(redactor)
    row_of = (forms or ResultForms()).of("index.html")
    files: dict[str, bytes | Iterable[bytes]] = {}
    for record in records:
        kept = kept_recordings(reports / record.run_id)
        page = run_page_pieces(record, dossiers=dossiers, recordings=kept, row_of=row_of)
        name = f"{record.run_id}/index.html"
        files[name] = search.through(name, page)
    summary = render_run_markdown(records, advisory=advisory, repeat=repeat)
    files[f"{records[-1].run_id}/summary.md"] = search.through("summary.md", [summary])
    if records[-1].shard is None:
        files["latest.json"] = json.dumps(_latest(records), indent=1).encode()
    write_files(reports, files, check=search.refuse)


def _latest(records: Sequence[RunRecord]) -> dict[str, object]:
    """Return what tells the last command: its run on the current release, then each."""
    runs = [
        {
            "run_id": each.run_id,
            "run": f"{each.run_id}/run.json",
            "report": f"{each.run_id}/index.html",
        }
        for each in records
    ]
    return {
        "schema": "koppeling/latest@1",
        **runs[-1],
        "runs": [
            {"release": each.erp.label, **run} for each, run in zip(records, runs, strict=True)
        ],
    }
