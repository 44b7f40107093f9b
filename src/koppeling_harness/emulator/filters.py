"""Filters of a GetConnector: read from the query, turned into SQL.

A filter is a list of alternatives, each a list of conditions that hold together (compact form
and JSON form both say no more than that).

Source: AFAS, docs.afas.help/profit/en/get-connector.
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from koppeling_harness.emulator import json_text, letters, literals
from koppeling_harness.emulator.definition import DATA_TYPES, Column, Definition
from koppeling_harness.emulator.messages import Reason, Refusal
from koppeling_harness.value import dataclass

_SEPARATOR = re.compile("[,;]")
_NAME = re.compile(r"\s*(-?\s*\[\s*'.*?'\s*\](?=\s*[,;]|\s*$)|[^,;]*)\s*([,;]?)", re.DOTALL)
_BRACKETED = re.compile(r"^\[\s*'(.*)'\s*\]$", re.DOTALL)
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2})?)?")
_WORDS = {"ja": 1, "yes": 1, "nee": 0, "no": 0}
_RANGE = re.compile(r"^(.*?)\.\.(.*)$")

_COMPARE = {1: "=", 2: ">=", 3: "<=", 4: ">", 5: "<", 7: "<>"}
_PATTERN = {6: "%{}%", 10: "{}%", 11: "%{}%", 12: "{}%", 13: "%{}", 14: "%{}"}
_NEGATED = {11, 12, 14}
_DIFFERS = 7
_WILD = {(True, True): 11, (False, True): 12, (True, False): 14}
"""What *not equal* means by where a `%` stands: before and behind the value."""
NOTATION = {
    "=": 1, ">=": 2, "<=": 3, ">": 4, "<": 5, "*": 6, "!=": 7, "[]": 8, "![]": 9, "@": 10,
    "!*": 11, "!@": 12, "&": 13, "!&": 14,
}  # fmt: skip
"""Profit's own notation of the operators."""

_NO_NAMES = "expected names of fields with , or ; between them, or ['name']"
_SHOWN = 60
"""Most characters of a value that is told."""

_QUICK = sorted(NOTATION, key=len, reverse=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One field compared with one value."""

    field: str
    operator: int
    value: str


Alternatives = list[list[Condition]]


def read_compact(
    fields: str, values: str, operators: str | None, *, left_to_right: bool = False
) -> Alternatives:
    """Read the three positional parameters.

    Args:
        fields: `filterfieldids`.
        values: `filtervalues`.
        operators: `operatortypes`; None or empty means equality throughout.
        left_to_right: Whether `,` and `;` bind alike instead of `,` first.

    Raises:
        Refusal: The three do not have the same shape, or an operator does not exist.
    """
    names, marks = split_names(fields)
    texts = _SEPARATOR.split(values)
    numbers = ["1"] * len(names) if not operators else _SEPARATOR.split(operators)
    shapes = [marks, _SEPARATOR.findall(values)]
    if operators:
        shapes.append(_SEPARATOR.findall(operators))
    if any(shape != marks for shape in shapes):
        why = "filterfieldids, filtervalues and operatortypes differ in their commas and semicolons"
        raise Refusal(Reason.UNEXPECTED, why=why)
    conditions = [
        Condition(field=name, operator=_operator(number), value=text)
        for name, number, text in zip(names, numbers, texts, strict=True)
    ]
    return _group(conditions, marks, left_to_right=left_to_right)


def split_names(text: str) -> tuple[list[str], list[str]]:
    """Return names of fields and the marks between them; `['…']` is one name, whatever is in it.

    Source of that form for a name with a period: forums.invantive.com, topic 641.
    """
    names, marks = [], []
    position = 0
    while True:
        found = _NAME.match(text, position)
        if found is None:
            raise Refusal(Reason.UNEXPECTED, why=_NO_NAMES)
        names.append(found[1].strip())
        if not found[2]:
            break
        marks.append(found[2])
        position = found.end()
    if found.end() != len(text):
        raise Refusal(Reason.UNEXPECTED, why=_NO_NAMES)
    return names, marks


def _group(conditions: list[Condition], marks: list[str], *, left_to_right: bool) -> Alternatives:
    groups = [[conditions[0]]]
    for mark, condition in zip(marks, conditions[1:], strict=True):
        if mark == ";":
            groups.append([condition])
        elif left_to_right:
            # (A or B) and C  =  (A and C) or (B and C)
            groups = [[*group, condition] for group in groups]
        else:
            groups[-1].append(condition)
    return groups


def read_json(text: str) -> Alternatives:
    """Read `filterjson`; a single object stands for a list of one.

    Raises:
        Refusal: It is not JSON or not of the documented shape.
    """
    try:
        filters = json_text.read_json(text.encode())["Filters"]["Filter"]
        found = [
            [
                Condition(
                    field=_said(each["@FieldId"]),
                    operator=_operator(_said(each["@OperatorType"])),
                    value=_said(each.get("#text")),
                )
                for each in _listed(one["Field"])
            ]
            for one in _listed(filters)
        ]
    except (ValueError, ArithmeticError, KeyError, TypeError, AttributeError):
        why = "filterjson is not JSON with Filters, Filter, Field, @FieldId and @OperatorType"
        raise Refusal(Reason.UNEXPECTED, why=why) from None
    if not all(found):
        raise Refusal(Reason.UNEXPECTED, why="filterjson has a Filter without a Field")
    return found


def _said(value: Any) -> str:
    """Return a value of a filter as text, whatever JSON has it as.

    Raises:
        TypeError: It is a list or an object.
    """
    if value is None or isinstance(value, bool):
        return "" if value is None else str(value).lower()
    if isinstance(value, Decimal):
        return format(value, "f") if abs(value.adjusted()) <= _SHOWN else str(value)
    if isinstance(value, str | int):
        return str(value)
    raise TypeError(value)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _operator(text: str) -> int:
    number = literals.page_number(text)
    if number is not None and 1 <= number <= 15:
        return number
    why = f"operator type {text[:_SHOWN]!r}, expected 1 to 15"
    raise Refusal(Reason.UNEXPECTED, why=why)


class FilterCompiler:
    """Turns filters into SQL with parameters.

    Args:
        settings: The environment's switches.
    """

    def __init__(self, settings: Mapping[str, str]) -> None:
        self._strip = settings["filter_wildcards"] == "strip"
        self._with_empty = settings["not_equal_empty"] == "included"
        self._accept_z = settings["filter_date_z"] == "accepted"
        self._differs_wild = settings["not_equal_wildcards"] == "does_not_contain"

    def where(self, definition: Definition, alternatives: Alternatives) -> tuple[str, list[Any]]:
        """Return the condition and its parameters.

        Raises:
            Refusal: A field does not exist, or a value does not fit its field.
        """
        parameters: list[Any] = []
        parts = [
            " AND ".join(
                self.condition(column_of(definition, each.field), each, parameters)
                for each in group
            )
            for group in alternatives
        ]
        if len(parts) == 1:
            return parts[0], parameters
        return " OR ".join(f"({part})" for part in parts), parameters

    def condition(self, column: Column, each: Condition, parameters: list[Any]) -> str:
        """Return one condition; its parameters are added to `parameters`."""
        operator = self._operator(each)
        if operator == 8:
            return f"({column.sql} IS NULL OR {column.sql} = '')"
        if operator == 9:
            return f"({column.sql} IS NOT NULL AND {column.sql} <> '')"
        if operator == 15:
            return self._quick(column, each.value, parameters)
        if operator in _PATTERN:
            return self._pattern(column, each.value, operator, parameters)
        sql = self._compared(column, each.value, operator, parameters)
        return self._or_empty(sql, column) if operator == _DIFFERS else sql

    def _operator(self, each: Condition) -> int:
        if each.operator != _DIFFERS or not self._differs_wild:
            return each.operator
        ends = each.value.startswith("%"), each.value.endswith("%")
        return _WILD.get(ends, _DIFFERS) if each.value.strip("%") else _DIFFERS

    def _compared(self, column: Column, text: str, operator: int, parameters: list[Any]) -> str:
        if column.type != "s":
            parameters.append(self._value(column, text))
            return f"{column.shown} {_COMPARE[operator]} ?"
        if operator in (1, _DIFFERS):
            sql, value = letters.equal_sql(column.sql, text)
            parameters.append(value)
            return sql if operator == 1 else f"NOT ({sql})"
        parameters.append(letters.sort_key(text))
        return f"{letters.order_sql(column.sql)} {_COMPARE[operator]} ?"

    def _pattern(self, column: Column, value: str, operator: int, parameters: list[Any]) -> str:
        text = value.strip("%") if self._strip else value
        escaped = re.sub(r"([\\%_])", r"\\\1", letters.fold(text))
        sql, values = letters.like_sql(column.sql, _PATTERN[operator].format(escaped))
        parameters += values
        return self._or_empty(f"NOT {sql}", column) if operator in _NEGATED else sql

    def _or_empty(self, sql: str, column: Column) -> str:
        return f"({sql} OR {column.sql} IS NULL)" if self._with_empty else sql

    def _quick(self, column: Column, text: str, parameters: list[Any]) -> str:
        """Return what a quick filter says: `10400..10499`, `>=5`, `*tekst`, `[]`, a plain value."""
        found = _RANGE.match(text)
        if found:
            bounds = [(2, found[1]), (3, found[2])]
            parts = [
                self.condition(
                    column, Condition(field=column.id, operator=op, value=value), parameters
                )
                for op, value in bounds
                if value
            ]
            return f"({' AND '.join(parts) or '1'})"
        notation = next((each for each in _QUICK if text.startswith(each)), "")
        operator = NOTATION.get(notation, 1)
        value = text[len(notation) :]
        return self.condition(
            column, Condition(field=column.id, operator=operator, value=value), parameters
        )

    def _value(self, column: Column, text: str) -> Any:
        try:
            if column.type == "n":
                return literals.rounded(literals.decimal(text), column.decimals)
            return self._read[column.type](self, text)
        except ValueError:
            kind = DATA_TYPES[column.type]
            why = f"filter on {column.id}: {text[:_SHOWN]!r} is no {kind} as Profit reads it"
            raise Refusal(Reason.UNEXPECTED, why=why) from None

    def _moment(self, text: str) -> str:
        if self._accept_z:
            text = text.removesuffix("Z")
        if not _MOMENT.fullmatch(text):
            raise ValueError(text)
        return literals.moment(text)

    def _boolean(self, text: str) -> int:
        known = _WORDS.get(text.lower())
        return literals.yes_no(text) if known is None else known

    def _integer(self, text: str) -> int:
        return literals.whole(text)

    def _text(self, text: str) -> str:
        return text

    _read: Mapping[str, Callable[["FilterCompiler", str], Any]] = {
        "s": _text, "i": _integer, "b": _boolean, "d": _moment, "t": _moment,
    }  # fmt: skip


def column_of(definition: Definition, name: str) -> Column:
    """Return the field of that name, by any case, plain or as `['name']`.

    Raises:
        Refusal: It is not in the definition.
    """
    bracketed = _BRACKETED.match(name.strip())
    found = definition.by_id.get(letters.fold((bracketed[1] if bracketed else name).strip()))
    if found is None:
        raise Refusal(Reason.FIELD_NOT_FOUND, field=name)
    return found
