"""Find run records below a folder, hold each against itself, and keep of it what a status needs."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from koppeling_harness.clock import AMSTERDAM
from koppeling_harness.document import load_json, read_content
from koppeling_harness.errors import DocumentError, Problem, RecordError
from koppeling_harness.model.functional import FunctionalResult
from koppeling_harness.rules.lists import ListBook
from koppeling_harness.rules.record_check import against_list, ahead_of, contradictions
from koppeling_harness.rules.record_summary import summaries
from koppeling_harness.value import dataclass

if TYPE_CHECKING:
    from koppeling_harness.model.run import RunRecord

RUN = "run.json"
"""Name under which a run writes its record."""

_MARK = b'"koppeling/run@1"'
_MALFORMED = (
    ValueError,
    RecursionError,
    KeyError,
    TypeError,
    AttributeError,
    IndexError,
    OverflowError,
)
"""What reading a record raises that has not the form of one."""
_MOST_FOLDERS = 24
"""So many folders deep is looked."""
_LEFT_OUT = "It is left out. Run again, or remove the file."
_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRun:
    """One integration in one run record.

    Attributes:
        path: The record's file.
        result: What it says of the integration.
        copies: Other files that say the same.
    """

    path: Path
    result: FunctionalResult
    copies: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRuns:
    """Everything below a folder.

    Attributes:
        runs: One per integration and record; of several files with one run, the first.
        damaged: Files that are meant to be run records and cannot be read as such, or contradict
            themselves.
    """

    runs: tuple[FoundRun, ...]
    damaged: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedRecord:
    """One file that is meant to be a run record.

    Attributes:
        path: The file.
        plain: The record as JSON has it; None when it cannot be read.
        problems: Everything that keeps it from counting, with its place.
        results: What it says of each integration; nothing where it has problems.
    """

    path: Path
    plain: Mapping[str, Any] | None
    problems: tuple[Problem, ...] = ()
    results: tuple[FunctionalResult, ...] = ()


def find_runs(folder: Path, *, now: datetime, book: ListBook) -> FoundRuns:
    """Read every run record (`koppeling/run@1`) below a folder, under any name.

    Other JSON files are passed by, and so is one shard of a run: it says nothing of the whole. A
    record that is damaged or contradicts itself is told and does not hide the others.

    Args:
        folder: Where to look; one that does not exist holds no runs.
        now: The present moment; what lies after it cannot be.
        book: The lists that the reader knows.
    """
    found: dict[tuple[str, str], FoundRun] = {}
    damaged: list[Problem] = []
    for checked in records_below(folder, now=now, book=book):
        damaged += _shortened(checked)
        if checked.problems or checked.plain is None or checked.plain.get("shard") is not None:
            continue
        for result in _of_today_at_most(checked.results, now):
            key = (result.run_id, result.integration)
            here = FoundRun(path=checked.path, result=result)
            first = found.setdefault(key, here)
            if first.result == result and first is not here:
                found[key] = replace(first, copies=(*first.copies, checked.path))
            elif first.result != result:
                found[key] = max(first, here, key=_badness)
                damaged.append(_twice(first, here))
    return FoundRuns(runs=tuple(found.values()), damaged=tuple(damaged))


def _of_today_at_most(
    results: Sequence[FunctionalResult], now: datetime
) -> Iterator[FunctionalResult]:
    """Yield what a record says; one of a clock that runs ahead is of today, and so counts today."""
    day = now.astimezone(AMSTERDAM).date()
    for each in results:
        yield each if each.date <= day else replace(each, date=day)


def records_below(folder: Path, *, now: datetime, book: ListBook) -> Iterator[CheckedRecord]:
    """Yield each run record below a folder, checked; shards too.

    Args:
        folder: Where to look, or one file.
        now: The present moment.
        book: The lists that the reader knows.
    """
    if not folder.is_dir() and folder.exists():
        yield check_record(folder, now=now, book=book)
        return
    for path, problem in _json_files(folder):
        if problem is not None:
            yield CheckedRecord(path=path, plain=None, problems=(problem,))
            continue
        content = _read(path)
        if isinstance(content, Problem):
            if path.name == RUN:
                yield CheckedRecord(path=path, plain=None, problems=(content,))
        elif path.name == RUN or _MARK in content:
            yield _checked(path, content, now=now, book=book)


def check_record(path: Path, *, now: datetime, book: ListBook) -> CheckedRecord:
    """Return one record, checked."""
    content = _read(path)
    if isinstance(content, Problem):
        return CheckedRecord(path=path, plain=None, problems=(content,))
    return _checked(path, content, now=now, book=book)


def check_content(path: Path, content: bytes, *, now: datetime, book: ListBook) -> CheckedRecord:
    """Return a record that was read already, checked.

    Args:
        path: What it is called.
        content: What is in it.
        now: The present moment.
        book: The lists that the reader knows.
    """
    return _checked(path, content, now=now, book=book)


def load_run(path: Path) -> "RunRecord":
    """Read one run record whole, as it stands.

    Raises:
        DocumentError: It cannot be read or is no run record.
    """
    from koppeling_harness.model.run import RunRecord  # noqa: PLC0415 - a status needs none of it

    return load_json(RunRecord, read_content(path), name=str(path))


def load_sound_run(path: Path, *, now: datetime, book: ListBook) -> "RunRecord":
    """Read one run record whole that does not contradict itself.

    Raises:
        DocumentError: It cannot be read or is no run record.
        RecordError: It contradicts itself.
    """
    record = load_run(path)
    require_sound(path, now=now, book=book)
    return record


def require_sound(path: Path, *, now: datetime, book: ListBook) -> None:
    """Hold a record against itself.

    Raises:
        RecordError: It contradicts itself.
    """
    checked = check_record(path, now=now, book=book)
    if checked.problems:
        raise RecordError(checked.problems)


def _checked(path: Path, content: bytes, *, now: datetime, book: ListBook) -> CheckedRecord:
    try:
        plain = json.loads(content)
        if plain["schema"] != "koppeling/run@1":
            message = f"its schema is {plain['schema']!r}"
            raise ValueError(message)
        objections = [
            *contradictions(plain),
            *ahead_of(plain, now),
            *against_list(plain, book),
        ]
        results = () if objections else tuple(summaries(plain, book, zone=AMSTERDAM))
    except _MALFORMED as error:
        return CheckedRecord(path=path, plain=None, problems=(_damage(path, error),))
    problems = tuple(
        Problem(where=f"{path}: {each.place}", message=each.message, hint=_LEFT_OUT)
        for each in objections
    )
    return CheckedRecord(path=path, plain=plain, problems=problems, results=results)


def _shortened(checked: CheckedRecord) -> tuple[Problem, ...]:
    """Return the problems of one record as one that is not longer than a screen."""
    if len(checked.problems) < 2 or checked.plain is None:
        return checked.problems
    start = f"{checked.path}: "
    lines = [f"{each.where.removeprefix(start)}: {each.message}" for each in checked.problems]
    more = len(lines) - _SHOWN
    said = lines[:_SHOWN] + ([f"and {more} more"] if more > 0 else [])
    message = "it contradicts itself: " + "; ".join(said)
    hint = f"{_LEFT_OUT} All of it: koppeling records check {checked.path}"
    return (Problem(where=str(checked.path), message=message, hint=hint),)


def _read(path: Path) -> bytes | Problem:
    """Return what is in a file, or why nothing of it can be read."""
    try:
        return read_content(path)
    except DocumentError as error:
        return replace(error.problems[0], hint="It is left out.")


def _json_files(folder: Path) -> Iterator[tuple[Path, Problem | None]]:
    waiting = [(folder, 0)]
    while waiting:
        place, depth = waiting.pop()
        try:
            inside = sorted(os.scandir(place), key=lambda each: each.name, reverse=True)
        except FileNotFoundError:
            continue
        except OSError as error:
            message = f"cannot be read: {error.strerror or error}"
            hint = "It is left out. See who may read it."
            yield place, Problem(where=str(place), message=message, hint=hint)
            continue
        below: list[tuple[Path, int]] = []
        for each in reversed(inside):
            if each.name.startswith("."):
                continue
            if each.is_dir(follow_symlinks=False):
                below.append((Path(each.path), depth + 1))
            elif each.name.endswith(".json"):
                yield Path(each.path), None
        if below and depth >= _MOST_FOLDERS:
            message = f"folders within {_MOST_FOLDERS} folders are not looked into"
            yield (
                place,
                Problem(where=str(place), message=message, hint="Point nearer to the runs."),
            )
            continue
        waiting += reversed(below)


def _damage(path: Path, error: Exception) -> Problem:
    if isinstance(error, KeyError):
        message = f"expected a run record, koppeling/run@1, but it lacks {error.args[0]!r}"
    else:
        message = f"expected a run record, koppeling/run@1: {error}"
    return Problem(where=str(path), message=message, hint=_LEFT_OUT)


def _badness(each: FoundRun) -> tuple[object, ...]:
    result = each.result
    return (bool(result.failed), result.not_run + result.inconclusive, bool(result.part))


def _twice(first: FoundRun, other: FoundRun) -> Problem:
    message = f"run {other.result.run_id} stands in {first.path} too, and says something else there"
    return Problem(
        where=str(other.path),
        message=message,
        hint="The worse of the two counts. Remove the other.",
    )
