"""The emulator's own surface as an OpenAPI document, in the form of AFAS's files.

What it says of bodies is what `openapi_import` reads back; for tools that work from OpenAPI.
"""

from collections.abc import Iterable
from typing import Any

from koppeling_harness.emulator.definition import Definition
from koppeling_harness.emulator.specification import Field, ObjectType, UpdateConnector
from koppeling_harness.model.shape import Release

_TYPES: dict[str, dict[str, Any]] = {
    "string": {"type": "string", "format": ""},
    "int": {"type": "integer", "format": ""},
    "decimal": {"type": "number", "format": "float"},
    "boolean": {"type": "boolean", "format": ""},
    "date": {"type": "string", "format": "date"},
    "blob": {"type": "string", "format": "byte"},
}
_QUERY = {
    "skip": "integer",
    "take": "integer",
    "orderbyfieldids": "string",
    "filterfieldids": "string",
    "filtervalues": "string",
    "operatortypes": "string",
    "filterjson": "string",
}
_ANSWERS = {
    "401": {"description": "Unauthorized"},
    "403": {"description": "Forbidden"},
    "500": {"description": "Refused, with externalMessage, errorNumber and profitLogReference"},
}
_VERBS = {"C": "post", "U": "put"}

Json = dict[str, Any]


def export_openapi(
    updates: Iterable[UpdateConnector], gets: Iterable[Definition], release: Release
) -> Json:
    """Return the OpenAPI document of some connectors and the common endpoints."""
    paths: Json = {
        "/profitversion": {"get": _operation("profitversion", "Version", "200")},
        "/metainfo": {"get": _operation("metainfo", "Metainfo", "200")},
    }
    schemas: Json = {}
    for get in gets:
        operation = _operation(f"Get_{get.id}", get.description, "200")
        operation["parameters"] = [
            {"name": name, "in": "query", "required": False, "schema": {"type": kind}}
            for name, kind in _QUERY.items()
        ]
        paths[f"/connectors/{get.id}"] = {"get": operation}
    for each in updates:
        _add_update(each, paths, schemas)
    return {
        "openapi": "3.0.1",
        "info": {"title": "ERP1, emulated", "version": release.version},
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "AfasToken": {"type": "apiKey", "name": "Authorization", "in": "header"}
            },
        },
        "security": [{"AfasToken": []}],
    }


def _operation(id_: str, summary: str, status: str) -> Json:
    return {
        "operationId": id_,
        "summary": summary,
        "responses": {status: {"description": "Success"}, **_ANSWERS},
    }


def _add_update(each: UpdateConnector, paths: Json, schemas: Json) -> None:
    verbs: Json = {}
    for letter, verb in _VERBS.items():
        if letter not in each.methods:
            continue
        name = f"{each.id}_{verb.upper()}"
        schemas[name] = {"type": "object", "properties": {each.root.name: _object(each.root)}}
        operation = _operation(f"{verb.upper()}_{each.id}", each.description, "201")
        reference = {"$ref": f"#/components/schemas/{name}"}
        content: Json = {"schema": reference}
        example = _example(each.root)
        if example:
            content["examples"] = {"keys": {"value": {each.root.name: example}}}
        operation["requestBody"] = {"content": {"application/json": content}}
        if each.returns:
            keys: Json = {each.id: dict.fromkeys(each.returns, "PrimaryKeyValue")}
            value = {"results": keys} if each.wrapped else keys[each.id]
            operation["responses"]["201"]["content"] = {
                "application/json": {"examples": {"Response example": {"value": value}}}
            }
        verbs[verb] = operation
    paths[f"/connectors/{each.id}"] = verbs
    if "D" in each.methods and each.delete_keys:
        names = ",".join(f"@{key}" for key in each.delete_keys)
        values = ",".join(f"{{{key}}}" for key in each.delete_keys)
        operation = _operation(f"DELETE_{each.id}", each.description, "200")
        operation["parameters"] = [
            {"name": key, "in": "path", "required": True, "schema": {"type": "string"}}
            for key in each.delete_keys
        ]
        paths[f"/connectors/{each.id}/{each.root.name}/{names}/{values}"] = {"delete": operation}


def _object(type_: ObjectType) -> Json:
    members: Json = {
        "Fields": {
            "type": "object",
            "properties": {each.id: _field(each) for each in type_.fields},
            "required": [each.id for each in type_.fields if each.listed_required],
        }
    }
    if type_.objects:
        members["Objects"] = {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {each.name: _object(each) for each in type_.objects},
            },
        }
    element = {"type": "object", "properties": members}
    return {"type": "object", "properties": {"Element": element}}


def _field(each: Field) -> Json:
    lines = [each.label, *(f"{code} = {text};" for code, text in each.values)]
    found: Json = {**_TYPES[each.type], "description": "\n".join(lines)}
    if each.values:
        found["enum"] = [code for code, _ in each.values]
    if each.length:
        found["maxLength"] = each.length
    return found


def _example(type_: ObjectType) -> Json:
    """Return an element with the keys beside `Fields` and what an insert needs, at any depth."""
    objects = [{each.name: inner} for each in type_.objects if (inner := _example(each))]
    if not type_.keys and not objects:
        return {}
    needed = (each.id for each in type_.fields if each.listed_required)
    fields = {each: "1" for each in needed if each not in type_.keys}
    element: Json = {**{f"@{key}": "1" for key in type_.keys}, "Fields": fields}
    if objects:
        element["Objects"] = objects
    return {"Element": element}
