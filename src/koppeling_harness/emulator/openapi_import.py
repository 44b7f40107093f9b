"""UpdateConnectors and GetConnectors out of AFAS's own OpenAPI files.

The files describe a connector's body as `properties.<Root>.properties.Element`, which holds
`Fields` and, below `Objects`, the sub-objects in the same form. Keys beside `Fields` stand only
in the examples, returned keys only in the example of a 201, and code tables in the description. A
GetConnector's fields stand in the schema of its 200, below `rows`.

Source: AFAS, docs.afas.help/apidoc (OpenAPI 3, one file per domain).
"""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from koppeling_harness.emulator.definition import Definition, supplied
from koppeling_harness.emulator.openapi_examples import Shown, read_examples
from koppeling_harness.emulator.published import PublishedField, published
from koppeling_harness.emulator.specification import (
    DECIMALS,
    Field,
    ObjectType,
    UpdateConnector,
)
from koppeling_harness.value import dataclass

_CODE_LINE = re.compile(r"^(.{1,40}?) = (.*?);?$")
_MOST_VALUES = 400
"""Longer lists are user tables of AFAS's own environment, such as all collective agreements."""

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What was understood of a file, and what was not."""

    connectors: tuple[UpdateConnector, ...]
    gets: tuple[Definition, ...] = ()
    not_understood: tuple[str, ...]
    """One line each: where, and why."""


def import_openapi(text: str, *, name: str) -> Imported:
    """Return the connectors that an OpenAPI file of AFAS describes.

    Args:
        text: The file's content.
        name: How to call the file in `not_understood`.
    """
    try:
        document = json.loads(text)
        paths, schemas = document["paths"], document["components"]["schemas"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        line = f"{name}: expected an OpenAPI document with paths and schemas: {error!r}"
        return Imported(connectors=(), not_understood=(line,))
    problems: list[str] = []
    found = []
    for id_ in sorted({each for path in paths if (each := _update_id(path, paths[path]))}):
        connector = _connector(id_, paths, schemas)
        if isinstance(connector, UpdateConnector):
            found.append(connector)
        else:
            problems.append(f"{name}: {id_}: {connector}")
    gets = []
    for id_ in sorted({each for path in paths if (each := _get_id(path, paths[path]))}):
        read = _get(id_, paths[f"/connectors/{id_}"]["get"])
        if isinstance(read, Definition):
            gets.append(read)
        if id_.lower() not in supplied():
            why = "its data is unknown, it gives no rows" if isinstance(read, Definition) else read
            problems.append(f"{name}: GetConnector {id_}: {why}")
    return Imported(connectors=tuple(found), gets=tuple(gets), not_understood=tuple(problems))


def merge(one: UpdateConnector, other: UpdateConnector) -> UpdateConnector:
    """Return a connector that accepts what either accepts (its POST and its PUT, or two files)."""
    return replace(
        one,
        root=_merge_objects(one.root, other.root),
        methods="".join(each for each in "CUD" if each in one.methods + other.methods),
    )


def _update_id(path: str, operations: Json) -> str | None:
    parts = path.strip("/").split("/")
    if len(parts) < 2 or parts[0].lower() != "connectors" or "{" in parts[1]:
        return None
    return parts[1] if {"post", "put", "delete"} & set(operations) else None


def _get_id(path: str, operations: Json) -> str | None:
    parts = path.strip("/").split("/")
    if len(parts) != 2 or parts[0] != "connectors" or "{" in parts[1]:
        return None
    return parts[1] if "get" in operations else None


_GET_LETTERS = {"integer": "i", "number": "n", "boolean": "b"}


def _get(id_: str, operation: Json) -> Definition | str:
    """Return the GetConnector of an operation, or why not."""
    try:
        answer = operation["responses"]["200"]["content"]["application/json"]["schema"]
        rows = answer["properties"]["rows"]["items"]["properties"]
        fields = [
            PublishedField(
                id=name,
                type=_GET_LETTERS.get(each.get("type"), "s"),
                label_en=_plain(each.get("description", "").split("\n")[0]),
            )
            for name, each in rows.items()
        ]
    except (KeyError, TypeError, AttributeError) as error:
        return f"no fields below `rows` in the schema of its 200: {error!r}"
    known = supplied().get(id_.lower())
    summary = " ".join(str(operation.get("summary", id_)).split())
    return published(id_, known.description if known else summary, fields)


def _connector(id_: str, paths: Json, schemas: Json) -> UpdateConnector | str:
    main = paths.get(f"/connectors/{id_}", {})
    bodies = [schemas[f"{id_}_{verb}"] for verb in ("POST", "PUT") if f"{id_}_{verb}" in schemas]
    if not bodies:
        return "no schema for its body"
    shown = read_examples(main)
    roots = [_root(body, shown) for body in bodies]
    if None in roots:
        return "its body has no Element with Fields"
    whole = roots[0]
    for each in roots[1:]:
        whole = _merge_objects(whole, each)  # type: ignore[arg-type]  # None was ruled out above
    returns, wrapped = _returned(main)
    deletes = [path for path in paths if path.startswith(f"/connectors/{id_}/") and "@" in path]
    found = {verb for verb in ("post", "put") if verb in main}
    methods = "C" * ("post" in found) + "U" * ("put" in found) + "D" * bool(deletes)
    return UpdateConnector(
        id=id_,
        description=" ".join(_summary(main).split()) or id_,
        methods=methods,
        root=whole,  # type: ignore[arg-type]  # None was ruled out above
        delete_keys=_delete_keys(deletes),
        returns=returns,
        wrapped=wrapped,
    )


def _summary(main: Json) -> str:
    return next((op["summary"] for op in main.values() if isinstance(op, dict)), "")


def _root(body: Json, shown: Shown) -> ObjectType | None:
    for name, value in body.get("properties", {}).items():
        return _object(name, value, shown)
    return None


def _object(name: str, value: Json, shown: Shown) -> ObjectType | None:
    element = value.get("properties", {}).get("Element", {})
    element = element.get("items", element)
    members = element.get("properties", {})
    if "Fields" not in members:
        return None
    children = [
        _object(child, inner, shown)
        for child, inner in members.get("Objects", {})
        .get("items", members.get("Objects", {}))
        .get("properties", {})
        .items()
    ]
    fields = members["Fields"]
    required = frozenset(fields.get("required", ()))
    always = shown.always.get(name)
    listed = tuple(
        _field(id_, each, required=id_ in required and (always is None or id_.lower() in always))
        for id_, each in fields.get("properties", {}).items()
    )
    known = {each.id.lower() for each in listed}
    # Text of any length: what AFAS's examples send and its schemas lack.
    more = (
        Field(id=id_, type="string", length=0, label=id_)
        for id_ in shown.sent.get(name, ())
        if id_.lower() not in known
    )
    return ObjectType(
        name=name,
        keys=shown.keys.get(name, ()),
        fields=(*listed, *more),
        objects=tuple(each for each in children if each),
    )


_MORE_DECIMALS = {
    "DaRa": 5,
    "Rate": 5,
    "FcDf": 4,
    "NoHo": 4,
    "QuUn": 4,
    "TaMi": 3,
    "TaDf": 3,
    "TaMa": 3,
    "Upri": 4,
}
"""Decimals of fields to which AFAS's own examples send more than two; its files give none."""


def _field(id_: str, value: Json, *, required: bool) -> Field:
    label, *lines = value.get("description", id_).split("\n")
    codes = tuple(str(each) for each in value.get("enum", ()))
    if len(codes) > _MOST_VALUES:
        codes = ()
    matches = (_CODE_LINE.match(line.strip()) for line in lines)
    described = {match[1]: match[2] for match in matches if match}
    return Field(
        id=id_,
        type=_type(value),
        length=value.get("maxLength", 0),
        decimals=_MORE_DECIMALS.get(id_, DECIMALS),
        listed_required=required,
        label=_plain(label),
        values=tuple((_plain(code), _plain(described.get(code, code))) for code in codes),
    )


def _plain(text: str) -> str:
    return re.sub(r"[\t\r\n|]+", " ", text).strip()


def _type(value: Json) -> str:
    kind, form = value.get("type"), value.get("format")
    if kind == "integer":
        return "int"
    if kind == "number":
        return "decimal"
    if kind == "boolean":
        return "boolean"
    return {"date": "date", "date-time": "date", "byte": "blob"}.get(str(form), "string")


def _returned(main: Json) -> tuple[tuple[str, ...], bool]:
    for verb in ("post", "put"):
        content = main.get(verb, {}).get("responses", {}).get("201", {}).get("content", {})
        for example in content.get("application/json", {}).get("examples", {}).values():
            value = example.get("value")
            if isinstance(value, dict) and value:
                wrapped = "results" in value
                inner: Any = next(iter(value["results"].values()), {}) if wrapped else value
                while isinstance(inner, dict) and len(inner) == 1:
                    only = next(iter(inner.values()))
                    if not isinstance(only, dict):
                        break
                    inner = only
                inner = inner[0] if isinstance(inner, list) else inner
                return tuple(inner), wrapped
    return (), True


def _delete_keys(paths: list[str]) -> tuple[str, ...]:
    for path in sorted(paths, key=len):
        keys = path.split("/@", 1)[1].split("/", 1)[0]
        return tuple(each.strip("@ ") for each in keys.split(","))
    return ()


def _merge_objects(one: ObjectType | None, other: ObjectType) -> ObjectType:
    if one is None:
        return other
    known = set(one.by_id)
    objects = {each.name: each for each in one.objects}
    for each in other.objects:
        objects[each.name] = _merge_objects(objects.get(each.name), each)
    return ObjectType(
        name=one.name,
        keys=tuple(dict.fromkeys(one.keys + other.keys)),
        fields=one.fields + tuple(each for each in other.fields if each.id.lower() not in known),
        objects=tuple(objects.values()),
    )
