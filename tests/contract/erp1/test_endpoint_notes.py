"""AFAS's endpoint notes: rules and messages of leave, entries and imported connectors."""

import re

import pytest

from contract.erp1.table import CLAIMS, shows
from koppeling_harness.emulator.gaps import gaps
from koppeling_harness.emulator.specification import Field, ObjectType, UpdateConnector
from support.erp1 import Caller, caller, element, one

LEAVE = {"EmId": "000001003", "ViAt": "V", "EnSe": 1, "LeDt": False,
         "DaBe": "2026-12-24", "DaEn": "2026-12-25"}  # fmt: skip
KEY = {"EmId": "000001003", "EnSe": 1, "DaBe": "2026-12-24"}
DAY = {"EnDa": "2026-03-01", "BpDa": "2026-03-01"}
DEBIT = {"VaAs": "2", "AcNr": "10001", **DAY, "AmDe": "121.00"}
CREDIT = {"VaAs": "1", "AcNr": "8000", **DAY, "AmCr": 121}
HEADER = {"Year": 2026, "Peri": 3, "UnId": 1, "JoCo": "70"}


def put(client: Caller, **fields: object):
    return client.put("HrAbsence", element("HrAbsence", fields))


def delete(client: Caller, values: str):
    return client.delete(f"HrAbsence/HrAbsence/@EmId,@EnSe,@DaBe/{values}")


def booked(client: Caller, **changed: object) -> str:
    reply = client.post("HrAbsence", element("HrAbsence", {**LEAVE, **changed}))
    assert reply.status == 201, reply.text
    return reply.json()["results"]["HrAbsence"]["Id"]


def leave(client: Caller, number: str) -> dict:
    return client.where("Profit_Leaves", "LeaveId", number).rows[0]


@shows("note.absence-key", "note.absence-none")
def test_leave_is_changed_and_deleted_by_employee_employment_and_start():
    client = caller()
    number = booked(client)

    changed = put(client, **KEY, DaEn="2026-12-31", DuRa=40)
    wrong = put(client, **{**KEY, "DaBe": "2026-12-23"}, DuRa=8)
    other = put(client, **{**KEY, "EnSe": 2}, DuRa=8)
    nobody = delete(client, "000001003,1,2026-12-23")
    bare = put(client, EmId="000001003", DuRa=8)

    assert changed.status == 201
    assert (leave(client, number)["Hours"], leave(client, number)["StartDate"]) == (
        40,
        "2026-12-24T00:00:00Z",
    )
    assert wrong.message == (
        "Het is niet mogelijk om de verlofboeking te wijzigen (Medewerkercode (000001003), "
        "dienstverband (1) en begindatum/tijd (23-12-2026) komen niet overeen)."
    )
    assert "dienstverband (2)" in other.message
    assert nobody.message.startswith("Het is niet mogelijk om de verlofboeking te verwijderen (")
    assert bare.message.startswith("Vul een waarde in bij")
    assert delete(client, "000001003,1,2026-12-24").status == 200
    assert client.where("Profit_Leaves", "LeaveId", number).rows == []


@shows("note.absence-several")
def test_leave_that_the_key_fits_twice_is_left_alone():
    client = caller()
    booked(client)
    booked(client)

    replies = [put(client, **KEY, DuRa=4), delete(client, "000001003,1,2026-12-24")]

    for reply in replies:
        assert reply.message == (
            "Het is niet mogelijk om de verlofboeking te wijzigen. Er zijn meerdere "
            "verlofboekingen met medewerkercode (000001003), dienstverband (1) en "
            "begindatum/tijd (24-12-2026). U dient de verlofboeking handmatig te wijzigen."
        )


@shows("note.absence-id", "note.absence-parts", "note.absence-end")
def test_leave_is_moved_by_its_number_and_parts_of_a_day_count_with_partial_leave_only():
    client = caller()
    number = booked(client, DuBe=60)
    by_number = {"Id": number, "EmId": "000001004", "DaBe": "2026-12-22"}

    moved = client.put("HrAbsenceID", element("HrAbsenceID", by_number))
    unnamed = client.put("HrAbsenceID", element("HrAbsenceID", {"DuRa": 1}))
    backwards = client.post("HrAbsence", element("HrAbsence", {**LEAVE, "DaEn": "2026-12-01"}))
    stored = client.environment.connection.execute(
        "SELECT DuBe FROM absence WHERE Id = ?", (number,)
    ).fetchone()

    assert moved.status == 201
    row = leave(client, number)
    assert (row["StartDate"], row["EmployeeId"]) == ("2026-12-22T00:00:00Z", "000001003")
    assert unnamed.status == 500
    assert stored == (None,)
    assert backwards.message == "De einddatum en -tijd moeten na de begin datum en -tijd liggen."


@shows("note.absence-required")
def test_the_fields_that_a_leave_booking_is_listed_to_need_are_a_switch():
    body = element("HrAbsence", {name: LEAVE[name] for name in ("EmId", "ViAt", "DaBe", "DaEn")})

    assert caller().post("HrAbsence", body).status == 201
    assert caller(quirks={"absence_key": "listed"}).post("HrAbsence", body).message == (
        "Vul een waarde in bij 'Dienstverband'."
    )


def entries(client: Caller, *lines: dict, **header: object):
    body = element("FiEntryPar", {**HEADER, **header}, FiEntries=list(lines))
    return client.post("FiEntries", body)


@shows("note.entry-zero")
def test_a_line_or_an_allocation_of_nothing_is_refused_unless_it_is_allowed():
    nothing = {**CREDIT, "AmCr": 0}
    allocated = one(
        {**CREDIT, "AcNr": "8074"}, FiDimEntries={"DiC1": "100", "AmDe": 0, "AmCr": "0.00"}
    )
    client, lenient = caller(), caller(quirks={"zero_amount": "allowed"})

    assert entries(client, DEBIT, CREDIT, nothing).status == 500
    assert entries(client, DEBIT, allocated).status == 500
    assert entries(lenient, DEBIT, CREDIT, nothing).status == 201
    assert entries(lenient, DEBIT, allocated).status == 201


@shows("note.entry-project", "note.entry-bank", "note.entry-due")
def test_entries_ask_for_projects_know_payment_accounts_and_work_out_when_they_are_due():
    client = caller()
    of_project = {**CREDIT, "AcNr": "8075"}
    iban = client.where("Profit_BankAccounts", "BcCo", "1000101").rows[0]

    def paid(bank: str, **line: object):
        return entries(client, {**DEBIT, "BankAccount": bank, **line}, CREDIT)

    bare = entries(client, DEBIT, of_project)
    assert bare.message == "Projectboeking is verplicht voor grootboekrekening 8075."
    assert entries(client, DEBIT, {**of_project, "PrId": "500001"}).status == 201
    own = next(value for value in iban.values() if str(value).startswith("NL") and len(value) > 9)
    assert paid(own).status == 201
    assert paid("NL91ABNA0417164300").message == (
        "Bankrekening NL91ABNA0417164300 niet gevonden bij rekening 10001."
    )
    wrong = entries(client, DEBIT, {**CREDIT, "BankAccount": own})
    assert wrong.message == "Afwijkende betaalrekening is niet toegestaan."
    entries(client, {**DEBIT, "InId": "F1"}, CREDIT)
    entries(client, {**DEBIT, "InId": "F2", "PaCd": "14"}, CREDIT)
    entries(client, {**DEBIT, "InId": "F3", "DaEx": "2026-05-05"}, CREDIT)
    due = [
        client.where("Profit_Debtor_Invoices", "InvoiceNr", each).rows[0]["ExpDate"][:10]
        for each in ("F1", "F2", "F3")
    ]
    assert due == ["2026-03-31", "2026-03-15", "2026-05-05"]


@shows("note.entry-delete")
def test_an_entry_is_deleted_by_what_names_it():
    client = caller()
    entries(client, {**DEBIT, "InId": "F9"}, CREDIT)
    base = "FiEntries/FiEntryPar/UnId,JoCo/1"

    assert client.delete(f"{base},70/FiEntries/@EnNo/987654").message == (
        "Journaalpost niet aanwezig."
    )
    assert client.delete(f"{base},10/FiEntries/InId/F9").message == "Journaalpost niet aanwezig."
    assert client.delete(f"{base},70/FiEntries/Ds/x").message == (
        "Voor het verwijderen van een journaalpost is journaalpostnummer of factuurnummer "
        "verplicht."
    )
    assert client.delete(f"{base},70/FiEntries/InId/F9").status == 200


@shows("note.entry-words")
def test_entries_are_refused_in_afas_s_words():
    client = caller()

    assert entries(client, DEBIT, CREDIT, Year=2024, Peri=8).message == (
        "Voor deze administratie is periode 8 van jaar 2024 geblokkeerd."
    )
    assert entries(client, DEBIT, {**CREDIT, "AcNr": "8074"}).message == (
        "Code verbijzondering voor as 'Kostenplaats' moet gevuld worden voor rekening 8074"
    )


def imported(name: str, *keys: str) -> UpdateConnector:
    fields = [Field(id=each, type="int", label=each) for each in keys]
    fields.append(Field(id="Ds", type="string", label="Description"))
    root = ObjectType(name=name, fields=tuple(fields))
    return UpdateConnector(
        id=name, description=name, methods="CUD", root=root, delete_keys=keys, returns=keys
    )


@shows("note.not-found")
@pytest.mark.parametrize(
    ("name", "keys", "said"),
    [
        ("FiCommitment", ("UnId", "SeNo"), "Verplichting niet gevonden"),
        ("FiReservation", ("UnId", "SeNo"), "Reservering niet gevonden"),
        ("FiIVY", ("Id",), "IV3 indeling niet gevonden"),
        ("FiProcurationLines", ("UnId",), "De ingevoerde procuratieregel bestaat niet"),
        ("KnCustomK01", ("SqNo",), "Geen record gevonden met volgnummer '7'."),
        ("KnCustomK10", ("SqNo",), "Geen record gevonden met volgnummer '7'."),
    ],
)
def test_a_record_that_is_not_there_is_never_added_by_an_update(name, keys, said):
    client = caller(imported=[imported(name, *keys)])
    named = dict.fromkeys(keys, 7)

    changed = client.put(name, element(name, {**named, "Ds": "x"}))
    gone = client.delete(f"{name}/{name}/{','.join(keys)}/{','.join('7' for _ in keys)}")

    assert (changed.message, gone.message) == (said, said)
    assert client.post(name, element(name, {**named, "Ds": "x"})).status == 201
    assert client.put(name, element(name, {**named, "Ds": "y"})).status == 201


@shows("note.no-number")
def test_a_line_of_a_free_table_without_its_number_is_told_so():
    client = caller(imported=[imported("KnCustomK03", "SqNo")])

    reply = client.put("KnCustomK03", element("KnCustomK03", {"Ds": "x"}))

    assert reply.message == "Er is geen volgnummer aanwezig."


def test_every_gap_names_what_and_the_source_that_speaks_of_it():
    found = gaps()

    assert len(found) > 25
    assert all(each.of and each.what and each.source for each in found)
    assert len({(each.of, each.what) for each in found}) == len(found)


NOTED = """
    FbConfrontation FbDeliveryNote FbPurRequisition FiBudget FiBudgetRequest FiCommitment FiContract
    FiElectronicInvoicePurchase FiEntries FiEntriesCustom FiFixedAssets FiInvoice FiIVY FiLoan
    FiPreInvoice FiProcurationLines FiReservation FiRetLoss FiSepaDirectDebit HrAbsence HrAbsenceID
    HrAbsenceInSite HrCompMut HrCreateApplicant HrIllnessInSite HrOnboarding HrRelative KnAddress
    KnBankAccount KnContact KnContactAutRole KnCustomK01 KnEmployee KnEmployeeGUID KnOrganisation
    KnPeppol KnPerson KnPocketDocReaction Profit_Debtor_Invoices PtLinesToBeUnraveled
    PtPriceAgreement
"""
"""The connectors of which AFAS's endpoint notes say how they act."""


@pytest.mark.parametrize("connector", NOTED.split())
def test_a_noted_connector_is_a_row_of_the_table_or_a_gap(connector):
    claimed = (f"{text} {source}" for text, source in CLAIMS.values())
    told = [*claimed, *(f"{each.of} {each.what}" for each in gaps())]

    assert any(re.search(rf"(?i)\b{connector}\b", each) for each in told)


def test_an_illness_is_never_found_by_nothing_or_by_too_little():
    client = caller()
    for day in ("2026-11-02", "2026-11-20"):
        ill = {"EmId": "000001003", "DaBe": day, "ViIt": "Z"}
        assert client.post("HrIllness", element("HrIllness", ill)).status == 201
    before = client.get("Profit_Illness").rows

    nothing = client.put("HrIllness", element("HrIllness", {"PcWd": 50}))
    little = client.put("HrIllness", element("HrIllness", {"EmId": "000001003", "PcWd": 50}))
    deleted = client.delete("HrIllness/HrIllness/@EmId/000001003")

    assert nothing.message == "Vul een waarde in bij 'Medewerker'."
    assert "meerdere regels" in little.message
    assert "meerdere regels" in deleted.message
    assert client.get("Profit_Illness").rows == before


def test_a_key_that_is_taken_is_named():
    client = caller()
    twice = {"@DaBe": "2019-09-01", "CmId": "1", "EmMt": "1", "ViEt": "F"}
    body = element("AfasEmployee", {"@EmId": "000001003"}, AfasContract=twice)

    reply = client.post("KnEmployee/AfasContract", body)

    assert reply.message == (
        "'AfasContract' met sleutel '000001003,2019-09-01T00:00:00' bestaat al."
    )


def test_a_worked_out_decimal_is_compared_as_it_is_shown():
    client = caller()
    line = {"VaIt": "2", "ItCd": "A00001", "BiUn": "STK", "Upri": 1}
    lines = [{**line, "QuUn": each} for each in ("0.1", "0.2")]
    order = client.post("FbSales", element("FbSales", {"DbId": "10001"}, FbSalesLines=lines))
    number = order.json()["results"]["FbSales"]["OrNu"]

    found = client.where("Profit_Salesorders", "OrderNumber,Quantity", f"{number},0.3", "1,1").rows

    assert [each["Quantity"] for each in found] == [0.3]


def test_a_code_of_something_else_than_a_country_is_left_alone():
    fields = (
        Field(id="CoId", type="string", length=30, label="Code"),
        Field(id="Ds", type="string", label="Description"),
    )
    root = ObjectType(name="PtMeasurement", fields=fields)
    strange = UpdateConnector(id="PtMeasurement", description="x", methods="CU", root=root)
    client = caller(imported=[strange])

    assert client.post("PtMeasurement", element("PtMeasurement", {"CoId": "X12"})).status == 201


@shows("release.allocation-8")
@pytest.mark.parametrize(("release", "other"), [("Profit 7", 201), ("Profit 8", 500)])
def test_an_allocation_code_of_a_requisition_is_assigned_to_the_account_from_profit_8(
    release, other
):
    line = ObjectType(
        name="FbPurRequisitionLines",
        fields=tuple(
            Field(id=each, type="string", label=each) for each in ("VaIt", "ItCd", "V1Cd")
        ),
    )
    root = ObjectType(
        name="FbPurRequisition",
        fields=(Field(id="OrNu", type="string", label="Number"),),
        objects=(line,),
    )
    connector = UpdateConnector(
        id="FbPurRequisition", description="x", methods="C", root=root, returns=("OrNu",)
    )
    client = caller(release=release, imported=[connector])

    def asked(kind: str, code: str) -> int:
        lines = {"VaIt": kind, "ItCd": "A00001", "V1Cd": code}
        body = element("FbPurRequisition", {}, FbPurRequisitionLines=lines)
        return client.post("FbPurRequisition", body).status

    assert asked("Art", "200") == 201
    assert asked("Wst", "200") == other
    assert asked("Art", "999") == 500
