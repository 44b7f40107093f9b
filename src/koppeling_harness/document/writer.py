"""Model values as plain data, as pydantic would write them."""

import dataclasses
import functools
import json
import math
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import NoneType
from typing import Any

Writer = Callable[[Any], Any]


class Json(str):
    """Text that is JSON already, on one line; a layout takes it as it is."""

    __slots__ = ()


def plain(value: Any) -> Any:
    """Return a model value as what JSON knows.

    Raises:
        TypeError: It holds something that no document holds.
    """
    kind = type(value)
    write = _WRITERS.get(kind)
    if write is None:
        write = _WRITERS[kind] = _writer(kind)
    return write(value)


def laid_out(value: Any, *, levels: int) -> str:
    """Return a value as JSON whose uppermost levels stand on lines of their own.

    Args:
        value: A model value or plain data.
        levels: How many.
    """
    return "".join(laid_out_pieces(value, levels=levels))


def laid_out_pieces(value: Any, *, levels: int, margin: str = "") -> Iterator[str]:
    """Yield what `laid_out` returns, piece by piece.

    What lies deeper stands on one line: so a file of results has a line for each, which people can
    find and compare, is written by the fast half of `json`, and is never in memory as a whole.

    Args:
        value: A model value or plain data; on the uppermost levels an iterator may stand for a
            list, and `Json` for any value.
        levels: How many.
        margin: What stands before the last line.
    """
    parts = _parts(value) if levels else None
    if parts is None:
        yield _on_one_line(value)
        return
    start, end = ("{", "}") if isinstance(parts, dict) else ("[", "]")
    inner, before = f"{margin} ", f"{start}\n"
    for name, each in parts.items() if isinstance(parts, dict) else ((None, one) for one in parts):
        yield before + inner if name is None else f"{before}{inner}{_on_one_line(name)}: "
        yield from laid_out_pieces(each, levels=levels - 1, margin=inner)
        before = ",\n"
    yield f"\n{margin}{end}" if before == ",\n" else start + end


def members(record: Any) -> dict[str, Any]:
    """Return the members of a model value as a document names them, each as it is."""
    return {written: getattr(record, name) for name, written in _names(record.__class__)}


def _on_one_line(value: Any) -> str:
    if type(value) is Json:
        return value
    try:
        return _ENCODE(value)
    except ValueError:  # a number that JSON does not know
        return _ENCODE(plain(value))


def _parts(value: Any) -> dict[str, Any] | Iterable[Any] | None:
    """Return what a value consists of, as it is; None when it is one thing."""
    if isinstance(value, (dict, list, tuple, Iterator)):
        return value
    return members(value) if dataclasses.is_dataclass(value) else None


def _unknown_to_json(value: Any) -> Any:
    return members(value) if dataclasses.is_dataclass(value) else plain(value)


_ENCODE = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, check_circular=False, default=_unknown_to_json
).encode


@functools.cache
def _names(kind: type[Any]) -> tuple[tuple[str, str], ...]:
    """Return the members of a record type, each with its name in documents."""
    alias = getattr(kind, "__pydantic_config__", {}).get("alias_generator", str)
    return tuple((each.name, alias(each.name)) for each in dataclasses.fields(kind))


def _writer(kind: type[Any]) -> Writer:
    if issubclass(kind, StrEnum):
        return lambda value: value.value
    if issubclass(kind, str):  # a place, an id
        return str
    if dataclasses.is_dataclass(kind):
        return lambda value: _mapping(members(value))
    message = f"{kind.__name__} is not a kind of value that documents hold"
    raise TypeError(message)


def _moment(value: datetime) -> str:
    text = value.isoformat()
    return f"{text[:-6]}Z" if value.utcoffset() == timedelta() else text


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _list(value: Any) -> list[Any]:
    return [plain(each) for each in value]


def _mapping(value: Any) -> dict[str, Any]:
    return {str(name): plain(each) for name, each in value.items()}


_WRITERS: dict[type[Any], Writer] = {
    **dict.fromkeys((NoneType, bool, int, str), lambda value: value),
    float: _number,
    date: date.isoformat,
    datetime: _moment,
    tuple: _list,
    list: _list,
    frozenset: _list,
    dict: _mapping,
}
