"""An integration that does nothing wrong and never gets there proves nothing, of any scenario."""

import json
from pathlib import Path

import pytest

from koppeling_harness.model.proof import Witness
from koppeling_harness.scenario.load import load_scenarios
from koppeling_harness.scenario.packs import packs_folder
from support.cli import koppeling
from support.tiny import tiny_plugin

pytestmark = pytest.mark.unmeasured

WRITING = """\
  - name: write
    title: {nl: Schrijven, en: Write}
    writes: [PtProject]
    example: {}
    idempotent: true
  - name: fetch
    title: {nl: Ophalen, en: Fetch}
    calls: [metainfo]
    idempotent: true
  - name: look
    title: {nl: Opzoeken, en: Look up}
    reads: [Tiny_Projects]
    trigger: person
"""
SILENT = "return OperationResult()"
ELSEWHERE = """
globals()["call"](context, "/profitversion")
return OperationResult()
"""
NOTHING_NEW = """
path = "/connectors/Tiny_Projects?filterfieldids=ProjectId&filtervalues=zzz&operatortypes=4"
globals()["call"](context, path)
return OperationResult()
"""
ONCE = """
seen = os.path.join(context.work_dir, "seen")
if not os.path.exists(seen):
    open(seen, "w").close()
    globals()["call"](context, "/connectors/Tiny_Projects?orderbyfieldids=ProjectId&take=1000")
else:
    globals()["call"](context, "/profitversion")
return OperationResult()
"""
SWALLOWS = """
method, path = ("GET", "/connectors/Tiny_Projects?take=1000&orderbyfieldids=ProjectId")
body, headers = None, {"IntegrationId": context.integration_id}
if call.operation == "fetch":
    path = "/metainfo"
if call.operation == "write":
    method, path = ("POST", "/connectors/PtProject")
    body = '{"PtProject": {"Element": {"Fields": {"PrId": "1", "Ds": "Eens"}}}}'
    headers["Content-Type"] = "application/json;charset=utf-8"
token = base64.b64encode(context.token.encode()).decode()
headers["Authorization"] = "AfasToken " + token
base = urlsplit(context.base_url)
connection = http.client.HTTPConnection(base.hostname, base.port, timeout=10)
try:
    connection.request(method, base.path + path, body=body, headers=headers)
    connection.getresponse().read()
except Exception:
    pass
connection.close()
return OperationResult()
"""
NEVER = {
    Witness.CALL: (SILENT, "NO-CALL"),
    Witness.ROWS: (NOTHING_NEW, "NOT-PROVEN"),
    Witness.WRITE: (ELSEWHERE, "NOT-PROVEN"),
    Witness.ARRIVED: (ELSEWHERE, "NOT-PROVEN"),
    Witness.PAGE: (NOTHING_NEW, "NOT-PROVEN"),
    Witness.REPEAT: (ONCE, "NOT-PROVEN"),
    Witness.FAULT: (SILENT, "NO-CALL"),
    Witness.AFTER_FAULT: (SWALLOWS, "NOT-PROVEN"),
}
"""By witness, what an integration does that nobody can object to, and what is said of it."""
SWALLOWED = {
    "availability.connection-reset": "READ-FAILED-AS-EMPTY",
    "availability.maintenance-while-reading": "READ-FAILED-AS-EMPTY",
    "availability.maintenance-while-writing": "WRITE-FAILED-AS-DONE",
}
"""Where to go on as if nothing was there, or as if all was done, is an error by itself."""

PACKS = {
    each.scenario: each
    for each in load_scenarios([packs_folder()])
    if not each.scenario.startswith("oauth.")  # for who signs in so, which this one does not
}
GENERIC = """
scenario: every.operation
title: {nl: Elke bewerking, en: Every operation}
level: required
proves: [test]
for_each: operations
witness: call
when:
  - operation: "${operation.name}"
"""


def results(folder: Path) -> list[dict]:
    (record,) = (folder / "reports").glob("*/run.json")
    (integration,) = json.loads(record.read_text(encoding="utf-8"))["integrations"]
    return integration["results"]


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """Run a body through the packs once; return its results by scenario."""
    done: dict[str, dict[str, dict]] = {}

    def run(body: str) -> dict[str, dict]:
        if body not in done:
            folder = tmp_path_factory.mktemp("never")
            tiny_plugin(folder / "plugins" / "tiny", body=body, manifest=WRITING)
            meant = [name for name in PACKS if NEVER[PACKS[name].witness][0] == body]
            some = ("-k", " or ".join([*meant, "blocked-connector"]))
            koppeling("run", "--release", "Profit 8", *some, cwd=folder)
            done[body] = {each["scenario"]: each for each in results(folder)}
        return done[body]

    return run


@pytest.mark.parametrize("name", sorted(set(PACKS) - set(SWALLOWED)))
def test_a_scenario_whose_witness_never_came_is_not_run_and_says_so(name, ran):
    body, code = NEVER[PACKS[name].witness]
    result = ran(body)[name]

    assert result["outcome"] == "not_run", result["findings"]
    assert result["findings"][0]["code"] in {code, "FAULT-NOT-FIRED"}
    assert {each["state"] for each in result["proof"]} <= {"not_proven"}


@pytest.mark.parametrize("name", sorted(SWALLOWED))
def test_who_swallows_that_a_call_failed_did_something_wrong(name, ran):
    result = ran(SWALLOWS)[name]

    assert (result["outcome"], result["cause"]) == ("failed", "integration")
    assert SWALLOWED[name] in {each["code"] for each in result["findings"]}
    assert "proven" not in {each["state"] for each in result["proof"]}


def test_what_never_came_is_said_in_words(ran):
    (finding,) = ran(NOTHING_NEW)["reading.more-than-one-page"]["findings"]

    assert "ran, proves nothing" in finding["message"]
    assert "asked no second page; 0 of 100 rows came" in finding["message"]
    assert "bewijst niets" in finding["text"]["nl"]


def test_a_fault_that_never_fired_is_judged_before_what_was_expected_of_it(ran):
    result = ran(ELSEWHERE)["reading.blocked-connector"]

    assert (result["outcome"], result["cause"]) == ("not_run", "configuration")
    assert result["findings"][0]["code"] == "FAULT-NOT-FIRED"
    assert "`ok` is true, expected false" in result["findings"][0]["message"]


def test_a_fault_that_struck_before_another_did_not_leaves_the_expectation_to_judge(tmp_path):
    tiny_plugin(tmp_path / "plugins" / "tiny")
    (tmp_path / "scenarios").mkdir()
    text = GENERIC.replace("witness: call\n", "").replace("every.operation", "two.faults") + (
        "faults:\n"
        "  - {fault: empty_rows, of: {kind: reads}, calls: '1'}\n"
        "  - {fault: empty_rows, of: {kind: reads}, calls: '9'}\n"
    )
    expects = text.replace('name}"\n', 'name}"\n    expect: {output: {count: 5}}\n')
    (tmp_path / "scenarios" / "two.scenario.yaml").write_text(expects, encoding="utf-8")
    ran = koppeling("run", cwd=tmp_path)

    assert ran.code == 1, ran.all
    assert "EXPECTATION" in ran.out


def test_an_integration_without_any_call_is_told_so_once_and_proves_nothing(tmp_path):
    tiny_plugin(tmp_path / "plugins" / "tiny", body=SILENT, manifest=WRITING)
    ran = koppeling("run", "--release", "Profit 8", cwd=tmp_path)

    assert ran.code == 12, ran.all
    assert ran.out.count(": NO-CALL in ") == 1
    assert [each["scenario"] for each in results(tmp_path) if each["outcome"] != "not_run"] == []


REFUSAL = """
scenario: own.refuses
title: {{nl: Weigert, en: Refuses}}
level: required
proves: [own]
witness: refusal
when:
  - operation: read
    expect: {{ok: {ok}}}
"""


@pytest.mark.parametrize(
    ("body", "ok", "code"),
    [
        ('return OperationResult(ok=False, error="Geen project gekozen")', "false", 0),
        ("return OperationResult()", "true", 12),
    ],
)
def test_an_own_scenario_may_witness_by_refusing(tmp_path, body, ok, code):
    tiny_plugin(tmp_path / "plugins" / "tiny", body=body)
    (tmp_path / "scenarios").mkdir()
    path = tmp_path / "scenarios" / "own.scenario.yaml"
    path.write_text(REFUSAL.format(ok=ok), encoding="utf-8")
    ran = koppeling("run", "--release", "Profit 8", cwd=tmp_path)

    assert ran.code == code, ran.all
    (result,) = results(tmp_path)
    assert result["proof"][0]["state"] == ("proven" if code == 0 else "not_proven")
    assert ("of AFAS this proves nothing" in ran.out) is False
