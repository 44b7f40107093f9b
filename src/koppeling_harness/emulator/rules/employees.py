"""Employees with their contracts, functions, timetables and pay.

Source: AFAS, docs.afas.help/apidoc endpoint/knemployee-post and howto-ats.
"""

from koppeling_harness.emulator.change import Change, Rules
from koppeling_harness.emulator.messages import Reason, Refusal
from koppeling_harness.emulator.rules.matching import check_same

_HIRE = (
    "AfasContract",
    "AfasOrgunitFunction",
    "AfasTimeTable",
    "AfasSalary",
    "AfasAgencyFiscus",
)
"""What a hire must bring together."""


def _prepare_employee(change: Change) -> None:
    values = change.values
    person = change.inner.get("KnPerson")
    if person is not None and person.row is not None:
        check_same(change, person, "EmId")
        values["BcId"] = person.row["rowid"]
    if change.action == "delete":
        _delete_parts(change)
    elif change.inserting:
        _hire(change)


def _delete_parts(change: Change) -> None:
    database = change.database
    id_ = change.row["EmId"] if change.row else ""
    if database.one("SELECT 1 FROM realization WHERE EmId = ?", id_):
        raise Refusal(Reason.IN_USE, object="AfasEmployee", key=id_)
    for table in ("contract", "orgunit_function", "timetable"):
        sql = f"DELETE FROM {table} WHERE EmId = ?"  # noqa: S608
        database.connection.execute(sql, (id_,))


def _hire(change: Change) -> None:
    values, database = change.values, change.database
    if values.get("BcId") is None:
        raise Refusal(Reason.MANDATORY, label=("Persoon", "Person"))
    sent = {name for name, elements in change.element.objects if elements}
    missing = [name for name in _HIRE if name not in sent]
    if missing and values.get("ViSe", "I") == "I":
        raise Refusal(Reason.HIRE_INCOMPLETE, object=missing[0])
    if values.get("EmId") is None:
        values["EmId"] = f"{database.next_number('EmId', 1101):09d}"
    elif database.one("SELECT 1 FROM employee WHERE EmId = ?", values["EmId"]):
        raise Refusal(Reason.EXISTS, object="AfasEmployee", key=values["EmId"])


def _prepare_part(change: Change) -> None:
    """Let a line without an employment number belong to the latest employment."""
    if change.inserting and change.values.get("DvSn") is None:
        employee = change.parent.row["EmId"] if change.parent and change.parent.row else ""
        number = change.database.one("SELECT max(DvSn) FROM contract WHERE EmId = ?", employee)
        change.values["DvSn"] = number or 1


def _part(table: str, key: str, mandatory: tuple[str, ...], references: dict[str, str]) -> Rules:
    return Rules(
        table=table,
        keys=(key,),
        link={"EmId": "EmId"},
        mandatory=(key, *mandatory),
        references=references,
        prepare=_prepare_part,
        open_codes=frozenset({"ApCo", "EmMt", "ViRe", "ViTK"}),
    )


RULES = {
    "AfasEmployee": Rules(
        table="employee",
        keys=("EmId",),
        defaults={"ViSe": "I"},
        first=frozenset({"KnPerson"}),
        prepare=_prepare_employee,
    ),
    "AfasContract": _part("contract", "DaBe", ("CmId", "EmMt", "ViEt"), {"CmId": "employer"}),
    "AfasOrgunitFunction": _part(
        "orgunit_function", "DaBe", (), {"DpId": "org_unit", "FuId": "function"}
    ),
    "AfasTimeTable": _part("timetable", "DaBg", (), {}),
}
