"""Leave and illness.

Source: AFAS, docs.afas.help/apidoc, Verlof en Ziekte; endpoint/hrabsenceid-put.
"""

from dataclasses import replace
from datetime import datetime

from koppeling_harness.emulator.change import Change, Rules
from koppeling_harness.emulator.literals import new_guid
from koppeling_harness.emulator.messages import Reason, Refusal

_HOURS_PER_DAY = 8


def _prepare_absence(change: Change) -> None:
    values = change.values
    if change.action == "delete":
        return
    start, end = change.current("DaBe"), change.current("DaEn")
    if start and end and end < start:
        raise Refusal(Reason.END_BEFORE_START)
    partial = change.current("LeDt")
    for name, counts in (("DuBe", partial), ("DuEn", partial and _days_differ(start, end))):
        if not counts and (name in values or change.current(name) is not None):
            values[name] = None
    if not partial:
        # Without partial leave the times of day count for nothing.
        for name in ("DaBe", "DaEn"):
            if values.get(name):
                values[name] = f"{values[name][:10]}T00:00:00"
    if change.inserting:
        values.pop("Id", None)
        if values.get("DuRa") is None and start and end:
            days = (datetime.fromisoformat(end) - datetime.fromisoformat(start)).days + 1
            values["DuRa"] = days * _HOURS_PER_DAY


def _resolve_absence(change: Change) -> None:
    """Find a booking by employee, employment and start; these are never changed.

    Source: AFAS, endpoint/hrabsence-put and hrabsence-delete (pages of March 2026).
    """
    values, lenient = change.values, change.database.settings["absence_key"] == "lenient"
    if change.inserting:
        if not lenient:
            change.need("EnSe", "LeDt")
        return
    if values.get("Id") is not None:
        return
    change.need("EmId", "DaBe")
    if not lenient:
        change.need("EnSe")
    key = [values["EmId"], values.get("EnSe"), values["DaBe"]]
    found = change.database.connection.execute(
        "SELECT Id, EnSe FROM absence WHERE EmId = ? AND EnSe = coalesce(?, EnSe) "
        "AND (DaBe = ? OR LeDt = 0 AND substr(DaBe, 1, 10) = substr(?, 1, 10)) LIMIT 2",
        (*key, values["DaBe"]),
    ).fetchall()
    if len(found) != 1:
        raise _absence_refusal(change, several=bool(found))
    change.row = change.database.row("absence", "Id = ?", found[0][0])
    for name in ("EnSe", "DaBe", "EmId"):
        values.pop(name, None)


def _absence_refusal(change: Change, *, several: bool) -> Refusal:
    reason = Reason.ABSENCE_SEVERAL if several else Reason.ABSENCE_NOT_FOUND
    deleting = change.action == "delete"
    day = str(change.values["DaBe"])
    shown = f"{int(day[8:10])}-{int(day[5:7])}-{day[:4]}"
    return Refusal(
        reason,
        what=("verwijderen", "delete") if deleting else ("wijzigen", "change"),
        employee=change.values["EmId"],
        employment=change.values.get("EnSe") or 1,
        start=shown if day.endswith("T00:00:00") else f"{shown} {day[11:16]}",
    )


def _resolve_absence_id(change: Change) -> None:
    """Find a booking by its number alone; an employee that is sent changes nothing.

    Source: AFAS, endpoint/hrabsenceid-put (16 March 2026).
    """
    if not change.inserting:
        change.need("Id")
    if change.action == "update":
        change.values.pop("EmId", None)


def _days_differ(start: str | None, end: str | None) -> bool:
    return bool(start and end and start[:10] != end[:10])


def _prepare_illness(change: Change) -> None:
    if change.inserting:
        change.values["GUID"] = new_guid()
        change.values.setdefault("DMeB", change.values.get("DaBe"))
    elif change.action == "delete" and change.row:
        change.database.connection.execute(
            "DELETE FROM illness_progress WHERE AbId = ?", (change.row["AbId"],)
        )


def _resolve_illness(change: Change) -> None:
    if change.inserting:
        return
    sent = {name: change.values.get(name) for name in ("AbId", "EmId", "DaBe")}
    if sent["AbId"] is None:
        change.need("EmId")
    found = change.database.connection.execute(
        "SELECT AbId FROM illness WHERE AbId = coalesce(:AbId, AbId) "
        "AND EmId = coalesce(:EmId, EmId) AND DaBe = coalesce(:DaBe, DaBe) LIMIT 2",
        sent,
    ).fetchall()
    if len(found) > 1:
        key = ",".join(str(each) for each in sent.values() if each is not None)
        raise Refusal(Reason.SEVERAL_LINES, object=change.type.name, key=key)
    if found:
        change.row = change.database.row("illness", "AbId = ?", found[0][0])


def _resolve_progress(change: Change) -> None:
    """Find a line of an illness by its moment; AFAS's examples name it by nothing else."""
    parent = change.parent.row if change.parent else None
    if change.inserting or not parent or change.values.get("ApSn") is not None:
        return
    change.row = change.database.row(
        "illness_progress", "AbId = ? AND DaTi = ?", parent.get("AbId"), change.values.get("DaTi")
    )


def _prepare_progress(change: Change) -> None:
    if change.inserting:
        change.values["GUID"] = new_guid()


_ABSENCE = Rules(
    table="absence",
    keys=("Id",),
    mandatory=("EmId", "ViAt", "DaBe", "DaEn"),
    references={"EmId": "employee.EmId", "ViAt": "leave_type"},
    defaults={"EnSe": 1, "LeDt": 0},
    row_id="Id",
    resolve=_resolve_absence,
    prepare=_prepare_absence,
    open_codes=frozenset({"ViAt", "ViLr"}),
)

RULES = {
    "HrAbsence": _ABSENCE,
    "HrAbsenceID": replace(_ABSENCE, resolve=_resolve_absence_id),
    "HrIllness": Rules(
        table="illness",
        keys=("AbId",),
        mandatory=("EmId", "DaBe", "ViIt"),
        references={"EmId": "employee.EmId", "ViIt": "illness_type"},
        defaults={"EnSe": 1},
        row_id="AbId",
        resolve=_resolve_illness,
        prepare=_prepare_illness,
        open_codes=frozenset({"ViIt", "ViIr", "AcAr", "ViAt"}),
    ),
    "HrAbsIllnessProgress": Rules(
        table="illness_progress",
        keys=("ApSn",),
        link={"AbId": "AbId"},
        mandatory=("DaTi",),
        row_id="ApSn",
        resolve=_resolve_progress,
        prepare=_prepare_progress,
    ),
}
