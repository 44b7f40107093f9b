"""The common case of reading YAML: a document in which nothing is out of the ordinary.

Whatever might be a problem is left to `yaml_source`, which knows of every value where it stands.
Of a document that is in order only the places near the top are asked for.
"""

from collections.abc import Callable
from sys import intern
from typing import Any

import yaml

from koppeling_harness.document.source import Path
from koppeling_harness.document.yaml_scalar import NotAsWrittenError, scalar_value

Place = tuple[int, int]

NEAR_THE_TOP = 2
"""How many keys or positions lead to the deepest values whose places are kept."""

_DEEPEST = 32


class NotPlain(Exception):  # noqa: N818 - not an error: another reader decides
    """The document holds something that may be a problem."""


def read_plain(text: str, loader: type[Any]) -> tuple[Any, dict[Path, Place]]:
    """Return what a document holds, and where the values near its top stand.

    Args:
        text: YAML.
        loader: Of PyYAML.

    Raises:
        NotPlain: Something is out of the ordinary.
        YAMLError: The text is not YAML.
    """
    document = _Document(loader(text).get_event)
    return document.read(), document.places


class _Document:
    def __init__(self, get_event: Callable[[], Any]) -> None:
        self.places: dict[Path, Place] = {}
        self._get_event = get_event

    def read(self) -> Any:
        self._expect(yaml.StreamStartEvent)
        self._expect(yaml.DocumentStartEvent)
        data = self._value(self._get_event(), ())
        self._expect(yaml.DocumentEndEvent)
        self._expect(yaml.StreamEndEvent)
        return data

    def _expect(self, kind: type[Any]) -> None:
        if type(self._get_event()) is not kind:
            raise NotPlain

    def _value(self, event: Any, path: Path | None, depth: int = 0) -> Any:
        """Return what an event and those that belong to it say.

        Args:
            event: The first of them.
            path: Where it stands; None when nobody asks for its place.
            depth: How deep it stands.
        """
        if path is not None:
            mark = event.start_mark
            self.places[path] = (mark.line + 1, mark.column + 1)
        if event.anchor is not None or event.tag is not None:  # an alias has an anchor too
            raise NotPlain
        kind = type(event)
        if kind is yaml.ScalarEvent:
            return _scalar(event)
        if depth == _DEEPEST:
            raise NotPlain
        within = path if depth < NEAR_THE_TOP else None
        if kind is yaml.MappingStartEvent:
            return self._mapping(within, depth + 1)
        return self._sequence(within, depth + 1)

    def _mapping(self, path: Path | None, depth: int) -> dict[str, Any]:
        get_event, found = self._get_event, {}
        while type(key := get_event()) is yaml.ScalarEvent:
            name = intern(key.value)  # of a thousand documents the keys are the same few
            if name in found or key.anchor is not None or key.tag is not None:
                raise NotPlain
            event = get_event()
            if (
                path is None
                and type(event) is yaml.ScalarEvent
                and event.tag is event.anchor is None
            ):
                found[name] = _scalar(event)
            else:
                found[name] = self._value(event, None if path is None else (*path, name), depth)
        if type(key) is not yaml.MappingEndEvent:
            raise NotPlain
        return found

    def _sequence(self, path: Path | None, depth: int) -> list[Any]:
        found: list[Any] = []
        while type(event := self._get_event()) is not yaml.SequenceEndEvent:
            at = None if path is None else (*path, len(found))
            found.append(self._value(event, at, depth))
        return found


def _scalar(event: Any) -> Any:
    try:
        text: str = event.value
        return intern(text) if event.style else scalar_value(intern(text))
    except NotAsWrittenError:
        raise NotPlain from None
