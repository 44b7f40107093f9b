"""Find run records below a folder and read from each only what a status needs."""

import json
import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from koppeling_harness.clock import AMSTERDAM
from koppeling_harness.document import load_json, read_content
from koppeling_harness.errors import DocumentError, Problem
from koppeling_harness.model.functional import FunctionalResult
from koppeling_harness.model.result_id import ResultId
from koppeling_harness.value import dataclass

if TYPE_CHECKING:
    from koppeling_harness.model.run import RunRecord

RUN = "run.json"
"""Name under which a run writes its record."""

_MARK = b'"koppeling/run@1"'


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRun:
    """One integration in one run record.

    Attributes:
        path: The record's file.
        result: What it says of the integration.
    """

    path: Path
    result: FunctionalResult


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRuns:
    """Everything below a folder.

    Attributes:
        runs: One per integration and record; of several files with one run, the first.
        damaged: Files that are meant to be run records and cannot be read as such.
    """

    runs: tuple[FoundRun, ...]
    damaged: tuple[Problem, ...] = ()


def find_runs(folder: Path) -> FoundRuns:
    """Read every run record (`koppeling/run@1`) below a folder, under any name.

    Other JSON files are passed by, and so is one shard of a run: it says nothing of the whole. A
    damaged record is told and does not hide the others.

    Args:
        folder: Where to look; one that does not exist holds no runs.
    """
    found: dict[tuple[str, str], FoundRun] = {}
    damaged: list[Problem] = []
    for path in _json_files(folder):
        try:
            content = read_content(path)
            if _MARK not in content and path.name != RUN:
                continue
            for result in _results(json.loads(content)):
                found.setdefault(
                    (result.run_id, result.integration), FoundRun(path=path, result=result)
                )
        except DocumentError as error:
            damaged += error.problems
        except (ValueError, RecursionError, KeyError, TypeError, AttributeError) as error:
            damaged.append(_damage(path, error))
    return FoundRuns(runs=tuple(found.values()), damaged=tuple(damaged))


def load_run(path: Path) -> "RunRecord":
    """Read one run record whole.

    Raises:
        DocumentError: It cannot be read or is no run record.
    """
    from koppeling_harness.model.run import RunRecord  # noqa: PLC0415 - a status needs none of it

    return load_json(RunRecord, read_content(path), name=str(path))


def _json_files(folder: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(each for each in folders if not each.startswith("."))
        for name in sorted(files):
            if name.endswith(".json") and not name.startswith("."):
                yield Path(place, name)


def _damage(path: Path, error: Exception) -> Problem:
    if isinstance(error, KeyError):
        message = f"expected a run record, koppeling/run@1, but it lacks {error.args[0]!r}"
    else:
        message = f"expected a run record, koppeling/run@1: {error}"
    return Problem(
        where=str(path), message=message, hint="It is left out. Run again, or remove the file."
    )


def _results(record: Mapping[str, Any]) -> Iterator[FunctionalResult]:
    """Yield what a record says, one per integration.

    Raises:
        KeyError, TypeError, ValueError, AttributeError: It is not of the expected form.
    """
    if record.get("shard") is not None:
        return
    started_at = datetime.fromisoformat(record["started_at"])
    if started_at.tzinfo is None:
        started_at = started_at.replace(tzinfo=UTC)
    day = started_at.astimezone(AMSTERDAM).date()
    for each in record["integrations"]:
        required = each["verdict"]["required"]
        failed = _required_ids(each["results"], "failed")
        if each["verdict"]["outcome"] == "failed" and not failed:
            message = f"the verdict of {each['id']} is failed, but no required scenario failed"
            raise ValueError(message)
        yield FunctionalResult(
            integration=str(each["id"]),
            release=str(record["erp"]["label"]),
            run_id=str(record["run_id"]),
            started_at=started_at,
            date=day,
            passed=int(required["passed"]),
            failed=failed,
            inconclusive=len(_required_ids(each["results"], "inconclusive")),
            not_run=int(required["total"]) - int(required["executed"]),
        )


def _required_ids(results: list[Mapping[str, Any]], outcome: str) -> tuple[str, ...]:
    """Return the ids of the required scenarios with an outcome, each once."""
    found = {
        ResultId(each["scenario"], each.get("operation"))
        for each in results
        if each["outcome"] == outcome and each["level"] == "required"
    }
    return tuple(sorted(found))
