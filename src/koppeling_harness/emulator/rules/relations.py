"""Organisations, persons, addresses, bank accounts, contacts, sales and purchase relations.

Source: AFAS, docs.afas.help/profit/en endpoint/knorganisation-post and endpoint/knperson-post.
"""

from koppeling_harness.emulator.change import Change, Rules, Values
from koppeling_harness.emulator.letters import equal_sql
from koppeling_harness.emulator.messages import Reason, Refusal
from koppeling_harness.emulator.rules.attachments import store_stream
from koppeling_harness.emulator.rules.checks import BANKS, is_bsn, is_iban, is_postcode
from koppeling_harness.emulator.rules.matching import (
    check_same,
    resolve_organisation,
    resolve_person,
)

_ADDRESS = ("PbAd", "StAd", "Ad", "HmNr", "HmAd", "ZpCd", "Rs", "CoId", "AdAd")


def _prepare_organisation(change: Change) -> None:
    if change.action == "delete":
        _delete(change)
        return
    change.values["kind"] = "O"
    if change.inserting:
        change.need("Nm")
    _number(change)
    _prepare_image(change)


def _prepare_person(change: Change) -> None:
    values = change.values
    if change.action == "delete":
        _delete(change)
        return
    values["kind"] = "P"
    values.pop("AddToPortal", None)
    if change.inserting:
        change.need("LaNm")
    bsn = values.get("SoSe")
    if bsn is not None and not is_bsn(bsn):
        raise Refusal(Reason.BSN)
    names = ("CaNm", "FiNm", "In", "Is", "LaNm")
    if change.inserting or any(name in values for name in names):
        values["Nm"] = _full_name(change)
        if change.inserting:
            values["CaNm"] = values.get("CaNm") or values.get("LaNm")
    _number(change)
    _prepare_image(change)


_USES = {
    "employee": "BcId = :id",
    "sales_relation": "BcId = :id",
    "purchase_relation": "BcId = :id",
    "contact": "BcOrg = :id OR BcPer = :id",
    "profit_user": "BcCo = :number",
    "project": "BcCo = :number",
    "course_member": "BcCo = :number",
    "subject_link": "BcId = :number OR SfId = :number",
}
"""Where an organisation or person is used, and by what."""


def _resolve_relation(change: Change) -> None:
    """Find whom a line is about; where a deletion is refused nobody is looked for."""
    is_refused = change.database.settings["relation_delete"] == "refused"
    if change.action == "delete" and is_refused:
        raise Refusal(Reason.NOT_ALLOWED, object=change.type.name)
    (resolve_person if change.type.name == "KnPerson" else resolve_organisation)(change)


def _delete(change: Change) -> None:
    """Let somebody go whom nothing refers to, with its bank accounts.

    Source: AFAS, endpoint/knperson-delete and knorganisation-delete (pages of March 2026); what
    is in the way of it is inferred.
    """
    row, database = change.row, change.database
    if row is None:
        raise Refusal(Reason.NOT_ALLOWED, object=change.type.name)
    named = {"id": row["rowid"], "number": row["BcCo"]}
    for table, where in _USES.items():
        sql = f"SELECT 1 FROM {table} WHERE {where} LIMIT 1"  # noqa: S608 - our own names
        if database.connection.execute(sql, named).fetchone():
            raise Refusal(Reason.IN_USE, object=change.type.name, key=row["BcCo"])
    database.connection.execute("DELETE FROM bank_account WHERE BcId = :id", named)


def _full_name(change: Change) -> str:
    first = change.current("FiNm") or change.current("In")
    parts = (first, change.current("Is"), change.current("LaNm"))
    return " ".join(str(part) for part in parts if part)


def _number(change: Change) -> None:
    change.values.pop("AutoNum", None)
    change.values.pop("BcId", None)
    if not change.inserting:
        change.values.pop("BcCo", None)  # never altered by an update
        return
    if change.values.get("BcCo") is None:
        number = change.database.next_number("BcCo", 1000000)
        change.values["BcCo"] = str(number)
    name = change.values.get("SeNm") or change.values.get("Nm") or ""
    change.values["SeNm"] = str(name)[:10].upper()


def _prepare_image(change: Change) -> None:
    if "FileStream" in change.values and change.values["FileStream"] is None:
        change.values.setdefault("FileId", None)  # present and empty removes the image
    store_stream(change)


def _finish_relation(change: Change) -> None:
    """Let the postal address follow the visiting address when `PadAdr` says so."""
    if change.row is None or str(change.element.fields.get("PadAdr", "")).lower() not in (
        "true",
        "1",
    ):
        return
    visiting = change.row.get("Adr")
    if visiting is not None and visiting != change.row.get("Pad"):
        change.database.update("relation", change.row["rowid"], {"Pad": visiting})
        change.row["Pad"] = visiting


def _resolve_address(change: Change) -> None:
    """Reuse an equal address, else add one; an address itself is never changed."""
    values = change.values
    values.pop("BeginDate", None)
    by_code = values.pop("ResZip", None)
    if values.get("CoId") is None:
        raise Refusal(Reason.INCOMPLETE_ADDRESS)
    zip_ = values.get("ZpCd")
    if zip_ is not None and not is_postcode(zip_, values["CoId"]):
        raise Refusal(Reason.POSTCODE, value=zip_)
    if zip_ is not None and values["CoId"] == "NL":
        values["ZpCd"] = f"{zip_[:4]} {zip_[-2:].upper()}"
    if by_code:
        change.need("Rs", "ZpCd")
        values["Rs"] = _town(change) or values["Rs"]
    values.setdefault("PbAd", 0)
    found = _equal_address(change)
    if found is not None:
        change.action, change.row = "update", found
        change.values = {}
    else:
        change.action = "insert"


def _equal_address(change: Change) -> Values | None:
    where, parameters = [], []
    for name in _ADDRESS:
        value = change.values.get(name)
        if isinstance(value, str):
            sql, value = equal_sql(f'"{name}"', value)
            where.append(sql)
        else:
            where.append(f'"{name}" IS ?')
        parameters.append(value)
    return change.database.row("address", " AND ".join(where), *parameters)


def _town(change: Change) -> str | None:
    """Return the town of a Dutch postal code."""
    if change.values["CoId"] != "NL":
        return None
    code = str(change.values["ZpCd"]).replace(" ", "")
    sql = "SELECT ds FROM code WHERE kind = 'residence' AND ? BETWEEN substr(id, 1, 6) "
    found = change.database.one(f"{sql} AND substr(id, 8)", code)
    return str(found) if found else None


def _finish_address(change: Change) -> None:
    parent, row = change.parent, change.row
    if parent is None or parent.row is None or row is None:
        return
    column = "Pad" if change.type.name.endswith("Pad") else "Adr"
    if column == "Pad" and str(parent.element.fields.get("PadAdr", "")).lower() in ("true", "1"):
        return
    parent.row[column] = row["AddressId"]
    parent.database.update(parent.table, parent.row["rowid"], {column: row["AddressId"]})


def _resolve_bank(change: Change) -> None:
    change.action = "insert"  # bank accounts are only ever added


def _prepare_bank(change: Change) -> None:
    iban = change.values.get("Iban")
    if iban is None:
        return
    if not is_iban(iban):
        raise Refusal(Reason.IBAN, value=iban)
    plain = iban.replace(" ", "").upper()
    change.values["Iban"] = plain
    if change.values.get("Bic") is None and plain.startswith("NL"):
        change.values["Bic"] = BANKS.get(plain[4:8])


def _resolve_contact(change: Change) -> None:
    """Find a contact by its number, or by organisation and person; below a relation it is its own.

    Source: AFAS, endpoint/knperson-put (page of March 2026): an update names the person, the
    contact, or the department. That a line without any of them adds one is inferred.
    """
    values, database, parent = change.values, change.database, change.parent
    organisation, person = change.take("BcCoOga"), change.take("BcCoPer")
    contact = change.take("CdId")
    values.pop("PadAdr", None)
    own, above = _owner(change)
    person_id = None if person is None else _person_id(change, person)
    if contact is not None:
        change.row = database.row("contact", f"CdId = ? AND {own} IS coalesce(?, {own})",
                                  contact, above)  # fmt: skip
    elif organisation is not None or person is not None:
        sql = "SELECT BcId FROM relation WHERE BcCo = ? AND kind = 'O'"
        id_ = database.one(sql, organisation) if parent is None else above
        change.row = database.row("contact", f"{own} = ? AND BcPer IS ?", id_, person_id)
    elif values.get("ExAd") is not None and parent is not None:
        change.row = database.row("contact", f"{own} = ? AND ExAd = ?", above, values["ExAd"])
    named = contact is not None or change.element.action == "update"
    if change.row is None and (parent is None or named):
        raise change.does_not_exist(name="CdId")
    if parent is not None:
        if change.row is None and person_id is not None:
            values["BcPer"] = person_id
        change.action = "update" if change.row else "insert"


def _owner(change: Change) -> tuple[str, int | None]:
    """Return the column of whom a contact belongs to, and who that is when it stands above."""
    parent = change.parent
    if parent is None:
        return "BcOrg", None
    own = "BcOrg" if parent.type.name == "KnOrganisation" else "BcPer"
    return own, parent.row["rowid"] if parent.row else None


def _person_id(change: Change, number: object) -> int:
    sql = "SELECT BcId FROM relation WHERE BcCo = ? AND kind = 'P'"
    found = change.database.one(sql, number)
    if found is None:
        raise change.does_not_exist(name="BcCoPer")
    return int(found)


def _prepare_contact(change: Change) -> None:
    change.values.pop("AddToPortal", None)
    person = change.inner.get("KnPerson")
    if person is not None and person.row is not None:
        change.values["BcPer"] = person.row["rowid"]
    row, parent = change.row, change.parent
    if row is not None and (row.get("ViKc"), change.values.get("ViKc")) == ("AFD", "PRS"):
        raise Refusal(Reason.CONTACT_KIND)
    if change.inserting and parent is not None and parent.row is not None:
        own, above = _owner(change)
        change.values[own] = above
        change.values.setdefault("ViKc", "PRS" if person or own == "BcPer" else "AFD")


def _prepare_sales(change: Change) -> None:
    _prepare_trade(change, "DbId", "IsDb")


def _prepare_purchase(change: Change) -> None:
    _prepare_trade(change, "CrId", "IsCr")


def _prepare_trade(change: Change, number: str, flag: str) -> None:
    inner = change.inner.get("KnOrganisation") or change.inner.get("KnPerson")
    _check_kind(change, number)
    if inner is not None and inner.row is not None:
        check_same(change, inner, number)
        change.values["BcId"] = inner.row["rowid"]
    if change.values.get("Iban") is not None and not is_iban(change.values["Iban"]):
        raise Refusal(Reason.IBAN, value=change.values["Iban"])
    if not change.inserting:
        return
    if change.values.get("BcId") is None:
        raise Refusal(Reason.MANDATORY, label=("Organisatie/persoon", "Organisation/person"))
    change.need("CuId")
    if number == "DbId":
        change.need("InPv")
    if change.values.get(flag):
        change.need("PaCd", "ColA")
    if change.values.get(number) is None:
        change.values[number] = str(change.database.next_number(number, 20000))
    elif change.database.row(change.table, f"{number} = ?", change.values[number]):
        raise Refusal(Reason.EXISTS, object=change.type.name, key=change.values[number])


def _check_kind(change: Change, number: str) -> None:
    """Refuse the number of an organisation's relation where a person's is meant, and reversed."""
    if change.row is None or change.inserting:
        return
    kind = change.database.one("SELECT kind FROM relation WHERE BcId = ?", change.row["BcId"])
    if kind != ("P" if change.type.name.endswith("Per") else "O"):
        raise Refusal(Reason.NOT_FOUND, object=change.type.name, key=change.row[number])


def _finish_trade(change: Change) -> None:
    """Let the relation's number stand in the answer."""
    if change.row is not None and "BcId" in change.row:
        number = change.database.one("SELECT BcCo FROM relation WHERE BcId = ?", change.row["BcId"])
        change.row["BcCo"] = number


_RELATION_REFERENCES = {"BcPa": "relation.BcCo"}
_TRADE_REFERENCES = {"CuId": "currency", "PaCd": "payment_condition", "ColA": "account.AcNr"}
_ADDRESS_RULES = Rules(
    table="address",
    single=True,
    row_id="AddressId",
    resolve=_resolve_address,
    finish=_finish_address,
)

RULES = {
    "KnOrganisation": Rules(
        table="relation",
        keys=("BcCo",),
        references=_RELATION_REFERENCES,
        single=True,
        row_id="BcId",
        resolve=_resolve_relation,
        prepare=_prepare_organisation,
        finish=_finish_relation,
        open_codes=frozenset({"ViLe", "ViLb"}),
    ),
    "KnPerson": Rules(
        table="relation",
        keys=("BcCo",),
        references=_RELATION_REFERENCES,
        single=True,
        row_id="BcId",
        resolve=_resolve_relation,
        prepare=_prepare_person,
        finish=_finish_relation,
    ),
    "KnBasicAddressAdr": _ADDRESS_RULES,
    "KnBasicAddressPad": _ADDRESS_RULES,
    "KnBankAccount": Rules(
        table="bank_account",
        link={"BcId": "BcId"},
        single=True,
        resolve=_resolve_bank,
        prepare=_prepare_bank,
    ),
    "KnContact": Rules(
        table="contact",
        keys=("CdId",),
        first=frozenset({"KnPerson"}),
        single=True,
        row_id="CdId",
        resolve=_resolve_contact,
        prepare=_prepare_contact,
        open_codes=frozenset({"ViFu"}),
    ),
    "KnSalesRelationOrg": Rules(
        table="sales_relation",
        keys=("DbId",),
        references=_TRADE_REFERENCES,
        first=frozenset({"KnOrganisation"}),
        prepare=_prepare_sales,
        finish=_finish_trade,
        open_codes=frozenset({"VaTp", "InPv"}),
    ),
    "KnSalesRelationPer": Rules(
        table="sales_relation",
        keys=("DbId",),
        references=_TRADE_REFERENCES,
        first=frozenset({"KnPerson"}),
        prepare=_prepare_sales,
        finish=_finish_trade,
        open_codes=frozenset({"VaTp", "InPv"}),
    ),
    "KnPurchaseRelationOrg": Rules(
        table="purchase_relation",
        keys=("CrId",),
        references=_TRADE_REFERENCES,
        first=frozenset({"KnOrganisation"}),
        prepare=_prepare_purchase,
        finish=_finish_trade,
        open_codes=frozenset({"VaTp", "InPv", "FiCo"}),
    ),
    "KnProvApplication": Rules(
        table="provision",
        keys=("BcCo", "PvCd"),
        mandatory=("BcCo", "PvCd"),
        references={"BcCo": "relation.BcCo"},
        open_codes=frozenset({"VaPt"}),
    ),
}
