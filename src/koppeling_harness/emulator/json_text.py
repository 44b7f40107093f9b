"""JSON as ERP1 reads it: strictly, so that nothing is taken that is no JSON in UTF-8.

What is refused beyond the grammar: an object that names a member twice, NaN and Infinity, half a
character (an unpaired surrogate), a byte order mark, other encodings, and nesting deeper than
.NET's readers go. That AFAS refuses each of them is inferred from RFC 8259 and from those readers.
"""

import json
import re
from collections.abc import Iterable
from decimal import Decimal
from itertools import accumulate
from typing import Any, NoReturn

from koppeling_harness.aside import CHUNK

MOST_DEPTH = 64
"""Levels of nesting (the default of System.Text.Json and of Newtonsoft.Json)."""

MOST_VALUES = 2_000_000
"""Values in a body that are read; AFAS names no such limit, and far fewer make 75 MB. To read more
takes so long at a stretch that nobody else is answered meanwhile."""

_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_NO_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*"|[^\[\]{}"]+', re.DOTALL)
_STEP = re.compile(r'(?:[^"]{1,256}|"[^"\\]*(?:\\.[^"\\]*)*"?){1,8192}', re.DOTALL)
"""Some 64 KB, or a few texts however long they are; no text begins in one and ends in the next."""
_NO_SIGNS = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?|[^\[\]{},"]+', re.DOTALL)
_DEEPER = {"[": 1, "{": 1, "]": -1, "}": -1, ",": 0}
_INNERMOST = re.compile(r"\{\}|\[\]")
_LONG = 18
"""Digits that surely fit 64 bits."""


def read_json(content: bytes) -> Any:
    """Return the value that a text is; numbers with a point or exponent as `Decimal`.

    Raises:
        ValueError: It is no JSON in UTF-8.
    """
    text = content.decode("utf-8")
    if text[:1] == _MARK:
        message = "it begins with a byte order mark"
        raise ValueError(message)
    _check_depth(text)
    value = _DECODER.decode(text)
    if "\\u" in text and _SURROGATE.search(text):
        _check_letters(value)
    return value


def _check_depth(text: str) -> None:
    """Refuse what is nested too deep for its readers: level by level, the innermost first."""
    if len(text) > CHUNK:
        _check_long(text)
        return
    if text.count("{") + text.count("[") <= MOST_DEPTH:
        return
    brackets = _NO_BRACKETS.sub("", text)
    for _ in range(MOST_DEPTH):
        brackets, closed = _INNERMOST.subn("", brackets)
        if not brackets:
            return
        if not closed:
            message = "a bracket has no other that closes it"
            raise ValueError(message)
    message = f"it is nested deeper than {MOST_DEPTH} levels"
    raise ValueError(message)


def _check_long(text: str) -> None:
    """Hold a long text against the same, in steps between which others have their turn."""
    depth, values = 0, 1
    for step in _STEP.finditer(text):
        signs = _NO_SIGNS.sub("", step.group())
        values += signs.count(",")
        depths = list(accumulate(map(_DEEPER.__getitem__, signs), initial=depth))
        depth = depths[-1]
        if max(depths) > MOST_DEPTH:
            message = f"it is nested deeper than {MOST_DEPTH} levels"
            raise ValueError(message)
        if values > MOST_VALUES:
            message = f"it has more than {MOST_VALUES:,} values: the emulator reads no more"
            raise ValueError(message)


def _whole(digits: str) -> int | Decimal:
    return int(digits) if len(digits) <= _LONG else Decimal(digits)


def _no_constant(name: str) -> NoReturn:
    message = f"{name} is no number"
    raise ValueError(message)


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        message = "an object names a member twice"
        raise ValueError(message)
    return found


def _check_letters(value: Any) -> None:
    """Refuse half a character in any text.

    Raises:
        UnicodeEncodeError: There is one.
    """
    for text in _texts(value):
        text.encode("utf-8")


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


_DECODER = json.JSONDecoder(
    parse_float=Decimal,
    parse_int=_whole,
    parse_constant=_no_constant,
    object_pairs_hook=_members,
)
"""Made once: to make one takes longer than to read a body."""
