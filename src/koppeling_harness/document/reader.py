"""The common case of reading: plain data that fits a model type, without pydantic.

A reader takes less than it could: whatever it is not sure of it refuses, and pydantic decides. So
there is one meaning, pydantic's, and a document that is in order never waits for its import.
`tests/property/document` holds the two together.
"""

import dataclasses
import math
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import StrEnum
from sys import intern
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from koppeling_harness.model.constraint import Limit, OneOf

Reader = Callable[[Any], Any]
"""Returns a value of its type for plain data, or raises `Refused`."""

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(
    rf"{_DAY.pattern}T[0-9:]{{8}}(?:\.[0-9]{{1,6}})?(?:Z|[+-][0-9]{{2}}:[0-9]{{2}})"
)
_MARGIN = " \t\r\n"
"""White space that every regular-expression engine and every trimmer takes for white space."""


class Refused(Exception):  # noqa: N818 - not an error: another reader decides
    """The data does not fit, or is of a kind that only pydantic reads."""


def reader_of(kind: Any) -> Reader:
    """Return what reads plain data as a value of a type; made anew, so keep it."""
    return _Readers().of(kind)


class _Readers:
    """Makes readers; those of record types once each, because types may hold themselves."""

    def __init__(self) -> None:
        self._records: dict[type[Any], Reader] = {}

    def of(self, kind: Any) -> Reader:
        origin = get_origin(kind)
        if origin is Annotated:
            return self._annotated(*get_args(kind))
        if origin in {Union, UnionType}:
            return self._union(get_args(kind))
        if origin is Literal:
            return _literal(get_args(kind))
        if origin is tuple:
            return self._tuple(get_args(kind))
        if origin is dict:
            return self._mapping(*get_args(kind))
        if kind in _SIMPLE:
            return _SIMPLE[kind]
        return self._class(kind) if isinstance(kind, type) else _refuse

    def _class(self, kind: type[Any]) -> Reader:
        if issubclass(kind, StrEnum):
            return _enum(kind)
        return self.record(kind) if dataclasses.is_dataclass(kind) else _refuse

    def _annotated(self, kind: Any, *metadata: Any) -> Reader:
        read = self.of(kind)
        for each in metadata:
            if isinstance(each, Limit):
                read = _limited(read, each)
            elif isinstance(each, OneOf):
                read = self._one_of(each)
            else:
                return _refuse
        return read

    def _one_of(self, of: OneOf) -> Reader:
        choose = of.choose
        readers = {name: self.record(each) for name, each in of.types.items()}

        def read(data: Any) -> Any:
            name = choose(data)
            if name is None:
                raise Refused
            return readers[name](data)

        return read

    def _union(self, kinds: tuple[Any, ...]) -> Reader:
        if len(kinds) == 2 and kinds[1] is NoneType:
            inner = self.of(kinds[0])
            return lambda data: None if data is None else inner(data)
        readers = [self.of(each) for each in kinds]

        def read(data: Any) -> Any:
            fits = []
            for each in readers:
                try:
                    fits.append(each(data))
                except Refused:
                    continue
            if len(fits) != 1:  # which of several is meant is for pydantic to say
                raise Refused
            return fits[0]

        return read

    def _tuple(self, kinds: tuple[Any, ...]) -> Reader:
        if len(kinds) == 2 and kinds[1] is ...:
            each = self.of(kinds[0])

            def read(data: Any) -> tuple[Any, ...]:
                if type(data) is not list:
                    raise Refused
                return tuple(map(each, data))

            return read
        readers = [self.of(each) for each in kinds]

        def read_fixed(data: Any) -> tuple[Any, ...]:
            if type(data) is not list or len(data) != len(readers):
                raise Refused
            return tuple(read(item) for read, item in zip(readers, data, strict=True))

        return read_fixed

    def _mapping(self, keys: Any, values: Any) -> Reader:
        key, value = self.of(keys), self.of(values)

        def read(data: Any) -> dict[Any, Any]:
            if type(data) is not dict:
                raise Refused
            return {key(name): value(each) for name, each in data.items()}

        return read

    def record(self, kind: type[Any]) -> Reader:
        """Return what reads a record type."""
        if kind not in self._records:
            members: dict[str, tuple[str, Reader]] = {}
            read = self._records[kind] = _record(kind, members)
            config = getattr(kind, "__pydantic_config__", {})
            if config.keys() - {"extra", "use_attribute_docstrings", "alias_generator"}:
                return _refuse
            alias = config.get("alias_generator", str)
            hints = get_type_hints(kind, include_extras=True)
            for each in dataclasses.fields(kind):
                members[alias(each.name)] = (each.name, self.of(hints[each.name]))
            return read
        return self._records[kind]


def _record(kind: type[Any], members: Mapping[str, tuple[str, Reader]]) -> Reader:
    ignores = getattr(kind, "__pydantic_config__", {}).get("extra", "ignore") != "forbid"

    def read(data: Any) -> Any:
        if type(data) is not dict:
            raise Refused
        values = {}
        for key, each in data.items():
            member = members.get(key)
            if member is not None:
                values[member[0]] = member[1](each)
            elif ignores:
                _anything({key: each})
            else:
                raise Refused
        try:
            return kind(**values)
        except TypeError:  # a member is lacking
            raise Refused from None

    return read


def _limited(read: Reader, limit: Limit) -> Reader:
    bounds: dict[str, Any] = dict(limit.members)
    if bounds.pop("strip_whitespace", False):
        read = _stripped(read)
    pattern = bounds.pop("pattern", None)
    found = None if pattern is None else re.compile(pattern).search
    least, most = bounds.pop("min_length", 0), bounds.pop("max_length", math.inf)
    measured = "min_length" in limit.members or "max_length" in limit.members
    low, high, above = (bounds.pop(name, None) for name in ("ge", "le", "gt"))

    def limited(data: Any) -> Any:
        value = read(data)
        if measured and not least <= len(value) <= most:
            raise Refused
        if found is not None and ("\n" in value or found(value) is None):
            raise Refused
        if low is not None and value < low:
            raise Refused
        if high is not None and value > high:
            raise Refused
        if above is not None and value <= above:
            raise Refused
        return value

    return limited


def _stripped(read: Reader) -> Reader:
    def stripped(data: Any) -> str:
        value: str = read(data)
        bare = value.strip()
        if bare != value and bare != value.strip(_MARGIN):
            raise Refused
        return bare

    return stripped


def _enum(kind: type[StrEnum]) -> Reader:
    members = {each.value: each for each in kind}

    def read(data: Any) -> StrEnum:
        if type(data) is not str or data not in members:
            raise Refused
        return members[data]

    return read


def _literal(values: tuple[Any, ...]) -> Reader:
    if any(type(each) is not str for each in values):
        return _refuse

    def read(data: Any) -> Any:
        if type(data) is not str or data not in values:
            raise Refused
        return data

    return read


def _refuse(_data: Any) -> Any:
    raise Refused


def _text(data: Any) -> str:
    if type(data) is not str:
        raise Refused
    if not data.isascii():
        _require_characters(data)
    return intern(data)  # a fleet's records say the same a hundred thousand times


def _require_characters(text: str) -> None:
    """Refuse half of a surrogate pair, which is no character and cannot be written."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Refused from None


def _integer(data: Any) -> int:
    if type(data) is not int:
        raise Refused
    return data


def _number(data: Any) -> float:
    if type(data) is int or (type(data) is float and math.isfinite(data)):
        return float(data)
    raise Refused


def _truth(data: Any) -> bool:
    if type(data) is not bool:
        raise Refused
    return data


def _day(data: Any) -> date:
    if type(data) is not str or _DAY.fullmatch(data) is None:
        raise Refused
    try:
        return date.fromisoformat(data)
    except ValueError:  # the 31st of February
        raise Refused from None


def _moment(data: Any) -> datetime:
    if type(data) is not str or _MOMENT.fullmatch(data) is None:
        raise Refused
    try:
        return datetime.fromisoformat(data)
    except ValueError:
        raise Refused from None


def _anything(data: Any) -> Any:
    """Return JSON data as it is."""
    if type(data) is str:
        return _text(data)
    if type(data) is dict:
        for key, each in data.items():
            _text(key)
            _anything(each)
    elif type(data) is list:
        for each in data:
            _anything(each)
    return data


_SIMPLE: dict[Any, Reader] = {
    str: _text,
    int: _integer,
    float: _number,
    bool: _truth,
    date: _day,
    datetime: _moment,
    Any: _anything,
}
