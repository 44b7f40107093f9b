"""Impact on the reference integrations, against a second reading of AFAS's tables.

The oracle knows nothing of the harness's parsing: it looks for what a manifest names in each line
of the table, so that a touched field that is not listed shows, and one that is listed and not
touched too.
"""

import csv
import re
from pathlib import Path

import pytest

from koppeling_harness.model.manifest import Manifest
from koppeling_harness.plugin.discover import discover
from koppeling_harness.workflow.updates.updates import impact, import_changes
from support.updates import CHANGES, needs_changes

PLUGINS = Path(__file__).parents[2] / "plugins"
TABLES = ("profit-4.tsv", "profit-6.tsv")


def reference_integrations() -> list[Manifest]:
    if not PLUGINS.is_dir():
        return []
    return [each.manifest for each in discover([PLUGINS], entry_points=False).integrations]


def expected(manifest: Manifest, table: str) -> set[tuple[str, str]]:
    """Connector and dotted path of every row that names something the manifest declares."""
    found = set()
    fields = {each.id: set(each.fields) for each in manifest.update_connectors}
    with (CHANGES / table).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            connector = row["connector"].split("/")[0]
            if connector not in fields or row["description"].startswith("api tag"):
                continue
            declared = fields[connector]
            quoted = re.findall(r"'([^']*/Element/[^']*)'", row["description"])
            if not quoted:
                found.add((connector, ""))
                continue
            steps = [
                step
                for step in quoted[0].split("/")[1:]
                if step not in {"Element", "Objects", "items", "Fields"}
            ]
            path, inside = ".".join(steps), ".".join(steps[:-1])
            must = "required" in row["description"]
            sends = any(each.startswith(f"{inside}.") or not inside for each in declared)
            if path in declared or (must and sends):
                found.add((connector, path))
    return found


@needs_changes
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("manifest", reference_integrations(), ids=lambda each: each.id)
def test_each_touched_field_is_listed_and_none_untouched(manifest, table, tmp_path):
    changes = import_changes(CHANGES / table)
    found = impact(changes, [PLUGINS], runs=tmp_path)
    (mine,) = [each for each in found.impacts if each.integration == manifest.id]

    assert {(each.connector, each.path) for each in mine.changes} == expected(manifest, table)
    assert all(each.declared and not each.observed for each in mine.changes)


@needs_changes
def test_the_tables_touch_some_reference_integration():
    """Else the test above would show nothing."""
    touched = [
        (manifest.id, table)
        for manifest in reference_integrations()
        for table in TABLES
        if expected(manifest, table)
    ]

    assert len(touched) >= 2, touched
