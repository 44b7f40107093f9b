"""The GetConnectors that AFAS supplies: the fields that AFAS publishes for each, and their data."""

import json
from functools import cache

import pytest

from contract.erp1.table import shows
from contract.erp1.test_imports import FOLDER, imported, needs_files
from koppeling_harness.emulator import Erp1
from koppeling_harness.emulator.definition import supplied
from koppeling_harness.emulator.openapi_import import import_openapi
from koppeling_harness.model.connector import OwnGetConnector
from koppeling_harness.traffic.checks.supplied import SUPPLIED
from support.erp1 import Caller, HandClock, caller, element, one

JSON_TYPES = {
    "s": "string", "d": "string", "t": "string", "i": "integer", "n": "number", "b": "boolean",
}  # fmt: skip

OTHERWISE = {
    # AFAS lists a whole number, and says elsewhere that ids of files have 32 hexadecimal digits.
    ("Profit_Subject_Reaction_Attachments", "file_id"): "string",
}

UNPUBLISHED = {
    "profitemployeeadres", "profit_employees", "profit_employees_basic", "profit_employers",
    "profit_functions", "profit_organizationchart",
}  # fmt: skip
"""Of domain *Medewerker en contract*, whose OpenAPI file is not among those at hand."""


@cache
def published() -> dict[str, dict[str, str]]:
    """Return field and JSON type of every GetConnector in AFAS's files."""
    found = {}
    for path in FOLDER.glob("*.json"):
        for name, operations in json.loads(path.read_text("utf-8"))["paths"].items():
            if "get" not in operations or not name.startswith("/connectors/") or "{" in name:
                continue
            answer = operations["get"]["responses"]["200"]["content"]["application/json"]
            rows = answer["schema"]["properties"]["rows"]["items"]["properties"]
            found[name.removeprefix("/connectors/")] = {
                field: value["type"] for field, value in rows.items()
            }
    return found


@needs_files
@shows("get.supplied")
def test_every_supplied_getconnector_has_the_published_fields_in_their_order():
    for id_, fields in published().items():
        mine = supplied()[id_.lower()]
        assert [each.id for each in mine.columns] == list(fields), id_
        for each in mine.columns:
            expected = OTHERWISE.get((id_, each.id), fields[each.id])
            assert JSON_TYPES[each.type] == expected, (id_, each.id)


def test_every_one_that_afas_lists_is_there_but_the_one_of_which_nothing_is_published():
    assert SUPPLIED - set(supplied()) == {"profitemployeeadres"}


@needs_files
def test_those_that_the_files_do_not_describe_are_known():
    assert SUPPLIED - {each.lower() for each in published()} == UNPUBLISHED


@needs_files
def test_what_a_file_says_of_getconnectors_is_imported_with_the_data_that_erp1_has():
    text = (FOLDER / "Mutaties.json").read_text("utf-8")
    found = import_openapi(text, name="Mutaties.json")
    erp1 = Erp1(imported_gets=found.gets)
    client = Caller(erp1, erp1.open_environment())

    rows = client.get("Profit_Journals", orderbyfieldids="JournalId", take=1).rows

    assert len(found.gets) > 10
    assert rows[0]["JournalId"] == "10"
    labels = client.metainfo("/get/Profit_Journals", headers={"accept-language": "en-us"}).json()
    assert labels["fields"][0]["label"] == "Administration"


def test_a_published_getconnector_that_erp1_does_not_know_gives_no_rows_and_is_listed():
    properties = {"Id": {"type": "integer", "description": "Number"}, "New": {"type": "string"}}
    schema = {"properties": {"rows": {"items": {"properties": properties}}}}
    answer = {"content": {"application/json": {"schema": schema}}}
    document = {
        "openapi": "3.0.1",
        "paths": {
            "/connectors/Profit_New": {"get": {"summary": "New", "responses": {"200": answer}}},
            "/connectors/Profit_Bare": {"get": {"responses": {}}},
        },
        "components": {"schemas": {}},
    }

    found = import_openapi(json.dumps(document), name="new.json")

    assert found.not_understood == (
        "new.json: GetConnector Profit_Bare: no fields below `rows` in the schema of its 200: "
        "KeyError('200')",
        "new.json: GetConnector Profit_New: its data is unknown, it gives no rows",
    )
    erp1 = Erp1(imported_gets=found.gets)
    client = Caller(erp1, erp1.open_environment())
    assert client.get("Profit_New").rows == []
    fields = client.metainfo("/get/Profit_New").json()["fields"]
    assert [(each["id"], each["dataType"], each["label"]) for each in fields] == [
        ("Id", "int", "Number"),
        ("New", "string", "New"),
    ]


def test_a_copy_may_take_a_field_that_the_supplied_one_does_not_show():
    own = OwnGetConnector(
        id="Acme_Dossier", copy_of="Profit_Subjects", fields=("SubjectId", "DateModified")
    )
    client = caller(connectors=[own])

    refused = client.get("Profit_Subjects", orderbyfieldids="DateModified")

    assert refused.status == 500
    assert refused.message == "Connector-veld 'DateModified' niet gevonden"
    assert client.get("Acme_Dossier", take=1).rows[0]["DateModified"].startswith("2025-")


@pytest.mark.parametrize(
    ("id_", "place"),
    [
        ("Profit_Period_balance", "AccountNr"),
        ("Profit_Balance_Allocated", "DimCode"),
        ("Profit_Transactions_Allocated", "DimAx1"),
    ],
)
def test_what_is_booked_shows_in_the_sums_and_the_allocation(id_, place):
    client = caller()
    line = {"VaAs": "1", "EnDa": "2026-11-20", "BpDa": "2026-11-20"}
    allocated = one({**line, "AcNr": "8074", "AmCr": 100}, FiDimEntries={"DiC1": "200"})
    entry = element(
        "FiEntryPar",
        {"Year": 2026, "Peri": 11, "UnId": 1, "JoCo": "90"},
        FiEntries=[allocated, {**line, "AcNr": "4300", "AmDe": 100}],
    )

    assert client.post("FiEntries", entry).status == 201
    found = client.where(id_, place, "8074" if place == "AccountNr" else "200").rows
    assert found
    credit = "AmtCredit" if "Transactions" in id_ else "Credit"
    assert sum(each[credit] for each in found) == 100


def test_grouped_rows_page_in_a_fixed_order():
    client = caller()
    whole = client.get("Profit_Period_balance", skip=-1, take=-1).rows

    pages = [client.get("Profit_Period_balance", skip=skip, take=7).rows for skip in (0, 7, 14)]

    assert [row for page in pages for row in page] == whole[:21]
    assert caller(quirks={"unordered_paging": "shuffled"}).get("Profit_Period_balance").rows


def test_a_copy_of_grouped_rows_is_read_too():
    custom = "U" + "A" * 32
    fields = ("AccountNr", "Balance", custom)
    own = OwnGetConnector(id="Acme_B", copy_of="Profit_Period_balance", fields=fields)
    client = caller(connectors=[own])

    rows = client.get("Acme_B", orderbyfieldids="-AccountNr", take=2).rows

    assert [each["AccountNr"] for each in rows] == ["8000", "8000"]
    assert {each[custom] for each in rows} == {"(replaced)"}


def test_own_getconnectors_are_listed_among_the_getconnectors():
    own = OwnGetConnector(id="Acme_P", copy_of="Profit_Projects", blocked="customer")
    client = caller(connectors=[own])

    listed = client.get("ProfitGetConnectoren", skip=-1, take=-1).rows

    assert len(listed) == len(supplied()) + 1
    assert {"Naam": "Acme_P", "Omschrijving": "Acme_P", "Geblokkeerd": True} in listed


READ_BACK = [
    (
        "FbDeliveryNote",
        {"OrNu": "P1", "DbId": "10001"},
        ("FbDeliveryNoteLines", {"VaIt": "2", "ItCd": "A00001", "BiUn": "STK", "QuUn": 2}),
        "Profit_Deliverynotelines",
        {"Nummer_pakbon": "P1", "Volgnummer": 1},
    ),
    (
        "FbComposition",
        {"VaCt": "1", "ItCd": "S1", "Ds": "Werkplek", "Grp": "HARD", "BiUn": "STK", "VaRc": "1",
         "CrId": "50006", "BiSaItCd": "S1"},
        ("FbCompositionPart", {"VaIt": "Art", "ItCd": "A00001", "QuUn": 2, "BiUn": "STK"}),
        "Profit_Composition",
        {"CompositionId": "S1", "Description": "Werkplek", "ItemCode": "A00001", "Quantity": 2.0},
    ),
    (
        "KnQuotation",
        {"QuId": "Q1", "QuDa": "2026-11-24", "DbId": "10001"},
        ("KnQuotationLine", {"VaIt": "1", "ItCd": "300", "QuUn": 3, "Upri": 95}),
        "Profit_Quotation",
        {"QuotationId": "Q1", "QuotationDate": "2026-11-24T00:00:00Z", "SeqNo": 1,
         "SalesAmoutFc": 285.0},
    ),
    (
        "FbSubscription",
        {"SuNr": 7, "DbId": "10001", "SuSt": "2026-12-01"},
        ("FbSubscriptionLines",
         {"VaIt": "2", "ItCd": "A00004", "Qu": 5, "Pric": 10, "InFr": "2026-12-01"}),
        "Profit_Subscriptions",
        {"SubscriptionNr": 7, "Itemcode": "A00004", "SalesAmount": 50.0,
         "DateStartSub": "2026-12-01T00:00:00Z"},
    ),
]  # fmt: skip


@needs_files
@pytest.mark.parametrize(("update", "fields", "line", "get", "expected"), READ_BACK)
def test_what_an_imported_connector_writes_is_read_back(update, fields, line, get, expected):
    erp1 = Erp1(imported=[imported()[update]], clock=HandClock())
    client = Caller(erp1, erp1.open_environment())
    name, values = line

    reply = client.post(update, element(update, fields, **{name: values}))

    assert reply.status == 201, reply.text
    (row,) = client.get(get).rows
    assert {each: row[each] for each in expected} == expected
    for each in ("ModifiedDate", "DateModified"):
        assert row.get(each, "2026-11-24T12:00:00Z") == "2026-11-24T12:00:00Z"
