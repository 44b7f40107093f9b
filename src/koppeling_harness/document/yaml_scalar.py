"""Plain scalars of YAML: null, a boolean, a number, or text. YAML 1.2's core schema."""

import math
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
_OTHER_THAN_TEXT = frozenset("0123456789+-.~nNtTfF")
"""How what is not text may begin."""
_LARGEST_INTEGER = 2**53 - 1
"""Up to there every reader of JSON keeps all digits. Source: RFC 8259, section 6."""
_DIGITS_AT_MOST = 4_000
"""More than Python reads as a number by itself."""


class NotAsWrittenError(ValueError):
    """A number that would not come back as it was written: perhaps it is a code, or an amount.

    Attributes:
        advice: What to write instead.
    """

    def __init__(self, text: str, number: float | None) -> None:
        shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
        kept = "no reader is sure to keep" if number is None else f"is read as {number!r}"
        super().__init__(f"found the number {shown}, which {kept}")
        quoted = f'Quote it: "{shown}".'
        self.advice = quoted if number is None else f"{quoted} As a number, write {number!r}."


_SHOWN = 40
"""Characters of such a number that a message shows."""


def scalar_value(text: str) -> str | int | float | bool | None:
    """Return what a scalar without quotes says.

    Raises:
        NotAsWrittenError: It is a number that would not come back as it was written, such as
            `0123`, `+31`, `7.10`, `1e5` or one of twenty digits (YAML 1.2, 10.3: such a form is
            not the canonical one of a number, and so may be a text).
    """
    if text[:1] not in _OTHER_THAN_TEXT or text in _NULL:  # the empty text is in both
        return None if text in _NULL else text
    if text in _BOOLEAN:
        return _BOOLEAN[text]
    if _INTEGER.fullmatch(text):
        return _as_written(text, int(text) if len(text) < _DIGITS_AT_MOST else None)
    return _as_written(text, float(text)) if _FLOAT.fullmatch(text) else text


def _as_written(text: str, number: float | None) -> float:
    """Return a number, if it is written back as it stands.

    Raises:
        NotAsWrittenError: It is not.
    """
    if number is None or (type(number) is int and abs(number) > _LARGEST_INTEGER):
        raise NotAsWrittenError(text, None)
    if repr(number) == text:
        return number
    raise NotAsWrittenError(text, number if math.isfinite(number) else None)
