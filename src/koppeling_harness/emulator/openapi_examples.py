"""Request examples of AFAS's OpenAPI files: what they say beyond the schemas.

Keys stand beside `Fields` only in the examples; what the schemas list as required says more than
Profit asks, and the examples leave part of it out; and some send fields that the schemas lack.

Source: AFAS, docs.afas.help/apidoc and docs.afas.help/profit/en/update-connector.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from koppeling_harness.value import dataclass

Json = Mapping[str, Any]

_FIELD_ID = re.compile(r"^(?!U[0-9A-F]{32}$|U\d{3}$)[A-Za-z]\w*$")
"""A field that is no custom one: those are an environment's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What the examples of a connector show, by object."""

    keys: Mapping[str, tuple[str, ...]]
    """The members `@Key` beside `Fields`."""
    always: Mapping[str, frozenset[str]]
    """The fields that every insert sends, in lower case."""
    sent: Mapping[str, Mapping[str, None]]
    """The fields that some example sends, in order; custom fields are no part of them."""


def read_examples(main: Json) -> Shown:
    """Return what the examples of a connector's POST and PUT show.

    Args:
        main: The operations of `/connectors/{id}`, by verb.
    """
    return Shown(keys=_element_keys(main), always=_always_inserted(main), sent=_sent_fields(main))


def _element_keys(main: Json) -> dict[str, tuple[str, ...]]:
    keys: dict[str, dict[str, None]] = {}
    for name, element in _sent_by(main, "post", "put"):
        for key in element:
            if key.startswith("@") and key.lower() != "@action":
                keys.setdefault(name, {})[key[1:]] = None
    return {name: tuple(found) for name, found in keys.items()}


def _always_inserted(main: Json) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for name, element in _sent_by(main, "post"):
        fields = element.get("Fields")
        if not isinstance(fields, dict) or not _inserts(element) or not _inserts(fields):
            continue
        keys = ((key, value) for key, value in element.items() if key.startswith("@"))
        sent = frozenset(
            each.removeprefix("@").lower()
            for each, value in (*keys, *fields.items())
            if value not in (None, "")
        )
        found[name] = found.get(name, sent) & sent
    return found


def _sent_fields(main: Json) -> dict[str, dict[str, None]]:
    found: dict[str, dict[str, None]] = {}
    for name, element in _sent_by(main, "post", "put"):
        fields = element.get("Fields")
        for id_ in fields if isinstance(fields, dict) else ():
            if _FIELD_ID.match(id_):
                found.setdefault(name, {})[id_] = None
    return found


def _inserts(part: Json) -> bool:
    actions = (value for name, value in part.items() if name.lower() == "@action")
    return all(str(each).lower() == "insert" for each in actions)


def _sent_by(main: Json, *verbs: str) -> Iterator[tuple[str, Json]]:
    """Yield object name and element for every element in the examples of some verbs."""
    for verb in verbs:
        content = main.get(verb, {}).get("requestBody", {}).get("content", {})
        for example in content.get("application/json", {}).get("examples", {}).values():
            yield from _elements(example.get("value"))


def _elements(value: object) -> Iterator[tuple[str, Json]]:
    if isinstance(value, list):
        for each in value:
            yield from _elements(each)
    elif isinstance(value, dict):
        for name, inner in value.items():
            if isinstance(inner, dict) and "Element" in inner:
                found = inner["Element"]
                for element in found if isinstance(found, list) else [found]:
                    if isinstance(element, dict):
                        yield name, element
                        yield from _elements(element.get("Objects"))
