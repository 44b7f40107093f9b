"""GetConnectors, metainfo and the other endpoints: documented row by row."""
# ruff: noqa: E501 - a row of the table is one line

import base64
import gzip
import json
import re

import pytest

from contract.erp1.table import CLAIMS, rows, shows
from koppeling_harness.emulator.specification import Field
from koppeling_harness.model.connector import (
    ConnectorField,
    FixedFilter,
    JoinedTable,
    OwnGetConnector,
)
from support.erp1 import HOURS, Caller, HandClock, caller, element

HOURS_GET = "Profit_Realization"
FIRST = "orderbyfieldids=Identity"


def ids(reply, name="Identity"):
    return [row[name] for row in reply.rows]


def refused(reply):
    return reply.status, reply.message


def bare(reply):
    return reply.status, reply.content, reply.headers.get("content-length")


def names(reply, field):
    return sorted(row[field] for row in reply.rows)


EMPTY_404 = (404, b"", "0")

TABLE = rows(
    ("url.case", lambda c: c.call("GET", "/Connectors/profit_article?take=1", base=c.access.path.upper()).status, 200),
    ("url.query-case", lambda c: len(c.get("Profit_Article", Take=3, SKIP=1).rows), 3),
    ("url.path-filter", lambda c: ids(c.get(f"{HOURS_GET}/Identity/7")), [7]),
    ("url.connector-case", lambda c: ids(c.get("PROFIT_realization", take=1)), [1]),
    ("url.unknown", lambda c: bare(c.call("GET", "/nowhere")), EMPTY_404),
    ("url.preflight", lambda c: c.call("OPTIONS", "/metainfo", headers={"authorization": ""}).headers["access-control-allow-methods"], "GET, POST, PUT, DELETE, OPTIONS"),
    ("url.long-query", lambda c: bare(c.call("GET", "/connectors/Profit_Article?x=" + "a" * 2047)), EMPTY_404),
    ("url.query-limit", lambda c: c.call("GET", "/connectors/Profit_Article?x=" + "a" * 2046).status, 200),
    ("get.shape", lambda c: list(c.get("Profit_Article", take=2).json()), ["skip", "take", "rows"]),
    ("get.empty", lambda c: c.where("Profit_Article", "ItemCode", "none").json(), {"skip": 0, "take": 100, "rows": []}),
    ("get.one-line", lambda c: "\n" in c.get("Profit_Article").text, False),
    ("page.default", lambda c: (c.get(HOURS_GET).json()["take"], len(c.get(HOURS_GET).rows)), (100, 100)),
    ("page.all", lambda c: len(c.get(HOURS_GET, skip=-1, take=-1).rows), 300),
    ("page.skip-minus-one", lambda c: len(c.get(HOURS_GET, skip=-1, take=5).rows), 300),
    ("page.below", lambda c: [c.get(HOURS_GET, skip=s, take=1).json()["skip"] for s in (-2, "x")], [0, 0]),
    ("page.take-zero", lambda c: len(c.get(HOURS_GET, take=0).rows), 1),
    ("page.impossible", lambda c: c.get(HOURS_GET, skip=2, take=-1).json()["errorNumber"], -2147180999),
    ("page.end", lambda c: len(c.get(HOURS_GET, skip=290, take=100, orderbyfieldids="Identity").rows), 10),
    ("sort.ascending", lambda c: ids(c.get(HOURS_GET, take=2, orderbyfieldids="Identity")), [1, 2]),
    ("sort.descending", lambda c: ids(c.get(HOURS_GET, take=2, orderbyfieldids="-Identity")), [300, 299]),
    ("sort.list", lambda c: ids(c.get(HOURS_GET, take=2, orderbyfieldids="EmployeeId,-Identity")), [288, 272]),
    ("sort.unknown", lambda c: refused(c.get(HOURS_GET, orderbyfieldids="Nope")), (500, "Connector-veld 'Nope' niet gevonden")),
    ("op.1", lambda c: ids(c.where(HOURS_GET, "Identity", "5", "1")), [5]),
    ("op.2", lambda c: ids(c.where(HOURS_GET, "Identity", "299", "2")), [299, 300]),
    ("op.3", lambda c: ids(c.where(HOURS_GET, "Identity", "2", "3")), [1, 2]),
    ("op.4", lambda c: ids(c.where(HOURS_GET, "Identity", "299", "4")), [300]),
    ("op.5", lambda c: ids(c.where(HOURS_GET, "Identity", "2", "5")), [1]),
    ("op.6", lambda c: names(c.where("Profit_Debtor", "DebtorName", "ÉLAN", "6"), "DebtorId"), ["10004"]),
    ("op.6-percent", lambda c: names(c.where("Profit_Debtor", "DebtorName", "%groep%", "6"), "DebtorId"), ["10004"]),
    ("op.7", lambda c: len(c.where("Profit_Debtor", "DebtorId", "10001", "7").rows), 6),
    ("op.8", lambda c: len(c.where("Profit_Employees_basic", "EmploymentEnd", "[is leeg]", "8").rows), 15),
    ("op.9", lambda c: names(c.where("Profit_Employees_basic", "EmploymentEnd", "", "9"), "EmployeeId"), ["000001008"]),
    ("op.10", lambda c: names(c.where("Profit_Debtor", "DebtorName", "Zorg", "10"), "DebtorId"), ["10004"]),
    ("op.11", lambda c: len(c.where("Profit_Debtor", "DebtorName", "groep", "11").rows), 6),
    ("op.12", lambda c: len(c.where("Profit_Debtor", "DebtorName", "Zorg", "12").rows), 6),
    ("op.13", lambda c: names(c.where("Profit_Debtor", "DebtorName", "GmbH", "13"), "DebtorId"), ["10003"]),
    ("op.14", lambda c: len(c.where("Profit_Debtor", "DebtorName", "GmbH", "14").rows), 6),
    ("op.15", lambda c: names(c.where("Profit_Debtor", "DebtorId", "10002..10004", "15"), "DebtorId"), ["10002", "10003", "10004"]),
    ("op.text-case", lambda c: names(c.where("Profit_Debtor", "DebtorName", "transport van dijk & zn."), "DebtorId"), ["10006"]),
    ("filter.and", lambda c: ids(c.where(HOURS_GET, "Identity,Identity", "3,5", "2,5")), [3, 4]),
    ("filter.or", lambda c: ids(c.where(HOURS_GET, "Identity;Identity", "3;5", "1;1")), [3, 5]),
    ("filter.mixed", lambda c: ids(c.where(HOURS_GET, "Identity;Identity,InitId", "3;5,O", "1;1,1")), [3]),
    ("filter.shape", lambda c: c.where(HOURS_GET, "Identity,Identity", "3;5", "1,1").status, 500),
    ("filter.no-operators", lambda c: ids(c.where(HOURS_GET, "Identity", "9")), [9]),
    ("filter.z", lambda c: c.where(HOURS_GET, "DateTime", "2025-01-06T00:00:00Z", "2").json()["errorNumber"], -2147180999),
    ("filter.milliseconds", lambda c: c.where(HOURS_GET, "DateModified", "2025-01-06T00:00:00.500", "2").status, 500),
    ("filter.boolean", lambda c: [len(c.where("Profit_Article", "Blocked", v).rows) for v in ("true", "1", "false", "0")], [1, 1, 39, 39]),
    ("filter.unknown", lambda c: [refused(c.where("Profit_Article", "X", "1"))[1], c.call("GET", "/connectors/Profit_Article?filterfieldids=X&filtervalues=1", headers={"accept-language": "en-us"}).message], ["Connector-veld 'X' niet gevonden", "Connector field 'X' not found"]),
    ("get.unsupported", lambda c: c.call("GET", "/connectors/Nope", headers={"accept-language": "en-us"}).message, "GetConnector not supported for this app or the user is not authorized"),
    ("type.null", lambda c: c.where("Profit_Employees_basic", "EmployeeId", "000001001").rows[0]["EmploymentEnd"], None),
    ("type.codes", lambda c: c.get("Profit_Employees_basic", take=1, orderbyfieldids="EmployeeId").rows[0]["EmployeeId"], "000001001"),
    ("type.decimal", lambda c: c.where(HOURS_GET, "Identity", "97").rows[0]["QuantityUnit"], -4.0),
    ("type.boolean", lambda c: c.where("Profit_Article", "ItemCode", "A00040").rows[0]["Blocked"], True),
    ("type.boolean-integer", lambda c: c.get("Profit_Employees_basic", take=1).rows[0]["Blocked"], 0),
    ("type.date", lambda c: c.where("Profit_Employees_basic", "EmployeeId", "000001005").rows[0]["DateBirth"], "1992-02-29T00:00:00Z"),
    ("type.hyphen", lambda c: "Btw-nummer" in c.get("Profit_Creditor", take=1).rows[0], True),
    ("get.stock", lambda c: (c.get("Profit_Stock_per_Warehouse", take=1, orderbyfieldids="Item_code").rows, len(c.get("Profit_Stock_per_Warehouse", skip=-1, take=-1).rows)), ([{"Basisartikeltype_code": "0", "Item_code": "A00001", "In_stock": 3.5, "Unit": "STK", "Stock_level_code": "HOOFD"}], 34)),
    ("meta.overview", lambda c: {"id": "Profit_Article", "description": "Artikelen (Profit)"} in c.metainfo().json()["getConnectors"], True),
    ("meta.custom-7", lambda c: {x["id"] for x in c.metainfo().json()["customConnectors"]}, {"AppConnectorFile", "AppConnectorImage", "AppConnectorReport", "AppConnectorSubject"}),
    ("meta.info", lambda c: c.metainfo().json()["info"], {"envid": "T12345AA", "appName": "koppeling-harness", "group": "Koppeling (12345.KOPPELING)", "tokenExpiry": "0"}),
    ("meta.get", lambda c: c.metainfo("/get/Profit_Administrations").json()["fields"][0], {"id": "AdminId", "fieldId": "U001", "dataType": "int", "label": "Administratie", "length": 3, "controlType": 5, "decimals": 0, "decimalsFieldId": ""}),
    ("meta.labels", lambda c: c.metainfo("/get/Profit_Administrations", headers={"accept-language": "en"}).json()["fields"][0]["label"], "Administration"),
    ("meta.unlinked", lambda c: c.metainfo("/update/Nope").status, 500),
    ("other.version", lambda c: c.call("GET", "/ProfitVersion").json(), {"version": "8.0.12"}),
    ("other.subject-gone", lambda c: bare(c.call("GET", "/subjectconnector/25/00")), EMPTY_404),
    ("other.report", lambda c: base64.b64decode(c.call("GET", "/reportconnector/12").json()["filedata"])[:5], b"%PDF-"),
    ("other.binary", lambda c: c.call("GET", "/reportconnector/12", headers={"sendfileasbinary": "1"}).content[:5], b"%PDF-"),
    ("head.empty", lambda c: c.call("GET", "/nowhere").headers["content-type"], "application/xml; charset=utf-8"),
    ("head.always", lambda c: [c.get("Profit_Article").headers[n] for n in ("cache-control", "strict-transport-security", "x-content-type-options", "x-frame-options", "x-afas-proxy-version", "content-type")], ["no-store, no-cache", "max-age=31536000", "nosniff", "deny", "5.0.0.0", "application/json; charset=utf-8"]),
    ("head.chunked", lambda c: "content-length" in c.call("GET", "/profitversion").headers, False),
    ("head.gzip", lambda c: json.loads(gzip.decompress(c.call("GET", "/metainfo", headers={"accept-encoding": "gzip"}).content))["info"]["envid"], "T12345AA"),
    ("head.trace", lambda c: bool(re.fullmatch("[0-9a-f]{32}", c.call("GET", "/profitversion").headers["x-trace-identifier"])), True),
    ("head.no-integration-id", lambda c: c.call("GET", "/profitversion").status, 200),
)  # fmt: skip


@pytest.fixture(scope="module")
def client() -> Caller:
    return caller()


@pytest.mark.parametrize(("claim", "ask", "expected"), TABLE, ids=[row[0] for row in TABLE])
def test_reading_is_as_documented(client: Caller, claim, ask, expected):
    assert ask(client) == expected, CLAIMS[claim]


@shows("filter.left")
def test_left_to_right_is_the_other_reading_of_a_mixed_filter():
    client = caller(quirks={"filter_precedence": "left_to_right"})

    found = ids(client.where(HOURS_GET, "Identity;Identity,InitId", "13;5,O", "1;1,1"))

    assert found == [13]


@shows("filter.json", "filter.json-single", "filter.json-comma")
def test_a_json_filter_says_what_the_compact_form_cannot():
    client = caller()
    client.put("PtProject", element("PtProject", {"PrId": "500001", "Ds": "Een, twee; drie"}))
    comma = {"@FieldId": "Description", "@OperatorType": "1", "#text": "Een, twee; drie"}
    other = [
        {"@FieldId": "ProjectId", "@OperatorType": "1", "#text": "500002"},
        {"@FieldId": "ProjectGroup", "@OperatorType": "1", "#text": "EXT"},
    ]
    single = {"Filters": {"Filter": {"@FilterId": "1", "Field": comma}}}
    both = {"Filters": {"Filter": [{"Field": [comma]}, {"Field": other}]}}

    assert names(client.get("Profit_Projects", filterjson=json.dumps(single)), "ProjectId") == [
        "500001"
    ]
    assert names(client.get("Profit_Projects", filterjson=json.dumps(both)), "ProjectId") == [
        "500001",
        "500002",
    ]


@shows("filter.subsecond", "type.zone", "write.read-back")
def test_moments_are_shown_rounded_in_amsterdam_time_and_compared_exactly():
    clock = HandClock("2026-07-01T10:00:00.600000+00:00")
    client = caller(clock=clock)
    client.post("PtRealization", element("PtRealization", HOURS))
    shown = client.get(HOURS_GET, orderbyfieldids="-Identity", take=1).rows[0]["DateModified"]

    found = client.where(HOURS_GET, "DateModified", shown.removesuffix("Z"), "2")
    second_earlier = client.where(HOURS_GET, "DateModified", "2026-07-01T12:00:00", "2")

    assert shown == "2026-07-01T12:00:01Z"  # .6 goes up; two hours ahead of UTC
    assert ids(found) == []
    assert ids(second_earlier) == [301]


@shows("page.hostile")
def test_unordered_pages_overlap_when_shuffled_and_ordered_ones_do_not():
    client = caller(quirks={"unordered_paging": "shuffled"})

    def read(**order):
        pages = [client.get(HOURS_GET, skip=s, take=50, **order) for s in range(0, 300, 50)]
        return {row["Identity"] for page in pages for row in page.rows}

    assert len(read()) < 300
    assert len(read(orderbyfieldids="Identity")) == 300


@shows("page.deep")
def test_deep_pages_hold_the_same_rows_as_counting_to_them():
    client = caller(rows=9000)

    for order, first in (("Identity", 7001), ("-Identity", 2000)):
        page = client.get(HOURS_GET, skip=7000, take=3, orderbyfieldids=order)
        step = 1 if first == 7001 else -1
        assert ids(page) == [first, first + step, first + 2 * step]
    client.delete("PtRealization/PtRealization/@Id/1")
    after = client.get(HOURS_GET, skip=7000, take=1, orderbyfieldids="Identity")
    assert ids(after) == [7002]
    assert client.get(HOURS_GET, skip=50_000, orderbyfieldids="Identity").rows == []


@shows("get.blocked", "own.copy", "type.replaced")
def test_an_own_getconnector_is_a_copy_with_some_fields_under_an_own_name():
    hours = OwnGetConnector(
        id="Acme_Hours", copy_of=HOURS_GET, fields=("Identity", "QuantityUnit", "Vanished")
    )
    blocked = OwnGetConnector(id="Acme_Blocked", copy_of="Profit_Article", blocked="afas")
    client = caller(connectors=[hours, blocked])

    row = client.get("Acme_Hours", take=1).rows[0]

    assert row == {"Identity": 1, "QuantityUnit": 4.0, "Vanished": "(replaced)"}
    assert client.get("Acme_Blocked").message == "Deze GetConnector (definitie) is geblokkeerd"


@shows("own.joins")
def test_an_own_getconnector_joins_tables_renames_fields_and_filters():
    own = OwnGetConnector(
        id="Acme_ProjectHours",
        copy_of=HOURS_GET,
        fields=("Identity",),
        joins=(
            JoinedTable(source="Profit_Projects", alias="project", on={"ProjectId": "ProjectId"}),
        ),
        renamed=(ConnectorField(id="Group", field="project.ProjectGroup"),),
        fixed_filters=(FixedFilter(field="QuantityUnit", operator="<", value="0"),),
    )
    client = caller(connectors=[own])

    assert client.get("Acme_ProjectHours").rows == [
        {"Identity": 97, "Group": "EXT"},
        {"Identity": 194, "Group": "EXT"},
        {"Identity": 291, "Group": "EXT"},
    ]
    assert client.where("Acme_ProjectHours", "Group", "INT").rows == []


@shows("get.lines-6", "type.decimal-6", "limit.language-8")
def test_profit_6_lays_answers_out_as_sql_server_did():
    client = caller(release="Profit 6")
    client.put("PtRealization", element("PtRealization", {"Id": 1, "Qu": "-0.5"}))
    client.put("PtRealization", element("PtRealization", {"Id": 2, "Qu": "0.25"}))
    client.put("PtRealization", element("PtRealization", {"Id": 3, "Qu": "10"}))

    text = client.get(HOURS_GET, take=3, orderbyfieldids="Identity").text

    assert text.startswith('{"skip" : 0,\r\n  "take" : 3,\r\n  "rows" : [{"')
    assert re.findall(r'"QuantityUnit":([^,]*),', text) == ["-.5", ".25", "10"]
    person = element("KnPerson", {"MatchPer": "7", "LaNm": "X", "LgId": "nl-BE"})
    assert client.post("KnPerson", person).status == 500
    assert caller().post("KnPerson", person).status == 201


@shows("meta.update")
def test_metainfo_of_an_updateconnector_is_nested_and_says_what_is_mandatory():
    found = caller().metainfo("/update/KnSubject").json()

    by_id = {each["fieldId"]: each for each in found["fields"]}
    assert list(found) == ["id", "name", "description", "fields", "objects"]
    assert by_id["StId"] == {
        "fieldId": "StId",
        "primaryKey": False,
        "dataType": "int",
        "label": "Type dossieritem",
        "mandatory": True,
        "length": 0,
        "decimals": 0,
        "decimalFieldId": "",
        "notzero": True,
        "controlType": 5,
        "values": None,
    }
    assert by_id["ViPr"]["values"][1] == {"id": "N", "description": "Normaal"}
    assert [each["name"] for each in found["objects"]] == ["KnSubjectLink", "KnSubjectAttachment"]


@shows("meta.custom-field")
def test_custom_fields_show_in_metainfo_and_are_written_and_read():
    id_ = "U" + "8BB552544967345CF73661AB9E5CB1F2"
    field = Field(id=id_, type="string", length=20, label="Kleur")
    own = OwnGetConnector(id="Acme_P", copy_of="Profit_Projects", fields=("ProjectId", id_))
    client = caller(custom_fields={"PtProject": [field]}, connectors=[own])

    wrote = client.put("PtProject", element("PtProject", {"PrId": "500001", id_: "blauw"}))

    fields = client.metainfo("/update/PtProject").json()["fields"]
    assert wrote.status == 201
    assert fields[-1]["fieldId"] == id_
    assert client.get("Acme_P", take=1).rows == [{"ProjectId": "500001", id_: "blauw"}]


@shows("other.subject-file", "other.file")
def test_an_attachment_is_found_by_the_documented_walk():
    client = caller()
    subject = client.where("ProfitSubjects", "SbTy", "-2", "1").rows[0]["SbId"]
    row = client.where("Profit_Subject_Attachments", "subject_id", str(subject)).rows[0]

    by_subject = client.call("GET", f"/subjectconnector/{subject}/{row['file_id']}").json()
    by_query = client.call("GET", "/subjectconnector", SubjectId=subject, FileId=row["file_id"])
    by_file = client.call("GET", f"/fileconnector/{row['file_id']}/{row['file_name']}").json()

    assert list(by_subject) == ["filename", "mimetype", "filedata"]
    assert by_subject["filename"] == "notitie.txt"
    assert base64.b64decode(by_subject["filedata"]).startswith(b"Dit is een bijlage")
    assert by_query.json() == by_subject == by_file


@shows("other.image")
def test_an_image_comes_in_three_sizes():
    client = caller()
    id_ = client.environment.connection.execute(
        "SELECT FileId FROM file WHERE name = 'medewerker.png'"
    ).fetchone()[0]

    sizes = []
    for form in (0, 1, 2):
        body = client.call("GET", f"/imageconnector/{id_}", format=form).json()
        assert list(body) == ["mimetype", "filedata"]
        sizes.append(int.from_bytes(base64.b64decode(body["filedata"])[16:20], "big"))

    assert sizes == [240, 64, 1000]


@shows("limit.timeout")
def test_a_query_that_takes_longer_than_allowed_is_refused(monkeypatch):
    clock = HandClock()
    client = caller(rows=20_000, clock=clock)
    client.get(HOURS_GET, take=1)
    monkeypatch.setattr(clock, "elapsed_s", iter(range(0, 10**6, 901)).__next__)

    reply = client.where(HOURS_GET, "Description", "nowhere", "6", skip=-1, take=-1)

    expected = "De maximale tijdsduur voor het uitvoeren van de opdracht is verstreken."
    assert refused(reply) == (500, expected)
