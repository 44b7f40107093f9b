"""Read JSON strictly: what one reader takes and another refuses is never taken here.

For the gateway, the rules and what integrations answer. ERP1 has a reader of its own.
"""

import json
import math
import re
from decimal import Decimal, InvalidOperation
from typing import Any

from koppeling_harness.model.shape import Text

MOST_DEPTH = 64
"""Objects and lists inside each other. Source: the default of Newtonsoft.Json and .NET's own."""

_LONG = 18
"""Digits that surely fit 64 bits."""
_LONG_NUMBER = re.compile(r"[0-9][eE]|[0-9]{300}")
_BOM = "\ufeff"
_ESCAPED_HALF = re.compile(r"\\u[dD][89a-fA-F]")


class NotJsonError(ValueError):
    """A text that is no JSON in UTF-8.

    Attributes:
        found: What was found, in both languages, to follow "is" in a sentence.
    """

    def __init__(self, *, nl: str, en: str) -> None:
        super().__init__(en)
        self.found = Text(nl=nl, en=en)


def read_json(text: str | bytes) -> Any:
    """Return a JSON text as data; numbers beyond what a double holds as `Decimal`.

    Args:
        text: The text, or its bytes in UTF-8.

    Raises:
        NotJsonError: It is empty; it is not UTF-8 or begins with a byte order mark; a member
            stands in an object twice; it holds `NaN`, `Infinity` or half a character; more than
            `MOST_DEPTH` objects and lists stand inside each other; or it is no JSON at all.
    """
    text = _decoded(text) if isinstance(text, bytes) else text
    if text.startswith(_BOM):
        raise NotJsonError(
            nl="JSON met een byte order mark ervoor", en="JSON with a byte order mark before it"
        )
    if not text.strip():
        raise NotJsonError(nl="leeg", en="empty")
    try:
        data = (_EXACT if _LONG_NUMBER.search(text) else _DECODER).decode(text)
    except RecursionError:
        raise _too_deep() from None
    except NotJsonError:
        raise
    except ValueError as error:
        raise NotJsonError(nl=f"geen JSON ({error})", en=f"no JSON ({error})") from None
    if text.count("{") + text.count("[") > MOST_DEPTH:
        _hold_depth(data)
    if _ESCAPED_HALF.search(text) or not text.isascii():
        _hold_characters(data)
    return data


def _decoded(data: bytes) -> str:
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        encoding = "UTF-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else ""
        at = f"byte 0x{data[error.start]:02x}, {error.start}"
        raise NotJsonError(
            nl=f"{encoding or 'geen UTF-8'} ({at})", en=f"{encoding or 'no UTF-8'} ({at})"
        ) from None
    if "\0" in text:
        raise NotJsonError(nl="UTF-16 of binair", en="UTF-16 or binary")
    return text


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        shown = ascii(twice)[:60]
        raise NotJsonError(
            nl=f"JSON waarin {shown} twee keer in een object staat",
            en=f"JSON in which {shown} stands twice in one object",
        )
    return found


def _constant(name: str) -> float:
    raise NotJsonError(nl=f"geen JSON ({name})", en=f"no JSON ({name})")


def _number(text: str) -> float | Decimal:
    number = float(text)
    return number if math.isfinite(number) else _long(text)


def _integer(text: str) -> int | Decimal:
    return int(text) if len(text) <= _LONG else _long(text)


def _long(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise NotJsonError(
            nl="JSON met een getal dat te groot is", en="JSON with a number that is too large"
        ) from None


_DECODER = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_constant)
_EXACT = json.JSONDecoder(
    object_pairs_hook=_once, parse_constant=_constant, parse_float=_number, parse_int=_integer
)


def _hold_depth(data: Any) -> None:
    below, depth = [data], 0
    while below := [each for each in below if isinstance(each, dict | list)]:
        depth += 1
        if depth > MOST_DEPTH:
            raise _too_deep()
        below = [
            inner for each in below for inner in (each.values() if isinstance(each, dict) else each)
        ]


def _hold_characters(data: Any) -> None:
    try:
        json.dumps(data, ensure_ascii=False, default=str).encode()
    except UnicodeEncodeError as error:
        half = f"\\u{ord(error.object[error.start]):04x}"
        raise NotJsonError(
            nl=f"JSON met een half teken ({half})", en=f"JSON with half a character ({half})"
        ) from None


def _too_deep() -> NotJsonError:
    return NotJsonError(
        nl=f"JSON van meer dan {MOST_DEPTH} lagen", en=f"JSON of more than {MOST_DEPTH} levels"
    )
