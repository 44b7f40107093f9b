"""Forms in real use: addresses, names of files, languages, layouts, and what metainfo says."""

import base64

import pytest

from contract.erp1.table import shows
from koppeling_harness.emulator import Erp1
from koppeling_harness.emulator.company import FILE_ID, IMAGE_ID
from koppeling_harness.model.connector import ConnectorField, OwnGetConnector
from support.erp1 import HOURS, caller, element

EMPLOYEE = {"@EmId": "000001002"}


def mail(client):
    return client.where("Profit_OrgPer", "BcCo", "1000002").rows[0]["MailWork"]


@shows("form.sub-object-put")
def test_a_put_on_a_sub_object_updates_parent_and_sub_object():
    client = caller()
    person = {"MatchPer": "0", "BcCo": "1000002", "EmAd": "b@example.nl"}
    body = element("AfasEmployee", EMPLOYEE, KnPerson=person)
    table = element("AfasEmployee", EMPLOYEE, AfasTimeTable={"@DaBg": "2019-09-01", "HrWk": 12})
    strange = element("AfasEmployee", EMPLOYEE, AfasTimeTable={"@DaBg": "1999-01-01", "HrWk": 12})

    assert client.put("KnEmployee/KnPerson", body).status == 201
    assert client.put("KnEmployee/AfasTimeTable", table).status == 201
    assert client.put("KnEmployee/AfasTimeTable", strange).status == 500
    assert "'Nope' bestaat niet" in client.put("KnEmployee/Nope", body).message
    assert mail(client) == "b@example.nl"
    (row,) = client.where("Profit_Employees", "EmployeeId", "000001002").rows
    assert row["HourPerWeek"] == 12
    refusing = caller(quirks={"sub_object_put": "not_found"})
    assert refusing.put("KnEmployee/KnPerson", body).status == 404


@shows("form.delete")
def test_a_delete_names_its_object_or_not_or_has_the_record_in_its_body():
    client = caller()
    in_body = element("KnSubject", {"@SbId": "3"})

    assert client.delete("KnSubject/KnSubject/SbId/1").status == 200
    assert client.delete("KnSubject/SbId/2").status == 200
    assert client.call("DELETE", "/connectors/KnSubject", in_body).status == 200
    assert client.call("DELETE", "/connectors/KnSubject", in_body).status == 500
    assert client.call("DELETE", "/connectors/KnSubject").status == 404
    assert client.where("Profit_Subjects", "SubjectId", "3", "3").rows == []
    strict = caller(quirks={"delete_forms": "documented"})
    assert strict.delete("KnSubject/SbId/2").status == 404
    assert strict.call("DELETE", "/connectors/KnSubject", in_body).status == 404


def bank(*lines):
    """Return a body with accounts of one employee, as AFAS's example of `@Action` has it."""
    accounts = [
        {"@AcId": iban, "@NoBk": False, "Fields": {"@Action": action, "Iban": iban, **fields}}
        for iban, action, fields in lines
    ]
    return {
        "AfasEmployee": {
            "Element": {
                **EMPLOYEE,
                "Fields": {"@Action": "update"},
                "Objects": [{"AfasBankInfo": {"Element": accounts}}],
            }
        }
    }


@shows("form.bank-lines")
def test_one_account_of_an_employee_is_turned_off_while_another_is_added():
    client = caller()
    old, new = "NL57RABO0312000111", "NL91ABNA0417164300"
    line = "KnEmployee/AfasEmployee/@EmId/000001002/AfasBankInfo"

    assert client.put("KnEmployee", bank((old, "insert", {"SaAc": True}))).status == 201
    both = bank((old, "update", {"SeNo": 1, "SaAc": False}), (new, "insert", {"SaAc": True}))
    assert client.put("KnEmployee", both).status == 201
    assert client.delete(f"{line}/SeNo/2").status == 200
    assert client.delete(f"{line}/SeNo/2").message == "'AfasBankInfo' met sleutel '2' bestaat niet."
    assert client.delete(f"{line}/@AcId,@NoBk/{old},false").status == 200


@shows("form.delete-by-post")
def test_a_line_is_deleted_by_a_post_that_says_so():
    client = caller()
    added = client.post("PtRealization", element("PtRealization", HOURS)).json()
    number = added["results"]["PtRealization"]["Id"]
    body = {"PtRealization": {"Element": {"Fields": [{"@Action": "delete", "Id": int(number)}]}}}

    assert len(client.where("Profit_Realization", "Identity", number).rows) == 1
    assert client.post("PtRealization", body).status == 201
    assert client.where("Profit_Realization", "Identity", number).rows == []


@shows("form.file-name")
@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("a_b.txt", "a_5fb.txt"),
        ("a_b.txt", "A_5FB.TXT"),
        ("a_b.txt", "a_b.txt"),
        ("Factuur 2026_11 (kopie).pdf", "Factuur%202026_5f11%20_28kopie_29.pdf"),
        ("é,x.txt", "_e9_2cx.txt"),
        ("é,x.txt", "_c3_a9_2cx.txt"),
        ("é,x.txt", "%C3%A9%2Cx.txt"),
        ("100%.txt", "100_25.txt"),
    ],
)
def test_a_file_is_asked_by_its_name_in_afas_s_encoding_or_as_it_is(name, asked):
    client = caller()
    stream = base64.b64encode(b"hallo").decode()
    attachment = {"FileName": name, "FileStream": stream}
    body = element("KnSubject", {"StId": 1, "Ds": "x"}, KnSubjectAttachment=attachment)
    number = client.post("KnSubject", body).json()["results"]["KnSubject"]["SbId"]
    file = client.where("Profit_Subject_Attachments", "subject_id", number).rows[0]["file_id"]

    found = client.call("GET", f"/fileconnector/{file}/{asked}")
    by_query = client.call("GET", f"/fileconnector/{file}?filenameuri={asked}")
    other = client.call("GET", f"/fileconnector/{file}/anders.txt")

    assert (found.status, by_query.status, other.status) == (200, 200, 404)
    assert found.json()["filename"] == name


def test_the_demo_company_has_one_numbering_however_many_rows_it_has():
    def shown(erp1: Erp1) -> list[object]:
        access = erp1.open_environment()
        connection = erp1.environment(access.environment).connection
        return [
            connection.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall()
            for table in ("file", "subject", "subject_attachment", "sales_line", "relation")
        ]

    assert shown(Erp1(rows=300)) == shown(Erp1(rows=5000))
    client = caller(seed=7)
    (attachment,) = client.get("Profit_Subject_Attachments").rows
    (image,) = client.get("Profit_Article_image").rows
    assert attachment["file_id"] == FILE_ID
    assert IMAGE_ID in image.values()
    assert client.call("GET", f"/imageconnector/{IMAGE_ID}").status == 200


@shows("meta.update-name", "meta.control", "meta.keys")
def test_metainfo_says_what_a_connector_is_called_how_fields_are_entered_and_what_names_a_line():
    client = caller()

    def keys(connector, *path):
        found = client.metainfo(f"/update/{connector}").json()
        for name in path:
            found = next(each for each in found["objects"] if each["name"] == name)
        return {each["fieldId"] for each in found["fields"] if each["primaryKey"]}

    assert client.metainfo("/update/KnEmployee").json()["name"] == "AfasEmployee"
    assert client.metainfo("/update/KnSubject").json()["name"] == "KnSubject"
    assert keys("HrAbsence") == {"EmId", "EnSe", "DaBe"}
    assert keys("HrIllness") == {"EmId", "DaBe"}
    assert keys("FiEntries") == {"UnId", "Year", "JoCo"}
    assert keys("FiEntries", "FiEntries") == {"EnNo"}
    accounts = client.metainfo("/get/Profit_Accounts").json()
    account, description = accounts["fields"][:2]
    assert accounts["description"] == "Grootboekrekeningen (Financieel)"
    assert [account[each] for each in ("dataType", "controlType", "length", "label")] == [
        "string", 5, 16, "Rekeningnummer"
    ]  # fmt: skip
    assert [description["controlType"], description["length"]] == [1, 50]
    orders = client.metainfo("/get/Profit_Projects").json()["fields"]
    control = {each["id"]: each["controlType"] for each in orders}
    assert (control["DateStart"], control["ModifiedDate"], control["UnitId"]) == (4, 8, 5)


@shows("form.underscore-id")
def test_the_id_of_a_connector_may_begin_with_an_underscore():
    own = OwnGetConnector(id="_Uren", copy_of="Profit_Realization", fields=("Identity",))
    client = caller(connectors=[own])

    assert client.get("_uren", take=1).rows == [{"Identity": 1}]
    assert client.metainfo("/get/_Uren").json()["name"] == "_Uren"


@shows("op.7-percent")
def test_not_equal_with_percent_signs_is_does_not_contain():
    client = caller()

    def count(value, operator):
        rows = client.where("Profit_Article_Basic", "Description", value, operator, take=100).rows
        return len(rows)

    assert count("%model 1%", "7") == count("model 1", "11") == 29
    assert count("Laptop%", "7") == count("Laptop", "12")
    assert count("%model 7", "7") == count("model 7", "14")
    assert count("Laptop model 7", "7") == 39
    literal = caller(quirks={"not_equal_wildcards": "not_equal"})
    assert len(literal.where("Profit_Article_Basic", "Description", "%x%", "7").rows) == 40


@shows("order.period")
def test_a_field_with_a_period_is_ordered_by_in_brackets():
    names = [ConnectorField(id="Cat._naam", field="Description"),
             ConnectorField(id="Vrije voorraad, nu", field="ItemCode")]  # fmt: skip
    own = OwnGetConnector(id="Acme_Punt", copy_of="Profit_Article", renamed=tuple(names))
    client = caller(connectors=[own])

    def rows(order):
        return client.get("Acme_Punt", orderbyfieldids=order, take=3)

    up, down = rows("['Cat._naam']"), rows("-['Cat._naam'],['Vrije voorraad, nu']")
    filtered = client.where("Acme_Punt", "['Cat._naam']", "Laptop", "10")
    plain = rows("Cat._naam")

    assert up.status == down.status == filtered.status == 200
    assert [each["Cat._naam"] for each in up.rows] == sorted(each["Cat._naam"] for each in up.rows)
    assert down.rows[0]["Cat._naam"] > up.rows[0]["Cat._naam"]
    assert (plain.message, plain.json()["errorNumber"]) == ("Invalid Index field", -2147180996)
    assert rows("['Cat._naam']x").status == rows("['Nope']").status == 500
    either = caller(connectors=[own], quirks={"dotted_names": "either"})
    assert either.get("Acme_Punt", orderbyfieldids="Cat._naam").status == 200


@shows("lang.weights")
@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("nl", "nl"), ("nl-be", "nl"), ("en-us", "en"), ("fr-fr", "en"), ("*", "nl"),
        ("nl;q=0.1,en;q=0.9", "en"), ("en;q=0.1, nl", "nl"), ("en;q=0,nl;q=0.2", "nl"),
        ("", "nl"), ("!!", "nl"), ("en;q=x", "nl"),
    ],
)  # fmt: skip
def test_the_language_that_is_wanted_most_is_answered(header, language):
    reply = caller().get("Nope", headers={"accept-language": header})

    assert ("niet" in reply.message) == (language == "nl")


@shows("layout.profit-6")
def test_profit_6_lays_rows_out_as_recorded():
    client = caller(release="Profit 6")
    client.put("KnSubject", element("KnSubject", {"@SbId": "1", "Ds": 'a/b "c"'}))

    text = client.where("Profit_Subjects", "SubjectId", "1").content

    assert text.startswith(b'{"skip" : 0,\r\n  "take" : 100,\r\n  "rows" : [{"TypeId":')
    assert text.endswith(b"}]}")
    assert rb'"a\/b \"c\""' in text
    assert text.count(b"\n") == 2
    seven = caller(release="Profit 7", quirks={"slash": "escaped", "proxy_version": "4.3.0.0"})
    found = seven.get("Profit_OrgPer", take=100)
    assert b"https:\\/\\/" in found.content
    assert found.headers["x-afas-proxy-version"] == "4.3.0.0"
    assert b"https://" in caller().get("Profit_OrgPer", take=100).content


@shows("write.empty-type")
def test_an_empty_201_has_no_content_type_unless_it_is_switched_on():
    body = element("KnProvApplication", {"BcCo": "1000101", "PvCd": "1"})

    bare = caller().post("KnProvApplication", body)
    typed = caller(quirks={"empty_201_type": "xml"}).post("KnProvApplication", body)

    assert "content-type" not in bare.headers
    assert (bare.headers["content-length"], bare.content) == ("0", b"")
    assert typed.headers["content-type"].startswith("application/xml")


@shows("write.update-keys")
def test_an_update_gives_keys_back_unless_that_is_switched_off():
    body = element("KnPerson", {"MatchPer": "0", "BcCo": "1000002", "EmAd": "x@y.nl"})
    new = element("KnPerson", {"MatchPer": "7", "LaNm": "Nieuw"})
    silent = caller(quirks={"update_keys": "none"})

    assert caller().put("KnPerson", body).json()["results"]["KnPerson"]["BcCo"] == "1000002"
    assert silent.put("KnPerson", body).content == b""
    assert silent.post("KnPerson", new).json()["results"]


@shows("write.times")
def test_times_without_a_quantity_count_as_the_hours_between_them():
    line = {name: value for name, value in HOURS.items() if name != "Qu"}
    times = {"StTi": "09:00:00", "EnTi": "12:30:00", "Ds": "tijden"}

    def booked(client, **more):
        body = element("PtRealization", {**line, **times, **more})
        assert client.post("PtRealization", body).status == 201
        (row,) = client.where("Profit_Realization", "Description", "tijden").rows
        return row["QuantityUnit"]

    assert booked(caller()) == 3.5
    assert booked(caller(), EnTi="09:20") == 0.33
    assert booked(caller(), StTi="22:00", EnTi="06:00") == 8
    assert booked(caller(), Qu=2) == 2
    assert booked(caller(quirks={"times_quantity": "one"})) == 1


@shows("write.dates")
def test_the_first_year_of_a_date_can_be_that_of_sql_server():
    body = element("KnSubject", {"StId": 1, "Ds": "x", "Da": "0001-01-01T00:00:00"})

    assert caller().post("KnSubject", body).status == 201
    assert (
        "geldige datum" in caller(quirks={"earliest_date": "1753"}).post("KnSubject", body).message
    )


def test_a_message_of_an_unknown_field_names_the_switch_that_drops_it():
    body = element("KnSubject", {"StId": 1, "Ds": "x", "Nope": 1})

    assert "unknown_field=ignore" in caller().post("KnSubject", body).message
    assert caller(quirks={"unknown_field": "ignore"}).post("KnSubject", body).status == 201


def test_fields_with_strange_names_are_asked_in_any_case():
    named = ("x'y", "a,b", "ÉÉN")
    own = OwnGetConnector(
        id="Own_Strange",
        copy_of="Profit_Article",
        renamed=tuple(ConnectorField(id=each, field="ItemCode") for each in named),
    )
    client = caller(connectors=[own])

    for name in ("['x'y']", "['A,B']", "één", "E\u0301E\u0301n"):
        found = client.get("Own_Strange", filterfieldids=name, filtervalues="A00002")
        assert [row["ÉÉN"] for row in found.rows] == ["A00002"], name
        assert client.get("Own_Strange", orderbyfieldids=f"-{name}", take=1).rows, name


def test_a_filter_without_a_field_is_refused_and_breaks_nothing():
    client = caller()

    refused = client.get("Profit_Article", filterjson='{"Filters":{"Filter":[{"Field":[]}]}}')

    assert (refused.status, client.environment.broken) == (500, [])


def test_nothing_is_served_below_the_version():
    assert caller().call("GET", "/profitversion/x").status == 404
