"""More rows of a GetConnector than are asked for at once, whatever it is about.

Rows are added when they are asked for: then it is known how many a page is, and which filter they
have to meet. What is added are copies of rows that are there, under keys of their own, with the
rows that belong to them; so each refers to the same records as the one that it was copied from.
"""

import json
import re
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from koppeling_harness.emulator.definition import Definition
from koppeling_harness.model.scenario import Between, Filling
from koppeling_harness.value import dataclass

_NUMBER = re.compile(r"(.*?)([0-9]*)")
_PAGES = 2
_BEYOND = 7
"""Two full pages and some rows: the third, the last one, is neither full nor empty."""
_MOST = 100_000

_KEYS = {"code": "id", "article": "ItCd"}
"""The column that tells two rows apart, where it is not the last one of the first unique index."""
_NUMBERED = {"GuLi": "{:032X}", "GUID": "{:032X}", "InId": "F-{}"}
"""Columns by which rows are told apart outside, and the form of a new value; empty ones stay so."""
_BELONGING = {
    "employee": (("contract", "EmId"), ("orgunit_function", "EmId"), ("timetable", "EmId")),
    "sales_order": (("sales_line", "OrNu"),),
    "subject": (("subject_link", "SbId"),),
}
"""Tables whose rows belong to a row of another one, and the column that both have."""

_FIRST_ROWS = {
    "profit_illness": "INSERT INTO illness (EmId, EnSe, DaBe, ViIt, created, modified) "
    "SELECT EmId, 1, '2026-10-05T00:00:00', 'Z', created, modified FROM employee LIMIT 1",
    "profit_creditor_invoices": "INSERT INTO journal_line (UnId, EnNo, SeNo, Year, Peri, JoCo, "
    "VaAs, AcNr, AmDe, AmCr, EnDa, BpDa, BpNr, InId, Ds, created, modified) SELECT UnId, "
    "(SELECT max(EnNo) + 1 FROM journal_line), 1, Year, Peri, '50', '3', (SELECT CrId FROM "
    "purchase_relation LIMIT 1), 0, 121, EnDa, BpDa, 'I1', 'I1', 'Inkoopfactuur', created, "
    "modified FROM journal_line WHERE VaAs = '1' LIMIT 1",
}
"""Where the demo company has none, a row to copy, by supplied GetConnector."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a read asks of a GetConnector.

    Attributes:
        conditions: SQL that rows must meet.
        parameters: Of those conditions.
        order: SQL of the order that the rows come in.
        skip: Rows that are passed over.
        take: Rows that are asked for.
        is_look_up: Whether a field must equal a value.
        is_later: Whether it reads on from a row by its key.
    """

    conditions: Sequence[str]
    parameters: Sequence[Any]
    order: str
    skip: int
    take: int
    is_look_up: bool
    is_later: bool


class Filler:
    """Fills one environment while it is read.

    Args:
        filling: What a scenario asks for.
        now: Tells the present moment as rows keep it.
    """

    def __init__(self, filling: Filling, now: Callable[[], str]) -> None:
        self._connectors = {each.lower() for each in filling.connectors}
        self._rows = filling.rows
        self._between = filling.between_pages
        self._now = now
        self._filled: set[str] = set()
        self._disturbed: set[str] = set()

    def before(self, connection: sqlite3.Connection, definition: Definition, asked: Asked) -> None:
        """See to it that there is more than is asked for, before it is answered."""
        name = definition.id.lower()
        if self._connectors and name not in self._connectors:
            return
        if not definition.alias or asked.take <= 1:
            return  # rows that are worked out of others, and the first one of any
        if name in self._filled:
            if (asked.skip > 0 or asked.is_later) and name not in self._disturbed:
                self._disturbed.add(name)
                self._disturb(connection, definition, asked)
            return
        # of rows that move up by one the border of one page shows it
        pages = 1 if self._between is Between.INSERTED else _PAGES
        wanted = max(self._rows or 0, min(asked.take * pages, _MOST) + _BEYOND)
        found = self._row_ids(connection, definition, asked, wanted)
        if not found and definition.collection in _FIRST_ROWS:
            connection.execute(_FIRST_ROWS[definition.collection])
            found = self._row_ids(connection, definition, asked, wanted)
        if not found or (asked.is_look_up and len(found) == 1):
            return
        self._filled.add(name)
        if len(found) < wanted:
            copy_rows(connection, definition.source.split()[0], found, wanted - len(found))

    def _row_ids(
        self, connection: sqlite3.Connection, definition: Definition, asked: Asked, most: int
    ) -> list[int]:
        where = f" WHERE {' AND '.join(asked.conditions)}" if asked.conditions else ""
        sql = (
            f"SELECT {definition.alias}.rowid FROM {definition.source}{where} "  # noqa: S608
            f"ORDER BY {asked.order} LIMIT {most}"
        )
        return [row for (row,) in connection.execute(sql, asked.parameters)]

    def _disturb(
        self, connection: sqlite3.Connection, definition: Definition, asked: Asked
    ) -> None:
        """Change or remove the row that came first, or add one before it."""
        if self._between is None:
            return
        first = self._row_ids(connection, definition, asked, 1)
        table = definition.source.split()[0]
        # names of our own schema; values are bound
        if self._between is Between.INSERTED:
            copy_rows(connection, table, first, 1, before=True)
        elif self._between is Between.REMOVED:
            connection.executemany(
                f"DELETE FROM {table} WHERE rowid = ?",  # noqa: S608
                [(each,) for each in first],
            )
        elif "modified" in _columns(connection, table):
            connection.executemany(
                f"UPDATE {table} SET modified = ? WHERE rowid = ?",  # noqa: S608
                [(self._now(), each) for each in first],
            )


def copy_rows(
    connection: sqlite3.Connection,
    table: str,
    row_ids: Sequence[int],
    count: int,
    *,
    before: bool = False,
) -> None:
    """Add copies of rows, each under a key of its own, with the rows that belong to them.

    Args:
        connection: The environment's database.
        table: Of our own schema.
        row_ids: Rows to copy, one after the other and again from the first.
        count: How many copies.
        before: Whether the new keys come before the others, where there is room.
    """
    columns = _columns(connection, table)
    names = [name for name, is_row_id in columns.items() if not is_row_id]
    own = next((name for name, is_row_id in columns.items() if is_row_id), "")
    key = _key(connection, table)
    sources = _sources(connection, table, names, row_ids)
    new_ids = _next(connection, table, "rowid", count, ())
    texts = [source[names.index(key)] for source in sources] if key else ()
    new_keys = _next(connection, table, key, count, texts) if key else [None] * count
    if before:
        new_ids = _previous(connection, table, own or "rowid", new_ids)
        new_keys = _previous(connection, table, key, new_keys) if key else new_keys
    numbered = [(at, _NUMBERED[name]) for at, name in enumerate(names) if name in _NUMBERED]
    made: list[tuple[Any, ...]] = []
    keys_of_copies: list[tuple[Any, Any]] = []
    row_ids_of_copies: list[tuple[Any, Any]] = []
    for at in range(count):
        row_id, source = row_ids[at % len(row_ids)], list(sources[at % len(sources)])
        row_ids_of_copies.append((new_ids[at], row_id))
        if key:
            keys_of_copies.append((new_keys[at], source[names.index(key)]))
            source[names.index(key)] = new_keys[at]
        for place, form in numbered:
            if source[place] is not None:
                source[place] = form.format(new_ids[at])
        made.append((new_ids[at], *source))
    marks = ", ".join("?" * (len(names) + 1))
    shown = ", ".join(f'"{name}"' for name in names)
    # one transaction, and one statement per table: thousands of rows in half of the time
    connection.execute("BEGIN")
    with connection:
        connection.executemany(
            f"INSERT INTO {table} (rowid, {shown}) VALUES ({marks})",  # noqa: S608
            made,
        )
        for belonging, column in _BELONGING.get(table, ()):
            new_old = row_ids_of_copies if column == own else keys_of_copies
            _copy_belonging(connection, belonging, column, new_old)


def _copy_belonging(
    connection: sqlite3.Connection,
    table: str,
    column: str,
    new_old: Iterable[tuple[Any, Any]],
) -> None:
    names = [
        f'"{name}"'
        for name, is_row_id in _columns(connection, table).items()
        if not is_row_id and name != column
    ]
    shown = ", ".join(names)
    # CROSS JOIN: copy by copy, so that rows are numbered in that order
    connection.execute(
        f'INSERT INTO {table} ("{column}", {shown}) '  # noqa: S608
        f"SELECT json_extract(pair.value, '$[0]'), {shown} FROM json_each(?) AS pair "
        f"CROSS JOIN {table} WHERE \"{column}\" = json_extract(pair.value, '$[1]')",
        (json.dumps(list(new_old)),),
    )


def _sources(
    connection: sqlite3.Connection, table: str, names: Sequence[str], row_ids: Sequence[int]
) -> list[tuple[Any, ...]]:
    shown = ", ".join(f'"{name}"' for name in names)
    return [
        row
        for each in row_ids
        for row in connection.execute(
            f"SELECT {shown} FROM {table} WHERE rowid = ?",  # noqa: S608
            (each,),
        )
    ]


def _columns(connection: sqlite3.Connection, table: str) -> dict[str, bool]:
    """Return the columns of a table, and of each whether it is the row id."""
    return {
        name: bool(key) and kind == "INTEGER"
        for _, name, kind, _, _, key in connection.execute(f'PRAGMA table_info("{table}")')
    }


def _key(connection: sqlite3.Connection, table: str) -> str:
    """Return the column that must differ between two rows beside the row id; empty for none."""
    if table in _KEYS:
        return _KEYS[table]
    for _, index, is_unique, _, _ in connection.execute(f'PRAGMA index_list("{table}")'):
        if is_unique:
            columns = connection.execute(f'PRAGMA index_info("{index}")').fetchall()
            return str(columns[-1][2])
    return ""


def _next(
    connection: sqlite3.Connection, table: str, column: str, count: int, texts: Sequence[Any]
) -> list[Any]:
    """Return values that no row has, of the form that the others have."""
    shown = column if column == "rowid" else f'"{column}"'
    there = [
        value
        for (value,) in connection.execute(
            f"SELECT {shown} FROM {table} WHERE {shown} IS NOT NULL"  # noqa: S608
        )
    ]
    if all(isinstance(each, int) for each in there):
        first = max(there, default=0) + 1
        return list(range(first, first + count))
    if all(str(each).isdecimal() for each in there):
        width = max(len(str(each)) for each in there)
        first = max(int(each) for each in there) + 1
        connection.execute(
            "UPDATE sequence SET value = max(value, ?) WHERE name = ?", (first + count, column)
        )
        return [f"{first + at:0{width}d}" for at in range(count)]
    if all(_day(each) for each in there):
        first_day = min(day for each in there if (day := _day(each)))
        tail = str(there[0])[10:]
        return [f"{first_day - timedelta(days=at + 1)}{tail}" for at in range(count)]
    return _numbered(texts, {str(each).lower() for each in there}, count)


def _previous(
    connection: sqlite3.Connection, table: str, column: str, new: Sequence[Any]
) -> list[Any]:
    """Return values before the lowest that there is, as far as there is one; else those given."""
    shown = column if column == "rowid" else f'"{column}"'
    (lowest,) = connection.execute(f"SELECT min({shown}) FROM {table}").fetchone()  # noqa: S608
    head, digits = _NUMBER.fullmatch(str(lowest)).groups()  # type: ignore[union-attr]
    made = [
        f"{head}{int(digits) - at:0{len(digits)}d}" if digits and int(digits) >= at else other
        for at, other in enumerate(new, start=1)
    ]
    return [int(each) if isinstance(lowest, int) else each for each in made]


def _numbered(texts: Sequence[Any], there: set[str], count: int) -> list[str]:
    made: list[str] = []
    number = 0
    while len(made) < count:
        number += 1
        text = f"{str(texts[len(made) % len(texts)])[:8]}{number}"
        if text.lower() not in there:
            made.append(text)
    return made


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None
