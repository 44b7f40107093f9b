"""Connectors out of a snapshot of a live environment's metainfo.

A snapshot is one JSON object: `info`, `get` and `update`, the last two by connector id as
`/metainfo/get/{id}` and `/metainfo/update/{id}` answer. It holds definitions and no data.
"""

import json
from collections.abc import Mapping
from typing import Any

from koppeling_harness.emulator.definition import Definition, supplied
from koppeling_harness.emulator.published import PublishedField, published
from koppeling_harness.emulator.specification import (
    DECIMALS,
    TYPES,
    Field,
    ObjectType,
    UpdateConnector,
)
from koppeling_harness.value import dataclass

_GET_LETTERS = {"string": "s", "int": "i", "decimal": "n", "boolean": "b", "date": "d", "blob": "s"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What was understood of a snapshot, and what was not."""

    updates: tuple[UpdateConnector, ...]
    gets: tuple[Definition, ...]
    not_understood: tuple[str, ...]


def read_snapshot(text: str, *, name: str) -> Snapshot:
    """Return the connectors of a snapshot.

    Args:
        text: The file's content.
        name: How to call the file in `not_understood`.
    """
    try:
        document = json.loads(text)
        gets, updates = dict(document["get"]), dict(document["update"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        line = f"{name}: expected a snapshot with `get` and `update`: {error!r}"
        return Snapshot(updates=(), gets=(), not_understood=(line,))
    problems: list[str] = []
    found_updates, found_gets = [], []
    for id_, body in updates.items():
        try:
            found_updates.append(_update(id_, body))
        except (KeyError, TypeError, AttributeError) as error:
            problems.append(f"{name}: UpdateConnector {id_}: {error!r}")
    for id_, body in gets.items():
        try:
            found_gets.append(_get(id_, body))
        except (KeyError, TypeError, AttributeError) as error:
            problems.append(f"{name}: GetConnector {id_}: {error!r}")
            continue
        if id_.lower() not in supplied():
            problems.append(f"{name}: GetConnector {id_}: its data is unknown, it gives no rows")
    return Snapshot(
        updates=tuple(found_updates), gets=tuple(found_gets), not_understood=tuple(problems)
    )


def _update(id_: str, body: Mapping[str, Any]) -> UpdateConnector:
    root = ObjectType(
        name=str(body.get("name") or id_),
        keys=_keys(body),
        fields=_fields(body),
        objects=tuple(_object(each) for each in body.get("objects") or ()),
    )
    return UpdateConnector(
        id=id_,
        description=str(body.get("description") or id_),
        methods="CUD",
        root=root,
        delete_keys=root.keys,
        returns=root.keys,
    )


def _object(body: Mapping[str, Any]) -> ObjectType:
    return ObjectType(
        name=str(body["name"]),
        keys=_keys(body),
        fields=_fields(body),
        objects=tuple(_object(each) for each in body.get("objects") or ()),
    )


def _keys(body: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(each["fieldId"] for each in body["fields"] if each.get("primaryKey"))


def _fields(body: Mapping[str, Any]) -> tuple[Field, ...]:
    return tuple(
        Field(
            id=str(each["fieldId"]),
            type=each["dataType"] if each["dataType"] in TYPES.values() else "string",
            length=int(each.get("length") or 0),
            decimals=_decimals(each),
            listed_required=bool(each.get("mandatory")),
            label=str(each.get("label") or each["fieldId"]),
            values=tuple(
                (str(value["id"]), str(value.get("description") or value["id"]))
                for value in each.get("values") or ()
            ),
        )
        for each in body["fields"]
    )


def _decimals(body: Mapping[str, Any]) -> int:
    """Return the decimals of a field; of a decimal without any, those that are usual."""
    found = body.get("decimals")
    return found if isinstance(found, int) and found else DECIMALS


def _get(id_: str, body: Mapping[str, Any]) -> Definition:
    """Return a GetConnector with the snapshot's fields, and the data that is known of them."""
    fields = [
        PublishedField(
            id=str(each["id"]),
            type=_GET_LETTERS.get(each["dataType"], "s"),
            length=int(each.get("length") or 0),
            decimals=_decimals(each),
            label_nl=str(each.get("label") or ""),
            label_en=str(each.get("label") or ""),
        )
        for each in body["fields"]
    ]
    return published(id_, str(body.get("description") or id_), fields)
