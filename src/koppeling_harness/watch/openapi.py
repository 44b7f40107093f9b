"""AFAS's OpenAPI files, read to be compared.

The emulator reads the same files to imitate them, and joins what POST and PUT accept; here each
operation keeps a body of its own, no list of codes is too long, and the rows of GetConnectors and
every path count too. Two readers for two purposes: what one misreads, the other need not.

Source for the form: AFAS, docs.afas.help/apidoc (OpenAPI 3, one file per domain).
"""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from koppeling_harness.document import read_content
from koppeling_harness.errors import DocumentError, Problem
from koppeling_harness.model.change import Compared, Side
from koppeling_harness.watch.interface import READ, Connector, FieldFacts, Fields, Interface, Source

_METHODS = ("get", "post", "put", "delete")
_BODIES = ("POST", "PUT")

Json = Mapping[str, Any]
_Key = tuple[Side, str]


def read_openapi(paths: Sequence[Path], *, name: str) -> Interface:
    """Return the API that OpenAPI files describe together.

    Args:
        paths: The files; what stands in several of them is joined.
        name: How to call them.

    Raises:
        DocumentError: A file cannot be read or is no OpenAPI document; all of them are told.
    """
    problems: list[Problem] = []
    reading = _Reading()
    for path in paths:
        try:
            reading.add(json.loads(read_content(path)))
        except DocumentError as error:
            problems += error.problems
        except (ValueError, RecursionError, KeyError, TypeError, AttributeError) as error:
            message = f"expected an OpenAPI document with paths and schemas: {error!r}"
            problems.append(Problem(where=str(path), message=message))
    if problems:
        raise DocumentError(problems)
    return reading.interface(name)


class _Reading:
    """What was found so far."""

    def __init__(self) -> None:
        self._bodies: dict[_Key, dict[str, dict[str, FieldFacts]]] = {}
        self._ids: dict[_Key, str] = {}
        self._endpoints: set[str] = set()
        self._versions: set[str] = set()

    def add(self, document: Json) -> None:
        """Take in one file."""
        schemas = document["components"].get("schemas", {})
        self._versions.add(str(document["info"].get("version", "")))
        for path, operations in document["paths"].items():
            for method in _METHODS:
                if method in operations:
                    self._endpoints.add(f"{method.upper()} {path}")
            self._connector(path, operations, schemas)

    def interface(self, name: str) -> Interface:
        """Return all of it."""
        connectors = {
            key: Connector(id=self._ids[key], side=key[0], bodies=bodies)
            for key, bodies in self._bodies.items()
        }
        return Interface(
            source=Source.OPENAPI,
            about=Compared(name=name, version=", ".join(sorted(self._versions))),
            connectors=connectors,
            endpoints=frozenset(self._endpoints),
        )

    def _connector(self, path: str, operations: Json, schemas: Json) -> None:
        parts = path.strip("/").split("/")
        if len(parts) < 2 or parts[0].lower() != "connectors" or "{" in parts[1]:
            return
        id_ = parts[1]
        if "get" in operations and len(parts) == 2:
            self._body(Side.READS, id_, READ, _row(operations["get"]))
        if {"post", "put", "delete"} & set(operations):
            self._body(Side.WRITES, id_, "", {})
        for method in _BODIES:
            if len(parts) == 2 and method.lower() in operations:
                schema = _schema(operations[method.lower()], schemas)
                self._body(Side.WRITES, id_, method, dict(_root(schema)))

    def _body(self, side: Side, id_: str, operation: str, fields: Fields) -> None:
        key = (side, id_.lower())
        self._ids.setdefault(key, id_)
        bodies = self._bodies.setdefault(key, {})
        if operation:
            bodies.setdefault(operation, {}).update(fields)


def _schema(operation: Json, schemas: Json) -> Json:
    content = operation.get("requestBody", {}).get("content", {})
    schema: Json = content.get("application/json", {}).get("schema", {})
    reference = schema.get("$ref")
    return schemas.get(reference.rpartition("/")[2], {}) if reference else schema


def _row(operation: Json) -> dict[str, FieldFacts]:
    content = operation.get("responses", {}).get("200", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema", {})
    row = schema.get("properties", {}).get("rows", {}).get("items", {})
    fields = row.get("properties", {})
    return {id_: _facts(each, required=False) for id_, each in fields.items()}


def _root(schema: Json) -> Iterator[tuple[str, FieldFacts]]:
    for value in schema.get("properties", {}).values():
        yield from _object(value, "")


def _object(value: Json, inside: str) -> Iterator[tuple[str, FieldFacts]]:
    element = value.get("properties", {}).get("Element", {})
    members = element.get("items", element).get("properties", {})
    fields = members.get("Fields", {})
    required = frozenset(fields.get("required", ()))
    for id_, each in fields.get("properties", {}).items():
        yield inside + id_, _facts(each, required=id_ in required)
    objects = members.get("Objects", {})
    for name, below in objects.get("items", objects).get("properties", {}).items():
        yield from _object(below, f"{inside}{name}.")


def _facts(value: Json, *, required: bool) -> FieldFacts:
    step = value.get("multipleOf")
    return FieldFacts(
        type=_type(value),
        length=int(value.get("maxLength") or 0),
        decimals=round(-math.log10(step)) if step else None,
        required=required,
        values=tuple(str(each) for each in value.get("enum", ())),
    )


def _type(value: Json) -> str:
    """Return what metainfo calls the type; a format that changes nothing to a sender is none."""
    kind, form = value.get("type"), value.get("format")
    if kind == "integer":
        return "int"
    if kind == "number":
        return "decimal"
    if kind == "boolean":
        return "boolean"
    return {"date": "date", "date-time": "date", "byte": "blob"}.get(str(form), "string")
