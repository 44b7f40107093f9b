"""Everything that ends on a day: what the data file tells, and what change tables take away."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from koppeling_harness.config.settings import Settings
from koppeling_harness.document import load_json, read_text
from koppeling_harness.model.change import ChangeList
from koppeling_harness.model.deadline import Deadline
from koppeling_harness.rules.deadlines import shipped_deadlines
from koppeling_harness.watch.change_table import read_change_table
from koppeling_harness.watch.removals import removals


def deadline_book(settings: Settings, *, day: date) -> tuple[Deadline, ...]:
    """Return what ends, the data file's first, then what the tables of the settings take away.

    Args:
        settings: Of the project; `[releases] changes` names a change table per release.
        day: When they are read.

    Raises:
        DocumentError: A table cannot be read, or holds no changes.
    """
    found = {each.id: each for each in (*shipped_deadlines(), *_of_tables(settings, day))}
    return tuple(found.values())


def _of_tables(settings: Settings, day: date) -> Iterator[Deadline]:
    for label, path in settings.change_tables.items():
        yield from table_deadlines(path, label, settings, day=day)


def table_deadlines(
    path: Path, label: str, settings: Settings, *, day: date
) -> tuple[Deadline, ...]:
    """Return what one change table takes away.

    Args:
        path: A change table of AFAS, or changes that were written as JSON.
        label: Of the release that it is about.
        settings: Of the project; they know when it counts.
        day: When it is read.

    Raises:
        DocumentError: It cannot be read, or holds no changes.
    """
    changes = _changes(path)
    roles = settings.releases
    return removals(
        changes.changes,
        label=label,
        day=roles.rollout.get(label),
        is_past=label in (roles.previous, roles.current),
        source=f"change table of {label}: {path.name}",
        read=day,
    )


def rows_not_understood(path: Path) -> str:
    """Return how many rows of a change table may take something away that is not told; or nothing.

    Args:
        path: A change table of AFAS, or changes that were written as JSON.

    Raises:
        DocumentError: It cannot be read, or holds no changes.
    """
    found = _changes(path).not_understood
    if not found:
        return ""
    rows = "1 row was" if len(found) == 1 else f"{len(found)} rows were"
    return (
        f"{path}: {rows} not understood, the first at {found[0].place}; whom they may touch: "
        f"koppeling updates impact --changes {path}"
    )


def _changes(path: Path) -> ChangeList:
    text = read_text(path, encoding="utf-8-sig")
    if text.lstrip().startswith("{"):
        return load_json(ChangeList, text, name=str(path))
    return read_change_table(text, name=str(path))
