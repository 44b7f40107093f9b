"""Answering a GetConnector: paging, order and the rows as JSON text.

SQLite itself writes each row as JSON, which is several times quicker than building it in Python.

Source: AFAS, docs.afas.help/profit/en/get-connector.
"""

import random
import re
import sqlite3
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from koppeling_harness.clock import Clock
from koppeling_harness.emulator.authorisation import Conditions
from koppeling_harness.emulator.definition import Column, Definition, row_json
from koppeling_harness.emulator.filling import Asked, Filler
from koppeling_harness.emulator.filters import (
    NOTATION,
    Alternatives,
    Condition,
    FilterCompiler,
    column_of,
    read_compact,
    read_json,
    split_names,
)
from koppeling_harness.emulator.letters import order_sql
from koppeling_harness.emulator.literals import page_number
from koppeling_harness.emulator.messages import Reason, Refusal
from koppeling_harness.emulator.page_index import FROM_SKIP, PageIndex
from koppeling_harness.value import dataclass

_DEFAULT_TAKE = 100
_MOST_ROWS = 2**62
_STEPS_BETWEEN_LOOKS = 20_000
"""Steps of SQLite's machine between two looks at the clock, about a millisecond."""

_EQUAL, _AFTER = 1, frozenset({2, 4})

_MOST_ORDERS = 256
"""Orders that are remembered; a client uses a few."""

_SQL_DECIMAL = re.compile('"\x01([^"]*)"')
_MARK = "char(1)"


class GetExecutor:
    """Answers GetConnectors of one environment.

    Args:
        settings: The environment's switches.
        seed: For the order of shuffled pages.
        clock: Measures how long a query takes.
    """

    limit_s = 900.0
    """How long a query may take (source: AFAS, docs.afas.help/profit/en/troubleshooting)."""

    def __init__(self, settings: Mapping[str, str], *, seed: int, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._ends_s = 0.0
        self._compiler = FilterCompiler(settings)
        self._left_to_right = settings["filter_precedence"] == "left_to_right"
        # only where it is used: to seed one takes longer than to make all else of this
        shuffled = settings["unordered_paging"] == "shuffled"
        self._random = random.Random(seed) if shuffled else None  # noqa: S311 - no secret
        self._pages = PageIndex()
        self._selects: dict[int, tuple[Definition, str]] = {}
        self.filler: Filler | None = None
        """Adds rows to what the integration reads, where a scenario asks for it."""
        self._orders: dict[tuple[int, str], _Order] = {}

    def rows(
        self,
        connection: sqlite3.Connection,
        definition: Definition,
        query: Mapping[str, str],
        authorised: Conditions = (),
        *,
        fills: bool = False,
    ) -> str:
        """Return the answer's body.

        Args:
            connection: The environment's database.
            definition: The connector.
            query: The parameters, their names in lower case.
            authorised: What rows must meet for the user to see them.
            fills: Whether rows may be added to what is asked for.

        Raises:
            Refusal: The parameters ask for something that cannot be.
        """
        if definition.blocked:
            raise Refusal(Reason.GET_BLOCKED)
        self._ends_s = self._clock.elapsed_s() + self.limit_s
        connection.set_progress_handler(self._is_over_time, _STEPS_BETWEEN_LOOKS)
        skip, take = self._page(query)
        parameters: list[Any] = []
        conditions = [definition.where] if definition.where else []
        fixed = (*definition.fixed_filters, *authorised)
        conditions += self._conditions(definition, query, parameters, fixed)
        order = self._order(connection, definition, query)
        if fills and self.filler is not None:
            asked = self._asked(query, conditions, parameters, order.sql, (skip, take))
            self.filler.before(connection, definition, asked)
        if skip >= FROM_SKIP and order.row_id and "JOIN" not in definition.source:
            found = self._deep(connection, definition, conditions, order, parameters, (skip, take))
        else:
            limit = _MOST_ROWS if take == -1 else take
            found = self._ask(
                connection, definition, conditions, order, [*parameters, limit, max(skip, 0)]
            )
        return self._body(skip, take, found)

    def _asked(
        self,
        query: Mapping[str, str],
        conditions: list[str],
        parameters: list[Any],
        order: str,
        page: tuple[int, int],
    ) -> Asked:
        operators = {each.operator for group in self._filter(query) for each in group}
        return Asked(
            conditions=tuple(conditions),
            parameters=tuple(parameters),
            order=order,
            skip=page[0],
            take=page[1],
            is_look_up=_EQUAL in operators,
            is_later=not _AFTER.isdisjoint(operators),
        )

    def _ask(
        self,
        connection: sqlite3.Connection,
        definition: Definition,
        conditions: list[str],
        order: "_Order",
        parameters: list[Any],
    ) -> list[tuple[str, ...]]:
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        sql = f"{self._select(definition)}{where} ORDER BY {order.sql} LIMIT ? OFFSET ?"
        try:
            return connection.execute(sql, parameters).fetchall()
        except MemoryError:
            raise Refusal(Reason.OUT_OF_MEMORY) from None
        except sqlite3.OperationalError as error:
            if str(error) != "interrupted":
                raise
            raise Refusal(Reason.TIMEOUT) from None

    def _is_over_time(self) -> bool:
        return self._clock.elapsed_s() > self._ends_s

    def _deep(
        self,
        connection: sqlite3.Connection,
        definition: Definition,
        conditions: list[str],
        order: "_Order",
        parameters: list[Any],
        page: tuple[int, int],
    ) -> list[tuple[str, ...]]:
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        start = self._pages.start(
            connection,
            rows=f"FROM {definition.source}{where}",
            row_id=order.row_id,
            descending=order.descending,
            parameters=parameters,
            skip=page[0],
        )
        if start is None:
            return []
        sign = "<=" if order.descending else ">="
        return self._ask(
            connection,
            definition,
            [*conditions, f"{order.row_id} {sign} ?"],
            order,
            [*parameters, start[0], page[1], start[1]],
        )

    def _page(self, query: Mapping[str, str]) -> tuple[int, int]:
        """Return effective skip and take; -1 and -1 mean everything.

        Source: AFAS, get-connector page; github.com/rmuit/PracticalAfas for the odd values.
        """
        skip = _number(query.get("skip"), 0)
        take = _number(query.get("take"), _DEFAULT_TAKE)
        if skip == -1:
            return -1, -1
        if skip < -1:
            skip = 0
        if take < 0:
            if skip > 0:
                raise Refusal(Reason.UNEXPECTED, why="take=-1 goes with skip=-1 or skip=0 only")
            return (-1, -1) if take == -1 else (0, _DEFAULT_TAKE)
        if take == 0:
            take = {"one": 1, "none": 0, "default": _DEFAULT_TAKE}[self._settings["take_zero"]]
        return skip, take

    def _conditions(
        self,
        definition: Definition,
        query: Mapping[str, str],
        parameters: list[Any],
        fixed: Conditions,
    ) -> list[str]:
        conditions = [
            self._compiler.condition(
                column,
                Condition(field=each.field, operator=NOTATION[each.operator], value=each.value),
                parameters,
            )
            for column, each in fixed
        ]
        alternatives = self._filter(query)
        if alternatives:
            sql, values = self._compiler.where(definition, alternatives)
            conditions.append(f"({sql})")
            parameters.extend(values)
        return conditions

    def _filter(self, query: Mapping[str, str]) -> Alternatives:
        as_json = query.get("filterjson")
        if as_json:
            if self._settings["filterjson_encoding"] == "once_or_twice":
                as_json = unquote(as_json) if as_json.lower().startswith("%7b") else as_json
            return read_json(as_json)
        fields = query.get("filterfieldids")
        if not fields:
            return []
        return read_compact(
            fields,
            query.get("filtervalues", ""),
            query.get("operatortypes"),
            left_to_right=self._left_to_right,
        )

    def _order(
        self, connection: sqlite3.Connection, definition: Definition, query: Mapping[str, str]
    ) -> "_Order":
        wanted = query.get("orderbyfieldids", "")
        fixed = definition.row_order
        if not wanted:
            if self._random is not None:
                # A new linear map of the row ids for every request: pages overlap and miss.
                factor = self._random.randrange(3, 2**20, 2)
                return _Order(sql=f"({fixed} * {factor}) % 1048573")
            return _Order(sql=fixed, row_id=fixed)
        asked = id(definition), wanted  # which lives on in `_selects`, so the id stays its own
        known = self._orders.get(asked)
        if known is None:
            known = self._order_by(connection, definition, wanted)
            if id(definition) in self._selects and len(self._orders) < _MOST_ORDERS:
                self._orders[asked] = known
        return known

    def _order_by(
        self, connection: sqlite3.Connection, definition: Definition, wanted: str
    ) -> "_Order":
        terms: list[str] = []
        for name in _order_names(wanted):
            down = name.startswith("-")
            column = self._order_column(definition, name.lstrip("-"))
            if column.sql == _row_id_column(connection, definition):
                # Unique: what follows cannot matter.
                sql = f"{column.sql}{' DESC' if down else ''}"
                row_id = "" if terms else column.sql
                return _Order(sql=", ".join([*terms, sql]), row_id=row_id, descending=down)
            sql = order_sql(column.sql) if column.type == "s" else column.shown
            terms.append(f"{sql}{' DESC' if down else ''}")
        return _Order(sql=", ".join([*terms, definition.row_order]))

    def _order_column(self, definition: Definition, name: str) -> Column:
        if "." in name and "[" not in name and self._settings["dotted_names"] == "bracketed":
            raise Refusal(Reason.INVALID_INDEX)
        return column_of(definition, name)

    def _select(self, definition: Definition) -> str:
        known = self._selects.get(id(definition))
        if known is None:
            rendered = {each.id: self._rendered(each) for each in definition.columns}
            rows = ", ".join(row_json(definition, rendered))
            known = definition, f"SELECT {rows} FROM {definition.source}"  # noqa: S608 - our own names
            self._selects[id(definition)] = known  # keeps the definition, so the id stays its own
        return known[1]

    def _rendered(self, column: Column) -> str:
        sql = column.shown
        if column.type == "b":
            return f"json(CASE {sql} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END)"
        if column.type == "d":
            return f"{sql} || 'Z'"
        if column.type == "t":
            shown = f"substr({sql}, 1, 19) || 'Z'"
            if self._settings["datetime_output"] == "truncated":
                return shown
            return (
                f"CASE WHEN substr({sql}, 21, 1) < '5' THEN {shown} "
                f"ELSE strftime('%Y-%m-%dT%H:%M:%SZ', {sql}, '+0.5 seconds') END"
            )
        if column.type == "n" and self._settings["decimals"] == "sql":
            # Marked here and unquoted in `_body`: -.5 cannot pass through JSON functions.
            plain = f"rtrim(rtrim(printf('%.6f', {sql}), '0'), '.')"
            bare = f"replace(replace('~' || {plain}, '~0.', '.'), '~-0.', '-.')"
            shown = f"{_MARK} || replace({bare}, '~', '')"
            return f"CASE WHEN {sql} IS NOT NULL THEN {shown} END"
        return sql

    def _body(self, skip: int, take: int, found: list[tuple[str, ...]]) -> str:
        rows = [
            each[0] if len(each) == 1 else "{" + ",".join(part[1:-1] for part in each) + "}"
            for each in found
        ]
        text = ",".join(rows)
        if self._settings["decimals"] == "sql":
            text = _SQL_DECIMAL.sub(r"\1", text.replace("\\u0001", "\x01"))
        if self._settings["slash"] == "escaped":
            text = text.replace("/", "\\/")
        if self._settings["json_layout"] == "lines":
            return f'{{"skip" : {skip},\r\n  "take" : {take},\r\n  "rows" : [{text}]}}'
        return f'{{"skip":{skip},"take":{take},"rows":[{text}]}}'


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """In which order the rows come."""

    sql: str
    row_id: str = ""
    """The expression of the row id, when the order is that of row ids."""
    descending: bool = False


_ROW_IDS: dict[str, str] = {}


def _row_id_column(connection: sqlite3.Connection, definition: Definition) -> str:
    """Return the expression of the column that is the row id of the first table."""
    if not definition.alias:
        return ""
    table = definition.source.split()[0]
    if table not in _ROW_IDS:
        columns = connection.execute(f"PRAGMA table_info({table})").fetchall()
        whole = [name for _, name, kind, _, _, key in columns if key == 1 and kind == "INTEGER"]
        _ROW_IDS[table] = whole[0] if whole else ""
    return f"{definition.alias}.{_ROW_IDS[table]}"


def _order_names(text: str) -> list[str]:
    """Return the names to order by, each with its `-` in front where it has one."""
    names, marks = split_names(text)
    if ";" in marks:
        raise Refusal(Reason.FIELD_NOT_FOUND, field=text)
    return names


def _number(text: str | None, default: int) -> int:
    if text is None:
        return default
    number = page_number(text)
    return default if number is None else number
