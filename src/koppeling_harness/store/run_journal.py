"""Results on disk as soon as they are there, so that no crash loses one."""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import field
from pathlib import Path
from typing import Any

from filelock import BaseFileLock, FileLock, Timeout

from koppeling_harness.document import dump_json, load_json
from koppeling_harness.errors import ConfigurationError, DocumentError, UsageError
from koppeling_harness.model.run import RunBreak, ScenarioResult
from koppeling_harness.model.run_journal import (
    RunBegin,
    RunGoesOn,
    RunLine,
    ScenarioBegin,
    ScenarioEnd,
)
from koppeling_harness.store.journal_mark import LineMarker, forget_key
from koppeling_harness.value import dataclass

JOURNAL = "results.jsonl"
"""Name of the file in the folder of a run; it goes when the record is written."""

LOCK = ".results.lock"
"""Name of the file, in the same folder, that whoever carries the run out holds locked."""

Key = tuple[str, str]
"""Integration, and the id of a scenario as it is planned."""

_LINES: Mapping[str, type[Any]] = {
    "begin": RunBegin,
    "start": ScenarioBegin,
    "result": ScenarioEnd,
    "resume": RunGoesOn,
}


class RunJournal:
    """The journal of a run that is being carried out.

    Args:
        folder: Of the run; made when absent.
        durable: Whether each line is on the disk itself before the run goes on, so that it
            survives a power cut too; without, it survives the end of the process.

    Raises:
        ConfigurationError: It cannot be written.
        UsageError: Another process carries the run out.
    """

    def __init__(self, folder: Path, *, durable: bool) -> None:
        self._path = folder / JOURNAL
        self._durable = durable
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = _locked(folder)
            self._file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
            self._marker = LineMarker(folder.resolve().name)
            self._number = self._path.read_bytes().count(b"\n") + 1
            if self._path.stat().st_size:
                os.write(self._file, b"\n")  # its last line may be half a line
        except OSError as error:
            message = f"{self._path}: cannot be written: {error.strerror}"
            raise ConfigurationError(message) from None

    def append(self, line: RunLine) -> None:
        """Write a line."""
        self.write(dump_json(line).encode("utf-8", "replace"))

    def write(self, line: bytes) -> None:
        """Write a line that is an object in JSON already."""
        self._number += 1
        os.write(self._file, self._marker.marked(line, self._number) + b"\n")
        if self._durable:
            os.fsync(self._file)

    def close(self) -> None:
        """Close the file, and let others go on with the run."""
        os.close(self._file)
        self._lock.release()


def folder_while_running(reports: Path, run_id: str, call: str) -> Path:
    """Return the folder of a run while it is carried out.

    What a command runs beside its last run lies within the folder of that until it ends, so that
    there is one to go on with.

    Args:
        reports: Where runs are kept.
        run_id: The run's.
        call: Id of the last run of the command.
    """
    outside = reports / run_id
    return outside if run_id == call or outside.is_dir() else reports / call / run_id


def bring_out(reports: Path, run_id: str, call: str) -> None:
    """Put the folder of a run that has ended where runs are kept.

    Raises:
        ConfigurationError: It cannot be moved there.
    """
    within = folder_while_running(reports, run_id, call)
    if within == reports / run_id or not within.is_dir():
        return
    try:
        within.rename(reports / run_id)
    except OSError as error:
        message = f"{within}: cannot be moved to {reports}: {error.strerror or error}"
        raise ConfigurationError(message) from None


def home_of(folder: Path, begin: RunBegin) -> Path:
    """Return where runs are kept, of which one that was broken off lies in a folder."""
    above = folder.resolve().parent
    return folder.parent.parent if above.name == begin.call != begin.run_id else folder.parent


def remove_journal(folder: Path) -> None:
    """Take the journal of a run away: all of it stands in the record now."""
    for name in (JOURNAL, LOCK):
        (folder / name).unlink(missing_ok=True)
    forget_key(folder.resolve().name)


def _locked(folder: Path) -> BaseFileLock:
    lock = FileLock(folder / LOCK, blocking=False)
    try:
        lock.acquire()
    except Timeout:
        message = f"{folder}: this run has not been broken off: another process carries it out"
        raise UsageError(message, hint="Wait for it to end, or end it first.") from None
    return lock


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenRun:
    """A run that was broken off.

    Attributes:
        begin: What it was to be.
        results: What was carried out.
        half_done: What had begun.
        breaks: Earlier times that it was gone on with.
        unmarked: Results in its journal that the harness did not write, or not on this machine.
    """

    begin: RunBegin
    results: Mapping[Key, ScenarioResult]
    half_done: frozenset[Key]
    breaks: tuple[RunBreak, ...]
    unmarked: Mapping[Key, ScenarioResult] = field(default_factory=dict)


def read_broken_runs(run: str, reports: Path) -> tuple[tuple[Path, BrokenRun], ...]:
    """Return the folders of runs that were broken off together, and how far each came.

    Args:
        run: Id or folder of one; that of a command means all of its runs that were broken off.
        reports: Where runs are kept.

    Raises:
        UsageError: There is none, it is complete, or it still runs.
    """
    named = next((each for each in (Path(run), reports / run) if each.is_dir()), reports / run)
    call = named.resolve().name
    places = [*named.resolve().glob(f"*/{JOURNAL}"), *named.resolve().parent.glob(f"*/{JOURNAL}")]
    others = [
        path.parent
        for path in sorted(places, key=lambda each: each.parent.name)
        if path.parent.name != call and _call_of(path.parent) == call
    ]
    folders = [*others, *([named] if (named / JOURNAL).is_file() else [])]
    if not folders:
        message = f"{run}: expected a run below {reports} that was broken off"
        raise UsageError(message, hint=f"Such a run has {JOURNAL} in its folder.")
    found = [(each, read_broken_run(each)) for each in folders]
    for folder, broken in found:
        if broken is None:
            message = f"{folder / JOURNAL}: expected the journal of a run"
            hint = "It was broken off before anything ran; run it anew."
            raise UsageError(message, hint=hint)
    return tuple((folder, broken) for folder, broken in found if broken is not None)


def _call_of(folder: Path) -> str:
    begin = next((line for line, _ in _lines(folder) if isinstance(line, RunBegin)), None)
    return begin.call if begin else ""


def read_broken_run(folder: Path) -> BrokenRun | None:
    """Return how far a run came that was broken off; None when nothing of it had begun.

    Args:
        folder: Of the run, with its journal in it.

    Raises:
        UsageError: It still runs.
    """
    _locked(folder).release()
    begins: list[RunBegin] = []
    started: set[Key] = set()
    results: dict[Key, ScenarioResult] = {}
    breaks: list[RunBreak] = []
    unmarked: dict[Key, ScenarioResult] = {}
    for line, is_ours in _lines(folder):
        match line:
            case RunBegin():
                begins.append(line)
            case ScenarioEnd() if not is_ours:
                unmarked[line.integration, line.scenario] = line.result
            case ScenarioBegin():
                started.add((line.integration, line.scenario))
            case ScenarioEnd():
                results[line.integration, line.scenario] = line.result
            case RunGoesOn():
                breaks.append(RunBreak(resumed_at=line.resumed_at, kept=line.kept))
    if not begins:
        return None
    return BrokenRun(
        begin=begins[0],
        results=results,
        half_done=frozenset(started - results.keys()),
        breaks=tuple(breaks),
        unmarked=unmarked,
    )


def _lines(folder: Path) -> Iterator[tuple[RunLine, bool]]:
    """Yield each line that can be read, and whether the harness wrote it here, in this order."""
    path = folder / JOURNAL
    marker = LineMarker(folder.resolve().name)
    last = 0
    for number, raw in enumerate(path.read_bytes().split(b"\n"), start=1):
        mark = marker.number_of(raw)
        is_ours = mark is not None and mark > last
        last = max(last, mark or 0)
        try:
            kind = _LINES[json.loads(raw)["kind"]]
            yield load_json(kind, raw, name=f"{path}:{number}"), is_ours
        except (ValueError, LookupError, TypeError, DocumentError):
            continue  # an empty line, or half of one
