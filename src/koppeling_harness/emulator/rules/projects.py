"""Projects, their stages, and post-calculation lines.

Source: AFAS, docs.afas.help/apidoc, Projecten en nacalculatie.
"""

import uuid

from koppeling_harness.emulator.change import Change, Rules
from koppeling_harness.emulator.messages import Reason, Refusal
from koppeling_harness.emulator.rules.attachments import store_stream

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
        values.setdefault("Qu", 1.0)
    item, kind = change.current("ItCd"), change.current("VaIt")
    if "ItCd" in values and item is not None and kind is not None:
        sql = "SELECT 1 FROM article WHERE ItCd = ? AND VaIt = ?"
        if database.one(sql, item, str(kind)) is None:
            raise change.does_not_exist(name="ItCd")
    stage, project = values.get("PrSt"), change.current("PrId")
    if stage is not None:
        sql = "SELECT 1 FROM project_stage WHERE PrId = ? AND PrSt = ?"
        if database.one(sql, project, stage) is None:
            raise change.does_not_exist(name="PrSt")
    if not change.inserting:
        _mark_day(change, change.row["DaTi"] if change.row else None)


def _finish_realization(change: Change) -> None:
    _mark_day(change, change.current("DaTi"))
    if change.row is not None:
        change.row["Sessieguid"] = "{" + str(uuid.uuid4()).upper() + "}"
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
