"""YAML as people write it, with the place of every value.

Only what YAML 1.2's core schema knows: null, booleans, integers, floats, text. `NO` and `on` stay
text, dates stay text. Tags, anchors, aliases and duplicate keys are problems: tags can run code,
aliases can grow without bound, and of two equal keys one would silently win.
"""

import functools
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

import yaml

from koppeling_harness.document.source import Path, Source
from koppeling_harness.document.yaml_plain import NotPlain, read_plain
from koppeling_harness.document.yaml_scalar import NotAsWrittenError, scalar_value
from koppeling_harness.errors import DocumentError, Problem
from koppeling_harness.place import Place

_V = TypeVar("_V")

_LOADER: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DEPTH = 64


def read(text: str, *, name: str) -> Source:
    """Read one YAML document; `document.read_yaml` says of what and how it fails."""
    try:
        data, places = read_plain(text, _LOADER)
    except (NotPlain, yaml.YAMLError, ValueError):
        return _read_whole(text, name)
    whole = functools.cache(lambda: _read_whole(text, name))
    return Source(
        name=name,
        data=data,
        places=_Late(places, lambda: whole().places),
        keys=_Late({}, lambda: whole().keys),
        raw=_Late({}, lambda: whole().raw),
    )


class _Late(Mapping[Path, _V]):
    """What is known of the values near the top, and of the others once somebody asks."""

    def __init__(self, known: Mapping[Path, _V], whole: Callable[[], Mapping[Path, _V]]) -> None:
        self._known = known
        self._whole = whole

    def __getitem__(self, path: Path) -> _V:
        if path in self._known:
            return self._known[path]
        return self._whole()[path]

    def __iter__(self) -> Iterator[Path]:
        return iter(self._whole())

    def __len__(self) -> int:
        return len(self._whole())


def _read_whole(text: str, name: str) -> Source:
    """Read a document with the place of every value.

    Raises:
        DocumentError: The text is not YAML, or uses what is refused; all problems are in it.
    """
    composer = _Composer(name)
    try:
        data = composer.document(iter(_LOADER(text).get_event, None))
    except yaml.MarkedYAMLError as error:
        raise DocumentError([*composer.problems, _syntax_problem(error, text, name)]) from None
    except (yaml.YAMLError, ValueError) as error:
        message = f"expected YAML text, found {str(error).splitlines()[0]}"
        raise DocumentError([Problem(where=Place(name, 1, 1), message=message)]) from None
    if composer.problems:
        raise DocumentError(composer.problems)
    return Source(
        name=name, data=data, places=composer.places, keys=composer.keys, raw=composer.raw
    )


_TABS = "Indent with blanks: a tab is not allowed there."
_ADVICE = (
    ("mapping values are not allowed", "Quote a text that holds `: `, or mend the indentation."),
    ("expected key", "What belongs together begins in the same column: mend the indentation."),
    ("'-' indicator", "What belongs together begins in the same column: mend the indentation."),
    ("expected ',' or", "Close the bracket, or put a comma between what stands in it."),
    ("cannot start any token", "Quote a text that begins with such a character."),
)
"""Part of what PyYAML says, and what to do about it."""


def _syntax_problem(error: yaml.MarkedYAMLError, text: str, name: str) -> Problem:
    mark = error.problem_mark or error.context_mark
    where = Place(name, mark.line + 1, mark.column + 1) if mark else Place(name, 1, 1)
    found = error.problem or "something that is not YAML"
    context = f" {error.context}" if error.context else ""
    line = "".join(text.splitlines()[mark.line : mark.line + 1]) if mark else ""
    is_tab = mark is not None and "\t" in line[: mark.column + 1]
    hint = _TABS if is_tab else next((advice for part, advice in _ADVICE if part in found), "")
    return Problem(where=where, message=f"expected YAML{context}, but {found}", hint=hint)


def _at(event: Any) -> tuple[int, int]:
    return event.start_mark.line + 1, event.start_mark.column + 1


class _Composer:
    """Builds plain data from YAML's events, so that explicit tags and anchors can be seen."""

    def __init__(self, name: str) -> None:
        self.problems: list[Problem] = []
        self.places: dict[Path, tuple[int, int]] = {}
        self.keys: dict[Path, tuple[int, int]] = {}
        self.raw: dict[Path, str] = {}
        self._name = name

    def document(self, events: Iterator[Any]) -> Any:
        data: Any = None
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._problem(event, "expected one document, found a second one after `---`")
                    break
                data = self._node(next(events), events, ())
        return data

    def _node(self, event: Any, events: Iterator[Any], path: Path) -> Any:
        self.places[path] = _at(event)
        if isinstance(event, yaml.AliasEvent):
            self._problem(event, f"found the alias `*{event.anchor}`; aliases are not allowed")
            return None
        if event.anchor is not None:
            self._problem(event, f"found the anchor `&{event.anchor}`; anchors are not allowed")
        if event.tag is not None and event.tag != "!":
            self._problem(event, f"found the tag `{event.tag}`; tags are not allowed")
        if len(path) > _DEPTH:
            message = f"expected at most {_DEPTH} levels of nesting, found more"
            raise DocumentError([Problem(where=self._where(event), message=message)])
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(events, path)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(events, path)
        return self._scalar(event, path)

    def _mapping(self, events: Iterator[Any], path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            if not isinstance(event, yaml.ScalarEvent):
                self._problem(event, "expected a text as key, found a list or a mapping")
                self._node(event, events, (*path, "?"))
                self._node(next(events), events, (*path, "?"))
                continue
            key = event.value
            if key in found:
                first = self.keys[(*path, key)]
                self._problem(event, f"found the key `{key}` twice, first on line {first[0]}")
            self.keys.setdefault((*path, key), _at(event))
            found[key] = self._node(next(events), events, (*path, key))
        return found

    def _sequence(self, events: Iterator[Any], path: Path) -> list[Any]:
        found: list[Any] = []
        for event in events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            found.append(self._node(event, events, (*path, len(found))))
        return found

    def _scalar(self, event: Any, path: Path) -> Any:
        text: str = event.value
        if event.style or event.tag == "!":  # None or empty: a plain scalar
            return text
        try:
            value = scalar_value(text)
        except NotAsWrittenError as error:
            self._problem(event, str(error), hint=error.advice)
            return None
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            self.raw[path] = text
        return value

    def _where(self, event: Any) -> Place:
        return Place(self._name, *_at(event))

    def _problem(self, event: Any, message: str, *, hint: str = "") -> None:
        self.problems.append(Problem(where=self._where(event), message=message, hint=hint))
