"""Write what a run came to: the record, the reports, and which run was the last."""

import json
from collections.abc import Sequence
from pathlib import Path

from koppeling_harness.document import dump_json
from koppeling_harness.errors import SecretFoundError
from koppeling_harness.model.dossier import Dossier
from koppeling_harness.model.run import RunRecord
from koppeling_harness.report.ctrf import render_ctrf
from koppeling_harness.report.junit import JunitDialect, render_junit
from koppeling_harness.report.run_markdown import render_run_markdown
from koppeling_harness.report.run_page import render_run_page
from koppeling_harness.store.files import write_files
from koppeling_harness.store.recordings import kept_recordings
from koppeling_harness.traffic import Redactor


def write_record(record: RunRecord, reports: Path, *, redactor: Redactor) -> Path:
    """Write the record of a run and its forms for other tools; return the folder.

    Raises:
        SecretFoundError: Something secret stands in a file; none was written.
        ConfigurationError: The folder cannot be written to.
    """
    folder = reports / record.run_id
    files = {
        "junit.xml": render_junit(record, JunitDialect.STRICT),
        "junit-pytest.xml": render_junit(record, JunitDialect.PYTEST),
        "ctrf.json": render_ctrf(record),
        "summary.md": render_run_markdown(record).encode(),
        "run.json": dump_json(record, indent=1).encode(),
    }
    refuse_secrets(files, redactor)
    write_files(folder, files)
    return folder


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
    html = render_run_page(record, dossiers=dossiers, recordings=kept)
    page = {f"{record.run_id}/index.html": html.encode()}
    latest = {
        "schema": "koppeling/latest@1",
        "run_id": record.run_id,
        "run": f"{record.run_id}/run.json",
        "report": f"{record.run_id}/index.html",
    }
    refuse_secrets(page, redactor)
    if record.shard is None:
        page["latest.json"] = json.dumps(latest, indent=1).encode()
    write_files(reports, page)


def refuse_secrets(files: dict[str, bytes], redactor: Redactor) -> None:
    """Search files for every secret that the run knew.

    Raises:
        SecretFoundError: One was found; the message names files and kinds, never the secret.
    """
    found = {
        name: kinds for name, content in files.items() if (kinds := redactor.find_secrets(content))
    }
    if found:
        lines = [f"{name}: found {', '.join(kinds)}" for name, kinds in found.items()]
        raise SecretFoundError(
            "\n".join(lines), hint="Nothing was written. Report it: the redaction missed a place."
        )
