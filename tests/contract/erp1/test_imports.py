"""AFAS's own OpenAPI files give working connectors; a snapshot of metainfo does too."""

import json
import os
from functools import cache
from pathlib import Path

import pytest

from koppeling_harness.emulator import Erp1
from koppeling_harness.emulator.environment import own_catalogue
from koppeling_harness.emulator.openapi_import import import_openapi, merge
from koppeling_harness.emulator.snapshot import read_snapshot
from koppeling_harness.emulator.specification import (
    Field,
    ObjectType,
    UpdateConnector,
    read_catalogue,
    write_catalogue,
)
from support.erp1 import Caller, caller, element, one

FOLDER = Path(
    os.environ.get("KOPPELING_SHARED") or Path(__file__).resolve().parents[4] / "shared"
).joinpath("data", "openapi")

needs_files = pytest.mark.skipif(
    not FOLDER.is_dir(),
    reason="needs the OpenAPI files of AFAS: KOPPELING_SHARED names the folder above data",
)

EXAMPLES = {"int": "1", "decimal": "1.5", "boolean": "true", "date": "2026-11-24", "blob": "eA=="}


@cache
def imported() -> dict[str, UpdateConnector]:
    found: dict[str, UpdateConnector] = {}
    for path in sorted(FOLDER.glob("*.json")):
        report = import_openapi(path.read_text("utf-8"), name=path.name)
        assert report.not_understood == ()
        for each in report.connectors:
            found[each.id] = merge(found[each.id], each) if each.id in found else each
    return found


def value(field: Field) -> str:
    if field.values:
        return field.values[0][0]
    text = EXAMPLES.get(field.type, "a")
    return text[: field.length] if field.length and field.type == "string" else text


def body(type_: ObjectType, *, without: str = "") -> dict:
    fields = {each.id: value(each) for each in type_.fields if each.id != without}
    return {type_.name: {"Element": {"Fields": fields}}}


@needs_files
def test_the_whole_folder_is_understood_and_survives_the_compact_form():
    found = imported()

    assert len(found) == 169
    again = read_catalogue(write_catalogue(found.values()))
    assert {each.id: each for each in again.values()} == found


@needs_files
def test_every_imported_connector_takes_a_body_of_its_own_and_refuses_a_hole_in_it():
    strange = [each for each in imported().values() if each.id.lower() not in own_catalogue()]
    erp1 = Erp1(imported=strange)
    client = Caller(erp1, erp1.open_environment())
    refused = 0

    for each in strange:
        method = "PUT" if "C" not in each.methods else "POST"
        whole = body(each.root)
        reply = client.call(method, f"/connectors/{each.id}", whole)
        if method == "PUT":  # there is nothing yet that it could change
            assert reply.status == 500, each.id
            continue
        assert reply.status == 201, (each.id, reply.text)
        metainfo = client.metainfo(f"/update/{each.id}").json()
        needed = [one["fieldId"] for one in metainfo["fields"] if one["mandatory"]]
        for name in needed[:1]:
            hole = client.call("POST", f"/connectors/{each.id}", body(each.root, without=name))
            assert hole.status == 500, (each.id, name)
            assert hole.message.startswith("Vul een waarde in bij"), (each.id, hole.message)
            refused += 1

    assert refused > 50


@needs_files
def test_onboarding_lends_its_belgian_payroll_agencies_to_the_employee():
    erp1 = Erp1(imported=[imported()["HrOnboarding"]])
    client = Caller(erp1, erp1.open_environment())
    names = {each["name"] for each in client.metainfo("/update/KnEmployee").json()["objects"]}
    agency = one({"DaBe": "2026-12-01", "AyId": "GS"})
    body = element("AfasEmployee", {"@EmId": "000001001"}, AfasAgencyGroupS=agency)
    bare = element("AfasEmployee", {"@EmId": "000001001"}, AfasAgencyGroupS=one({"AyId": "GS"}))

    assert {"AfasAgencyGroupS", "AfasAgencyAcerta", "AfasAgencyPartena", "KnPerson"} <= names
    assert not {"AfasOnboard", "AfasHrApplic", "AfasEmployee"} & names
    assert client.post("KnEmployee/AfasAgencyGroupS", body).status == 201
    assert client.post("KnEmployee/AfasAgencyGroupS", bare).message.startswith("Vul een waarde in")
    assert "bestaat niet in" in caller().post("KnEmployee/AfasAgencyGroupS", body).message


@needs_files
def test_an_imported_connector_is_stored_changed_and_deleted_by_its_keys():
    erp1 = Erp1(imported=[imported()["KnCustomK01"], imported()["PtTariff"]])
    client = Caller(erp1, erp1.open_environment())
    fields = {each.id: value(each) for each in imported()["KnCustomK01"].root.fields}
    made = {"KnCustomK01": {"Element": [{"Fields": {**fields, "SqNo": ""}} for _ in range(2)]}}

    results = client.post("KnCustomK01", made).json()["results"]["KnCustomK01"]
    number = results[1]["SqNo"]
    change = {"KnCustomK01": {"Element": {"Fields": {"SqNo": number}}}}

    assert len({each["SqNo"] for each in results}) == 2
    assert client.put("KnCustomK01", change).status == 201
    assert client.delete(f"KnCustomK01/KnCustomK01/@SqNo/{number}").status == 200
    assert client.put("KnCustomK01", change).status == 500


@needs_files
def test_a_line_is_found_by_the_part_of_its_key_that_is_sent():
    erp1 = Erp1(imported=[imported()["FiContract"]])
    client = Caller(erp1, erp1.open_environment())
    contracts = [one({"PoKi": name, "CmId": "50008", "CuId": "EUR"}) for name in ("Een", "Twee")]
    made = client.post("FiContract", {"FiContract": {"Element": contracts}})
    keys = made.json()["results"]["FiContract"]

    def change(**fields: str) -> int:
        return client.put("FiContract", element("FiContract", {**fields, "PoKi": "Nieuw"})).status

    assert len({each["CoNu"] for each in keys}) == 2
    assert change(CoNu=keys[1]["CoNu"]) == 201
    assert change(SeNo=keys[0]["SeNo"]) == 201
    assert change(CoNu="999") == 500
    assert client.put("FiContract", element("FiContract", {"PoKi": "x"})).status == 500


def test_a_file_that_is_no_openapi_document_is_named():
    report = import_openapi("[1]", name="x.json")

    assert report.connectors == ()
    assert report.not_understood[0].startswith("x.json: expected an OpenAPI document")


def test_a_snapshot_of_metainfo_gives_the_same_connectors_again():
    client = caller()
    snapshot = {
        "info": {},
        "get": {
            "Profit_Article": client.metainfo("/get/Profit_Article").json(),
            "Acme_Own": {**client.metainfo("/get/Profit_Article").json(), "name": "Acme_Own"},
        },
        "update": {"KnSubject": client.metainfo("/update/KnSubject").json(), "Bad": {"x": 1}},
    }

    found = read_snapshot(json.dumps(snapshot), name="s.json")

    erp1 = Erp1(imported=found.updates, imported_gets=found.gets)
    again = Caller(erp1, erp1.open_environment())
    assert again.metainfo("/update/KnSubject").json() == snapshot["update"]["KnSubject"]
    assert len(again.get("Profit_Article", take=3).rows) == 3
    assert again.get("Acme_Own").rows == []
    assert again.where("Acme_Own", "ItemCode", "x").status == 200
    assert found.not_understood == (
        "s.json: UpdateConnector Bad: KeyError('fields')",
        "s.json: GetConnector Acme_Own: its data is unknown, it gives no rows",
    )
