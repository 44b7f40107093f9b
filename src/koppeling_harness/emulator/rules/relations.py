"""Organisations, persons, addresses, bank accounts, contacts, sales and purchase relations.

Source: AFAS, docs.afas.help/profit/en endpoint/knorganisation-post and endpoint/knperson-post;
github.com/rmuit/PracticalAfas for what a match does to the verb.
"""

from typing import Any

from koppeling_harness.emulator.change import Change, Rules, Values
from koppeling_harness.emulator.messages import Reason, Refusal
from koppeling_harness.emulator.rules.attachments import store_stream
from koppeling_harness.emulator.rules.checks import BANKS, is_bsn, is_iban, is_postcode

_ADDRESS = ("PbAd", "StAd", "Ad", "HmNr", "HmAd", "ZpCd", "Rs", "CoId", "AdAd")
_NAME = ("LaNm", "Is", "In", "ViGe")
_PERSON_MATCH = {
    "2": _NAME,
    "3": (*_NAME, "EmAd"),
    "4": (*_NAME, "MbNr"),
    "5": (*_NAME, "TeNr"),
    "6": (*_NAME, "DaBi"),
}


def _resolve_organisation(change: Change) -> None:
    mode = _mode(change, "MatchOga")
    _keep_only_postal_choice(change)
    column = {"1": "CcNr", "2": "FiNr", "3": "Nm"}.get(mode)
    if mode in ("4", "5"):
        _resolve_by_address(change, "Adr" if mode == "4" else "Pad")
    elif column:
        _resolve_by(change, (column,), "O")
    else:
        _resolve_plainly(change, mode, always_new="6")


def _resolve_person(change: Change) -> None:
    mode = _mode(change, "MatchPer")
    _keep_only_postal_choice(change)
    if mode == "1":
        _resolve_by(change, ("SoSe",), "P")
    elif mode in _PERSON_MATCH:
        # An unknown gender never matches.
        if change.values.get("ViGe") in (None, "O"):
            change.action = "insert"
        else:
            _resolve_by(change, _PERSON_MATCH[mode], "P")
    else:
        _resolve_plainly(change, mode, always_new="7")


def _mode(change: Change, name: str) -> str:
    return str(change.take(name) or "")


def _keep_only_postal_choice(change: Change) -> None:
    """Take `PadAdr` out of the stored fields; `_finish_addresses` acts on it."""
    change.values.pop("PadAdr", None)


def _resolve_by(change: Change, names: tuple[str, ...], kind: str) -> None:
    """Let the match decide: one hit is updated, none inserted, several are refused."""
    where = ["kind = ?"]
    values: list[Any] = [kind]
    for name in names:
        value = change.values.get(name)
        where.append(f'"{name}" IS ?')
        values.append(value)
    found = change.database.connection.execute(
        f"SELECT BcId FROM relation WHERE {' AND '.join(where)} LIMIT 2",  # noqa: S608
        values,
    ).fetchall()
    _decide(change, found)


def _resolve_by_address(change: Change, column: str) -> None:
    wanted = "KnBasicAddressAdr" if column == "Adr" else "KnBasicAddressPad"
    sent = [
        element.fields
        for name, elements in change.element.objects
        if name == wanted
        for element in elements
    ]
    fields = sent[0] if sent else {}
    found = change.database.connection.execute(
        f"SELECT r.BcId FROM relation r JOIN address a ON a.AddressId = r.{column} "  # noqa: S608
        "WHERE r.kind = 'O' AND replace(a.ZpCd, ' ', '') = ? AND a.HmNr = ? LIMIT 2",
        (str(fields.get("ZpCd", "")).replace(" ", ""), fields.get("HmNr")),
    ).fetchall()
    if not found:
        raise Refusal(Reason.NO_ADDRESS_MATCH)
    _decide(change, found)


def _decide(change: Change, found: list[Any]) -> None:
    if len(found) > 1:
        raise Refusal(Reason.SEVERAL_MATCHES)
    change.action = "update" if found else "insert"
    if found:
        change.row = change.database.row("relation", "BcId = ?", found[0][0])
        change.values.pop("BcCo", None)


def _resolve_plainly(change: Change, mode: str, *, always_new: str) -> None:
    parent_row = _relation_of_parent(change)
    number = change.values.get("BcCo")
    if mode == always_new:
        change.action = "insert"
    elif parent_row is not None and (mode in ("", "9") or number is None):
        change.action, change.row = "update", parent_row
    elif number is not None:
        row = change.database.row("relation", "BcCo = ?", number)
        if row is not None and (mode == "0" or not change.inserting):
            change.action, change.row = "update", row
            change.values.pop("BcCo")
        elif change.parent is not None and row is None and mode == "0":
            raise change.does_not_exist(name="BcCo")
    elif not change.inserting:
        raise Refusal(Reason.MANDATORY, label=change.label("BcCo"))


def _relation_of_parent(change: Change) -> Values | None:
    parent = change.parent
    if parent is None or parent.row is None:
        return None
    column = {"contact": "BcPer"}.get(parent.table, "BcId")
    id_ = parent.row.get(column)
    return change.database.row("relation", "BcId = ?", id_) if id_ else None


def _prepare_organisation(change: Change) -> None:
    change.values["kind"] = "O"
    if change.inserting:
        change.need("Nm")
    _number(change)
    _prepare_image(change)


def _prepare_person(change: Change) -> None:
    values = change.values
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
    if change.values.get("FileStream") and not change.values.get("FileName"):
        raise Refusal(Reason.IMAGE_NAME)
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
    if values.pop("ResZip", None) and values.get("Rs") is None:
        raise Refusal(Reason.MANDATORY, label=change.label("Rs"))
    change.need("CoId")
    if not change.database.has_code("country", values["CoId"]):
        raise change.does_not_exist(name="CoId")
    zip_ = values.get("ZpCd")
    if zip_ is not None and not is_postcode(zip_, values["CoId"]):
        raise Refusal(Reason.POSTCODE, value=zip_)
    values.setdefault("PbAd", 0)
    where = " AND ".join(f'"{name}" IS ?' for name in _ADDRESS)
    found = change.database.row("address", where, *(values.get(name) for name in _ADDRESS))
    if found is not None:
        change.action, change.row = "update", found
        change.values = {}
    else:
        change.action = "insert"


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
    values, database = change.values, change.database
    organisation, person = change.take("BcCoOga"), change.take("BcCoPer")
    contact = change.take("CdId")
    if contact is not None:
        change.row = database.row("contact", "CdId = ?", contact)
    elif organisation is not None:
        change.row = database.row(
            "contact",
            "BcOrg = (SELECT BcId FROM relation WHERE BcCo = ?) "
            "AND BcPer IS (SELECT BcId FROM relation WHERE BcCo = ?)",
            organisation,
            person,
        )
    if change.parent is None and change.row is None:
        raise change.does_not_exist(name="CdId")
    values.pop("PadAdr", None)
    if change.parent is not None:
        change.action = "update" if change.row else "insert"


def _prepare_contact(change: Change) -> None:
    change.values.pop("AddToPortal", None)
    person = change.inner.get("KnPerson")
    if person is not None and person.row is not None:
        change.values["BcPer"] = person.row["rowid"]
    parent = change.parent
    if change.inserting and parent is not None and parent.row is not None:
        own = "BcOrg" if parent.type.name == "KnOrganisation" else "BcPer"
        change.values[own] = parent.row["rowid"]
        change.values.setdefault("ViKc", "PRS" if person or own == "BcPer" else "AFD")


def _prepare_sales(change: Change) -> None:
    _prepare_trade(change, "DbId", "IsDb")


def _prepare_purchase(change: Change) -> None:
    _prepare_trade(change, "CrId", "IsCr")


def _prepare_trade(change: Change, number: str, flag: str) -> None:
    inner = change.inner.get("KnOrganisation") or change.inner.get("KnPerson")
    if inner is not None and inner.row is not None:
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


def _finish_trade(change: Change) -> None:
    """Let the relation's number stand in the answer."""
    if change.row is not None and "BcId" in change.row:
        number = change.database.one("SELECT BcCo FROM relation WHERE BcId = ?", change.row["BcId"])
        change.row["BcCo"] = number


_RELATION_REFERENCES = {"CoBi": "country", "BcPa": "relation.BcCo"}
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
        resolve=_resolve_organisation,
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
        resolve=_resolve_person,
        prepare=_prepare_person,
        finish=_finish_relation,
    ),
    "KnBasicAddressAdr": _ADDRESS_RULES,
    "KnBasicAddressPad": _ADDRESS_RULES,
    "KnBankAccount": Rules(
        table="bank_account",
        link={"BcId": "BcId"},
        references={"CoId": "country"},
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
