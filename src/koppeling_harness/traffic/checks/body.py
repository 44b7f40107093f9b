"""The parts of a body as ERP1 takes them: each alone or in a list, by any case, `@` or not."""

from collections.abc import Iterator
from typing import Any

_NO_FIELDS = frozenset({"@action", "#text"})


def listed(node: Any) -> list[dict[str, Any]]:
    """Return the objects that stand alone or in a list: AFAS takes either."""
    nodes = node if isinstance(node, list) else [node]
    return [each for each in nodes if isinstance(each, dict)]


def elements_of(node: Any) -> Iterator[dict[str, Any]]:
    """Yield the elements of an object."""
    for part in listed(node):
        for value in _members(part, "Element"):
            yield from listed(value)


def fields_of(element: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the fields of an element with their values; a field may be written with `@`."""
    for fields in _members(element, "Fields"):
        for part in listed(fields):
            for name, value in part.items():
                if name.lower() not in _NO_FIELDS:
                    yield name.removeprefix("@"), value


def keys_of(element: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield what stands beside `Fields` with `@` before it: keys, and fields all the same."""
    for name, value in element.items():
        if name.startswith("@") and name.lower() not in _NO_FIELDS:
            yield name[1:], value


def objects_of(element: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the objects inside an element, by their name."""
    for objects in _members(element, "Objects"):
        for part in listed(objects):
            yield from part.items()


def action_of(element: dict[str, Any]) -> str:
    """Return what `@Action` says, in lower case; of several the last, empty when none does."""
    said: Any = None
    for name, value in element.items():
        if name.lower() == "@action":
            said = value
        elif name.lower() == "fields":
            actions = [each for part in listed(value) for each in _members(part, "@Action")]
            said = actions[-1] if actions else said
    return "" if said is None else str(said).lower()


def _members(node: dict[str, Any], name: str) -> Iterator[Any]:
    """Yield what stands below a name in any letter case: ERP1 takes it all."""
    wanted = name.lower()
    return (value for key, value in node.items() if key.lower() == wanted)
