"""Whether a version of an integration can be released, from stored verdicts alone."""

from collections.abc import Iterator
from pathlib import Path

from koppeling_harness.document import dump_json
from koppeling_harness.errors import ExitCode, Problem
from koppeling_harness.model.releasable import Answer, Releasable, VerdictRow
from koppeling_harness.model.run import RunRecord
from koppeling_harness.report.releasable_text import render_releasable_text
from koppeling_harness.rules.releasable import releasable
from koppeling_harness.store.runs import find_runs, load_run
from koppeling_harness.value import dataclass

_EXIT = {
    Answer.YES: ExitCode.PASSED,
    Answer.NO: ExitCode.NOT_PASSED,
    Answer.UNKNOWN: ExitCode.ENVIRONMENT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked.

    Attributes:
        integration: Its id.
        version: Its version.
        release: Label of the Profit release, or what `/profitversion` says.
        runs: A folder with run records below it.
    """

    integration: str
    version: str
    release: str
    runs: Path


def can_release(question: Question) -> tuple[Releasable, tuple[Problem, ...]]:
    """Return the answer, and the run records that could not be read.

    Raises:
        DocumentError: A record changed while it was read.
    """
    found = find_runs(question.runs)
    paths = dict.fromkeys(
        each.path for each in found.runs if each.result.integration == question.integration
    )
    rows: list[VerdictRow] = []
    known: set[str] = set()
    for path in paths:
        record = load_run(path)
        for row in _rows(record, question.integration):
            known.add(f"{row.version or '?'} ({row.erp.label})")
            if row.version == question.version and _is_release(row, question.release):
                rows.append(row)
    answer = releasable(
        rows,
        integration=question.integration,
        version=question.version,
        release=question.release,
        known=known,
    )
    return answer, found.damaged


def show(answer: Releasable, *, as_json: bool, lang: str) -> str:
    """Return the answer as JSON, or as text in `nl` or `en`."""
    return dump_json(answer, indent=1) if as_json else render_releasable_text(answer, lang=lang)


def exit_code(answer: Releasable) -> ExitCode:
    """Return 0 for yes, 1 for no, 11 when it is not known."""
    return _EXIT[answer.answer]


def _rows(record: RunRecord, integration: str) -> Iterator[VerdictRow]:
    for each in record.integrations:
        if each.id == integration:
            yield VerdictRow(
                run_id=record.run_id,
                started_at=record.started_at,
                erp=record.erp,
                version=each.version,
                digest=each.digest,
                outcome=each.verdict.outcome,
                required=each.verdict.required,
                waived=each.verdict.waived,
            )


def _is_release(row: VerdictRow, asked: str) -> bool:
    wanted = asked.strip().casefold()
    return wanted in {row.erp.label.casefold(), row.erp.version.casefold()}
