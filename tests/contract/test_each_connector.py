"""A fault strikes each connector by itself: who is careful with the first is not yet with all."""

import textwrap

import pytest

from support.certified import SPRING, certified, result_of
from support.polite import CLIENT

pytestmark = pytest.mark.unmeasured

MANIFEST = """
id: {name}
title: {{nl: Drie, en: Three}}
partner: {{name: Voorbeeld B.V., subscription: "12345"}}
version: "1.0.0"
integration_id: "12345_{number}"
releases: ["Profit 8"]
runtime: {{kind: python}}
get_connectors:
  - {{id: Drie_Projecten, copy_of: Profit_Projects, fields: [ProjectId, Description]}}
  - {{id: Drie_Medewerkers, copy_of: Profit_Employees_basic, fields: [EmployeeId, Blocked]}}
  - {{id: Drie_Relaties, copy_of: Profit_OrgPer, fields: [BcCo, Name]}}
privacy_fields:
  - {{connector: Drie_Relaties, field: Name, reason: {{nl: Voor de brief, en: For the letter}}}}
operations:
  - name: sync
    title: {{nl: Ophalen, en: Fetch}}
    reads: [Drie_Projecten, Drie_Medewerkers, Drie_Relaties]
    idempotent: true
"""
THREE = """
KEYS = {"Drie_Projecten": "ProjectId", "Drie_Medewerkers": "EmployeeId", "Drie_Relaties": "BcCo"}


def pages(afas, name):
    rows, skip = [], 0
    while True:
        query = urlencode({"skip": skip, "take": 500, "orderbyfieldids": KEYS[name]})
        page = afas.send("GET", f"/connectors/{name}?{query}")["rows"]
        rows += page
        skip += 500
        if len(page) < 500:
            return rows


def once(afas, name):
    # without any care, over a connection of its own
    query = urlencode({"skip": 0, "take": 500, "orderbyfieldids": KEYS[name]})
    address = afas.path + f"/connectors/{name}?{query}"
    other = http.client.HTTPConnection(afas.connection.host, afas.connection.port, timeout=20)
    other.request("GET", address, headers=afas.headers)
    answer = other.getresponse()
    text = answer.read().decode()
    return answer.status, text


def work(afas, call):
    counts = [len(pages(afas, name)) for name in list(KEYS)[:2]]
    return counts + [last(afas)]
"""
CAREFUL = """
def last(afas):
    return len(pages(afas, "Drie_Relaties"))
"""
SWALLOWS = """
def last(afas):
    try:
        return len(pages(afas, "Drie_Relaties"))
    except Told:
        return 0
"""
SAYS_BROKEN = """
def last(afas):
    try:
        return len(pages(afas, "Drie_Relaties"))
    except Told:
        raise Told("Er is iets stuk")
"""
HURRIES = """
def last(afas):
    status, text = once(afas, "Drie_Relaties")
    if status == 503:
        status, text = once(afas, "Drie_Relaties")
    return len(pages(afas, "Drie_Relaties"))
"""
BREAKS_DOWN = """
def last(afas):
    try:
        return len(json.loads(once(afas, "Drie_Relaties")[1])["rows"])
    except KeyError:
        return len(pages(afas, "Drie_Relaties"))
"""
SLOPPY = {
    "slikt": (SWALLOWS, "reading.blocked-connector"),
    "stuk": (SAYS_BROKEN, "reading.blocked-connector"),
    "haast": (HURRIES, "availability.maintenance-while-reading"),
    "valt": (BREAKS_DOWN, "availability.connection-reset"),
}
"""By name: what the third connector is read with, and the scenario that it fails."""
_NAMES = [each.partition(".")[2] for _, each in SLOPPY.values()]
MEANT = " or ".join([*_NAMES, "malformed-json"])


@pytest.fixture(scope="module")
def there(tmp_path_factory):
    folder = tmp_path_factory.mktemp("three")
    bodies = {"zorgvuldig": CAREFUL, **{name: body for name, (body, _) in SLOPPY.items()}}
    for number, (name, body) in enumerate(bodies.items(), start=1):
        plugin = folder / "plugins" / name
        plugin.mkdir(parents=True)
        manifest = MANIFEST.format(name=name, number=number)
        (plugin / "koppeling.yaml").write_text(manifest, encoding="utf-8")
        source = CLIENT + textwrap.dedent(THREE + body)
        (plugin / "koppeling_plugin.py").write_text(source, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def in_spring(there):
    return certified(there, day=SPRING, keyword=MEANT)


@pytest.fixture(scope="module")
def in_autumn(there):
    return certified(there, keyword=MEANT)


def test_who_is_careful_with_each_has_it_proven_of_each(in_spring):
    careful = in_spring[2]["zorgvuldig"]
    wrong = [
        (each["scenario"], each["findings"])
        for each in careful["results"]
        if each["outcome"] != "passed"
    ]

    assert wrong == []
    for result in careful["results"]:
        states = {each["connector"]: each["state"] for each in result["proof"]}
        assert states == dict.fromkeys(
            ["Drie_Projecten", "Drie_Medewerkers", "Drie_Relaties"], "proven"
        ), result["scenario"]


@pytest.mark.parametrize("name", SLOPPY)
def test_who_is_sloppy_with_the_third_fails(name, in_spring):
    result = result_of(in_spring[2][name], SLOPPY[name][1])

    assert (result["outcome"], result["cause"]) == ("failed", "integration"), result["proof"]
    states = {each["connector"]: each["state"] for each in result["proof"]}
    assert states["Drie_Relaties"] == "refuted"
    assert states["Drie_Projecten"] == states["Drie_Medewerkers"] == "proven"
    assert any(each["message"].startswith("Drie_Relaties: ") for each in result["findings"])


@pytest.mark.parametrize("name", SLOPPY)
def test_until_then_it_is_told_and_turns_nobody_red(name, in_autumn):
    code, text, integrations = in_autumn
    result = result_of(integrations[name], SLOPPY[name][1])

    assert code in {0, 12}, text
    assert result["outcome"] == "passed"
    states = {each["connector"]: each["state"] for each in result["proof"]}
    assert states["Drie_Relaties"] == "not_proven"
    told = [each for each in result["findings"] if "(counts from 2027-03-01)" in each["message"]]
    assert [each["level"] for each in told] == ["warning"] * len(told) != []


def test_the_exchange_that_shows_it_is_one_of_the_result(in_spring):
    for result in in_spring[2]["zorgvuldig"]["results"]:
        numbers = [each["number"] for each in result["exchanges"]]
        assert len(set(numbers)) == len(numbers)
        by_number = {each["number"]: each for each in result["exchanges"]}
        for line in result["proof"]:
            assert line["connector"] in by_number[line["exchange"]]["path"]


def test_each_round_has_a_recording_of_its_own(there, in_spring):
    record = max((there / "reports").glob("*/traffic/zorgvuldig"))
    names = {each.name for each in record.glob("reading.malformed-json*")}

    assert {
        "reading.malformed-json.sync.har",
        "reading.malformed-json.sync.round-2.har",
        "reading.malformed-json.sync.round-3.har",
    } == names
