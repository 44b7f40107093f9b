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
        yield from listed(_member(part, "Element"))


def fields_of(element: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the fields of an element with their values; a field may be written with `@`."""
    for part in listed(_member(element, "Fields")):
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
    for part in listed(_member(element, "Objects")):
        yield from part.items()


def action_of(element: dict[str, Any]) -> str:
    """Return what `@Action` says, in lower case; empty when it says nothing."""
    found = [_member(part, "@Action") for part in listed(_member(element, "Fields"))]
    said = next((each for each in found if each is not None), _member(element, "@Action"))
    return "" if said is None else str(said).lower()


def _member(node: dict[str, Any], name: str) -> Any:
    value = node.get(name)  # as AFAS writes it, nearly always
    if value is not None:
        return value
    return next((each for key, each in node.items() if key.lower() == name.lower()), None)
