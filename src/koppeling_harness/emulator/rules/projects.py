"""Projects, their stages, and post-calculation lines.

Source: AFAS, docs.afas.help/apidoc, Projecten en nacalculatie.
"""

from datetime import datetime
from decimal import Decimal

from koppeling_harness.emulator.change import Change, Rules
from koppeling_harness.emulator.literals import new_guid, rounded
from koppeling_harness.emulator.messages import Reason, Refusal
from koppeling_harness.emulator.rules.attachments import store_stream

_DAY_S = 24 * 3600
_STEERING = (
    "UseSetImport",
    "CreateDeclarations",
    "ApprovWorkflow",
    "GetPcIdAndPrId",
    "UnknownCandidate",
)


def _prepare_realization(change: Change) -> None:
    values, database = change.values, change.database
    for name in _STEERING:
        values.pop(name, None)
    store_stream(change)
    if change.inserting:
        values.pop("Id", None)
        _count(change)
    item, kind = change.current("ItCd"), change.current("VaIt")
    if "ItCd" in values and item is not None and kind is not None:
        sql = "SELECT ItCd FROM article WHERE ItCd = ? AND VaIt = ?"
        values["ItCd"] = database.one(sql, item, str(kind))
        if values["ItCd"] is None:
            raise change.does_not_exist(name="ItCd")
    stage, project = values.get("PrSt"), change.current("PrId")
    if stage is not None:
        sql = "SELECT 1 FROM project_stage WHERE PrId = ? AND PrSt = ?"
        if database.one(sql, project, stage) is None:
            raise change.does_not_exist(name="PrSt")
    if not change.inserting:
        _mark_day(change, change.row["DaTi"] if change.row else None)


def _count(change: Change) -> None:
    """Let the times say the quantity when none is sent: hours from begin to end (inferred)."""
    values = change.values
    if values.get("Qu") is not None:
        return
    begin, end = values.get("StTi"), values.get("EnTi")
    if begin is None or end is None or change.database.settings["times_quantity"] == "one":
        values["Qu"] = 1.0
        return
    passed = datetime.fromisoformat(end) - datetime.fromisoformat(begin)
    seconds = int(passed.total_seconds()) % _DAY_S
    values["Qu"] = rounded(Decimal(seconds) / 3600, change.type.by_id["qu"].decimals)


def _finish_realization(change: Change) -> None:
    _mark_day(change, change.current("DaTi"))
    if change.row is not None:
        change.row["Sessieguid"] = new_guid()
        change.row.setdefault("XpRe", None)


def _mark_day(change: Change, moment: str | None) -> None:
    """Note that something changed on a booking day; a deletion leaves no other trace."""
    if moment:
        change.database.connection.execute(
            "INSERT INTO realization_day VALUES (?, ?) "
            "ON CONFLICT DO UPDATE SET modified = excluded.modified",
            (f"{moment[:10]}T00:00:00", change.database.now),
        )


def _prepare_project(change: Change) -> None:
    values = change.values
    if change.action == "delete":
        used = change.database.one(
            "SELECT 1 FROM realization WHERE PrId = ?", change.row["PrId"] if change.row else ""
        )
        if used:
            raise Refusal(Reason.IN_USE, object="PtProject", key=values.get("PrId"))
        return
    if change.inserting:
        number = values.get("PrId")
        if number is None:
            values["PrId"] = str(change.database.next_number("PrId", 100000))
        elif change.database.one("SELECT 1 FROM project WHERE PrId = ?", number):
            raise Refusal(Reason.EXISTS, object="PtProject", key=number)
    _follow_debtor(change)


def _follow_debtor(change: Change) -> None:
    """Let the organisation or person be that of the sales relation, unless one is sent."""
    values = change.values
    if values.get("DbId") is not None and "BcCo" not in values:
        values["BcCo"] = change.database.one(
            "SELECT p.BcCo FROM sales_relation s JOIN relation p USING (BcId) WHERE s.DbId = ?",
            values["DbId"],
        )


RULES = {
    "PtRealization": Rules(
        table="realization",
        keys=("Id",),
        mandatory=("DaTi", "VaIt", "ItCd"),
        references={
            "EmId": "employee.EmId",
            "PrId": "project.PrId",
            "StId": "hour_type",
            "DbId": "sales_relation.DbId",
            "BcId": "relation.BcCo",
        },
        row_id="Id",
        prepare=_prepare_realization,
        finish=_finish_realization,
    ),
    "PtProject": Rules(
        table="project",
        keys=("PrId",),
        mandatory=("PrGp", "Ds"),
        references={
            "PrGp": "project_group",
            "BcCo": "relation.BcCo",
            "DbId": "sales_relation.DbId",
            "EmId": "employee.EmId",
            "UnFi": "administration.UnId",
            "DpId": "org_unit",
        },
        defaults={"UnFi": 1, "Ch": 1, "ChOu": 0},
        prepare=_prepare_project,
    ),
    "PtProjectStage": Rules(
        table="project_stage",
        keys=("PrSt",),
        link={"PrId": "PrId"},
        mandatory=("PrSt",),
        defaults={"ChOu": 0},
    ),
}
