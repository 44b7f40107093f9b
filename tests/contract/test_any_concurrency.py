"""What is held against an integration does not depend on what else runs, or in which order."""

import re
from pathlib import Path

import pytest

from support.cli import koppeling

pytestmark = pytest.mark.unmeasured

REFERENCE = re.compile(r"[0-9A-F]{32}")
"""Of a refusal; each has its own."""
MANIFEST = """
id: writer
title: {nl: Schrijver, en: Writer}
partner: {name: Voorbeeld B.V., subscription: "12345"}
version: "1.0.0"
integration_id: "12345_1"
releases: ["Profit 8"]
runtime: {kind: python}
update_connectors:
  - {id: KnSubject, fields: [StId, Ds]}
  - {id: PtProject, fields: [PrId, Ds]}
  - {id: PtRealization, fields: [DaTi, StTi]}
  - {id: KnPerson, fields: [LaNm]}
operations:
  - name: write
    title: {nl: Schrijven, en: Write}
    writes: [KnSubject, PtProject, PtRealization, KnPerson]
    idempotent: false
    example: {}
"""
PLUGIN = """
import base64, http.client, json
from urllib.parse import urlsplit
from koppeling_harness import OperationResult, hookimpl

@hookimpl
def koppeling_trigger(call):
    context, (connector, fields) = call.context, call.input
    token = base64.b64encode(context.token.encode()).decode()
    headers = {"Authorization": "AfasToken " + token, "IntegrationId": context.integration_id,
               "Content-Type": "application/json;charset=utf-8"}
    base = urlsplit(context.base_url)
    connection = http.client.HTTPConnection(base.hostname, base.port, timeout=10)
    body = json.dumps({connector: {"Element": {"Fields": fields}}})
    connection.request("POST", f"{base.path}/connectors/{connector}", body, headers)
    connection.getresponse().read()
    return OperationResult()
"""
SCENARIO = """
scenario: writer.{number:02}
title: {{nl: a, en: b}}
level: required
proves: [x]
when:
  - operation: write
    input: [{connector}, {fields}]
"""
SENT = [
    ("KnSubject", "{StId: 1, Ds: [a]}"),
    ("PtProject", "{PrId: X, Xx: 1}"),
    ("PtRealization", '{DaTi: "02-11-2026", StTi: "09:00"}'),
    ("KnPerson", "{LaNm: {a: 1}}"),
]


@pytest.mark.slow
def test_the_findings_are_the_same_one_at_a_time_and_many_at_once(tmp_path: Path):
    plugin, scenarios = tmp_path / "writer", tmp_path / "scenarios"
    plugin.mkdir()
    scenarios.mkdir()
    (plugin / "koppeling.yaml").write_text(MANIFEST, "utf-8")
    (plugin / "koppeling_plugin.py").write_text(PLUGIN, "utf-8")
    for number in range(12):
        connector, fields = SENT[number % len(SENT)]
        text = SCENARIO.format(number=number, connector=connector, fields=fields)
        (scenarios / f"{number:02}.scenario.yaml").write_text(text, "utf-8")

    found = []
    for concurrency in (1, 8, 32):
        ran = koppeling(
            *("run", "--json", "--plugin", plugin, "--scenarios", scenarios),
            *("--release", "Profit 8", "--concurrency", str(concurrency)),
            cwd=tmp_path,
        )
        [record] = ran.json()["integrations"]
        found.append(
            {
                each["scenario"]: sorted(
                    (one["code"], REFERENCE.sub("its reference", one["message"]))
                    for one in each["findings"]
                )
                for each in record["results"]
            }
        )

    assert found[0] == found[1] == found[2]
    assert len(found[0]) == 12
    assert all("BODY-DEFINITION" in dict(each) for each in found[0].values())


HANGING = """
import time
from koppeling_harness import OperationResult, hookimpl

@hookimpl
def koppeling_trigger(call):
    time.sleep(600 if call.input["number"] in HUNG else 0)
    return OperationResult()
"""
IN_ONE = """
scenario: writer.{number:02}
title: {{nl: a, en: b}}
level: required
proves: [x]
when:
  - operation: write
    timeout_s: 1
    input: {{number: {number}}}
"""


@pytest.mark.long
@pytest.mark.parametrize("concurrency", ["1", "4", "16"])
@pytest.mark.parametrize(("hung", "not_run"), [((1, 2, 3), {4, 5, 6, 7, 8}), ((1, 3, 4, 5), set())])
def test_the_same_is_left_out_of_an_operation_that_hangs(hung, not_run, concurrency, tmp_path):
    folder = tmp_path / "plugins" / "writer"
    (folder / "scenarios").mkdir(parents=True)
    (folder / "koppeling.yaml").write_text(MANIFEST, encoding="utf-8")
    (folder / "koppeling_plugin.py").write_text(HANGING.replace("HUNG", str(hung)))
    for number in range(1, 9):
        text = IN_ONE.format(number=number)
        (folder / "scenarios" / f"{number:02}.scenario.yaml").write_text(text)
    (tmp_path / "scenarios").mkdir()

    ran = koppeling(
        *("run", "--json", "--release", "Profit 8", "--concurrency", concurrency), cwd=tmp_path
    )

    results = ran.json()["integrations"][0]["results"]
    told = {int(each["scenario"][-2:]): each["outcome"] for each in results}
    assert {number for number, outcome in told.items() if outcome == "not_run"} == not_run
    assert {number for number, outcome in told.items() if outcome == "failed"} == set(hung)
