"""Find a value in what a step gave, by a dotted path."""

import difflib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from koppeling_harness.errors import ConfigurationError

_SHOWN = 80
_HELD = 256 * 1024
# of the characters that Unicode gives to nobody
_BEGIN, _END = "\ue000", "\ue001"
_MARKED = re.compile(f"{_BEGIN}([^{_END}]*){_END}")


def pick(result: Mapping[str, Any], path: str) -> Any:
    """Return the value at a path such as `body.results.PtProject.PrId` or `rows.0.Identity`.

    Args:
        result: What a step gave.
        path: Keys and list positions (from 0), with dots between them.

    Raises:
        ConfigurationError: There is nothing there; the deepest part that exists is named, with
            what stands there.
    """
    return walk(result, path.split("."))


def walk(value: Any, parts: Sequence[str]) -> Any:
    """Return the value below another one, key by key; see `pick`."""
    for depth, part in enumerate(parts):
        if isinstance(value, dict):
            if part not in value:
                raise _nothing(parts, depth, value)
            value = value[part]
        elif isinstance(value, (list, tuple)):
            if not part.isdecimal() or int(part) >= len(value):
                raise _nothing(parts, depth, value)
            value = value[int(part)]
        else:
            raise _nothing(parts, depth, value)
    return value


def shown(value: Any, limit: int = _SHOWN) -> str:
    """Return a value as JSON on one line, cut off when long."""
    return _cut(json.dumps(value, ensure_ascii=False, default=str), limit)


def marked(value: Any) -> str:
    """Return a value as JSON on one line, with marks where `cut` will cut it off."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return f"{_BEGIN}{text[:_HELD]}{_END}"


def cut(text: str) -> str:
    """Return a text in which each value that is marked is cut off when long.

    What must not be told is replaced before: of half a secret nobody knows that it is one.
    """
    return _MARKED.sub(lambda match: _cut(match.group(1), _SHOWN), text)


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 3]}..."


def near(name: str, known: Sequence[str]) -> str:
    """Return a hint that names what was probably meant, empty when nothing is like it."""
    found = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    return f"Did you mean `{found[0]}`?" if found else ""


def _nothing(parts: Sequence[str], depth: int, value: Any) -> ConfigurationError:
    whole, part = ".".join(parts), parts[depth]
    there = f"`{'.'.join(parts[:depth])}`" if depth else "what is there"
    hint = ""
    match value:
        case Mapping():
            keys = [str(key) for key in value]
            holds = f"has {', '.join(keys)}" if keys else "is empty"
            hint = near(part, keys)
        case list() | tuple():
            holds = f"is a list of {len(value)}"
            if not part.isdecimal():
                hint = "A list is asked by position, counted from 0."
        case _:
            holds = f"is {shown(value)}"
    message = f"`{whole}`: there is no `{part}`; {there} {holds}"
    return ConfigurationError(message, hint=hint)
