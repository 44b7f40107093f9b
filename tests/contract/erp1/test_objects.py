# ruff: noqa: E501 - a body is one line
"""What each UpdateConnector writes is read back by its GetConnectors: the life of every object."""

import pytest

from koppeling_harness.model.connector import OwnGetConnector
from support.erp1 import Caller, HandClock, caller, element, one

EN = {"accept-language": "en"}
NOW = "2026-11-24T12:00:00Z"
LATER = "2026-11-24T13:00:00Z"


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def client(clock) -> Caller:
    own = [
        OwnGetConnector(id=f"Acme_{source}", copy_of=source, fields=fields)
        for source, fields in (
            ("Profit_Employees_basic", ("EmployeeId", "Name", "EmploymentEnd", "DateModified")),
            ("Profit_Subjects", ("SubjectId", "Status", "DateModified")),
        )
    ]
    return caller(clock=clock, connectors=own)


def only(reply):
    (row,) = reply.rows
    return row


def results(reply):
    assert reply.status == 201, reply.text
    return next(iter(reply.json()["results"].values()))


def test_an_employee_is_hired_changed_left_and_deleted(client, clock):
    day = {"@DaBe": "2026-12-01"}
    hire = element(
        "AfasEmployee",
        {},
        KnPerson={"MatchPer": "7", "AutoNum": True, "FiNm": "Nick", "LaNm": "Nieuw", "EmAd": "n@x.example"},
        AfasContract={**day, "CmId": "1", "EmMt": "1", "ViEt": "F", "ClId": "1", "WcId": "1", "ApCo": "O"},
        AfasOrgunitFunction={**day, "DpId": "ICT", "FuId": "ONTW"},
        AfasTimeTable={"@DaBg": "2026-12-01", "DyWk": 5, "HrWk": 40},
        AfasSalary={**day, "SaPe": "V", "EmSa": "4000", "PtId": 1},
        AfasAgencyFiscus={**day, "@AyId": "F"},
    )  # fmt: skip
    number = results(client.post("KnEmployee", hire))["EmId"]
    row = only(client.where("Profit_Employees", "EmployeeId", number))
    assert (row["FirstName"], row["BirthName"], row["Mail"]) == ("Nick", "Nieuw", "n@x.example")
    assert (row["OrgUnit"], row["FunctionDesc"], row["HourPerWeek"]) == ("ICT", "Ontwikkelaar", 40)
    assert row["EmploymentStart"] == "2026-12-01T00:00:00Z"
    row_basic = only(client.where("Acme_Profit_Employees_basic", "EmployeeId", number))
    assert row_basic["DateModified"] == NOW

    clock.forward(hours=1)
    person = element("KnPerson", {"MatchPer": "0", "BcCo": row["PersonId"], "LaNm": "Anders"})
    assert client.put("KnPerson", person).status == 201
    end = {"@Action": "update", **day, "DaEn": "2027-01-31", "DaEe": "2027-01-31"}
    leave = element("AfasEmployee", {"@EmId": number, "ViSe": "U"}, AfasContract=end)
    assert client.put("KnEmployee", leave).status == 201
    row = only(client.where("Acme_Profit_Employees_basic", "EmployeeId", number))
    assert row["DateModified"] == LATER
    assert row["EmploymentEnd"] == "2027-01-31T00:00:00Z"
    assert row["Name"].startswith("Nieuw, Nick")  # the usual name stays until it is changed

    assert client.delete(f"KnEmployee/AfasEmployee/@EmId/{number}").status == 200
    assert client.where("Profit_Employees", "EmployeeId", number).rows == []
    used = client.delete("KnEmployee/AfasEmployee/@EmId/000001003")
    assert "is in gebruik" in used.message
    missing = client.post("KnEmployee", element("AfasEmployee", {"ViSe": "S"}), headers=EN)
    assert missing.message == "Enter a value for 'Person'."


def test_illness_is_reported_progresses_and_is_closed(client, clock):
    sick = {"EmId": "000001003", "ViIt": "Z", "DaBe": "2026-11-23", "DMeB": "2026-11-23"}
    progress = {"DaTi": "2026-11-23", "PsPc": "0", "PsHr": 0}
    made = results(
        client.post("HrIllness", element("HrIllness", sick, HrAbsIllnessProgress=progress))
    )
    row = only(client.where("Profit_Illness", "EmployeeId", "000001003"))
    assert (str(row["AbsenceId"]), row["GUID"]) == (made["AbId"], made["GUID"])
    assert (row["Presence"], row["ModifiedDate"]) == (0, NOW)

    clock.forward(hours=1)
    end = {"EmId": "000001003", "DaBe": "2026-11-23", "DaEn": "2026-11-25", "ViRs": "1"}
    assert client.put("HrIllness", element("HrIllness", end)).status == 201
    row = only(client.where("Profit_Illness", "EmployeeId", "000001003"))
    assert (row["EndDate"], row["ReasonEnd"], row["ModifiedDate"]) == (
        "2026-11-25T00:00:00Z",
        "1",
        LATER,
    )
    assert client.delete("HrIllness/HrIllness/@EmId/000001003").status == 200
    assert client.where("Profit_Illness", "EmployeeId", "000001003").rows == []


def test_leave_is_found_by_employee_and_start(client):
    leave = {"EmId": "000001003", "ViAt": "V", "DaBe": "2026-12-24", "DaEn": "2026-12-25"}
    number = results(client.post("HrAbsence", element("HrAbsence", leave)))["Id"]
    assert only(client.where("Profit_Leaves", "LeaveId", number))["Hours"] == 16
    longer = {**leave, "DaEn": "2026-12-31", "DuRa": 40}
    assert client.put("HrAbsence", element("HrAbsence", longer)).status == 201
    assert only(client.where("Profit_Leaves", "LeaveId", number))["Hours"] == 40
    backwards = client.post("HrAbsence", element("HrAbsence", {**leave, "DaEn": "2026-12-01"}))
    assert backwards.status == 500
    assert client.delete(f"HrAbsenceID/HrAbsenceID/@Id,@EmId/{number},000001003").status == 200
    assert client.where("Profit_Leaves", "LeaveId", number).rows == []


def test_a_course_event_takes_participants_once(client):
    event = element(
        "KnCourseEvent",
        {"AuId": True, "CrDs": "Cursus", "CuId": "EUR"},
        KnSession={"SeDa": "2026-12-01"},
    )
    number = results(client.post("KnCourseEvent", event))["Id"]
    member = {"@CrId": number, "@CdId": "7", "BcCo": "1000003", "SuDa": "2026-11-24"}

    def join(**changed):
        return client.post("KnCourseMember", element("KnCourseMember", {**member, **changed}))

    first = join()
    assert (first.status, first.content) == (201, b"")
    assert "bestaat al" in join().message
    assert join(**{"@CdId": ""}).status == 201
    assert join(**{"@CrId": "99"}).status == 500
    blocked = element("KnCourseMember", {"@CrId": number, "@CdId": "7", "Bl": True})
    assert client.put("KnCourseMember", blocked).status == 201
    path = f"KnCourseMember/KnCourseMember/@CrId,@CdId/{number},7"
    assert client.delete(path).status == 200
    assert client.delete(path).status == 500


def test_a_project_has_stages_and_cannot_go_while_hours_are_booked_on_it(client, clock):
    body = element(
        "PtProject",
        {"PrGp": "EXT", "Ds": "Nieuw", "DbId": "10001", "DaSt": "2026-12-01"},
        PtProjectStage=[{"PrSt": "A", "Ds": "Fase A"}, {"PrSt": "B"}],
        KnBasicAddressAdr={"CoId": "NL", "Ad": "Kade", "HmNr": 1, "ZpCd": "3811 AB", "Rs": "Amersfoort"},
        PtTailSpend={"Code": "X", "Pc": "1.5"},
    )  # fmt: skip
    number = results(client.post("PtProject", body))["PrId"]
    row = only(client.where("Profit_Projects", "ProjectId", number))
    assert (row["Description"], row["DebtorId"], row["CreateDate"]) == ("Nieuw", "10001", NOW)
    assert len(client.where("Profit_Projectstage", "ProjectId", number).rows) == 2
    clock.forward(hours=1)
    assert (
        client.put("PtProject", element("PtProject", {"PrId": number, "ChOu": True})).status == 201
    )
    row = only(client.where("Profit_Projects", "ProjectId", number))
    assert (row["CheckedOut"], row["CreateDate"], row["ModifiedDate"]) == (True, NOW, LATER)

    hours = {"DaTi": "2026-12-02", "VaIt": "1", "ItCd": "300", "PrId": number, "PrSt": "A"}
    line = results(client.post("PtRealization", element("PtRealization", hours)))["Id"]
    assert (
        client.post("PtRealization", element("PtRealization", {**hours, "PrSt": "C"})).status == 500
    )
    assert (
        client.post("PtRealization", element("PtRealization", {**hours, "ItCd": "A00001"})).status
        == 500
    )
    assert "is in gebruik" in client.delete(f"PtProject/PtProject/@PrId/{number}").message
    assert client.delete(f"PtRealization/PtRealization/@Id/{line}").status == 200
    assert client.delete(f"PtProject/PtProject/@PrId/{number}").status == 200
    again = client.post(
        "PtProject", element("PtProject", {"PrId": "500001", "PrGp": "EXT", "Ds": "x"})
    )
    assert "bestaat al" in again.message


def test_a_dossier_item_lives_with_its_destination_and_reactions(client, clock):
    picture = {"FileName": "a.txt", "FileStream": "aGFsbG8="}
    body = element(
        "KnSubject",
        {"StId": 1, "Ds": "Begin", "SbPa": "b.txt", "FileStream": "aGFsbG8=", "FileTrans": True},
        KnSubjectLink={"DoCRM": True, "SfTp": "2", "SfId": "000001003", "PjId": "500001"},
        KnSubjectAttachment=[picture],
    )
    number = results(client.post("KnSubject", body))["SbId"]
    row = only(client.where("Profit_Subjects", "SubjectId", number))
    assert (row["Subject"], row["ToEmployee"], row["Project"]) == ("Begin", True, "500001")
    assert (row["Status"], row["DateCreated"]) == ("Openstaand", NOW)
    files = client.where("Profit_Subject_Attachments", "subject_id", number).rows
    assert {each["file_name"] for each in files} == {"a.txt", "b.txt"}

    clock.forward(hours=1)
    change = element(
        "KnSubject",
        {"@SbId": number, "St": True},
        KnSubjectLink={"ToBC": True, "BcId": "1000101", "SfTp": ""},
    )
    assert client.put("KnSubject", change).status == 201
    row = only(client.where("Profit_Subjects", "SubjectId", number))
    assert (row["Status"], row["Datum_afgehandeld"]) == ("Afgehandeld", "2026-11-24T00:00:00Z")
    assert (row["OrgPersId"], row["ToOrgPers"]) == ("1000101", True)
    own = only(client.where("Acme_Profit_Subjects", "SubjectId", number))
    assert (own["Status"], own["DateModified"]) == ("Afgehandeld", LATER)

    reaction = element(
        "KnReaction",
        {"SbId": number, "SbTx": "Mee eens", "VaRe": "I"},
        KnReactionAttachment=[picture],
    )
    assert client.post("KnSubjectReaction", reaction).status == 201
    file = only(client.where("Profit_Subject_Reaction_Attachments", "subject_id", number))
    assert file["file_size"] == 5
    found = client.call("GET", f"/subjectconnector/{number}/{file['file_id']}")
    assert found.json()["filename"] == "a.txt"
    unlinked = element(
        "KnSubject", {"StId": 1, "Ds": "x"}, KnSubjectLink={"ToEm": True, "BcId": "nope"}
    )
    assert client.post("KnSubject", unlinked).status == 500
    no_file = element("KnSubject", {"StId": 1, "Ds": "x"}, KnSubjectAttachment=[{"FileName": "a"}])
    assert client.post("KnSubject", no_file).status == 500
    bad_file = element(
        "KnSubject", {"StId": 1, "Ds": "x"}, KnSubjectAttachment=[{**picture, "FileStream": "?"}]
    )
    assert client.post("KnSubject", bad_file).status == 500

    assert client.delete(f"KnSubjectReaction/KnReaction/@Id/{file['reaction_id']}").status == 200
    assert client.delete(f"KnSubject/KnSubject/@SbId/{number}").status == 200
    assert client.where("Profit_Subjects", "SubjectId", number).rows == []
    assert client.where("Profit_Subject_Attachments", "subject_id", number).rows == []


@pytest.mark.parametrize(
    ("connector", "key", "inner", "read", "field", "name"),
    [
        ("KnSalesRelationOrg", "DbId", ("KnOrganisation", {"MatchOga": "6", "Nm": "Nieuw"}), "Profit_Debtor", "DebtorId", "DebtorName"),
        ("KnSalesRelationPer", "DbId", ("KnPerson", {"MatchPer": "7", "LaNm": "Nieuw"}), "Profit_Debtor", "DebtorId", "DebtorName"),
        ("KnPurchaseRelationOrg", "CrId", ("KnOrganisation", {"MatchOga": "6", "Nm": "Nieuw"}), "Profit_Creditor", "CreditorId", "CreditorName"),
    ],
)  # fmt: skip
def test_a_trade_relation_is_made_with_its_organisation_or_person(
    client, clock, connector, key, inner, read, field, name
):
    fields = {"CuId": "EUR", "InPv": "A", "PaCd": "30", "Iban": "NL91ABNA0417164300"}
    made = results(client.post(connector, element(connector, fields, **{inner[0]: inner[1]})))
    row = only(client.where(read, field, made[key]))
    assert (row[name], row["BcCo"], row["IBAN"]) == ("Nieuw", made["BcCo"], "NL91ABNA0417164300")
    assert only(client.where("Profit_OrgPer", "BcCo", made["BcCo"]))["Name"] == "Nieuw"

    clock.forward(hours=1)
    new_name = {"Nm": "Ander"} if inner[0] == "KnOrganisation" else {"LaNm": "Ander"}
    change = element(connector, {f"@{key}": made[key], "Krli": "5000"}, **{inner[0]: new_name})
    assert client.put(connector, change).status == 201
    row = only(client.where(read, field, made[key]))
    assert (row[name], row["CreditLimit"], row["ModifiedDate"]) == ("Ander", 5000, LATER)
    taken = element(connector, {**fields, key: made[key]}, **{inner[0]: inner[1]})
    assert "bestaat al" in client.post(connector, taken).message
    wrong = element(connector, {**fields, "Iban": "NL00"}, **{inner[0]: inner[1]})
    assert client.post(connector, wrong).status == 500
    alone = client.post(connector, element(connector, fields), headers=EN)
    assert alone.message == "Enter a value for 'Organisation/person'."


def test_an_organisation_comes_with_a_contact_person_and_addresses(client):
    address = {"CoId": "NL", "Ad": "Kade", "HmNr": 7, "ZpCd": "3811 AB", "Rs": "Amersfoort"}
    contact = one({"FuDs": "Inkoper"}, KnPerson={"MatchPer": "7", "FiNm": "Ans", "LaNm": "Bos"})
    body = element(
        "KnOrganisation",
        {"MatchOga": "6", "AutoNum": True, "PadAdr": False, "Nm": "Met contact"},
        KnBasicAddressAdr=address,
        KnBasicAddressPad={**address, "PbAd": True, "Ad": "Postbus", "HmNr": 12},
        KnContact=contact,
    )
    number = results(client.post("KnOrganisation", body))["BcCo"]

    row = only(client.where("Profit_OrgPer", "BcCo", number))
    person = only(client.where("Profit_Contacts", "OrgNumber", number))
    assert (row["AdressLine1"], row["AdressLine3"]) == ("Kade 7", "3811 AB  Amersfoort")
    assert (person["Name"], person["FunctionCard"]) == ("Ans Bos", "Inkoper")
    for wrong in ({**address, "CoId": "XX"}, {**address, "Rs": "", "ResZip": True}, {"Ad": "Kade"}):
        refused = element("KnOrganisation", {"MatchOga": "6", "Nm": "X"}, KnBasicAddressAdr=wrong)
        assert client.post("KnOrganisation", refused).status == 500
    found = element("KnOrganisation", {"MatchOga": "4", "Nm": "Anders"}, KnBasicAddressAdr=address)
    assert results(client.put("KnOrganisation", found))["BcCo"] == number
    absent = element("KnOrganisation", {"MatchOga": "0", "Nm": "X"})
    assert client.put("KnOrganisation", absent).status == 500


def test_a_person_is_matched_by_bsn_and_keeps_its_number(client):
    person = {
        "MatchPer": "1",
        "SoSe": "111222333",
        "LaNm": "Pieters",
        "FiNm": "Piet",
        "AddToPortal": False,
    }
    first = results(client.post("KnPerson", element("KnPerson", person)))["BcCo"]
    again = results(client.post("KnPerson", element("KnPerson", {**person, "EmAd": "p@x.example"})))

    row = only(client.where("Profit_OrgPer", "BcCo", first))
    assert again["BcCo"] == first
    assert (row["Name"], row["MailWork"], row["Type"]) == ("Piet Pieters", "p@x.example", "Persoon")
    nameless = client.post("KnPerson", element("KnPerson", {"MatchPer": "7"}))
    assert nameless.message == "Vul een waarde in bij 'Last name'." or nameless.status == 500


def test_an_article_is_made_sold_blocked_and_deleted(client, clock):
    new = {"ItCd": "X1", "Ds": "Lamp", "Grp": "HARD", "BiUn": "STK", "VaRc": "1", "SaPrice": "9.95"}
    assert results(client.post("FbItemArticle", element("FbItemArticle", new))) == {"ItCd": "X1"}
    assert "bestaat al" in client.post("FbItemArticle", element("FbItemArticle", new)).message
    clock.forward(hours=1)
    assert (
        client.put("FbItemArticle", element("FbItemArticle", {"ItCd": "X1", "Bl": True})).status
        == 201
    )
    row = only(client.where("Profit_Article", "ItemCode", "X1"))
    assert (row["Blocked"], row["CreateDate"], row["ModifiedDate"]) == (True, NOW, LATER)

    line = {"VaIt": "2", "ItCd": "X1", "BiUn": "STK", "QuUn": "3"}
    order = element("FbSales", {"DbId": "10001", "RfCs": "PO-9"}, FbSalesLines=[line])
    number = results(client.post("FbSales", order))["OrNu"]
    sold = only(client.where("Profit_SalesorderLines", "OrderNumber", number))
    total = only(client.where("Profit_Salesorders", "OrderNumber", number))
    assert (sold["Description"], sold["AmtTotal"]) == ("Lamp", 29.85)
    assert (total["TotalAmount"], total["VAT"], total["CustomerReference"]) == (29.85, 6.27, "PO-9")
    assert (
        "bestaat al"
        in client.post("FbSales", element("FbSales", {"DbId": "10001", "OrNu": number})).message
    )
    assert "is in gebruik" in client.delete("FbItemArticle/FbItemArticle/@ItCd/X1").message
    assert client.delete(f"FbSales/FbSales/@OrNu/{number}").status == 200
    assert client.where("Profit_SalesorderLines", "OrderNumber", number).rows == []
    assert client.delete("FbItemArticle/FbItemArticle/@ItCd/X1").status == 200


def test_what_is_booked_shows_in_the_ledger(client):
    line = {"EnDa": "2026-05-01", "BpDa": "2026-05-01"}
    lines = [
        {**line, "VaAs": "3", "AcNr": "50006", "AmCr": "121", "InId": "F9", "DaEx": "2026-06-01"},
        {**line, "VaAs": "1", "AcNr": "4300", "AmDe": "100", "VaId": "5"},
        one({**line, "VaAs": "1", "AcNr": "8074", "AmDe": "21"}, FiDimEntries={"DiC1": "100"}),
    ]
    body = element(
        "FiEntryPar", {"Year": 2026, "Peri": 5, "UnId": 2, "JoCo": "50"}, FiEntries=lines
    )
    made = results(client.post("FiEntries", body))

    rows = client.where("Profit_Transactions", "UnitId,EntryNo", f"2,{made['EnNo']}").rows
    assert [(row["AccountNo"], row["AmtDebit"], row["AmtCredit"]) for row in rows] == [
        ("50006", 0, 121),
        ("4300", 100, 0),
        ("8074", 21, 0),
    ]
    assert made["InId"] == "F9"
    for wrong in ({"UnId": 9}, {"JoCo": "X"}, {"Peri": 13}):
        header = {"Year": 2026, "Peri": 5, "UnId": 2, "JoCo": "50", **wrong}
        assert (
            client.post("FiEntries", element("FiEntryPar", header, FiEntries=lines)).status == 500
        )
    bad_vat = [{**lines[0]}, {**lines[1], "VaId": "Q", "AmDe": "121"}]
    header = {"Year": 2026, "Peri": 5, "UnId": 2, "JoCo": "50"}
    assert client.post("FiEntries", element("FiEntryPar", header, FiEntries=bad_vat)).status == 500
    assert client.post("FiEntries", element("FiEntryPar", header)).status == 500
    assert client.delete("FiEntries/FiEntryPar/UnId/2/FiEntries/@EnNo/999").status == 500
