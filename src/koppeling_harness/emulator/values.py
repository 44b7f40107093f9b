"""Values in a body: what counts as a number, a yes or a date, and how it is stored.

97 % of AFAS's own examples write every value as text, so `"1"`, `"true"` and `"2500.00"` count as
what their field is (source: AFAS, docs.afas.help/apidoc, request examples).
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from koppeling_harness.emulator.labels import both_languages
from koppeling_harness.emulator.literals import decimal, moment, rounded, whole, yes_no
from koppeling_harness.emulator.messages import Reason, Refusal
from koppeling_harness.emulator.specification import Field

_EXPECTED = {
    "int": ("geldig geheel getal", "valid whole number"),
    "decimal": ("geldig getal", "valid number"),
    "boolean": ("geldige ja/nee-waarde", "valid yes/no value"),
    "date": ("geldige datum", "valid date"),
    "string": ("geldige tekst", "valid text"),
    "blob": ("geldige tekst", "valid text"),
}
_CHARACTER, _CHARACTERS = ("teken", "character"), ("tekens", "characters")
_SHOWN = 60
"""Most characters of a value that a message repeats."""


def stored(field: Field, value: Any) -> Any:
    """Return a value as it is stored: text, whole number, float, 0 or 1, moment; None when empty.

    Raises:
        Refusal: It is not of the field's type, or too long.
    """
    if value is None or value == "":
        return None
    try:
        found = _READ[field.type](value)
        if field.type == "decimal":
            found = rounded(found, field.decimals)
    except (ValueError, TypeError, ArithmeticError):
        raise mismatch(field, value) from None
    if field.length and _size(field, found) > field.length:
        raise Refusal(
            Reason.TOO_LONG,
            label=label_of(field),
            length=field.length,
            unit=_CHARACTER if field.length == 1 else _CHARACTERS,
        )
    return found


def mismatch(field: Field, value: Any) -> Refusal:
    """Return the refusal of a value that is not of the field's type."""
    return Refusal(
        Reason.TYPE_MISMATCH,
        label=label_of(field),
        value=_said(value),
        expected=_EXPECTED[field.type],
    )


def _said(value: Any) -> str:
    if isinstance(value, dict | list):
        return "{…}" if isinstance(value, dict) else "[…]"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)[:_SHOWN]


def _size(field: Field, found: Any) -> int:
    """Return how long a value is: characters of a text, digits of a whole number."""
    if field.type == "string":
        return _units(found)
    return len(str(abs(found))) if field.type == "int" else 0


def _units(text: str) -> int:
    """Return the length of a text as .NET and SQL Server count it."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def label_of(field: Field) -> tuple[str, str]:
    """Return how messages call a field, in Dutch and English."""
    if field.type == "decimal" and field.label == _COUNTED:
        return "Aantal", _COUNTED
    return both_languages(field.label)


_COUNTED = "Number"
"""The English label of codes (Dutch: Nummer) and of quantities alike."""


def _text(value: Any) -> str:
    if isinstance(value, bool):
        # AFAS's examples send yes/no to codes such as `VaDu`, whose values are 1 and 0.
        return "1" if value else "0"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, str | int):
        return str(value)
    raise TypeError(value)


def _integer(value: Any) -> int:
    return int(value) if isinstance(value, bool) else whole(_text(value))


def _decimal(value: Any) -> Decimal:
    return Decimal(value) if isinstance(value, bool) else decimal(_text(value))


def _boolean(value: Any) -> int:
    return yes_no(
        str(int(value)) if isinstance(value, Decimal) and value in (0, 1) else _text(value)
    )


def _moment(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return moment(value)


_READ: Mapping[str, Callable[[Any], Any]] = {
    "string": _text,
    "blob": _text,
    "int": _integer,
    "decimal": _decimal,
    "boolean": _boolean,
    "date": _moment,
}
