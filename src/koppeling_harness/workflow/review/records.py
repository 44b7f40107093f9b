"""Hold run records against themselves: `koppeling records check`."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from koppeling_harness.clock import Clock
from koppeling_harness.config.settings import load_settings
from koppeling_harness.errors import ConfigurationError, NothingToRunError
from koppeling_harness.model.result_id import TRAFFIC
from koppeling_harness.report.clean import one_line
from koppeling_harness.rules.standing import as_recorded, weigh
from koppeling_harness.scenario.known_lists import list_book
from koppeling_harness.store.runs import CheckedRecord, records_below
from koppeling_harness.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedFile:
    """One record, and what is said of it.

    Attributes:
        path: Its file.
        problems: Each objection with its place; empty when there is none.
        notes: What a reader should know and is no objection.
    """

    path: Path
    problems: tuple[Mapping[str, str], ...]
    notes: tuple[str, ...]


def check(paths: Sequence[Path], *, clock: Clock, folder: Path = Path()) -> tuple[CheckedFile, ...]:
    """Return every record that some paths mean, checked.

    Args:
        paths: Records, and folders with records below them.
        clock: Tells what lies in the future.
        folder: The project, whose settings hold.

    Raises:
        ConfigurationError: A path does not exist.
        NothingToRunError: There is no record.
        DocumentError: The settings have problems.
    """
    book = list_book(load_settings(folder).lists)
    for path in paths:
        if not path.exists():
            message = f"{path}: expected a run record or a folder of them, found nothing"
            raise ConfigurationError(message)
    found = [
        _file(each) for path in paths for each in records_below(path, now=clock.now(), book=book)
    ]
    if not found:
        message = f"no run record below {', '.join(map(str, paths))}"
        raise NothingToRunError(message, hint="`koppeling run` writes one as run.json.")
    return tuple(found)


def as_plain(checked: Sequence[CheckedFile]) -> list[dict[str, Any]]:
    """Return what was found as JSON has it: one object per record."""
    return [
        {
            "record": str(each.path),
            "holds": not each.problems,
            "objections": [dict(one) for one in each.problems],
            "notes": list(each.notes),
        }
        for each in checked
    ]


def as_text(checked: Sequence[CheckedFile]) -> str:
    """Return what was found for a person: a line per record, and one per objection or note."""
    lines = []
    for each in checked:
        lines.append(one_line(f"{each.path}: {'does not hold' if each.problems else 'holds'}"))
        said = [f"{one['place']}: {one['message']}" for one in each.problems]
        lines += (f"    {one_line(text)}" for text in (*said, *each.notes))
    wrong = sum(bool(each.problems) for each in checked)
    return "\n".join([*lines, f"{len(checked)} records, {wrong} of them do not hold"])


def _file(each: CheckedRecord) -> CheckedFile:
    start = f"{each.path}: "
    problems = tuple(
        {"place": one.where.removeprefix(start), "message": one.message} for one in each.problems
    )
    notes = () if each.problems or each.plain is None else tuple(_notes(each))
    return CheckedFile(path=each.path, problems=problems, notes=notes)


def _notes(each: CheckedRecord) -> Iterator[str]:
    if not (each.path.parent / TRAFFIC).is_dir():
        yield "its traffic is not there"
    for run in each.results:
        weighed = weigh(run, who=None, held_until=as_recorded, as_of=run.date)
        list_ = run.list_word.name.en if run.list_word else "unknown list"
        lesser = "; ".join(one.en for one in weighed.lesser)
        yield (
            f"{run.integration} {run.version} on {run.release}: {weighed.outcome}, "
            + (f"does not count: {lesser}" if lesser else f"whole, {list_}")
        )
        if run.identity is None:
            yield f"{run.integration}: identity not recorded"
