"""Change the JSON of an answer on purpose: pure functions over text."""

import json
import re
from typing import Any

from koppeling_harness.model.fault import Fault, FaultKind

EXTRA_FIELD = "KoppelingExtra"
"""The member that no connector has."""

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
    if fault.fault is FaultKind.EXTRA_FIELD:
        return {**data, "rows": [{**row, EXTRA_FIELD: "x"} for row in rows]} if rows else None
    return _without(data, rows, fault.field or "")


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
