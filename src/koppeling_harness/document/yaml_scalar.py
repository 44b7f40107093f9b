"""What a plain scalar of YAML says: null, a boolean, a number, or text. YAML 1.2's core schema."""

import re

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEAN = {
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
_INTEGER = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9]+")
_OTHER_THAN_TEXT = frozenset("0123456789+-.~nNtTfF")
"""How what is not text may begin."""
_LONGEST_INTEGER = 40


class LeadingZeroError(ValueError):
    """A number whose leading zero would be lost."""


def scalar_value(text: str) -> str | int | float | bool | None:
    """Return what a scalar without quotes says.

    Raises:
        LeadingZeroError: It is a number with a leading zero, which may be a code.
    """
    if text[:1] not in _OTHER_THAN_TEXT or text in _NULL:  # the empty text is in both
        return None if text in _NULL else text
    if text in _BOOLEAN:
        return _BOOLEAN[text]
    if _LEADING_ZERO.fullmatch(text):
        raise LeadingZeroError(text)
    if _INTEGER.fullmatch(text):
        return int(text) if len(text) < _LONGEST_INTEGER else text
    return float(text) if _FLOAT.fullmatch(text) else text
