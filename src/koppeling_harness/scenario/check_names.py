"""Check that every `${…}` of a scenario refers to something that is there by then."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from koppeling_harness.errors import ConfigurationError
from koppeling_harness.scenario.expression import Call, Reference, parse
from koppeling_harness.scenario.functions import check_call
from koppeling_harness.scenario.matcher import MATCHERS
from koppeling_harness.scenario.notes import Notes, Path, expressions_in, mapping, sequence
from koppeling_harness.scenario.pick import near

GIVEN_NAMES: dict[str, tuple[str, ...]] = {
    "scenario": ("id",),
    "integration": ("id", "integration_id"),
    "erp": ("environment", "release", "version"),
    "run": ("id",),
}
"""What the engine lays out, with its members."""
_OPERATION = ("name", "example")
_RESERVED = (*GIVEN_NAMES, "operation", "values")

_FILLED = (
    "operation",
    "input",
    "data",
    "event_id",
    "where",
    "filter",
    "keys",
    "fields",
    "objects",
    "request",
    "expect",
)
"""The parts of a step in which expressions are filled in; `save` is looked at after them."""
_NOT_FILLED = ("title", "proves", "applies", "faults")
_CAPTURE = re.compile(r"[a-z][a-z0-9_]*")


def check_names(data: dict[str, Any], notes: Notes) -> None:
    """Note every expression that cannot be filled in, in the order in which a run would meet it."""
    for name in _NOT_FILLED:
        _refuse_expressions(data.get(name), (name,), notes)
    names = _Names(is_generic="for_each" in data)
    for name, value in mapping(data.get("values")).items():
        _check_texts(value, ("values", name), names, notes)
        _check_is_name(name, ("values", name), notes)
        names.values.append(name)
    for phase in ("given", "when", "then", "cleanup"):
        for at, step in enumerate(sequence(data.get(phase))):
            _check_step(mapping(step), (phase, at), names, notes)


class _Names:
    """What an expression may refer to at some point of a scenario."""

    def __init__(self, *, is_generic: bool) -> None:
        self.values: list[str] = []
        self.captures: list[str] = []
        self._is_generic = is_generic

    def problem(self, reference: Reference) -> tuple[str, str] | None:
        """Return message and hint when a reference leads nowhere."""
        first, *rest = reference.path
        if first in self.captures:
            return None
        members = self._members(first)
        shown = f"`${{{'.'.join(reference.path)}}}`"
        if members is None:
            hint = f"Did you mean `values.{first}`?" if first in self.values else ""
            hint = hint or near(first, self._known()) or "A step must `save` it before it is used."
            if first == "operation":
                hint = "Only a scenario with `for_each` is about one operation."
            return f"{shown}: there is no `{first}` at this point", hint
        if rest and rest[0] not in members:
            there = ", ".join(members) or "nothing"
            return f"{shown}: `{first}` has no `{rest[0]}`; it has {there}", near(rest[0], members)
        return None

    def _members(self, first: str) -> Sequence[str] | None:
        if first == "values":
            return self.values
        if first == "operation" and self._is_generic:
            return _OPERATION
        return GIVEN_NAMES.get(first)

    def _known(self) -> list[str]:
        return [*self.captures, "values", *GIVEN_NAMES, *(["operation"] * self._is_generic)]


def _check_step(step: dict[str, Any], path: Path, names: _Names, notes: Notes) -> None:
    for key, value in step.items():
        if key not in _FILLED:
            _refuse_expressions(value, (*path, key), notes)
            continue
        _check_texts(value, (*path, key), names, notes)
        if key != "expect":
            _refuse_matchers(value, (*path, key), notes)
    for name in mapping(step.get("save")):
        _check_is_name(name, (*path, "save", name), notes)
        names.captures.append(name)


def _check_is_name(name: str, path: Path, notes: Notes) -> None:
    if not _CAPTURE.fullmatch(name):
        message = f"expected a name of lower-case letters, digits and `_`, found `{name}`"
        notes.add(path, message, key=True)
    elif name in _RESERVED and path[0] != "values":
        message = f"`{name}` is a name that the harness gives itself"
        notes.add(path, message, hint="Save it under another name.", key=True)


def _check_texts(value: Any, path: Path, names: _Names, notes: Notes) -> None:
    for where, text in expressions_in(value, path):
        try:
            parts = parse(text)
        except ConfigurationError as error:
            notes.add_error(where, error)
            continue
        for part in parts:
            if isinstance(part, Call):
                _check_call(part, where, notes)
            for reference in _references(part):
                problem = names.problem(reference)
                if problem is not None:
                    notes.add(where, problem[0], hint=problem[1])


def _references(part: str | Reference | Call) -> Iterator[Reference]:
    if isinstance(part, Reference):
        yield part
    elif isinstance(part, Call):
        yield from (each for each in part.arguments if isinstance(each, Reference))


def _check_call(call: Call, path: Path, notes: Notes) -> None:
    arguments = [... if isinstance(each, Reference) else each for each in call.arguments]
    try:
        check_call(call.name, arguments)
    except ConfigurationError as error:
        notes.add_error(path, error)


def _refuse_expressions(value: Any, path: Path, notes: Notes) -> None:
    for where, _ in expressions_in(value, path):
        message = f"`{path[-1]}` holds an expression, but is not filled in"
        notes.add(where, message, hint="Write what is meant itself.")


def _refuse_matchers(value: Any, path: Path, notes: Notes) -> None:
    if isinstance(value, dict):
        for key, each in value.items():
            if key in MATCHERS:
                message = f"the matcher `{key}` stands outside `expect`"
                hint = "Here a value is sent; matchers judge what comes back."
                notes.add((*path, key), message, hint=hint, key=True)
            if isinstance(each, (dict, list)):
                _refuse_matchers(each, (*path, key), notes)
    elif isinstance(value, list):
        for at, each in enumerate(value):
            _refuse_matchers(each, (*path, at), notes)
