"""UpdateConnectors and their rules: documented row by row."""
# ruff: noqa: E501 - a row of the table is one line

import base64

import pytest

from contract.erp1.table import CLAIMS, rows, shows
from support.erp1 import HOURS, HandClock, caller, element, one

EN = {"accept-language": "en-us"}
ORG = {"MatchOga": "6", "AutoNum": True, "Nm": "Nieuw B.V."}
ADDRESS = {"CoId": "NL", "Ad": "Kade", "HmNr": "5", "ZpCd": "3811 AB", "Rs": "Amersfoort"}
ENTRY = {"Year": "2026", "Peri": "3", "UnId": "1", "JoCo": "70"}
DEBIT = {"VaAs": "2", "AcNr": "10001", "EnDa": "2026-03-01", "BpDa": "2026-03-01", "AmDe": "121.00"}
CREDIT = {"VaAs": "1", "AcNr": "8000", "EnDa": "2026-03-01", "BpDa": "2026-03-01", "AmCr": 121}


def hours(**changed):
    return element("PtRealization", {**HOURS, **changed})


def organisation(fields=None, **objects):
    return element("KnOrganisation", {**ORG, **(fields or {})}, **objects)


def entry(*lines, **header):
    merged = {name: value for name, value in {**ENTRY, **header}.items() if value is not None}
    return element("FiEntryPar", merged, FiEntries=list(lines or (DEBIT, CREDIT)))


def says(reply):
    return reply.status, reply.message


def whole(reply):
    return reply.status, reply.content, reply.headers.get("content-length")


def numbered(reply):
    return reply.message, reply.json()["errorNumber"]


def refusal(c, connector, body, **more):
    return says(c.post(connector, body, **more))


TABLE = rows(
    ("write.post-201", lambda c: c.post("PtRealization", hours()).status, 201),
    ("write.put-201", lambda c: c.put("PtRealization", element("PtRealization", {"Id": 1, "Qu": 2})).status, 201),
    ("write.delete-200", lambda c: whole(c.delete("PtRealization/PtRealization/@Id/2")), (200, b"", "0")),
    ("write.delete-plain", lambda c: c.delete("PtRealization/PtRealization/Id/3").status, 200),
    ("write.delete-at", lambda c: c.delete("PtRealization/PtRealization/%40Id/4").status, 200),
    ("write.text-values", lambda c: c.post("PtRealization", hours(Qu="2.50", Ch="TRUE")).status, 201),
    ("write.native-values", lambda c: c.post("PtRealization", hours(Qu=2.5, Ch=True, VaIt=1)).status, 201),
    ("write.keys-beside", lambda c: c.put("KnSubject", element("KnSubject", {"@SbId": "1", "Ds": "A"})).status, 201),
    ("write.keys-inside", lambda c: c.put("KnSubject", element("KnSubject", {"SbId": 1, "Ds": "A"})).status, 201),
    ("write.results", lambda c: c.post("KnSubject", element("KnSubject", {"StId": 1, "Ds": "x"})).json(), {"results": {"KnSubject": {"SbId": "26"}}}),
    ("write.results-root", lambda c: list(c.post("FiEntries", entry()).json()["results"]), ["FiEntryPar"]),
    ("write.empty-body", lambda c: whole(c.post("KnProvApplication", element("KnProvApplication", {"BcCo": "1000101", "PvCd": "1"})))[:2], (201, b"")),
    ("write.invalid-json", lambda c: whole(c.post("KnSubject", b"{"))[:2], (400, b'{"message":"Invalid json"}')),
    ("rule.mandatory", lambda c: says(c.post("KnSubject", element("KnSubject", {"StId": 1}))), (500, "Vul een waarde in bij 'Onderwerp'.")),
    ("rule.length", lambda c: c.post("PtRealization", hours(Ds="x" * 256)).status, 500),
    ("rule.code", lambda c: refusal(c, "KnSubject", element("KnSubject", {"StId": 1, "Ds": "x", "ViPr": "Z"}), headers=EN), (500, "The entered value for 'Priority' does not exist.")),
    ("rule.bsn", lambda c: [c.post("KnPerson", element("KnPerson", {"MatchPer": "7", "LaNm": "B", "SoSe": b})).status for b in ("123456789", "111222333")], [500, 201]),
    ("rule.postcode", lambda c: c.post("KnOrganisation", organisation(KnBasicAddressAdr={**ADDRESS, "ZpCd": "0381 A"})).status, 500),
    ("rule.match-several", lambda c: [c.post("KnOrganisation", organisation({"Nm": "Dubbel"})).status for _ in "ab"] + [c.post("KnOrganisation", organisation({"Nm": "Dubbel", "MatchOga": "3"})).status], [201, 201, 500]),
    ("rule.match-address", lambda c: says(c.post("KnOrganisation", organisation({"MatchOga": "4"}, KnBasicAddressAdr={**ADDRESS, "HmNr": 999}))), (500, "Er is geen organisatie/persoon gevonden via zoeken op adres.")),
    ("rule.single", lambda c: c.post("KnOrganisation", organisation(KnBankAccount=[{"CoId": "NL"}, {"CoId": "NL"}])).status, 500),
    ("rule.image-name", lambda c: says(c.post("KnOrganisation", organisation({"FileStream": "aGFsbG8="}))), (500, "Het veld 'FileName' is verplicht bij het toevoegen van een afbeelding.")),
    ("rule.debtor", lambda c: refusal(c, "KnSalesRelationOrg", element("KnSalesRelationOrg", {"CuId": "EUR", "InPv": "A", "IsDb": True}, KnOrganisation=ORG), headers=EN), (500, "Enter a value for 'Payment condition'.")),
    ("rule.subject-negative", lambda c: [c.post("KnSubject", element("KnSubject", {"StId": s, "Ds": "x"})).status for s in (-2, -5)], [500, 201]),
    ("rule.subject-destination", lambda c: numbered(c.post("KnSubject", element("KnSubject", {"StId": 3, "Ds": "x"}, KnSubjectLink={"ToBC": True, "BcId": "1000101"}))), ("Deze bestemming is niet geldig voor dit type dossieritem", -2147180996)),
    ("rule.hire", lambda c: c.post("KnEmployee", element("AfasEmployee", {}, KnPerson={"MatchPer": "7", "LaNm": "X"})).status, 500),
    ("rule.article-auto", lambda c: c.post("FbItemArticle", element("FbItemArticle", {"AuId": True, "Grp": "HARD", "BiUn": "STK", "VaRc": "1"})).json(), {"results": {"FbItemArticle": {"ItCd": "90001"}}}),
    ("rule.entry-balance", lambda c: c.post("FiEntries", entry(DEBIT)).status, 500),
    ("rule.entry-number", lambda c: says(c.post("FiEntries", entry({**DEBIT, "EnNo": 5}, CREDIT))), (500, "Bij toevoegen journaalpost mag het journaalpostnummer niet worden opgegeven.")),
    ("rule.entry-account", lambda c: refusal(c, "FiEntries", entry({**DEBIT, "AcNr": "nope"}, CREDIT), headers=EN), (500, "The entered value for 'Account Number' does not exist.")),
    ("rule.entry-period", lambda c: refusal(c, "FiEntries", entry(Year=2024, Peri=8), headers=EN), (500, "For this administration, period 8 of the year 2024 is blocked.")),
    ("rule.entry-date", lambda c: refusal(c, "FiEntries", entry({**DEBIT, "BpDa": "2024-11-01"}, CREDIT), headers=EN), (500, "Date '1-11-2024' belongs to a blocked period")),
    ("rule.entry-axis", lambda c: refusal(c, "FiEntries", entry(DEBIT, {**CREDIT, "AcNr": "8074"}), headers=EN), (500, "Allocation code for axis 'Cost center' must be filled for account 8074")),
    ("write.methods", lambda c: [c.post("KnContact", element("KnContact", {"CdId": 1})).status, c.delete("KnPerson/KnPerson/BcCo/1000001").status, c.put("KnContact", element("KnContact", {"CdId": 1})).status], [500, 500, 201]),
    ("write.delete-documented", lambda c: [c.post("KnProvApplication", element("KnProvApplication", {"BcCo": "1000101", "PvCd": "1"})).status, c.delete("KnProvApplication/KnProvApplication/@BcCo/1000101").status], [201, 200]),
    ("rule.entry-no-put", lambda c: c.put("FiEntries", entry()).status, 500),
)  # fmt: skip


@pytest.mark.parametrize(("claim", "ask", "expected"), TABLE, ids=[row[0] for row in TABLE])
def test_writing_is_as_documented(claim, ask, expected):
    assert ask(caller()) == expected, CLAIMS[claim]


@shows("write.200", "write.results-connector")
def test_the_other_readings_of_success_are_switches():
    settings = {"put_status": "200", "post_status": "200", "results_name": "connector"}
    client = caller(quirks=settings)

    wrote = client.post("FiEntries", entry())

    assert wrote.status == 200
    assert list(wrote.json()["results"]) == ["FiEntries"]


@shows("write.error", "rule.not-exists", "head.error", "head.language")
def test_a_refusal_has_message_number_and_reference_in_the_callers_language():
    client = caller()

    dutch = client.post("PtRealization", hours(EmId="nope"))
    english = client.post("PtRealization", hours(EmId="nope"), headers=EN)

    assert set(dutch.json()) == {"externalMessage", "errorNumber", "profitLogReference"}
    assert dutch.message == "De ingevulde waarde bij 'Medewerker' bestaat niet."
    assert english.message == "The entered value for 'Employee' does not exist."
    assert english.json()["errorNumber"] == -2147220469
    assert len(bytes.fromhex(english.json()["profitLogReference"])) == 16
    assert base64.b64decode(dutch.headers["x-profit-error"]).decode() == dutch.message
    newest = caller(release="Profit 9").post("PtRealization", hours(EmId="nope"))
    assert "x-profit-error" not in newest.headers


@shows("write.shapes")
def test_element_objects_and_fields_may_be_objects_or_lists():
    client = caller()
    line = {"Fields": [{"VaIt": "2", "ItCd": "A00001", "BiUn": "STK", "QuUn": "1"}]}
    for objects in ([{"FbSalesLines": {"Element": line}}], {"FbSalesLines": {"Element": [line]}}):
        body = {"FbSales": {"Element": [{"Fields": {"DbId": "10001"}, "Objects": objects}]}}
        number = client.post("FbSales", body).json()["results"]["FbSales"]["OrNu"]
        assert len(client.where("Profit_SalesorderLines", "OrderNumber", number).rows) == 1


@shows("write.clear", "write.null", "write.absent")
def test_empty_text_and_null_clear_a_field_and_absence_keeps_it():
    client = caller()

    def description():
        return client.where("Profit_Realization", "Identity", "1").rows[0]["Description"]

    for value in ("", None):
        client.put("PtRealization", element("PtRealization", {"Id": 1, "Ds": "Tekst", "Qu": 1}))
        client.put("PtRealization", element("PtRealization", {"Id": 1, "Qu": 2}))
        assert description() == "Tekst"
        client.put("PtRealization", element("PtRealization", {"Id": 1, "Ds": value}))
        assert description() is None


@shows("write.action-element", "write.action-fields", "write.action-case")
def test_an_action_overrules_the_verb_beside_the_keys_or_inside_fields_in_either_case():
    client = caller()
    for number, action in enumerate(("@Action", "@action")):
        stage = {"PrSt": f"X{number}", "Ds": "Erbij"}
        for fields in ({action: "insert", **stage}, {"Fields": {action: "delete", **stage}}):
            body = element("PtProject", {"PrId": "500001"}, PtProjectStage=fields)
            assert client.put("PtProject", body).status == 201
        found = client.where("Profit_Projectstage", "ProjectId,ProjectStage", f"500001,X{number}")
        assert found.rows == []


@shows("write.transaction")
def test_one_refused_part_undoes_the_whole_body():
    client = caller()
    good = {"VaIt": "2", "ItCd": "A00001", "BiUn": "STK", "QuUn": "1"}
    before = len(client.get("Profit_Salesorders", take=-1, skip=-1).rows)

    reply = client.post(
        "FbSales",
        element("FbSales", {"DbId": "10001"}, FbSalesLines=[good, {**good, "ItCd": "nope"}]),
    )
    many = client.post(
        "PtRealization",
        {"PtRealization": {"Element": [one(HOURS), one({**HOURS, "PrId": "nope"})]}},
    )

    assert (reply.status, many.status) == (500, 500)
    assert len(client.get("Profit_Salesorders", take=-1, skip=-1).rows) == before
    assert len(client.get("Profit_Realization", take=-1, skip=-1).rows) == 300


@shows("write.many")
def test_several_root_elements_give_a_list_of_results():
    reply = caller().post("PtRealization", {"PtRealization": {"Element": [one(HOURS), one(HOURS)]}})

    assert [each["Id"] for each in reply.json()["results"]["PtRealization"]] == ["301", "302"]


@shows("write.put-keyless", "write.put-keyless-insert", "write.sub-post")
def test_a_sub_object_without_key_is_refused_in_a_put_and_added_by_a_post_below():
    line = {"VaIt": "2", "ItCd": "", "BiUn": "STK", "QuUn": "1"}
    body = element("FbSales", {"OrNu": "20001"}, FbSalesLines={**line, "VaIt": "3"})

    def count(client):
        return len(client.where("Profit_SalesorderLines", "OrderNumber", "20001").rows)

    client = caller()
    before = count(client)
    assert client.put("FbSales", body).status == 500
    assert client.post("FbSales/FbSalesLines", body).status == 201
    assert count(client) == before + 1
    other = caller(quirks={"put_without_key": "insert"})
    assert other.put("FbSales", body).status == 201
    assert count(other) == before + 1


@shows("write.delete-nested", "write.delete-final")
def test_a_sub_object_is_deleted_by_the_chain_of_keys():
    client = caller()

    reply = client.delete("PtProject/PtProject/@PrId/500001/PtProjectStage/@PrSt/10")

    stages = client.where("Profit_Projectstage", "ProjectId", "500001").rows
    assert reply.status == 200
    assert [each["ProjectStage"] for each in stages] == ["20"]
    assert client.where("Profit_Projects", "ProjectId", "500001").rows
    assert client.delete("PtRealization/PtRealization/@Id/5").status == 200
    assert client.delete("PtRealization/PtRealization/@Id/5").status == 500


def test_a_further_key_in_a_delete_path_must_be_that_of_the_line():
    client = caller()
    booked = client.get("Profit_Leaves", take=1).rows[0]
    path = f"HrAbsenceID/HrAbsenceID/@Id,@EmId/{booked['LeaveId']}"

    assert client.delete(f"{path},000001004").status == 500
    assert client.delete(f"{path},{booked['EmployeeId']}").status == 200


@shows("rule.iban")
def test_a_right_iban_gets_its_bic():
    client = caller()
    wrong = organisation(KnBankAccount={"CoId": "NL", "Iban": "NL91ABNA0417164301"})
    right = organisation(KnBankAccount={"CoId": "NL", "Iban": "NL91ABNA0417164300"})

    assert client.post("KnOrganisation", wrong).status == 500
    number = client.post("KnOrganisation", right).json()["results"]["KnOrganisation"]["BcCo"]
    assert client.where("Profit_BankAccounts", "BcCo", number).rows[0]["BIC"] == "ABNANL2A"


@shows("rule.match-new", "rule.match-coc", "rule.match-number", "rule.bcco-kept")
def test_a_match_of_an_insert_decides_between_adding_and_updating():
    client = caller()
    first = client.post("KnOrganisation", organisation({"CcNr": "99999999"}))
    number = first.json()["results"]["KnOrganisation"]["BcCo"]
    again = client.post(
        "KnOrganisation",
        organisation({"MatchOga": "1", "CcNr": "99999999", "Nm": "Anders", "BcCo": "777"}),
    )
    by_number = client.post("KnOrganisation", organisation({"MatchOga": "0", "BcCo": number}))
    new = client.post("KnOrganisation", organisation({"CcNr": "99999999"}))

    results = [r.json()["results"]["KnOrganisation"]["BcCo"] for r in (again, by_number, new)]
    assert results[:2] == [number, number]
    assert results[2] != number


@shows("rule.person-gender")
def test_an_unknown_gender_is_left_out_of_the_match():
    client = caller()
    person = {"MatchPer": "2", "LaNm": "Jansen", "In": "M.", "ViGe": "V"}
    known = client.post("KnPerson", element("KnPerson", person)).json()
    unknown = client.post("KnPerson", element("KnPerson", {**person, "ViGe": "O"})).json()
    other = client.post("KnPerson", element("KnPerson", {**person, "ViGe": "M"})).json()

    found = [each["results"]["KnPerson"]["BcCo"] for each in (known, unknown, other)]
    assert found[:2] == ["1000009", "1000009"]
    assert found[2] != "1000009"


@shows("rule.postal-same", "rule.address-shared")
def test_equal_addresses_are_shared_and_the_postal_one_may_follow():
    client = caller()
    body = organisation({"PadAdr": True}, KnBasicAddressAdr=ADDRESS)
    ids = [
        int(client.post("KnOrganisation", body).json()["results"]["KnOrganisation"]["BcId"])
        for _ in range(2)
    ]

    found = client.environment.connection.execute(
        "SELECT Adr, Pad FROM relation WHERE BcId IN (?, ?)", ids
    ).fetchall()
    assert len({number for pair in found for number in pair}) == 1
    assert found[0][0] is not None


@shows("rule.contact-put")
def test_a_contact_is_changed_by_organisation_and_person():
    client = caller()
    keys = {"BcCoOga": "1000101", "BcCoPer": "1000009"}

    wrote = client.put("KnContact", element("KnContact", {**keys, "FuDs": "Inkoper"}))

    assert (wrote.status, wrote.content) == (201, b"")
    row = client.where("Profit_Contacts", "OrgNumber,PerNumber", "1000101,1000009").rows[0]
    assert row["FunctionCard"] == "Inkoper"


@shows("rule.subject-attachments")
def test_a_subject_takes_several_attachments():
    client = caller()
    files = [{"FileName": f"{n}.txt", "FileStream": "aGFsbG8="} for n in "ab"]

    reply = client.post(
        "KnSubject", element("KnSubject", {"StId": 1, "Ds": "x"}, KnSubjectAttachment=files)
    )

    number = reply.json()["results"]["KnSubject"]["SbId"]
    found = client.where("Profit_Subject_Attachments", "subject_id", number).rows
    content = client.call("GET", f"/subjectconnector/{number}/{found[1]['file_id']}").json()
    assert [each["file_name"] for each in found] == ["a.txt", "b.txt"]
    assert content == {"filename": "b.txt", "mimetype": "text/plain", "filedata": "aGFsbG8="}


@shows("rule.user-modes")
def test_knuser_acts_by_its_mutation_code():
    client = caller()

    def user(mode, **more):
        fields = {"@UsId": "12345.jan", "MtCd": mode, "Nm": "Jan", **more}
        return client.post("KnUser", element("KnUser", fields)).status

    def row(name="12345.jan"):
        return client.where("Profit_Users", "UserId", name).rows

    assert user("6") == 500  # not there yet
    assert user("1", GrId="Nieuw") == 500  # the group must exist
    assert user("3", GrId="Nieuw", GrDs="Nieuwe groep") == 201
    assert row()[0]["Blocked"] is False
    assert user("2") == 201
    assert row()[0]["Blocked"] is True
    assert client.where("Profit_UserGroups", "UserId", "12345.jan").rows == []
    assert user("6") == 201
    assert row()[0]["Blocked"] is False
    assert user("4", UsIdNew="12345.piet") == 201
    assert row() == []
    assert len(row("12345.piet")) == 1


@shows("rule.employee-contract")
def test_an_employee_gets_a_follow_up_contract():
    client = caller()
    contract = {
        "@action": "insert", "@DaBe": "2027-01-01", "DvSn": 1, "CmId": "1", "EmMt": "1",
        "ViEt": "P", "ClId": "1", "WcId": "1", "ApCo": "B",
    }  # fmt: skip
    body = element(
        "AfasEmployee", {"@Action": "update", "@EmId": "000001003"}, AfasContract=contract
    )

    assert client.post("KnEmployee/AfasContract", body).status == 201
    row = client.where("Profit_Employees", "EmployeeId", "000001003").rows[0]
    assert row["EmploymentType"] == "P"
    assert row["EmploymentStart"] == "2019-09-01T00:00:00Z"


@shows("rule.order-lines")
def test_order_lines_are_changed_by_guid_or_item():
    client = caller()
    line = {"VaIt": "2", "ItCd": "A00001", "BiUn": "STK", "QuUn": "1"}
    order = client.post("FbSales", element("FbSales", {"DbId": "10001"}, FbSalesLines=[line]))
    number = order.json()["results"]["FbSales"]["OrNu"]

    def lines():
        return client.where("Profit_SalesorderLines", "OrderNumber", number).rows

    for key in ({"GuLi": lines()[0]["LineGuid"]}, {"ItCd": "A00001"}):
        quantity = lines()[0]["PiecePerUnit"] + 1
        body = element("FbSales", {"OrNu": number}, FbSalesLines={**key, "QuUn": quantity})
        assert client.put("FbSales", body).status == 201
        assert lines()[0]["PiecePerUnit"] == quantity


@shows("rule.entry-unit", "rule.entry-invoice", "rule.entry-delete", "rule.ledger-days")
def test_a_journal_entry_lives_from_booking_to_deletion():
    client = caller(clock=HandClock())

    assert client.post("FiEntries", entry(UnId=None)).message == "No unit available"
    booked = client.post("FiEntries", entry(AuNu=True)).json()["results"]["FiEntryPar"]
    second = client.post("FiEntries", entry(UnId=None)).json()["results"]["FiEntryPar"]
    rows = client.where("Profit_Transactions", "EntryNo", booked["EnNo"]).rows

    assert booked["InId"].startswith("IH")
    assert second["UnId"] == "1"
    assert [each["InvoiceId"] for each in rows] == [booked["InId"]] * 2
    days = client.where("Profit_Fin_ChangedEntrydate", "EntryDate", "2026-03-01T00:00:00").rows
    assert days[0]["Modified"] == "2026-11-24T12:00:00Z"
    assert client.delete(f"FiEntries/FiEntries/InId/{booked['InId']}").status == 200
    path = f"FiEntries/FiEntryPar/UnId,JoCo/1,70/FiEntries/@EnNo/{second['EnNo']}"
    assert client.delete(path).status == 200
    assert client.where("Profit_Transactions", "EntryDate", "2026-03-01T00:00:00").rows == []


@shows("rule.absence-times")
def test_times_of_day_count_only_for_partial_leave():
    client = caller()
    leave = {
        "EmId": "000001003",
        "ViAt": "V",
        "DaBe": "2026-12-24T09:00:00",
        "DaEn": "2026-12-24T12:00:00",
    }

    whole = client.post("HrAbsence", element("HrAbsence", leave)).json()["results"]["HrAbsence"][
        "Id"
    ]
    part = client.post("HrAbsence", element("HrAbsence", {**leave, "LeDt": True})).json()
    changed = client.put("HrAbsenceID", element("HrAbsenceID", {"Id": whole, "DaEn": "2026-12-25"}))

    def row(number):
        return client.where("Profit_Leaves", "LeaveId", number).rows[0]

    assert row(whole)["StartDate"] == "2026-12-24T00:00:00Z"
    assert row(part["results"]["HrAbsence"]["Id"])["StartDate"] == "2026-12-24T09:00:00Z"
    assert changed.status == 201
    assert row(whole)["EndDate"] == "2026-12-25T00:00:00Z"


@shows("rule.realization-days")
def test_changed_booking_days_remember_deletions_too():
    clock = HandClock()
    client = caller(clock=clock)
    client.post("PtRealization", hours())
    clock.forward(hours=1)
    client.put("PtRealization", element("PtRealization", {"Id": 301, "DaTi": "2026-11-25"}))
    clock.forward(hours=1)
    client.delete("PtRealization/PtRealization/@Id/301")
    moved_to = client.where("Profit_Rea_ChangedEntryDate", "EntryDate", "2026-11-25T00:00:00")

    assert moved_to.rows[0]["Modified"] == "2026-11-24T14:00:00Z"
    days = client.where("Profit_Rea_ChangedEntryDate", "EntryDate", "2026-11-24T00:00:00").rows

    assert days == [{"EntryDate": "2026-11-24T00:00:00Z", "Modified": "2026-11-24T13:00:00Z"}]


@shows("rule.unchanged")
def test_an_unchanged_value_may_be_an_error_on_hr_connectors():
    body = element("AfasEmployee", {"@EmId": "000001003", "ViSe": "I"})

    assert caller().put("KnEmployee", body).status == 201
    assert caller(quirks={"unchanged_put": "error"}).put("KnEmployee", body).status == 500


@shows("write.too-large")
def test_more_than_75_mb_is_refused_without_a_body():
    reply = caller().post("KnSubject", b" " * (75 * 1024 * 1024 + 1))

    assert (reply.status, reply.content) == (413, b"")
