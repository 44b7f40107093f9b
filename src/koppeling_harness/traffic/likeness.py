"""Compare a request with the one that was recorded, and tell in what it differs.

Both are redacted. A placeholder (`[kind:0123abcd]`) of the recording stands for any text, the same
one every time, and never the text of another placeholder.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote

from koppeling_harness.model.exchange import Exchange
from koppeling_harness.model.finding import Difference

_PLACEHOLDER = re.compile(r"\[[a-z]+:[0-9a-f]{8}\]")
_HEADERS = ("authorization", "integrationid", "accept-language", "content-type")
"""The headers that an answer may depend on."""
_ABSENT = "(absent)"
_SHOWN_CHARACTERS = 200


class Meanings:
    """What the placeholders of a recording stand for, as far as is known."""

    def __init__(self, known: Mapping[str, str] | None = None) -> None:
        self._known = dict(known or {})

    def copy(self) -> "Meanings":
        """Return one to try with, that can be thrown away."""
        return Meanings(self._known)

    def matches(self, recorded: str, actual: str) -> bool:
        """Return whether a text is the recorded one; learns what its placeholders stand for."""
        names: dict[str, str] = {}
        pattern, done = "", 0
        for match in _PLACEHOLDER.finditer(recorded):
            placeholder = match.group()
            pattern += re.escape(recorded[done : match.start()])
            done = match.end()
            if placeholder in self._known:
                pattern += re.escape(self._known[placeholder])
            elif placeholder in names:
                pattern += f"(?P={names[placeholder]})"
            else:
                names[placeholder] = f"p{len(names)}"
                pattern += f"(?P<{names[placeholder]}>.+?)"
        found = re.fullmatch(pattern + re.escape(recorded[done:]), actual, re.DOTALL)
        if found is None:
            return False
        learned = {placeholder: found[name] for placeholder, name in names.items()}
        taken = [*self._known.values(), *learned.values()]
        if len(set(taken)) != len(taken):
            return False
        self._known |= learned
        return True


def differences(recorded: Exchange, actual: Exchange, meanings: Meanings) -> tuple[Difference, ...]:
    """Return in what a request differs from a recorded one; empty when it is the same.

    The order of query parameters, of members in JSON and of headers says nothing.

    Args:
        recorded: From the recording.
        actual: What came now.
        meanings: Of the placeholders; learned from what is the same.
    """
    return tuple(_differences(recorded, actual, meanings))


def body_differences(
    recorded: str | None, actual: str | None, meanings: Meanings, *, at: str = "body"
) -> tuple[Difference, ...]:
    """Return in what a body differs from a recorded one: member by member when both are JSON."""
    return tuple(_body(recorded, actual, meanings, at))


def _differences(recorded: Exchange, actual: Exchange, meanings: Meanings) -> Iterator[Difference]:
    yield from _text("method", recorded.method, actual.method, meanings)
    yield from _text("path", unquote(recorded.path), unquote(actual.path), meanings)
    yield from _query(recorded.query, actual.query, meanings)
    for name in _HEADERS:
        was, now = recorded.header(name), actual.header(name)
        yield from _text(f"header {name}", was or _ABSENT, now or _ABSENT, meanings)
    yield from _body(recorded.request_body, actual.request_body, meanings, "body")


def _query(recorded: str, actual: str, meanings: Meanings) -> Iterator[Difference]:
    was, now = _parameters(recorded), _parameters(actual)
    for name in sorted({*was, *now}):
        before, after = was.get(name, []), now.get(name, [])
        if len(before) != len(after):
            yield _difference(f"query {name}", _joined(before), _joined(after))
            continue
        for one, other in zip(before, after, strict=True):
            yield from _text(f"query {name}", one, other, meanings)


def _parameters(query: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        found.setdefault(name.lower(), []).append(value)
    return found


def _joined(values: list[str]) -> str:
    return ", ".join(values) if values else _ABSENT


def _body(
    recorded: str | None, actual: str | None, meanings: Meanings, at: str
) -> Iterator[Difference]:
    if recorded is None or actual is None:
        yield from _text(at, recorded or _ABSENT, actual or _ABSENT, meanings)
        return
    try:
        was, now = json.loads(recorded), json.loads(actual)
    except ValueError:
        yield from _text(at, recorded, actual, meanings)
    else:
        yield from _json(at, was, now, meanings)


def _json(at: str, was: Any, now: Any, meanings: Meanings) -> Iterator[Difference]:
    if isinstance(was, dict) and isinstance(now, dict):
        for name in sorted({*was, *now}):
            yield from _member(f"{at}.{name}", was, now, name, meanings)
    elif isinstance(was, list) and isinstance(now, list):
        if len(was) != len(now):
            yield _difference(at, f"{len(was)} items", f"{len(now)} items")
        for place, (one, other) in enumerate(zip(was, now, strict=False)):
            yield from _json(f"{at}.{place}", one, other, meanings)
    elif isinstance(was, str) and not isinstance(now, dict | list):
        yield from _text(at, was, now if isinstance(now, str) else json.dumps(now), meanings)
    elif was != now or (type(was) is not type(now) and not _are_numbers(was, now)):
        yield _difference(at, json.dumps(was), json.dumps(now))


def _member(
    at: str, was: dict[str, Any], now: dict[str, Any], name: str, meanings: Meanings
) -> Iterator[Difference]:
    if name not in now:
        yield _difference(at, json.dumps(was[name]), _ABSENT)
    elif name not in was:
        yield _difference(at, _ABSENT, json.dumps(now[name]))
    else:
        yield from _json(at, was[name], now[name], meanings)


def _are_numbers(was: Any, now: Any) -> bool:
    return all(isinstance(each, int | float) and not isinstance(each, bool) for each in (was, now))


def _text(at: str, was: str, now: str, meanings: Meanings) -> Iterator[Difference]:
    if was != now and not meanings.matches(was, now):
        yield _difference(at, was, now)
    elif was == now:
        meanings.matches(was, now)  # a placeholder that came back as it was given stands for itself


def _difference(at: str, was: str, now: str) -> Difference:
    return Difference(path=at, expected=_short(was), actual=_short(now))


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"
