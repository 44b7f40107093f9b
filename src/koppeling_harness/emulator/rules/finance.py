"""Journal entries.

Source: AFAS, docs.afas.help/profit/en endpoint/fientries-post and endpoint/fientries-delete;
"No unit available": github.com/tim-online/go-afas-profit-rest.
"""

from datetime import datetime, timedelta

from koppeling_harness.emulator.change import Change, Rules
from koppeling_harness.emulator.messages import Reason, Refusal

_LEDGER = "1"
_ACCOUNTS = {
    _LEDGER: ("account", "AcNr"),
    "2": ("sales_relation", "DbId"),
    "3": ("purchase_relation", "CrId"),
}
"""Where an account is found, by its feature."""
_AXES = ("Kostenplaats", "Cost center")


def _resolve_header(change: Change) -> None:
    """Let the header be the entry: it has no row of its own, its lines share its number."""
    values, database = change.values, change.database
    if change.action == "update":
        raise Refusal(Reason.NOT_ALLOWED, object="FiEntries")
    if values.get("UnId") is None:
        values["UnId"] = database.one("SELECT value FROM sequence WHERE name = 'last_unit'")
        if values["UnId"] is None:
            raise Refusal(Reason.NO_UNIT)
    if database.one("SELECT 1 FROM administration WHERE UnId = ?", values["UnId"]) is None:
        raise change.does_not_exist(name="UnId")
    if change.inserting:
        change.need("Year", "Peri", "JoCo")
        sql = "SELECT 1 FROM journal WHERE UnId = ? AND JoCo = ?"
        if database.one(sql, values["UnId"], values["JoCo"]) is None:
            raise change.does_not_exist(name="JoCo")
        _check_period(change, values["Year"], values["Peri"])


def _check_period(change: Change, year: int, period: int) -> None:
    blocked = change.database.one(
        "SELECT Blocked FROM period WHERE UnId = ? AND Year = ? AND Peri = ?",
        change.values["UnId"],
        year,
        period,
    )
    if blocked is None:
        raise change.does_not_exist(name="Peri")
    if blocked:
        raise Refusal(Reason.BLOCKED_PERIOD, period=period, year=year)


def _resolve_line(change: Change) -> None:
    """Book one line under its header, or find the lines of an entry that goes."""
    if change.parent is None:
        raise Refusal(Reason.UNEXPECTED, why="FiEntries must stand in FiEntryPar")
    values = change.values
    if change.action == "delete":
        return
    change.action = "insert"
    if values.get("EnNo") is not None:
        raise Refusal(Reason.ENTRY_NUMBER)


def _prepare_line(change: Change) -> None:
    values, database = change.values, change.database
    header = change.parent.values if change.parent else {}
    values |= {name: header[name] for name in ("UnId", "Year", "Peri", "JoCo")}
    change.need("VaAs", "AcNr", "EnDa", "BpDa")
    table, column = _ACCOUNTS[str(values["VaAs"])]
    values["AcNr"] = database.spelled(table, column, values["AcNr"])
    if values["AcNr"] is None:
        raise Refusal(Reason.DOES_NOT_EXIST, label=("Rekeningnummer", "Account Number"))
    if values.get("VaId") is not None and not database.has_code("vat_code", values["VaId"]):
        raise change.does_not_exist(name="VaId")
    _check_date(change, str(values["BpDa"]))
    _check_axis(change)
    _check_project(change)
    _check_bank(change)
    _check_amount(change)
    _expire(change)
    _number_line(change, header)


def _check_date(change: Change, moment: str) -> None:
    """Refuse a voucher date in a blocked period."""
    year, month, day = int(moment[:4]), int(moment[5:7]), int(moment[8:10])
    blocked = change.database.one(
        "SELECT Blocked FROM period WHERE UnId = ? AND Year = ? AND Peri = ?",
        change.values["UnId"],
        year,
        month,
    )
    if blocked:
        raise Refusal(Reason.BLOCKED_DATE, date=f"{day}-{month}-{year}")


def _check_axis(change: Change) -> None:
    """Refuse a line on an account that asks for a cost centre, without one."""
    values = change.values
    if str(values["VaAs"]) != _LEDGER:
        return
    asks = change.database.one("SELECT Axis1 FROM account WHERE AcNr = ?", values["AcNr"])
    sent = [
        element.fields.get("DiC1")
        for name, elements in change.element.objects
        if name == "FiDimEntries"
        for element in elements
    ]
    if asks and not any(sent):
        raise Refusal(Reason.ALLOCATION, axis=_AXES, account=values["AcNr"])
    if any(sent):
        values["DiC1"] = next(each for each in sent if each)


def _check_project(change: Change) -> None:
    values = change.values
    if str(values["VaAs"]) != _LEDGER:
        return
    asks = change.database.one("SELECT ToPr FROM account WHERE AcNr = ?", values["AcNr"])
    sent = any(elements for name, elements in change.element.objects if name == "FiPrjEntries")
    if asks and not sent and values.get("PrId") is None:
        raise Refusal(Reason.PROJECT_NEEDED, account=values["AcNr"])


def _check_bank(change: Change) -> None:
    """Refuse a payment account that the debtor or creditor does not have."""
    values, kind = change.values, str(change.values["VaAs"])
    bank = values.get("BankAccount")
    if bank is None:
        return
    if kind == _LEDGER:
        raise Refusal(Reason.BANK_NOT_ALLOWED)
    table, column = _ACCOUNTS[kind]
    found = change.database.one(
        f"SELECT count(*) FROM bank_account b JOIN {table} r USING (BcId) "  # noqa: S608
        f"WHERE r.{column} = ? AND (b.Iban = ? OR b.BaAc = ?)",
        values["AcNr"],
        bank.replace(" ", ""),
        bank,
    )
    if found != 1:
        raise Refusal(Reason.BANK_ACCOUNT, bank=bank, account=values["AcNr"])


def _check_amount(change: Change) -> None:
    """Refuse a line, or a part of one, without an amount."""
    values = change.values
    if change.database.settings["zero_amount"] == "allowed":
        return
    if not values.get("AmDe") and not values.get("AmCr"):
        raise Refusal(Reason.NO_AMOUNT)


def _check_part(change: Change) -> None:
    """Refuse an allocation of nothing; one without amounts is of the whole line."""
    if change.inserting and {"AmDe", "AmCr"} & change.values.keys():
        _check_amount(change)


def _expire(change: Change) -> None:
    """Work out when an invoice is due, and drop what counts on such lines only."""
    values, kind = change.values, str(change.values["VaAs"])
    if kind == _LEDGER:
        values.pop("AmGa", None)
        return
    if not values.get("AmGa"):
        values.pop("AmGa", None)
    if values.get("DaEx") is None:
        table, column = _ACCOUNTS[kind]
        term = values.get("PaCd") or change.database.one(
            f"SELECT PaCd FROM {table} WHERE {column} = ?",  # noqa: S608
            values["AcNr"],
        )
        days = int(term) if str(term).isdecimal() else 0
        due = datetime.fromisoformat(str(values["BpDa"])[:10]) + timedelta(days=days)
        values["DaEx"] = due.isoformat()


def _number_line(change: Change, header: dict[str, object]) -> None:
    values, database = change.values, change.database
    unit = header["UnId"]
    if "EnNo" not in header:
        header["EnNo"] = database.next_number(f"EnNo.{unit}", 1)
        header["SeNo"] = 0
    header["SeNo"] = int(str(header["SeNo"])) + 1
    values["EnNo"], values["SeNo"] = header["EnNo"], header["SeNo"]
    if header.get("AuNu") and str(values["VaAs"]) in ("2", "3") and not values.get("InId"):
        header.setdefault("InId", f"IH{database.next_number('InId', 1):06d}")
    if values.get("InId"):
        header.setdefault("InId", values["InId"])
    elif header.get("InId"):
        values["InId"] = header["InId"]


def _finish_line(change: Change) -> None:
    database, row = change.database, change.row
    if row is not None and row.get("EnDa"):
        database.connection.execute(
            "INSERT INTO entry_day VALUES (?, ?) "
            "ON CONFLICT DO UPDATE SET modified = excluded.modified",
            (row["EnDa"], database.now),
        )


def _finish_header(change: Change) -> None:
    """Refuse an entry that does not balance, and remember the administration."""
    values, database = change.values, change.database
    if change.action == "delete":
        _delete_entry(change)
        return
    lines = [
        element
        for name, elements in change.element.objects
        if name.lower() == "fientries"
        for element in elements
    ]
    if not lines:
        raise Refusal(Reason.MANDATORY, label=("Journaalpostregel", "Journal entry line"))
    unit, entry = values["UnId"], values["EnNo"]
    debit, credit = database.connection.execute(
        "SELECT coalesce(sum(CAST(round(AmDe * 100) AS INTEGER)), 0), "
        "coalesce(sum(CAST(round(AmCr * 100) AS INTEGER)), 0) "
        "FROM journal_line WHERE UnId = ? AND EnNo = ?",
        (unit, entry),
    ).fetchone()
    if debit != credit:
        raise Refusal(Reason.UNBALANCED, debit=_euros(debit), credit=_euros(credit))
    database.connection.execute(
        "INSERT INTO sequence VALUES ('last_unit', ?) "
        "ON CONFLICT DO UPDATE SET value = excluded.value",
        (unit,),
    )
    change.row = {"UnId": unit, "EnNo": entry, "InId": values.get("InId")}


def _euros(cents: int) -> str:
    return f"{cents / 100:.2f}"


def _delete_entry(change: Change) -> None:
    """Remove all lines of the entry that the path names by number or invoice."""
    lines = [
        element.fields
        for name, elements in change.element.objects
        if name.lower() == "fientries"
        for element in elements
    ]
    key = lines[0] if lines else change.values
    database, unit = change.database, change.values["UnId"]
    if key.get("EnNo") is not None:
        where, value = "EnNo = ?", key["EnNo"]
    elif key.get("InId") is not None:
        where = "EnNo IN (SELECT EnNo FROM journal_line WHERE UnId = :unit AND InId = ?)"
        where, value = where.replace(":unit", str(int(unit))), key["InId"]
    else:
        raise Refusal(Reason.ENTRY_KEY)
    # The journal is part of the key where it is sent.
    where, found = f"{where} AND JoCo = coalesce(?, JoCo)", (unit, value, change.values.get("JoCo"))
    sql = f"SELECT DISTINCT EnDa FROM journal_line WHERE UnId = ? AND {where}"  # noqa: S608
    days = database.connection.execute(sql, found).fetchall()
    if not days:
        raise Refusal(Reason.ENTRY_NOT_FOUND)
    sql = f"DELETE FROM journal_line WHERE UnId = ? AND {where}"  # noqa: S608
    database.connection.execute(sql, found)
    for (day,) in days:
        database.connection.execute(
            "INSERT OR REPLACE INTO entry_day VALUES (?, ?)", (day, database.now)
        )


RULES = {
    "FiEntryPar": Rules(table="", resolve=_resolve_header, finish=_finish_header),
    "FiDimEntries": Rules(table="record", resolve=_check_part),
    "FiEntries": Rules(
        table="journal_line",
        resolve=_resolve_line,
        prepare=_prepare_line,
        finish=_finish_line,
        references={"CuId": "currency", "PaCd": "payment_condition", "PrId": "project.PrId"},
    ),
}
