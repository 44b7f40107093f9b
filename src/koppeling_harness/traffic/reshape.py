"""Change the JSON of an answer on purpose: pure functions over text."""

import json
import re
from collections.abc import Iterator
from itertools import cycle
from typing import Any

from koppeling_harness.model.fault import Fault, FaultKind

EXTRA_FIELD = "KoppelingExtra"
"""The member that no connector has."""

ODD_DAYS = ("2024-02-29", "2026-03-29", "2026-10-25", "2027-01-01")
"""A leap day, the nights that the clock is changed, and New Year."""

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?=T|$)")
_WHEN_CHANGED = re.compile(r"(?i)modif|mutat|wijz|creat|aangem")
"""A field that tells when a row was made or changed: what is read next follows from it."""
_LAYOUT = re.compile(r'"(?:[^"\\]|\\.)*"|[,:\[\]{}]|\s+')
_LAID_OUT = {",": "\r\n , ", ":": " : ", "[": "[ \r\n", "{": "{ ", "]": "\r\n]", "}": " }"}


def reshape(text: str, fault: Fault) -> str | None:
    """Return the answer's JSON as a fault makes it; None when there is nothing to do it to.

    Args:
        text: The body of the answer.
        fault: One that changes a body and leaves the rest alone.
    """
    if fault.fault is FaultKind.OTHER_LAYOUT:
        return _other_layout(text)
    if fault.fault is FaultKind.MALFORMED_JSON:
        cut = text.rstrip()
        return cut[:-1] if cut.endswith(("}", "]")) else None
    try:
        data = json.loads(text)
    except ValueError:
        return None
    changed = _changed(data, fault)
    if changed is None:
        return None
    return json.dumps(changed, ensure_ascii=False, separators=(",", ":"))


def _changed(data: Any, fault: Fault) -> Any:
    if fault.fault is FaultKind.REORDERED_MEMBERS:
        return _reordered(data)
    rows = data.get("rows") if isinstance(data, dict) else None
    if not isinstance(rows, list):
        return None
    if fault.fault is FaultKind.EMPTY_ROWS:
        return {**data, "rows": []}
    if fault.fault is FaultKind.ODD_DAYS:
        days = cycle(ODD_DAYS)
        return {**data, "rows": [_on_odd_days(row, days) for row in rows]} if rows else None
    if fault.fault is FaultKind.EXTRA_FIELD:
        return {**data, "rows": [{**row, EXTRA_FIELD: "x"} for row in rows]} if rows else None
    return _without(data, rows, fault.field or "")


def _on_odd_days(row: dict[str, Any], days: Iterator[str]) -> dict[str, Any]:
    return {
        name: f"{next(days)}{value[10:]}"
        if isinstance(value, str) and _DAY.match(value) and not _WHEN_CHANGED.search(name)
        else value
        for name, value in row.items()
    }


def _without(data: dict[str, Any], rows: list[dict[str, Any]], field: str) -> Any:
    if not any(field in row for row in rows):
        return None
    kept = [{name: value for name, value in row.items() if name != field} for row in rows]
    return {**data, "rows": kept}


def _reordered(node: Any) -> Any:
    if isinstance(node, dict):
        return {name: _reordered(value) for name, value in reversed(node.items())}
    if isinstance(node, list):
        return [_reordered(value) for value in node]
    return node


def _other_layout(text: str) -> str | None:
    if not text.lstrip().startswith(("{", "[")):
        return None

    def lay_out(match: re.Match[str]) -> str:
        part = match.group()
        return "" if part.isspace() else _LAID_OUT.get(part, part)

    return _LAYOUT.sub(lay_out, text)
