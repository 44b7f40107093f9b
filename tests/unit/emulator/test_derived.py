"""What a GetConnector shows follows from what is written: a walk over all of them."""

import contextlib
import json
import re

from koppeling_harness.emulator.definition import supplied
from koppeling_harness.emulator.environment import empty_database, own_catalogue
from koppeling_harness.emulator.rules import RULES
from support.erp1 import HOURS, Caller, caller, element

COMPANY_FACTS = {"code", "administration", "account", "journal", "period", "leave_balance", "file"}
"""Tables that no UpdateConnector of the emulator writes."""
KEPT_BY_PROFIT = {
    ("relation", "kind"), ("profit_user", "Connector"), ("sales_order", "Status"),
    ("sales_line", "Status"), ("sales_line", "SeqNo"), ("sales_line", "OrNu"),
    ("realization", "Ap"), ("realization", "Pr"), ("illness", "GUID"),
    ("illness_progress", "GUID"), ("article", "SaPrice"), ("employee", "Bl"),
    ("profit_user", "Bl"), ("user_group", "GrId"), ("user_group", "UsId"),
    ("realization_day", "day"), ("entry_day", "day"), ("journal_line", "VatAmt"),
    ("contact", "BcPer"), ("contact", "BcOrg"), ("employee", "BcId"),
    ("sales_relation", "BcId"), ("purchase_relation", "BcId"),
}  # fmt: skip
"""Columns that no field writes, because Profit keeps them itself: numbers, states, days, guids."""


def test_no_getconnector_shows_a_stored_fact_that_nothing_writes():
    written = writable()
    with contextlib.closing(empty_database()) as database:
        tables = {row[0] for row in database.execute("SELECT name FROM sqlite_master")}
    unexplained = set()
    for definition in (supplied()[each] for each in supplied()):
        aliases = {
            alias: table
            for table, alias in re.findall(r"\b([a-z_]+) ([a-z])\b", definition.source)
            if table in tables
        }
        for column in (*definition.columns, *definition.more):
            for alias, name in re.findall(r'\b([a-z])\."?(\w+)"?', column.sql):
                table = aliases.get(alias)
                if table is None or table in COMPANY_FACTS | {"record"}:
                    continue
                if (
                    name in {"created", "modified", "data", "rid"}
                    or (table, name) in KEPT_BY_PROFIT
                ):
                    continue
                if name not in written.get(table, set()):
                    unexplained.add((definition.id, column.id, table, name))

    assert unexplained == set()


def writable() -> dict[str, set[str]]:
    """Return by table what fields, keys and links write."""
    found: dict[str, set[str]] = {}

    def visit(type_) -> None:
        rules = RULES.get(type_.name)
        if rules is not None and rules.table:
            names = found.setdefault(rules.table, set())
            names |= {each.id for each in type_.fields} | set(rules.keys) | set(rules.link)
            names |= {rules.row_id} if rules.row_id else set()
        for each in type_.objects:
            visit(each)

    for id_ in own_catalogue():
        visit(own_catalogue()[id_].root)
    found["relation"] |= {"Adr", "Pad", "Nm"}
    found["realization_day"] = found["entry_day"] = {"day"}
    found["journal_line"] |= {"UnId", "EnNo", "SeNo", "Year", "Peri", "JoCo", "DiC1"}
    return found


def cells(client: Caller, marker: str) -> set[tuple[str, str]]:
    """Return where a text stands, in all GetConnectors."""
    found = set()
    for id_ in supplied():
        reply = client.get(id_, skip=-1, take=-1)
        if marker not in reply.text:
            continue
        for row in reply.rows:
            found |= {(id_, name) for name, value in row.items() if marker in json.dumps(value)}
    return found


PERSON = {"LaNm": "{}", "FiNm": "{}", "In": "{}", "EmAd": "{}@x.nl", "EmA2": "{}@y.nl",
          "TeNr": "{}", "MbNr": "{}", "CaNm": "{}"}  # fmt: skip
ADDRESS = {"CoId": "NL", "Ad": "{}", "HmNr": 1, "ZpCd": "3811 AB", "Rs": "{}"}


def filled(fields: dict, marker: str) -> dict:
    return {name: str(each).format(marker) for name, each in fields.items()}


def test_what_is_written_changed_and_deleted_is_so_everywhere():
    client = caller()
    day = {"@DaBe": "2026-12-01"}

    def person(marker: str, match: dict) -> dict:
        fields = {**match, **filled(PERSON, marker)}
        return element("KnPerson", fields, KnBasicAddressAdr=filled(ADDRESS, marker))

    keys = client.post("KnPerson", person("Oudste", {"MatchPer": "7"})).json()["results"]
    number = keys["KnPerson"]["BcCo"]
    hire = element(
        "AfasEmployee", {"ViSe": "I", "EmAd": "P"}, KnPerson={"MatchPer": "0", "BcCo": number},
        AfasContract={**day, "CmId": "1", "EmMt": "1", "ViEt": "F"},
        AfasOrgunitFunction={**day, "DpId": "ICT", "FuId": "ONTW"},
        AfasTimeTable={"@DaBg": "2026-12-01", "HrWk": 40},
        AfasSalary={**day, "SaPe": "V", "EmSa": "4000", "PtId": 1},
        AfasAgencyFiscus={**day, "@AyId": "F"},
    )  # fmt: skip
    hired = client.post("KnEmployee", hire)
    assert hired.status == 201, hired.text
    employee = hired.json()["results"]["AfasEmployee"]["EmId"]
    user = element("KnUser", {"@UsId": "12345.NIEUW", "MtCd": 1, "Nm": "N", "BcCo": number})
    debtor = element(
        "KnSalesRelationPer", {"CuId": "EUR", "InPv": "A"},
        KnPerson={"MatchPer": "0", "BcCo": number},
    )  # fmt: skip
    contact = element(
        "KnOrganisation", {"MatchOga": "0", "BcCo": "1000101"}, KnContact={"BcCoPer": number}
    )
    hours = element("PtRealization", {**HOURS, "EmId": employee})
    leave = {"EmId": employee, "ViAt": "V", "DaBe": "2026-12-24", "DaEn": "2026-12-24"}
    ill = element("HrIllness", {"EmId": employee, "DaBe": "2026-12-02", "ViIt": "Z"})
    for method, connector, body in [
        ("POST", "KnUser", user), ("POST", "KnSalesRelationPer", debtor),
        ("PUT", "KnOrganisation", contact), ("POST", "PtRealization", hours),
        ("POST", "HrAbsence", element("HrAbsence", leave)), ("POST", "HrIllness", ill),
    ]:  # fmt: skip
        reply = client.call(method, f"/connectors/{connector}", body)
        assert reply.status in (200, 201), (connector, reply.text)

    before = cells(client, "Oudste")
    changed = client.put("KnPerson", person("Nieuwste", {"MatchPer": "0", "BcCo": number}))
    assert changed.status == 201

    assert len(before) > 25
    assert cells(client, "Nieuwste") == before
    # The search name stays until it is changed, and the old address is a row of its own.
    assert {each for each in cells(client, "Oudste") if each[0] != "profit_address"} == set()
    (basic,) = client.where("Profit_Employees_basic", "EmployeeId", employee).rows
    assert basic["Mail"] == "Nieuwste@y.nl"
    assert client.where("Profit_Users", "EmployeeId", employee).rows[0]["UserId"] == "12345.NIEUW"


def test_a_user_follows_the_employee_that_its_person_is():
    client = caller()
    made = {"@UsId": "12345.PIET", "MtCd": 1, "Nm": "Piet", "BcCo": "1000003"}
    client.post("KnUser", element("KnUser", made))
    assert [
        each["UserId"] for each in client.where("Profit_Users", "EmployeeId", "000001003").rows
    ] == ["12345.PIET"]

    client.put("KnUser", element("KnUser", {**made, "BcCo": "1000004"}))

    assert client.where("Profit_Users", "EmployeeId", "000001003").rows == []
    assert client.where("Profit_Users", "EmployeeId", "000001004").rows != []


def test_leave_that_is_booked_is_taken_from_its_balance():
    client = caller()
    leave = {"EmId": "000001003", "ViAt": "V", "DaBe": "2026-12-24", "DaEn": "2026-12-25"}

    def balance() -> int:
        return client.where("Profit_LeaveBalance", "EmployeeId", "000001003").rows[0]["Balance"]

    before = balance()
    booked = client.post("HrAbsence", element("HrAbsence", leave)).json()
    assert balance() == before - 16
    client.delete(f"HrAbsenceID/HrAbsenceID/Id/{booked['results']['HrAbsence']['Id']}")
    assert balance() == before


def test_the_vat_of_an_order_follows_the_rate_of_its_articles():
    client = caller()
    low = {"ItCd": "LAAG", "Ds": "x", "Grp": "HARD", "BiUn": "STK", "VaRc": "2"}
    client.post("FbItemArticle", element("FbItemArticle", low))
    line = {"VaIt": "2", "ItCd": "laag", "BiUn": "STK", "QuUn": 2, "Upri": 50, "PRDc": 10}
    order = client.post("FbSales", element("FbSales", {"DbId": "10001"}, FbSalesLines=[line]))
    number = order.json()["results"]["FbSales"]["OrNu"]

    (row,) = client.where("Profit_Salesorders", "OrderNumber", number).rows

    assert [row[each] for each in ("Gross", "Discount", "TotalAmount", "VAT", "InvoiceTotal")] == [
        100, 10, 90, 8.1, 98.1
    ]  # fmt: skip


def test_the_totals_of_an_order_are_the_sums_of_what_its_lines_show():
    client = caller()
    line = {"VaIt": "2", "ItCd": "A00001", "BiUn": "STK", "QuUn": "1.1235", "Upri": "3.33335"}
    lines = [line, line, {**line, "PRDc": 7}]
    order = client.post("FbSales", element("FbSales", {"DbId": "10001"}, FbSalesLines=lines))
    number = order.json()["results"]["FbSales"]["OrNu"]

    (row,) = client.where("Profit_Salesorders", "OrderNumber", number).rows
    shown = client.where("Profit_SalesorderLines", "OrderNumber", number).rows

    def total(name: str) -> float:
        return round(sum(each[name] for each in shown), 2)

    assert len(shown) == 3
    assert (row["TotalAmount"], row["Discount"]) == (total("AmtTotal"), total("AmtRowDiscount"))
    assert row["TotalAmount"] == round(row["Gross"] - row["Discount"], 2)
    assert row["InvoiceTotal"] == round(row["TotalAmount"] + row["VAT"], 2)


def test_amounts_balance_to_the_cent():
    client = caller()
    day = {"EnDa": "2026-03-01", "BpDa": "2026-03-01"}
    debit = {"VaAs": "2", "AcNr": "10001", **day}
    credit = {"VaAs": "1", "AcNr": "8000", **day}

    def post(*lines: dict) -> int:
        header = {"Year": 2026, "Peri": 3, "UnId": 1, "JoCo": "70"}
        return client.post("FiEntries", element("FiEntryPar", header, FiEntries=list(lines))).status

    tenths = [{**credit, "AmCr": "0.10"}] * 3
    assert post({**debit, "AmDe": "0.30"}, *tenths) == 201
    assert post({**debit, "AmDe": "0.31"}, *tenths) == 500
    assert post({**debit, "AmDe": "0.304"}, *tenths) == 201
    assert post({**debit, "AmDe": "0.305"}, *tenths) == 500
