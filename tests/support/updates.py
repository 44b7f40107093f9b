"""Releases to compare, and change tables, for tests; a test names only what it is about."""

import os
from pathlib import Path
from typing import Any

import pytest

from koppeling_harness.model.change import (
    Breaking,
    Change,
    ChangeKind,
    ChangeList,
    NotUnderstood,
    Side,
)
from koppeling_harness.model.impact import Impact, ImpactClass, Touch
from koppeling_harness.model.shape import Text
from koppeling_harness.rules.changes import effect
from koppeling_harness.watch.interface import Interface, interface_of
from koppeling_harness.watch.metainfo import snapshot_of

SHARED = Path(os.environ.get("KOPPELING_SHARED") or Path(__file__).resolve().parents[3] / "shared")
"""Where AFAS's own files may lie: beside the project's folder, or as the environment says."""

CHANGES = SHARED / "data" / "changes"
OPENAPI = SHARED / "data" / "openapi"
needs_changes = pytest.mark.skipif(
    not CHANGES.is_dir(), reason="needs AFAS's change tables (KOPPELING_SHARED)"
)
needs_openapi = pytest.mark.skipif(
    not OPENAPI.is_dir(), reason="needs AFAS's OpenAPI files (KOPPELING_SHARED)"
)


def a_field(id_: str, **facts: Any) -> dict[str, Any]:
    """Return a field as metainfo tells it: `a_field("Ds", length=80, values=["A", "B"])`."""
    values = facts.pop("values", None)
    return {
        "id": id_,
        "fieldId": id_,
        "dataType": facts.pop("type", "string"),
        "values": [{"id": each, "description": each} for each in values] if values else None,
        **facts,
    }


def a_release(
    *,
    get: dict[str, Any] | None = None,
    update: dict[str, Any] | None = None,
    version: str = "8.0.12",
    endpoints: list[str] | None = None,
) -> Interface:
    """Return a release as a snapshot tells it: by connector its fields, or its whole metainfo."""
    raw = {
        "version": version,
        "endpoints": endpoints,
        "get": {id_: _body(each) for id_, each in (get or {}).items()},
        "update": {id_: _body(each) for id_, each in (update or {}).items()},
    }
    return interface_of(snapshot_of(raw, name="a snapshot"), name="a snapshot")


def an_object(name: str, *fields: dict[str, Any]) -> dict[str, Any]:
    """Return a sub-object as metainfo tells it."""
    return {"name": name, "fields": list(fields), "objects": []}


def with_objects(fields: list[dict[str, Any]], *objects: dict[str, Any]) -> dict[str, Any]:
    """Return the metainfo of an UpdateConnector that has sub-objects."""
    return {"fields": fields, "objects": list(objects)}


def a_change(connector: str, path: str, kind: ChangeKind, **values: Any) -> Change:
    """Return a change, classed as the rules class it."""
    side = values.pop("side", Side.WRITES)
    breaking, why = effect(kind, side)
    return Change(
        **{
            "connector": connector,
            "path": path,
            "kind": kind,
            "side": side,
            "breaking": breaking,
            "why": why,
            **values,
        }
    )


def some_changes() -> ChangeList:
    """Return changes of every class, a row that was not understood, and a note."""
    field, value = ChangeKind.FIELD_ADDED, ChangeKind.ENUM_VALUE_REMOVED
    added = [a_change("KnSubject", f"New{number}", field) for number in range(45)]
    return ChangeList(
        table="news-profit8.md",
        rows=49,
        changes=(
            a_change("KnPerson", "PsNa", value, before="KS", listed_breaking=True),
            a_change("Profit_X", "Name", ChangeKind.LENGTH_INCREASED, side=Side.READS),
            a_change("", "", ChangeKind.DOCUMENTATION, before="Iv3"),
            *added,
        ),
        not_understood=(NotUnderstood(place="news-profit8.md:9", row="| ? |", problem="x"),),
        not_compared=(Text(nl="Endpoints niet.", en="Not the endpoints."),),
    )


def some_impacts() -> list[Impact]:
    """Return an integration of each class, one of them touched twice."""
    touch = Touch(
        connector="KnPerson",
        path="PsNa",
        kind=ChangeKind.ENUM_VALUE_REMOVED,
        breaking=Breaking.BREAKING,
        declared=True,
        observed=False,
        before="KS",
    )
    return [
        Impact(integration=each.value, class_=each, changes=(touch, touch)[:number])
        for number, each in enumerate(ImpactClass)
    ]


def said(changes: Any) -> list[tuple[str, str, str, str, str]]:
    """Return connector, path, kind, before and after of each change."""
    return [
        (each.connector, each.path, each.kind.value, each.before, each.after) for each in changes
    ]


def classes(changes: Any) -> dict[str, Breaking]:
    """Return the class of each change by its path, or its connector."""
    return {each.path or each.connector: each.breaking for each in changes}


def _body(fields: Any) -> dict[str, Any]:
    return fields if isinstance(fields, dict) else {"fields": fields}
