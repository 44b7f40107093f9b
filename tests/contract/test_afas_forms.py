"""The forms in which AFAS's own examples write values are objected to by no rule.

Which forms, by connector and field, stands in a table that was read out of the request examples of
AFAS's OpenAPI files; the values are our own. The examples themselves are held too, where the files
are at hand.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from contract.erp1.test_imports import FOLDER, needs_files
from koppeling_harness.emulator.environment import own_catalogue
from koppeling_harness.erp.metainfo import update_metainfo_of
from koppeling_harness.model.manifest import UpdateConnectorUse
from koppeling_harness.model.snapshot import UpdateMetainfo
from koppeling_harness.model.verdict import Severity
from koppeling_harness.traffic.checks import check_exchanges
from koppeling_harness.traffic.checks.call import Call
from support.erp1 import Caller, caller
from support.exchanges import PROFIT_8, WRITE_HEADERS, Tape, a_manifest

TABLE = Path(__file__).parents[1] / "assets" / "afas_forms.tsv"
VALUES: dict[str, Any] = {
    "bool": True,
    "bool-text": "false",
    "date": "2026-11-02",
    "decimal-text": "7.25",
    "empty": "",
    "int": 1,
    "int-text": "1",
    "moment": "2026-11-02T08:30:00",
    "time": "08:30:00",
}


@cache
def erp1() -> Caller:
    return caller()


@cache
def definitions() -> dict[str, UpdateMetainfo]:
    found = {}
    for key, connector in own_catalogue().items():
        reply = erp1().metainfo(f"/update/{connector.id}")
        if reply.status == 200:
            found[key] = update_metainfo_of(connector.id, reply.json())
    return found


def errors(connector: str, body: Any, *, method: str = "POST", status: int = 201) -> list[str]:
    """Return what rules object to, with a manifest that declares all that is sent."""
    text = json.dumps(body)
    tape = Tape().call(
        method,
        f"/connectors/{connector}",
        request_headers=WRITE_HEADERS,
        request_body=text,
        request_size=len(text),
        status=status,
        erp_status=status,
    )
    call = Call(tape.exchanges[0])
    fields = tuple({name for name, _ in (*call.sent_fields, *call.sent_keys)})
    manifest = a_manifest(update_connectors=(UpdateConnectorUse(id=connector, fields=fields),))
    found = check_exchanges(
        tape.exchanges, manifest=manifest, release=PROFIT_8, definitions=definitions()
    )
    return [each.message for each in found if each.level is Severity.ERROR]


def rows() -> list[tuple[str, str, str]]:
    lines = TABLE.read_text("utf-8").splitlines()[1:]
    return [(row[0], row[1], row[3]) for row in (line.split("\t") for line in lines)]


def nested(connector: str, names: list[str], value: Any) -> dict[str, Any]:
    element: dict[str, Any] = {"Fields": {names[-1]: value}}
    for name in reversed(names[:-1]):
        element = {"Fields": {}, "Objects": [{name: {"Element": element}}]}
    return {connector: {"Element": element}}


def test_a_value_in_a_form_of_afas_is_objected_to_by_no_rule():
    found = {
        f"{connector}.{field} {form}": said
        for connector, field, form in rows()
        if (said := errors(connector, nested(connector, field.split("."), VALUES[form])))
    }

    assert found == {}


def test_the_table_holds_times_of_day():
    times = {(connector, field) for connector, field, form in rows() if form == "time"}

    assert ("PtRealization", "StTi") in times


@needs_files
@pytest.mark.slow
def test_no_example_of_afas_that_erp1_takes_is_objected_to():
    taken, wrong = 0, {}
    for file in sorted(FOLDER.glob("*.json")):
        for path, operations in json.loads(file.read_text("utf-8"))["paths"].items():
            connector = path.removeprefix("/connectors/").split("/")[0]
            if connector.lower() not in definitions():
                continue
            for method in ("post", "put"):
                content = operations.get(method, {}).get("requestBody", {}).get("content", {})
                examples = content.get("application/json", {}).get("examples", {})
                for name, example in examples.items():
                    reply = erp1().call(method.upper(), path, example["value"])
                    if reply.status != 201:
                        continue
                    taken += 1
                    said = errors(connector, example["value"], method=method.upper())
                    if said:
                        wrong[f"{path} {name}"] = said

    assert wrong == {}
    assert taken > 20
