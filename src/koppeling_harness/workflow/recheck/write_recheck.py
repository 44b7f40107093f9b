"""Write what a recheck says: its record and its page, and a few lines for a person."""

import secrets
from pathlib import Path

from koppeling_harness.document import dump_json
from koppeling_harness.model.recheck import RecheckRecord
from koppeling_harness.report.recheck_page import render_recheck_page
from koppeling_harness.report.recheck_text import render_recheck_text
from koppeling_harness.store.files import write_files
from koppeling_harness.traffic.redactor import Redactor
from koppeling_harness.workflow.recheck.kept_answers import RECHECK
from koppeling_harness.workflow.secret_search import refuse_secrets


def write_recheck(record: RecheckRecord, reports: Path) -> str:
    """Write a recheck below the reports; return what is said of it.

    Raises:
        SecretFoundError: Something secret stands in it; nothing was written.
        ConfigurationError: It cannot be written.
    """
    folder = reports / record.recheck_id
    files = {
        RECHECK: dump_json(record, indent=1).encode(),
        "index.html": render_recheck_page(record).encode(),
    }
    refuse_secrets(files, Redactor(secrets.token_bytes(32)))
    write_files(folder, files)
    return f"{render_recheck_text(record, lang='en')}report: {folder / 'index.html'}"
