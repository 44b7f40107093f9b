"""Metainfo as environments answer it, made into a snapshot whose every member is as promised."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from koppeling_harness.erp.metainfo import get_metainfo_of, update_metainfo_of
from koppeling_harness.errors import DocumentError, Problem
from koppeling_harness.model.snapshot import Snapshot

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
        get={id_: get_metainfo_of(id_, body) for id_, body in sorted(raw["get"].items())},
        update={id_: update_metainfo_of(id_, body) for id_, body in sorted(raw["update"].items())},
        endpoints=None if endpoints is None else tuple(map(str, endpoints)),
    )


def _text(value: object) -> str:
    return "" if value is None else str(value)
