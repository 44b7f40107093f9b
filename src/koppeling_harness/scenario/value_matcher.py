"""Matchers that look at one value: its type, its form, its size."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from koppeling_harness.errors import ConfigurationError
from koppeling_harness.scenario.allowance import Allowance
from koppeling_harness.scenario.pattern import pattern_of
from koppeling_harness.scenario.pick import shown, walk
from koppeling_harness.value import dataclass

_OFFSET = re.compile(r"(Z|[+-][0-9]{2}:?[0-9]{2})$")
_DAY_LENGTH = len("2026-11-24")

_TYPES: dict[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, (int, float)) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "list": lambda value: isinstance(value, (list, tuple)),
    "mapping": lambda value: isinstance(value, Mapping),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Test:
    """What a matcher asks of one value.

    Attributes:
        holds: Whether a value is as asked, found within the time that is left.
        wants: What is asked, readable.
    """

    holds: Callable[[Any, Allowance], bool]
    wants: str


def type_name(value: Any) -> str:
    """Return the type of a value as `$type` calls it."""
    return next((name for name, holds in _TYPES.items() if holds(value)), type(value).__name__)


def _any(argument: Any, _options: Mapping[str, Any]) -> Test:
    _must_be_true("$any", argument)
    return Test(holds=lambda _value, _allowance: True, wants="anything")


def _absent(argument: Any, _options: Mapping[str, Any]) -> Test:
    _must_be_true("$absent", argument)
    return Test(holds=lambda _value, _allowance: False, wants="nothing there")


def _type(argument: Any, _options: Mapping[str, Any]) -> Test:
    if not isinstance(argument, str) or argument not in _TYPES:
        message = f"expected `$type` to be one of {', '.join(_TYPES)}, found {shown(argument)}"
        raise ConfigurationError(message)
    is_type = _TYPES[argument]
    return Test(holds=lambda value, _allowance: is_type(value), wants=f"type {argument}")


def _regex(argument: Any, _options: Mapping[str, Any]) -> Test:
    if not isinstance(argument, str):
        raise _expected(argument, name="$regex", expected="a pattern")
    pattern = pattern_of(argument)

    def holds(value: Any, allowance: Allowance) -> bool:
        return isinstance(value, str) and pattern.is_in(value, allowance)

    return Test(holds=holds, wants=f"text of the form {argument}")


def _decimal(argument: Any, options: Mapping[str, Any]) -> Test:
    wanted = _exact_decimal("$decimal", argument)
    tolerance = _exact_decimal("tolerance", options.get("tolerance", "0"))
    if tolerance < 0:
        raise _expected(options["tolerance"], name="tolerance", expected="zero or more")

    def holds(value: Any, _allowance: Allowance) -> bool:
        number = _as_decimal(value)
        return number is not None and abs(number - wanted) <= tolerance

    around = f" ± {tolerance}" if tolerance else ""
    return Test(holds=holds, wants=f"the decimal {wanted}{around}")


def _exact_decimal(name: str, argument: Any) -> Decimal:
    if isinstance(argument, float):
        message = f"expected `{name}` as quoted text, found the number {shown(argument)}"
        hint = 'Quote it, such as "7.50". Without quotes it is binary, and loses digits.'
        raise ConfigurationError(message, hint=hint)
    number = _as_decimal(argument)
    if number is None:
        raise _expected(argument, name=name, expected='a decimal such as "7.50"')
    return number


def _as_decimal(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _date(argument: Any, options: Mapping[str, Any]) -> Test:
    """Compare wall-clock times: AFAS writes local times with a `Z` that does not mean UTC."""
    wanted = _as_moment(argument)
    if wanted is None:
        expected = "a date such as 2026-11-24 or 2026-11-24T09:00:00"
        raise _expected(argument, name="$date", expected=expected)
    tolerance_s = options.get("tolerance_s", 0)
    if not _TYPES["number"](tolerance_s) or not 0 <= tolerance_s <= 10**9:
        raise _expected(tolerance_s, name="tolerance_s", expected="a number of seconds")
    tolerance = timedelta(seconds=tolerance_s)
    whole_day = len(argument) == _DAY_LENGTH and not tolerance

    def holds(value: Any, _allowance: Allowance) -> bool:
        moment = _as_moment(value)
        if moment is None:
            return False
        if whole_day:
            return moment.date() == wanted.date()
        return abs(moment - wanted) <= tolerance

    around = f" ± {tolerance_s} s" if tolerance else ""
    return Test(holds=holds, wants=f"the date {argument}{around}")


def _as_moment(value: Any) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        return datetime.fromisoformat(_OFFSET.sub("", value) if "T" in value else value)
    except ValueError:
        return None


def _length(argument: Any, _options: Mapping[str, Any]) -> Test:
    lowest, highest = _length_bounds(argument)

    def holds(value: Any, _allowance: Allowance) -> bool:
        if not isinstance(value, (str, list, tuple, Mapping)):
            return False
        return lowest <= len(value) and (highest is None or len(value) <= highest)

    if lowest == highest:
        wants = f"length {lowest}"
    elif highest is None:
        wants = f"length {lowest} or more"
    else:
        wants = f"length {lowest} to {highest}"
    return Test(holds=holds, wants=wants)


def _length_bounds(argument: Any) -> tuple[int, int | None]:
    if _is_count(argument):
        return argument, argument
    if isinstance(argument, Mapping) and argument and set(argument) <= {"min", "max"}:
        lowest, highest = argument.get("min", 0), argument.get("max")
        if _is_count(lowest) and (highest is None or _is_count(highest)):
            return lowest, highest
    raise _expected(argument, name="$length", expected="a count, or a mapping with `min` and `max`")


def _is_count(value: Any) -> bool:
    return _TYPES["integer"](value) and value >= 0


def _min(argument: Any, _options: Mapping[str, Any]) -> Test:
    lowest = _bound("$min", argument)
    return Test(
        holds=lambda value, _allowance: _TYPES["number"](value) and value >= lowest,
        wants=f"a number of at least {lowest}",
    )


def _max(argument: Any, _options: Mapping[str, Any]) -> Test:
    highest = _bound("$max", argument)
    return Test(
        holds=lambda value, _allowance: _TYPES["number"](value) and value <= highest,
        wants=f"a number of at most {highest}",
    )


def _bound(name: str, argument: Any) -> float:
    if not _TYPES["number"](argument):
        raise _expected(argument, name=name, expected="a number")
    bound: float = argument
    return bound


def _distinct(argument: Any, _options: Mapping[str, Any]) -> Test:
    """Ask that no two elements are equal, as a whole or in what stands at a path."""
    if argument is not True and not isinstance(argument, str):
        raise _expected(argument, name="$distinct", expected="true or a path in each element")

    def holds(value: Any, _allowance: Allowance) -> bool:
        if not isinstance(value, (list, tuple)):
            return False
        found = [each if argument is True else _at(each, argument) for each in value]
        texts = [json.dumps(each, sort_keys=True) for each in found if each is not None]
        return len(texts) == len(set(texts))

    by = "" if argument is True else f" in {argument}"
    return Test(holds=holds, wants=f"a list without equal elements{by}")


def _at(value: Any, path: str) -> Any:
    try:
        return walk(value, path.split("."))
    except ConfigurationError:
        return None


def _must_be_true(name: str, argument: Any) -> None:
    if argument is not True:
        raise _expected(argument, name=name, expected="true")


def _expected(found: Any, *, name: str, expected: str) -> ConfigurationError:
    message = f"expected `{name}` to be {expected}, found {shown(found)}"
    return ConfigurationError(message)


VALUE_MATCHERS: dict[str, Callable[[Any, Mapping[str, Any]], Test]] = {
    "$any": _any,
    "$absent": _absent,
    "$type": _type,
    "$regex": _regex,
    "$decimal": _decimal,
    "$date": _date,
    "$length": _length,
    "$min": _min,
    "$max": _max,
    "$distinct": _distinct,
}
"""Makes the test of each matcher; raises ConfigurationError when its argument makes no sense."""

OPTIONS: dict[str, str] = {"tolerance": "$decimal", "tolerance_s": "$date"}
"""Keys that stand beside a matcher, and whose they are."""
