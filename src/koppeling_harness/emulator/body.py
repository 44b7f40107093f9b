"""The body of an UpdateConnector: its many accepted shapes, read into one.

`Element`, `Objects` and `Fields` may each be an object or a list; keys stand beside `Fields` or
inside; `@Action` stands in either place, in either case.

Source: AFAS, docs.afas.help/profit/en/update-connector, and the request examples of its OpenAPI.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from koppeling_harness.emulator.messages import Reason, Refusal

ACTIONS = ("insert", "update", "delete")
_NOTHING = (None, "")
"""What AFAS's examples write for content that is not there, in any place."""
_XML_TEXT = "#text"
"""What the white space of an XML example became in its JSON form."""


@dataclass(slots=True, kw_only=True)
class Element:
    """One line of an object."""

    fields: dict[str, Any] = field(default_factory=dict)
    """Every field that was sent, keys included."""
    keys: tuple[str, ...] = ()
    """Which of them stood beside `Fields`."""
    action: str | None = None
    """What `@Action` says."""
    objects: list[tuple[str, list["Element"]]] = field(default_factory=list)


def read_body(document: Any) -> tuple[str, list[Element]]:
    """Return the name of the root object and its elements.

    Raises:
        Refusal: It does not have the shape of a body.
    """
    if not isinstance(document, dict) or len(document) != 1:
        raise Refusal(
            Reason.UNEXPECTED,
            why="the body must be an object with one member, the name of the connector's object",
        )
    name, inner = next(iter(document.items()))
    elements = list(_elements(inner))
    if not elements:
        raise Refusal(Reason.UNEXPECTED, why="the object has no Element")
    return name, elements


def _elements(inner: Any) -> Iterator[Element]:
    for part in _listed(inner):
        if not isinstance(part, dict):
            raise Refusal(Reason.UNEXPECTED, why="Element must stand in an object")
        found = next((value for key, value in part.items() if key.lower() == "element"), None)
        for each in _listed(found):
            if not isinstance(each, dict):
                raise Refusal(
                    Reason.UNEXPECTED, why="Element must be an object or a list of objects"
                )
            yield _element(each)


def _element(raw: Mapping[str, Any]) -> Element:
    element = Element()
    keys: list[str] = []
    for name, value in raw.items():
        lower = name.lower()
        if lower == "fields":
            for part in _listed(value):
                _take_fields(element, part)
        elif lower == "objects":
            element.objects.extend(_objects(value))
        elif lower == "@action":
            element.action = _action(value)
        elif name.startswith("@"):
            element.fields[name[1:]] = value
            keys.append(name[1:])
        elif name != _XML_TEXT:
            why = f"beside Fields and Objects stands {name!r}; a key has @ before its name"
            raise Refusal(Reason.UNEXPECTED, why=why)
    element.keys = tuple(keys)
    return element


def _take_fields(element: Element, part: Any) -> None:
    if not isinstance(part, dict):
        raise Refusal(Reason.UNEXPECTED, why="Fields must be an object")
    for name, value in part.items():
        if name.lower() == "@action":
            element.action = _action(value)
        elif name != _XML_TEXT:
            element.fields[name.removeprefix("@")] = value


def _objects(value: Any) -> Iterator[tuple[str, list[Element]]]:
    for each in _listed(value):
        if not isinstance(each, dict):
            raise Refusal(Reason.UNEXPECTED, why="Objects must be an object or a list of objects")
        for name, inner in each.items():
            yield name, list(_elements(inner))


def _action(value: Any) -> str | None:
    word = str(value).lower()
    if word not in ACTIONS:
        why = f"@Action is {word[:20]!r}, expected {', '.join(ACTIONS)}"
        raise Refusal(Reason.UNEXPECTED, why=why)
    return word


def _listed(value: Any) -> list[Any]:
    if value in _NOTHING:
        return []
    return value if isinstance(value, list) else [value]
