"""How long `koppeling updates impact` takes for many integrations and a full release difference.

    python bench/update_impact.py [integrations]

Every integration is a manifest on disk that declares 12 fields of 6 UpdateConnectors; the
difference takes a field out of, and makes another longer in, each of 250 connectors of 80 fields.
"""

import json
import sys
import tempfile
import time
from pathlib import Path

from koppeling_harness.workflow.updates.updates import diff, impact

CONNECTORS, FIELDS = 250, 80
MANIFEST = """\
id: integration-{number:05}
title: {{nl: Voorbeeld, en: Example}}
partner: {{name: Voorbeeld BV, subscription: "12345"}}
version: "1.0.0"
integration_id: "12345_678901"
releases: [Profit 8]
runtime: {{kind: command, command: [example]}}
update_connectors:
{connectors}
operations:
  - name: push
    title: {{nl: Stuur, en: Push}}
    writes: [{first}]
"""


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number in range(count):
            ids = [f"Kn{(number + step) % CONNECTORS:03}" for step in range(6)]
            lines = "\n".join(f"  - {{id: {each}, fields: [Link.F00, Link.F02]}}" for each in ids)
            plugin = folder / "plugins" / f"{number:05}"
            plugin.mkdir(parents=True)
            text = MANIFEST.format(number=number, connectors=lines, first=ids[0])
            (plugin / "koppeling.yaml").write_text(text)
        for release, gone, length in (("old", 0, 10), ("new", 1, 20)):
            fields = [
                {"fieldId": f"F{each:02}", "dataType": "string", "length": length}
                for each in range(gone, FIELDS)
            ]
            body = {"fields": [], "objects": [{"name": "Link", "fields": fields, "objects": []}]}
            update = {f"Kn{each:03}": body for each in range(CONNECTORS)}
            (folder / f"{release}.json").write_text(json.dumps({"get": {}, "update": update}))
        started_s = time.perf_counter()
        changes = diff(folder / "old.json", folder / "new.json")
        compared_s = time.perf_counter()
        found = impact(changes, [folder / "plugins"], runs=folder / "reports").impacts
        ended_s = time.perf_counter()
    touched = sum(len(each.changes) for each in found)
    assert (len(found), touched) == (count, count * 12)
    print(f"{len(changes.changes)} changes compared in {compared_s - started_s:.2f} s")
    print(f"{count} integrations, {touched} touched in {ended_s - compared_s:.2f} s")


if __name__ == "__main__":
    main()
