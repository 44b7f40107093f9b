"""Values in a body: what counts as a number, a yes or a date, and how it is stored.

97 % of AFAS's own examples write every value as text, so `"1"`, `"true"` and `"2500.00"` count as
what their field is (source: AFAS, docs.afas.help/apidoc, request examples).
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from koppeling_harness.emulator.labels import both_languages
from koppeling_harness.emulator.messages import Reason, Refusal
from koppeling_harness.emulator.specification import Field

_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}$")
_MOMENT = re.compile(r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2})?(\.\d+)?Z?$")
_TIME = re.compile(r"^\d{2}:\d{2}(:\d{2})?$")
_NO_DAY = "1900-01-01T"
"""The day of a value that is a time only."""

_EXPECTED = {
    "int": ("geheel getal", "whole number"),
    "decimal": ("getal", "number"),
    "boolean": ("ja/nee-waarde", "yes/no value"),
    "date": ("datum", "date"),
    "string": ("tekst", "text"),
    "blob": ("tekst", "text"),
}


def stored(field: Field, value: Any) -> Any:
    """Return a value as it is stored: text, whole number, float, 0 or 1, moment; None when empty.

    Raises:
        Refusal: It is not of the field's type, or too long.
    """
    if value is None or value == "":
        return None
    try:
        found = _READ[field.type](value)
    except (ValueError, TypeError, OverflowError):
        nl, en = _EXPECTED[field.type]
        raise Refusal(Reason.TYPE_MISMATCH, label=label_of(field), expected=(nl, en)) from None
    if field.length and field.type == "string" and len(found) > field.length:
        raise Refusal(Reason.TOO_LONG, label=label_of(field), length=field.length)
    return found


def label_of(field: Field) -> tuple[str, str]:
    """Return how messages call a field, in Dutch and English."""
    return both_languages(field.label)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        # AFAS's examples send yes/no to codes such as `VaDu`, whose values are 1 and 0.
        return "1" if value else "0"
    if isinstance(value, str | int | float):
        return str(value)
    raise TypeError(value)


def _integer(value: Any) -> int:
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, str):
        value = value.strip()
        number = int(value) if value.lstrip("+-").isdecimal() else float(value)
    elif isinstance(value, int | float):
        number = value
    else:
        raise TypeError(value)
    if number != int(number) or abs(number) >= 2**63:
        raise ValueError(value)
    return int(number)


def _decimal(value: Any) -> float:
    if not isinstance(value, str | int | float):
        raise TypeError(value)
    number = float(value)
    if number != number or abs(number) >= 1e15:
        raise ValueError(value)
    return number


def _boolean(value: Any) -> int:
    word = _text(value).strip().lower()
    if word in {"true", "1", "1.0", "-1"}:
        return 1
    if word in {"false", "0", "0.0"}:
        return 0
    raise ValueError(value)


def _moment(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    value = value.strip()
    if _DATE.match(value) or _MOMENT.match(value):
        moment = datetime.fromisoformat(value.removesuffix("Z"))
        return moment.replace(microsecond=0).isoformat()
    if _TIME.match(value):
        return datetime.fromisoformat(_NO_DAY + value).isoformat()
    raise ValueError(value)


_READ: Mapping[str, Callable[[Any], Any]] = {
    "string": _text,
    "blob": _text,
    "int": _integer,
    "decimal": _decimal,
    "boolean": _boolean,
    "date": _moment,
}
