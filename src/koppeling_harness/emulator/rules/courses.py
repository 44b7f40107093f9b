"""Course events and their participants.

Source: AFAS, docs.afas.help/apidoc, Cursusmanagement.
"""

from koppeling_harness.emulator.change import Change, Rules
from koppeling_harness.emulator.messages import Reason, Refusal


def _prepare_event(change: Change) -> None:
    change.values.pop("AuId", None)
    if change.inserting:
        change.values.pop("Id", None)


def _prepare_member(change: Change) -> None:
    values = change.values
    if not change.inserting:
        return
    if values.get("CdId") is None:
        values["CdId"] = change.database.next_number("CdId", 1)
    sql = "SELECT 1 FROM course_member WHERE CrId = ? AND CdId = ?"
    if change.database.one(sql, values.get("CrId"), values["CdId"]):
        raise Refusal(
            Reason.EXISTS, object="KnCourseMember", key=f"{values['CrId']},{values['CdId']}"
        )


RULES = {
    "KnCourseEvent": Rules(
        table="course_event",
        keys=("Id",),
        mandatory=("CrDs",),
        references={"UnFi": "administration.UnId", "CuId": "currency"},
        defaults={"CuId": "EUR"},
        row_id="Id",
        prepare=_prepare_event,
    ),
    "KnSession": Rules(
        table="course_session",
        keys=("SeId",),
        link={"Id": "Id"},
        mandatory=("SeDa",),
        row_id="SeId",
    ),
    "KnCourseMember": Rules(
        table="course_member",
        keys=("CrId", "CdId"),
        mandatory=("CrId", "BcCo", "SuDa"),
        references={
            "CrId": "course_event.Id",
            "BcCo": "relation.BcCo",
            "DeId": "sales_relation.DbId",
        },
        defaults={"Invo": 1, "CuId": "EUR"},
        prepare=_prepare_member,
    ),
}
