"""Metainfo as environments answer it, made into a snapshot whose every member is as promised.

What an environment says is taken as it comes: a member that is absent, null, or a number written
as text is no reason to have no snapshot at all.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from koppeling_harness.errors import DocumentError, Problem
from koppeling_harness.model.snapshot import (
    CodeValue,
    GetMetainfo,
    MetainfoField,
    MetainfoObject,
    Snapshot,
    UpdateMetainfo,
)

ENDPOINTS = {
    "appconnectorfile": "/fileconnector",
    "appconnectorimage": "/imageconnector",
    "appconnectorreport": "/reportconnector",
    "appconnectorsubject": "/subjectconnector",
}
"""The paths of what metainfo lists under `customConnectors`, by lower-case id."""

_KEPT = ("appName", "tokenExpiry")
"""What of `info` is kept: neither the group nor the user is."""


def snapshot_of(raw: Mapping[str, Any], *, name: str) -> Snapshot:
    """Return a snapshot out of its JSON, or out of answers in the same form.

    Args:
        raw: `get` and `update` by id; `info`, `version` and the rest when known.
        name: How to call it in problems.

    Raises:
        DocumentError: It is not a snapshot.
    """
    try:
        return _snapshot(raw)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        message = f"expected a snapshot with `get` and `update`: {error!r}"
        hint = "`koppeling updates check` and `koppeling erp1 snapshot` write them."
        raise DocumentError([Problem(where=name, message=message, hint=hint)]) from None


def endpoints_of(overview: Mapping[str, Any]) -> tuple[str, ...] | None:
    """Return the paths behind `customConnectors` of `/metainfo`, None before Profit 7."""
    listed = overview.get("customConnectors")
    if not isinstance(listed, list):
        return None
    ids = [str(each["id"]) for each in listed]
    return tuple(sorted(ENDPOINTS.get(each.lower(), each) for each in ids))


def _snapshot(raw: Mapping[str, Any]) -> Snapshot:
    info = raw.get("info") or {}
    endpoints = raw.get("endpoints")
    taken_at = raw.get("taken_at")
    return Snapshot(
        environment=_text(raw.get("environment") or info.get("envid")),
        version=_text(raw.get("version")),
        label=_text(raw.get("label")),
        taken_at=datetime.fromisoformat(taken_at) if taken_at else None,
        info={key: _text(info[key]) for key in _KEPT if info.get(key)},
        get={id_: _get(id_, body) for id_, body in sorted(raw["get"].items())},
        update={id_: _update(id_, body) for id_, body in sorted(raw["update"].items())},
        endpoints=None if endpoints is None else tuple(map(str, endpoints)),
    )


def _get(id_: str, body: Mapping[str, Any]) -> GetMetainfo:
    return GetMetainfo(
        name=_text(body.get("name")) or id_,
        description=_text(body.get("description")),
        fields=_fields(body),
    )


def _update(id_: str, body: Mapping[str, Any]) -> UpdateMetainfo:
    return UpdateMetainfo(
        id=_text(body.get("id")) or id_,
        name=_text(body.get("name")),
        description=_text(body.get("description")),
        fields=_fields(body),
        objects=_objects(body),
    )


def _objects(body: Mapping[str, Any]) -> tuple[MetainfoObject, ...]:
    return tuple(
        MetainfoObject(name=str(each["name"]), fields=_fields(each), objects=_objects(each))
        for each in body.get("objects") or ()
    )


def _fields(body: Mapping[str, Any]) -> tuple[MetainfoField, ...]:
    return tuple(
        MetainfoField(
            id=_text(each.get("id")),
            field_id=_text(each.get("fieldId")),
            primary_key=bool(each.get("primaryKey")),
            data_type=_text(each.get("dataType")),
            label=_text(each.get("label")),
            mandatory=bool(each.get("mandatory")),
            length=_number(each.get("length")),
            decimals=_number(each.get("decimals")),
            decimals_field_id=_text(each.get("decimalsFieldId")),
            notzero=bool(each.get("notzero")),
            control_type=_number(each.get("controlType")),
            values=_values(each.get("values")),
        )
        for each in body.get("fields") or ()
    )


def _values(listed: Iterable[Mapping[str, Any]] | None) -> tuple[CodeValue, ...] | None:
    if not listed:
        return None
    return tuple(
        CodeValue(id=_text(each["id"]), description=_text(each.get("description")))
        for each in listed
    )


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _number(value: object) -> int:
    return int(str(value)) if value not in {None, ""} else 0
