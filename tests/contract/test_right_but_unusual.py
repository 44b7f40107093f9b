"""Integrations that do right in a way of their own pass everything that is required of them."""

import json
import textwrap

import pytest

from support.cli import koppeling
from support.polite import CLIENT

pytestmark = pytest.mark.unmeasured

HEAD = """
id: {name}
title: {{nl: Voorbeeld, en: Example}}
partner: {{name: Voorbeeld B.V., subscription: "12345"}}
version: "1.0.0"
integration_id: "12345_{number}"
releases: ["Profit 8"]
runtime: {{kind: python}}
"""
READS = """
get_connectors:
  - id: {connector}
    copy_of: Profit_Projects
    fields: [ProjectId, Description]
operations:
  - name: read
    title: {{nl: Lezen, en: Read}}
    reads: [{connector}]
    idempotent: true
    trigger: {trigger}
"""
WRITES = """
get_connectors:
  - id: Vervang_Uren
    copy_of: Profit_Realization
    fields: [Identity, Description]
update_connectors:
  - id: PtRealization
    fields: [Id, DaTi, VaIt, ItCd, Qu, EmId, PrId, Ds]
operations:
  - name: replace
    title: {nl: Vervangen, en: Replace}
    reads: [Vervang_Uren]
    writes: [PtRealization]
    idempotent: true
    example: {reference: "V-${unique(8)}"}
"""

PAGE_FOR_A_PERSON = """
def work(afas, call):
    query = urlencode({"skip": 0, "take": 10, "orderbyfieldids": "ProjectId"})
    return afas.send("GET", "/connectors/Pagina_Projecten?" + query)["rows"]
"""
BY_KEY = """
def work(afas, call):
    rows, last = [], None
    while True:
        query = {"skip": 0, "take": 200, "orderbyfieldids": "ProjectId"}
        if last is not None:
            query |= {"filterfieldids": "ProjectId", "filtervalues": last, "operatortypes": 4}
        page = afas.send("GET", "/connectors/Sleutel_Projecten?" + urlencode(query))["rows"]
        rows += page
        if len(page) < 200:
            return len(rows)
        last = page[-1]["ProjectId"]
"""
DELETE_AND_INSERT = """
def work(afas, call):
    reference = call.input["reference"]
    query = {"filterfieldids": "Description", "filtervalues": reference}
    query |= {"skip": 0, "take": 100, "orderbyfieldids": "Identity"}
    found = afas.send("GET", "/connectors/Vervang_Uren?" + urlencode(query))["rows"]
    for row in found:
        afas.send("DELETE", f"/connectors/PtRealization/PtRealization/Id/{row['Identity']}")
    fields = {"DaTi": "2026-11-02", "VaIt": "1", "ItCd": "300", "Qu": 1.5, "EmId": "000001003",
              "PrId": "500001", "Ds": reference}
    body = json.dumps({"PtRealization": {"Element": {"Fields": fields}}})
    afas.send("POST", "/connectors/PtRealization", body)
    return reference
"""
INTEGRATIONS = {
    "pagina": (READS.format(connector="Pagina_Projecten", trigger="person"), PAGE_FOR_A_PERSON),
    "sleutel": (READS.format(connector="Sleutel_Projecten", trigger="schedule"), BY_KEY),
    "vervang": (WRITES, DELETE_AND_INSERT),
}


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    folder = tmp_path_factory.mktemp("unusual")
    for number, (name, (manifest, body)) in enumerate(INTEGRATIONS.items(), start=1):
        plugin = folder / "plugins" / name
        plugin.mkdir(parents=True)
        head = HEAD.format(name=name, number=number)
        (plugin / "koppeling.yaml").write_text(head + manifest, encoding="utf-8")
        source = CLIENT + textwrap.dedent(body)
        (plugin / "koppeling_plugin.py").write_text(source, encoding="utf-8")
    ran = koppeling("run", "--release", "Profit 8", cwd=folder)
    (record,) = (folder / "reports").glob("*/run.json")
    found = json.loads(record.read_text(encoding="utf-8"))["integrations"]
    return ran, {each["id"]: each for each in found}


def proof_of(integration: dict, scenario: str) -> list[dict]:
    (result,) = [each for each in integration["results"] if each["scenario"] == scenario]
    return result["proof"]


@pytest.mark.parametrize("name", INTEGRATIONS)
def test_it_passes_everything_that_is_required(name, judged):
    integration = judged[1][name]
    wrong = [
        (each["scenario"], each["findings"])
        for each in integration["results"]
        if each["level"] == "required" and each["outcome"] != "passed"
    ]

    assert wrong == []
    assert integration["verdict"]["outcome"] == "passed"
    required = integration["verdict"]["required"]
    # a later page, or a look before a write, that is never asked cannot go wrong
    aside = [
        each
        for each in integration["results"]
        if each["level"] == "required"
        and {one["state"] for one in each["proof"]} == {"not_applicable"}
    ]
    assert required["proven"] == required["total"] - len(aside) > 0


def test_what_a_declaration_takes_away_is_counted_and_told(judged):
    ran, integrations = judged
    aside = {each["id"]: each["why"] for each in integrations["pagina"]["not_asked"]}

    assert aside["reading.more-than-one-page[read]"] == "declared trigger: person"
    assert "availability.maintenance-while-reading[read]" in aside
    assert "on the partner's word: trigger: person" in ran.out
    assert integrations["sleutel"]["not_asked"] == []


def test_pages_that_are_read_by_key_are_proven_complete(judged):
    (line,) = proof_of(judged[1]["sleutel"], "reading.more-than-one-page")

    assert (line["requirement"], line["connector"]) == ("pages-complete", "Sleutel_Projecten")
    assert (line["state"], line["exchange"]) == ("proven", 2)


def test_one_record_that_is_looked_up_needs_no_second_page(judged):
    (result,) = [
        each
        for each in judged[1]["vervang"]["results"]
        if each["scenario"] == "reading.more-than-one-page"
    ]

    assert result["level"] == "recommended"
    assert result["required_from"] == "2027-03-01"


def test_who_deletes_and_writes_again_leaves_one_row(judged):
    (result,) = [
        each
        for each in judged[1]["vervang"]["results"]
        if each["scenario"] == "writing.same-input-twice"
    ]

    assert result["outcome"] == "passed", result["findings"]
