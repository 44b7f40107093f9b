"""`${…}` in scenarios: names and a few functions, read by a grammar of its own, never `eval`.

    template  = { text | "$${" | "${" ( path | call ) "}" }
    path      = name { "." key }
    call      = name "(" [ argument { "," argument } ] ")"
    argument  = whole number | 'text' | "text" | path

`$${` stands for a `${` that is meant as text. A value that is one expression and nothing else keeps
the type of what it gives; within text it becomes text.
"""

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from types import NoneType
from typing import Any

from koppeling_harness.errors import ConfigurationError
from koppeling_harness.scenario.functions import Functions as Functions
from koppeling_harness.scenario.pick import near, walk
from koppeling_harness.value import dataclass

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_KEY = re.compile(r"[A-Za-z0-9_@-]+")
_NUMBER = re.compile(r"-?[0-9]{1,18}")
_TEXT = re.compile(r"'([^']*)'|\"([^\"]*)\"")
_LONGEST_SHOWN = 60
_AS_THEY_ARE = frozenset({int, float, bool, NoneType})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A name with the keys below it."""

    path: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A function with what it is given."""

    name: str
    arguments: tuple["int | str | Reference", ...]


Part = str | Reference | Call


@lru_cache(maxsize=4096)
def parse(text: str) -> tuple[Part, ...]:
    """Return a text as literal pieces and expressions, in order.

    Raises:
        ConfigurationError: An expression is not of the grammar.
    """
    return _Reader(text).template()


def evaluate(value: Any, names: Mapping[str, Any], functions: Functions) -> Any:
    """Return a value with every expression in it replaced by what it gives.

    Args:
        value: Text, or lists and mappings that hold texts; mapping keys stay as they are.
        names: What expressions may refer to.
        functions: What they may call.

    Raises:
        ConfigurationError: An expression refers to something that is not there.
    """
    if isinstance(value, str):
        return _filled(value, names, functions) if "${" in value else value
    if isinstance(value, dict):
        return {
            key: each if type(each) in _AS_THEY_ARE else evaluate(each, names, functions)
            for key, each in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [evaluate(each, names, functions) for each in value]
    return value


def _filled(text: str, names: Mapping[str, Any], functions: Functions) -> Any:
    parts = parse(text)
    if len(parts) == 1:
        return _value(parts[0], names, functions)
    return "".join(_as_text(_value(part, names, functions)) for part in parts)


def _value(part: Part, names: Mapping[str, Any], functions: Functions) -> Any:
    match part:
        case str():
            return part
        case Reference():
            return _look_up(part, names)
        case Call():
            arguments = [
                _look_up(each, names) if isinstance(each, Reference) else each
                for each in part.arguments
            ]
            return functions.call(part.name, arguments)


def _look_up(reference: Reference, names: Mapping[str, Any]) -> Any:
    first = reference.path[0]
    if first not in names:
        message = f"`${{{'.'.join(reference.path)}}}`: there is no `{first}`"
        hint = near(first, list(names)) or "A step must `save` it before it is used."
        raise ConfigurationError(message, hint=hint)
    return walk(names, reference.path)


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


class _Reader:
    """Reads one text from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def template(self) -> tuple[Part, ...]:
        parts: list[Part] = []
        literal = ""
        while self._at < len(self._text):
            start = self._text.find("${", self._at)
            if start < 0:
                literal += self._text[self._at :]
                break
            literal += self._text[self._at : start]
            self._at = start + 2
            if literal.endswith("$"):
                literal = literal[:-1] + "${"
                continue
            if literal:
                parts.append(literal)
                literal = ""
            parts.append(self._expression())
        if literal or not parts:
            parts.append(literal)
        return tuple(parts)

    def _expression(self) -> Part:
        self._space()
        name = self._take(_NAME, "a name")
        self._space()
        part: Part = self._call(name) if self._next("(") else self._path(name)
        self._space()
        if not self._next("}"):
            raise self._problem(expected="`}`")
        return part

    def _path(self, name: str) -> Reference:
        path = [name]
        while self._next("."):
            path.append(self._take(_KEY, "a key"))
        return Reference(path=tuple(path))

    def _call(self, name: str) -> Call:
        arguments: list[int | str | Reference] = []
        self._space()
        while not self._next(")"):
            if arguments and not self._next(","):
                raise self._problem(expected="`,` or `)`")
            self._space()
            arguments.append(self._argument())
            self._space()
        return Call(name=name, arguments=tuple(arguments))

    def _argument(self) -> int | str | Reference:
        if found := _NUMBER.match(self._text, self._at):
            self._at = found.end()
            return int(found.group())
        if found := _TEXT.match(self._text, self._at):
            self._at = found.end()
            return found.group(1) if found.group(1) is not None else found.group(2)
        return self._path(self._take(_NAME, "a number, a quoted text or a name"))

    def _space(self) -> None:
        while self._text[self._at : self._at + 1] == " ":
            self._at += 1

    def _next(self, sign: str) -> bool:
        if not self._text.startswith(sign, self._at):
            return False
        self._at += 1
        return True

    def _take(self, pattern: re.Pattern[str], expected: str) -> str:
        found = pattern.match(self._text, self._at)
        if found is None:
            raise self._problem(expected=expected)
        self._at = found.end()
        return found.group()

    def _problem(self, *, expected: str) -> ConfigurationError:
        rest = self._text[self._at :]
        if len(rest) > _LONGEST_SHOWN:
            rest = rest[:_LONGEST_SHOWN] + "..."
        found = f"`{rest}`" if rest else "the end"
        message = f"expected {expected} at character {self._at + 1}, found {found}"
        return ConfigurationError(message, hint="Write `$${` for a `${` that is meant as text.")
