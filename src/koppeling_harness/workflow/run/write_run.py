"""Write what a run came to: the record, the reports, and which run was the last."""

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from koppeling_harness.errors import SecretFoundError
from koppeling_harness.model.dossier import Dossier
from koppeling_harness.model.result_id import page_name
from koppeling_harness.model.run import RunRecord
from koppeling_harness.report.ctrf import ctrf_pieces
from koppeling_harness.report.junit import JunitDialect, junit_pieces
from koppeling_harness.report.result import Form
from koppeling_harness.report.result_forms import ResultForms, record_pieces
from koppeling_harness.report.run_index import run_index_pieces
from koppeling_harness.report.run_markdown import render_run_markdown
from koppeling_harness.report.run_page import run_page_pieces
from koppeling_harness.rules.sharding import own_part
from koppeling_harness.store.recordings import kept_recordings
from koppeling_harness.value import dataclass
from koppeling_harness.workflow.run.report_files import ReportFiles, without_some
from koppeling_harness.workflow.secret_search import bared_runs, texts_left_out

RUN = "run.json"
INDEX = "index.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a report tells beside its records.

    Attributes:
        dossiers: Registrations of the integrations, with the status that follows.
        advisory: Labels of releases that do not count yet.
        repeat: Options with which the same integrations and scenarios are found again.
    """

    dossiers: Sequence[Dossier] = ()
    advisory: Collection[str] = ()
    repeat: str = ""


def write_record(
    record: RunRecord,
    reports: Path,
    *,
    files: ReportFiles,
    forms: ResultForms | None = None,
    junit: JunitDialect = JunitDialect.STRICT,
) -> bool:
    """Write the record of a run, and its forms for other tools; return whether the record is there.

    Args:
        record: The run.
        reports: Where runs are kept.
        files: Writes, and knows what could not be written.
        forms: Of results, as far as they were made already.
        junit: Which tools `junit.xml` is for.

    Raises:
        SecretFoundError: Something secret stands in one of them; that one was not written, nor
            those after it.
    """
    folder = reports / record.run_id
    digest = hashlib.sha256()
    form = (forms or ResultForms()).of

    def digested() -> Iterator[str]:
        for piece in record_pieces(record, form(RUN)):
            digest.update(piece.encode("utf-8", "backslashreplace"))
            yield piece

    is_there = files.write_or_refuse(folder / RUN, digested)
    told = own_part(record)
    others: dict[str, Callable[[], Iterable[str]]] = {
        "ctrf.json": lambda: ctrf_pieces(told, digest, form("ctrf.json")),
        "junit.xml": lambda: junit_pieces(told, junit, _case_of(junit, form("junit.xml"))),
    }
    for name, make in others.items():
        files.write_or_refuse(folder / name, make)
    return is_there


def as_written(record: RunRecord) -> str:
    """Return the text of a record and of its forms for other tools, one after the other."""
    whole = record_pieces(record, ResultForms().of(RUN))
    files = (whole, ctrf_pieces(record, hashlib.sha256()), junit_pieces(record))
    return "\n".join("".join(each) for each in files)


def _case_of(junit: JunitDialect, made: Form) -> Form | None:
    """Return what gives a test case: it is made already in the strict dialect alone."""
    return made if junit is JunitDialect.STRICT else None


def write_report(
    records: Sequence[RunRecord],
    reports: Path,
    *,
    files: ReportFiles,
    told: Told,
    forms: ResultForms | None = None,
) -> Path:
    """Write the report of the runs of one command; return its page.

    It stands beside the record on the current release. Of one integration the page tells all; of
    several each has a page of its own, and `index.html` leads there.

    Args:
        records: One per release, the current one last; they stand in `reports` already.
        reports: Where runs are kept.
        files: Writes, and knows what could not be written.
        told: What it tells beside them.
        forms: Of results, as far as they were made already.
    """
    records = [own_part(each) for each in records]
    folder = reports / records[-1].run_id
    row_of = (forms or ResultForms()).of(INDEX)
    kept = {each.run_id: kept_recordings(reports / each.run_id) for each in records}
    page_of = partial(run_page_pieces, dossiers=told.dossiers, recordings=kept, row_of=row_of)
    names = dict.fromkeys(each.id for record in records for each in record.integrations)
    if len(names) < 2:
        _write_sparing(folder / INDEX, page_of, records, files)
    else:
        pages: Mapping[str, str] = {name: page_name(name) for name in names}
        for name, page in pages.items():
            _write_sparing(folder / page, partial(page_of, only=name), records, files, [name])
        _write_sparing(
            folder / INDEX,
            lambda some: run_index_pieces(some, pages=pages, advisory=told.advisory),
            records,
            files,
        )
    _write_sparing(
        folder / "summary.md",
        lambda some: [render_run_markdown(some, advisory=told.advisory, repeat=told.repeat)],
        records,
        files,
    )
    return folder / INDEX


def _write_sparing(
    path: Path,
    make: Callable[[Sequence[RunRecord]], Iterable[str]],
    records: Sequence[RunRecord],
    files: ReportFiles,
    about: Sequence[str] = (),
) -> None:
    """Write a file about some integrations, or all; where it must be, without the texts of some."""
    try:
        files.write_or_refuse(path, lambda: make(records))
    except SecretFoundError as error:
        bared = bared_runs(records, lambda some: "".join(make(some)), files.redactor, about)
        files.unwritten.append(without_some(path, error, texts_left_out(records, bared)))
        files.write(path, lambda: make(bared))


def write_latest(records: Sequence[RunRecord], reports: Path, *, files: ReportFiles) -> None:
    """Say in `latest.json` which run was the last; one shard is none, it says nothing of the whole.

    Args:
        records: One per release, the current one last; they stand in `reports` already.
        reports: Where runs are kept.
        files: Writes, and knows what could not be written.
    """
    if records[-1].shard is None:
        files.write(reports / "latest.json", lambda: [json.dumps(_latest(records), indent=1)])


def _latest(records: Sequence[RunRecord]) -> dict[str, object]:
    """Return what tells the last command: its run on the current release, then each."""
    report = f"{records[-1].run_id}/{INDEX}"
    runs = [
        {"run_id": each.run_id, "run": f"{each.run_id}/{RUN}", "report": report} for each in records
    ]
    return {
        "schema": "koppeling/latest@1",
        **runs[-1],
        "runs": [
            {"release": each.erp.label, **run} for each, run in zip(records, runs, strict=True)
        ],
    }
