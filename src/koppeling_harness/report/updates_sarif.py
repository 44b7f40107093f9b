"""Changes by an AFAS update as SARIF 2.1.0, for whatever shows findings in a code review.

Only changes are written, each as a result: breaking is an error, possibly breaking a warning,
compatible a note. A row that was not understood is a warning. Source: OASIS, SARIF 2.1.0.
"""

import hashlib
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

from koppeling_harness.model.change import (
    Breaking,
    Change,
    ChangeKind,
    ChangeList,
    NotUnderstood,
    Side,
)
from koppeling_harness.place import Place
from koppeling_harness.report.clean import one_line
from koppeling_harness.report.updates_text import values
from koppeling_harness.rules.changes import KIND, effect
from koppeling_harness.version import __version__

_LEVEL = {
    Breaking.BREAKING: "error",
    Breaking.POSSIBLY: "warning",
    Breaking.COMPATIBLE: "note",
}
_LINK = re.compile(r"\[(?=[^\]]*\]\()")
"""What readers make a link of: `[text](address)`. Source: SARIF 2.1.0, 3.11.6."""
_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def render_changes_sarif(found: ChangeList) -> str:
    """Return changes as a SARIF log."""
    changes = [*found.changes, *map(_unknown, found.not_understood)]
    used = [kind for kind in ChangeKind if any(each.kind is kind for each in changes)]
    log = {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "koppeling-harness",
                        "version": __version__,
                        "rules": [_rule(each) for each in used],
                    }
                },
                "columnKind": "utf16CodeUnits",
                "results": [_result(each, found, used) for each in changes],
            }
        ],
    }
    return json.dumps(log, ensure_ascii=False, indent=1)


def _unknown(row: NotUnderstood) -> Change:
    """Return a row that was not understood as a change that may be anything."""
    breaking, why = effect(ChangeKind.NOT_UNDERSTOOD, Side.WRITES)
    return Change(
        connector=row.connector,
        side=Side.WRITES,
        kind=ChangeKind.NOT_UNDERSTOOD,
        breaking=breaking,
        after=row.description or row.row,
        why=why,
        listed_breaking=row.listed_breaking,
        places=(row.place,),
    )


def _rule(kind: ChangeKind) -> dict[str, Any]:
    return {
        "id": kind.value,
        "name": "".join(part.title() for part in kind.value.split("_")),
        "shortDescription": {"text": KIND[kind].en},
    }


def _result(each: Change, found: ChangeList, used: list[ChangeKind]) -> dict[str, Any]:
    name = ".".join(part for part in (each.connector, each.path) if part)
    said = " ".join(part for part in (name, KIND[each.kind].en) if part)
    value = values(each.before, each.after)
    text = f"{said}: {value}. {each.why.en}" if value else f"{said}. {each.why.en}"
    places = each.places or ((found.to.name if found.to else found.table),)
    return {
        "ruleId": each.kind.value,
        "ruleIndex": used.index(each.kind),
        "level": _LEVEL[each.breaking],
        "message": {"text": _LINK.sub(r"\\[", one_line(text, limit=1000))},
        "locations": [_location(place, name) for place in places],
        "partialFingerprints": {"koppelingChange/v1": _fingerprint(each)},
        "properties": {"side": each.side.value, "operations": list(each.operations)},
    }


def _location(place: str, name: str) -> dict[str, Any]:
    found = Place.read(place)
    # GitHub wants a line (sarif-sdk, GH1003): what is of a whole file is at its first
    physical: dict[str, Any] = {
        "artifactLocation": {"uri": _uri(found.file)},
        "region": {"startLine": found.line or 1},
    }
    location: dict[str, Any] = {"physicalLocation": physical}
    if name:
        location["logicalLocations"] = [{"fullyQualifiedName": one_line(name), "kind": "member"}]
    return location


def _uri(file: str) -> str:
    """Return a path as SARIF wants it: relative as it is, absolute as a `file:` URI."""
    path = Path(file)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())


def _fingerprint(each: Change) -> str:
    """Return what stays the same when the same difference is found again."""
    parts = (each.connector, each.side, each.path, each.kind, each.before, each.after)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
