"""The journal of what a run wrote into a shared environment: one line a fact, on disk at once."""

import json
import os
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from koppeling_harness.document import dump_json, load_json
from koppeling_harness.errors import ConfigurationError, DocumentError
from koppeling_harness.model.exchange import Sender
from koppeling_harness.model.journal import (
    Fate,
    JournalAnswer,
    JournalFate,
    JournalLine,
    JournalRun,
    JournalScenario,
    JournalWrite,
    WriteKind,
    Written,
)
from koppeling_harness.value import dataclass

_FOLDER = "journal"
_FOR_A_PERSON = frozenset({Fate.LEFT, Fate.NEUTRALISED})
_LINES: Mapping[str, type[Any]] = {
    "run": JournalRun,
    "scenario": JournalScenario,
    "write": JournalWrite,
    "answer": JournalAnswer,
    "fate": JournalFate,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundJournal:
    """A journal of an earlier run.

    Attributes:
        path: The file.
        run: Which run wrote it.
        started: Integration and scenario of each scenario that began.
        written: Every write, in order.
    """

    path: Path
    run: JournalRun
    started: tuple[tuple[str, str], ...]
    written: tuple[Written, ...]

    @property
    def unsettled(self) -> tuple[Written, ...]:
        """What may still stand in the environment because of the run."""
        return tuple(each for each in self.written if is_unsettled(each))


def is_unsettled(written: Written) -> bool:
    """Return whether a write made something that nothing was done about yet."""
    return (
        written.line.write is WriteKind.CREATE and written.fate is None and not written.is_refused
    )


class CreationJournal:
    """A journal that is being written. While it is open, no other run touches what it made.

    Args:
        folder: Of the environment on this machine.
        run: Which run writes it; an earlier journal of the same run is gone on with.

    Raises:
        ConfigurationError: The run is being carried out somewhere else on this machine.
    """

    def __init__(self, folder: Path, run: JournalRun) -> None:
        place = folder / _FOLDER
        place.mkdir(parents=True, exist_ok=True)
        self._path = place / f"{run.run_id}.jsonl"
        self._lock = _locked(self._path)
        if self._lock is None:
            message = f"run {run.run_id} is still being carried out on this machine"
            raise ConfigurationError(message, hint="Wait until it ends, or end it.")
        earlier = read_journal(self._path) if self._path.is_file() else None
        self.started = set(earlier.started) if earlier else set()
        self._written = {each.line.number: each for each in (earlier.written if earlier else ())}
        self._file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        if earlier is None:
            self._append(run)
        else:
            os.write(self._file, b"\n")  # its last line may be half a line

    @property
    def written(self) -> tuple[Written, ...]:
        """Every write until now, in order."""
        return tuple(self._written.values())

    def scenario(self, integration: str, scenario: str) -> None:
        """Note that a scenario begins."""
        self.started.add((integration, scenario))
        self._append(JournalScenario(integration=integration, scenario=scenario))

    def write(
        self,
        kind: WriteKind,
        *,
        sender: Sender,
        scenario: tuple[str, str],
        connector: str,
        keys: tuple[dict[str, str], ...],
        marks: Collection[str],
        at: str,
    ) -> int:
        """Note that a write is about to be sent; return its number."""
        line = JournalWrite(
            number=len(self._written) + 1,
            write=kind,
            sender=sender,
            integration=scenario[0],
            scenario=scenario[1],
            connector=connector,
            keys=keys,
            marks=tuple(sorted(marks)),
            at=at,
        )
        self._written[line.number] = Written(line=line)
        self._append(line)
        return line.number

    def answer(self, number: int, *, status: int, keys: tuple[dict[str, str], ...]) -> None:
        """Note how a write was answered."""
        line = JournalAnswer(number=number, status=status, keys=keys)
        self._written[number].answer = line
        self._append(line)

    def fate(self, number: int, fate: Fate, note: str = "") -> None:
        """Note what became of what a write made."""
        line = JournalFate(number=number, fate=fate, note=note)
        self._written[number].fate = line
        self._append(line)

    def close(self) -> None:
        """Close the file.

        Without anything unsettled it goes: where something was left for a person to decide about
        to the folder `left`, else away.
        """
        if self._lock is None:
            return
        os.close(self._file)
        if not any(is_unsettled(each) for each in self.written):
            if any(each.fate and each.fate.fate in _FOR_A_PERSON for each in self.written):
                kept = self._path.parent / "left"
                kept.mkdir(exist_ok=True)
                self._path.replace(kept / self._path.name)
            else:
                self._path.unlink(missing_ok=True)
        self._lock.release()
        self._lock = None

    def _append(self, line: JournalLine) -> None:
        os.write(self._file, dump_json(line).encode() + b"\n")
        os.fsync(self._file)


def read_journal(path: Path) -> FoundJournal:
    """Read a journal. A last line that was cut off by a crash is passed by.

    Raises:
        DocumentError: It is no journal.
    """
    runs: list[JournalRun] = []
    started: list[tuple[str, str]] = []
    written: dict[int, Written] = {}
    for line in _lines(path):
        match line:
            case JournalRun():
                runs.append(line)
            case JournalScenario():
                started.append((line.integration, line.scenario))
            case JournalWrite():
                written[line.number] = Written(line=line)
            case JournalAnswer():
                written[line.number].answer = line
            case JournalFate():
                written[line.number].fate = line
    if not runs:
        message = f"{path}: expected the journal of a run"
        raise ConfigurationError(message, hint="Remove the file if it holds nothing.")
    return FoundJournal(
        path=path, run=runs[0], started=tuple(started), written=tuple(written.values())
    )


def abandoned_journals(folder: Path) -> Iterator[FoundJournal]:
    """Yield the journals of runs that are over and left something unsettled, oldest first."""
    for path in sorted((folder / _FOLDER).glob("*.jsonl")):
        lock = _locked(path)
        if lock is None:
            continue  # the run is alive
        try:
            found = read_journal(path) if path.stat().st_size else None
        finally:
            lock.release()
        if found is not None and found.unsettled:
            yield found


def left_for_a_person(folder: Path) -> tuple[Path, ...]:
    """Return the journals of runs that left what AFAS does not let one delete."""
    return tuple(sorted((folder / _FOLDER / "left").glob("*.jsonl")))


def _lines(path: Path) -> Iterator[JournalLine]:
    for number, raw in enumerate(path.read_bytes().split(b"\n"), start=1):
        try:
            kind = _LINES[json.loads(raw)["kind"]]
            yield load_json(kind, raw, name=f"{path}:{number}")
        except (ValueError, LookupError, TypeError, DocumentError):
            continue  # an empty line, or half of one: what it was about never happened


def _locked(path: Path) -> FileLock | None:
    lock = FileLock(path.with_suffix(".lock"), thread_local=False)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        return None
    return lock
