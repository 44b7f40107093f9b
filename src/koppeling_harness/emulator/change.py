"""One line of a body on its way into the database, and what the rules of its object say."""

import json
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from koppeling_harness.emulator.body import Element
from koppeling_harness.emulator.letters import comparable, compared_sql
from koppeling_harness.emulator.messages import Reason, Refusal
from koppeling_harness.emulator.specification import ObjectType
from koppeling_harness.emulator.values import label_of

Values = dict[str, Any]


class Database:
    """The tables of one environment during one transaction.

    Args:
        connection: The environment's connection.
        now: The moment of the change, as stored.
        settings: The environment's switches.
    """

    def __init__(
        self, connection: sqlite3.Connection, *, now: str, settings: Mapping[str, str]
    ) -> None:
        self.connection = connection
        self.now = now
        self.settings = settings
        self.events: list[tuple[str, Values]] = []
        """What webhooks tell, once the transaction has been kept."""
        self.user = ""
        """The connector's user."""

    def one(self, sql: str, *parameters: Any) -> Any:
        """Return the first column of the first row, None without a row."""
        row = self.connection.execute(sql, parameters).fetchone()
        return row[0] if row else None

    def row(self, table: str, where: str, *parameters: Any) -> Values | None:
        """Return one row by its columns and its `data`, with its id as `rowid`; None if absent."""
        cursor = self.connection.execute(
            f"SELECT rowid AS rowid, * FROM {table} WHERE {where} LIMIT 1",  # noqa: S608
            parameters,
        )
        found = cursor.fetchone()
        if found is None:
            return None
        values = dict(zip((each[0] for each in cursor.description), found, strict=True))
        data = values.pop("data", None)
        return values | json.loads(data) if data else values

    def next_number(self, name: str, start: int = 1) -> int:
        """Return the next number of a series."""
        self.connection.execute(
            "INSERT INTO sequence VALUES (?, ?) ON CONFLICT DO UPDATE SET value = value + 1",
            (name, start),
        )
        return int(self.one("SELECT value FROM sequence WHERE name = ?", name))

    def insert(self, table: str, values: Values) -> int:
        """Add a row, created and modified now; return its row id."""
        columns, data = self._split(table, values)
        columns |= {"created": self.now, "modified": self.now}
        if data:
            columns["data"] = json.dumps(data, ensure_ascii=False)
        sql = _insert_sql(table, tuple(columns))
        return int(self.connection.execute(sql, tuple(columns.values())).lastrowid or 0)

    def update(self, table: str, rowid: int, values: Values) -> None:
        """Change a row, modified now."""
        columns, data = self._split(table, values)
        columns["modified"] = self.now
        if data:
            old = self.one(f"SELECT data FROM {table} WHERE rowid = ?", rowid)  # noqa: S608
            kept = json.loads(old) if old else {}
            columns["data"] = json.dumps(kept | data, ensure_ascii=False)
        changes = ", ".join(f"{_quoted(name)} = ?" for name in columns)
        sql = f"UPDATE {table} SET {changes} WHERE rowid = ?"  # noqa: S608
        self.connection.execute(sql, [*columns.values(), rowid])

    def delete(self, table: str, rowid: int) -> None:
        """Remove a row for good."""
        self.connection.execute(f"DELETE FROM {table} WHERE rowid = ?", (rowid,))  # noqa: S608

    def has_code(self, kind: str, id_: Any) -> bool:
        """Return whether a code table holds a code."""
        return self.code(kind, id_) is not None

    def code(self, kind: str, id_: Any) -> str | None:
        """Return a code as its table spells it; None when it is not there."""
        wanted, is_plain = comparable(str(id_))
        found = self.one(_spelled_sql("code", "id", "kind = ? AND ", is_plain), kind, wanted)
        return None if found is None else str(found)

    def spelled(self, table: str, column: str, value: Any) -> Any:
        """Return a key as its table spells it, whatever its case; None when it is not there."""
        if not isinstance(value, str):
            column = _quoted(column)
            return self.one(f"SELECT {column} FROM {table} WHERE {column} = ?", value)  # noqa: S608
        wanted, is_plain = comparable(value)
        return self.one(_spelled_sql(table, column, "", is_plain), wanted)

    def referred(self, target: str, value: Any) -> Any:
        """Return what a value refers to as it is spelled there; None when it refers to nothing.

        Args:
            target: `table.column`, or the kind of a code table.
            value: It.
        """
        if not isinstance(value, str):
            table, _, column = target.partition(".")
            return self.spelled(table, column, value) if column else self.code(table, value)
        wanted, is_plain = comparable(value)
        sql, kind = _reference(target, is_plain)
        found = self.connection.execute(sql, (*kind, wanted)).fetchone()
        return found[0] if found else None

    def _split(self, table: str, values: Values) -> tuple[Values, Values]:
        known = columns_of(self.connection, table)
        if values.keys() <= known:
            return dict(values), {}
        columns: Values = {}
        data: Values = {}
        for name, value in values.items():
            (columns if name in known else data)[name] = value
        return columns, data


@lru_cache(maxsize=256)
def _spelled_sql(table: str, column: str, condition: str, is_plain: bool) -> str:  # noqa: FBT001 - a keyword would cost
    name = _quoted(column)
    compared = compared_sql(name, is_plain=is_plain)
    return f"SELECT {name} FROM {table} WHERE {condition}{compared} = ?"  # noqa: S608


@lru_cache(maxsize=256)
def _reference(target: str, is_plain: bool) -> tuple[str, tuple[str, ...]]:  # noqa: FBT001 - a keyword would cost
    table, _, column = target.partition(".")
    if column:
        return _spelled_sql(table, column, "", is_plain), ()
    return _spelled_sql("code", "id", "kind = ? AND ", is_plain), (target,)


@lru_cache(maxsize=256)
def _insert_sql(table: str, names: tuple[str, ...]) -> str:
    columns, values = ", ".join(map(_quoted, names)), ", ".join("?" * len(names))
    return f"INSERT INTO {table} ({columns}) VALUES ({values})"  # noqa: S608


_COLUMNS: dict[str, frozenset[str]] = {}


def columns_of(connection: sqlite3.Connection, table: str) -> frozenset[str]:
    """Return the columns of a table; the schema is the same in every environment."""
    found = _COLUMNS.get(table)
    if found is None:
        rows = connection.execute(f"PRAGMA table_info({table})").fetchall()
        found = _COLUMNS[table] = frozenset(row[1] for row in rows)
    return found


def _quoted(name: str) -> str:
    return f'"{name}"'


@dataclass(slots=True, kw_only=True)
class Change:
    """One element: what is to be done with it, and what is known of it."""

    database: Database
    type: ObjectType
    table: str
    """Where its row is; empty for an object that has none."""
    element: Element
    action: str
    values: Values
    """The fields sent, as stored; rules add to them and take from them."""
    parent: "Change | None" = None
    row: Values | None = None
    """The stored row: before a change or deletion, and after every action."""
    inner: dict[str, "Change"] = field(default_factory=dict)
    """The sub-objects that were handled before this one, by name."""
    renamed: Values = field(default_factory=dict)
    """Keys that become something else."""

    @property
    def inserting(self) -> bool:
        """Whether a row is added."""
        return self.action == "insert"

    def take(self, name: str) -> Any:
        """Remove and return a field that steers the change and is not stored."""
        return self.values.pop(name, None)

    def current(self, name: str) -> Any:
        """Return what a field will be: as sent, else as stored."""
        if name in self.values:
            return self.values[name]
        return self.row.get(name) if self.row else None

    def label(self, name: str) -> tuple[str, str]:
        """Return how messages call a field."""
        known = self.type.by_id.get(name.lower())
        return label_of(known) if known else (name, name)

    def need(self, *names: str) -> None:
        """Refuse when one of the fields has no value.

        Raises:
            Refusal: One is empty.
        """
        for name in names:
            if self.current(name) is None:
                raise Refusal(Reason.MANDATORY, label=self.label(name))

    def does_not_exist(self, name: str) -> Refusal:
        """Return the refusal of a value that refers to nothing."""
        return Refusal(Reason.DOES_NOT_EXIST, label=self.label(name))


Rule = Callable[[Change], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How one object is stored and what it asks.

    The order of things: `resolve`, find the row, sub-objects in `first`, `prepare`, checks,
    write, other sub-objects, `finish`.
    """

    table: str
    """Empty for an object that has no row of its own."""
    keys: tuple[str, ...] = ()
    """Fields that name a line, within its parent."""
    link: Mapping[str, str] = field(default_factory=dict)
    """Columns filled from the parent's row: own column to parent's."""
    mandatory: tuple[str, ...] = ()
    """Fields that an insert needs."""
    references: Mapping[str, str] = field(default_factory=dict)
    """Field to what it must exist in: `table.column`, or the kind of a code table."""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    first: frozenset[str] = frozenset()
    single: bool = False
    """Whether only one line may be sent."""
    row_id: str | None = None
    """The field that is the row id itself."""
    resolve: Rule | None = None
    prepare: Rule | None = None
    finish: Rule | None = None
    open_codes: frozenset[str] = frozenset()
    """Fields whose closed list in the catalogue is a table of AFAS's own environment."""
