"""Users and their groups; the mutation code decides what happens.

Source: AFAS, docs.afas.help/apidoc, Organisaties en personen, KnUser.
"""

from koppeling_harness.emulator.change import Change, Rules
from koppeling_harness.emulator.messages import Reason, Refusal

_EVERYONE = "Iedereen"


def _resolve_user(change: Change) -> None:
    """Let the mutation code decide, whatever the verb says."""
    change.need("MtCd", "UsId")
    change.row = change.database.row("profit_user", "UsId = ?", change.values["UsId"])
    mode = str(change.values["MtCd"])
    if change.row is not None:
        change.action = "update"
    elif mode in ("1", "3"):
        change.action = "insert"
    else:
        raise change.does_not_exist(name="UsId")


def _prepare_user(change: Change) -> None:
    values, database = change.values, change.database
    mode = str(change.take("MtCd"))
    group, description = change.take("GrId"), change.take("GrDs")
    new_id = change.take("UsIdNew")
    user = values["UsId"]
    if mode in ("0", "2"):
        values["Bl"] = 1
        keep = _EVERYONE if mode == "0" else ""
        database.connection.execute(
            "DELETE FROM user_group WHERE UsId = ? AND GrId <> ?", (user, keep)
        )
    elif mode == "6":
        values["Bl"] = 0
    elif mode == "4":
        if not new_id:
            raise Refusal(Reason.MANDATORY, label=change.label("UsIdNew"))
        values["UsId"] = new_id
        database.connection.execute("UPDATE user_group SET UsId = ? WHERE UsId = ?", (new_id, user))
    elif mode in ("1", "3") and group:
        _join(change, str(group), str(description or group), create=mode == "3")


def _join(change: Change, group: str, description: str, *, create: bool) -> None:
    database = change.database
    if not database.has_code("user_group", group):
        if not create:
            raise change.does_not_exist(name="GrId")
        database.connection.execute(
            "INSERT INTO code(kind, id, ds) VALUES ('user_group', ?, ?)", (group, description)
        )
    database.connection.execute(
        "INSERT OR IGNORE INTO user_group(GrId, UsId) VALUES (?, ?)",
        (group, change.values["UsId"]),
    )


RULES = {
    "KnUser": Rules(
        table="profit_user",
        keys=("UsId",),
        mandatory=("UsId", "Nm"),
        references={"BcCo": "relation.BcCo"},
        resolve=_resolve_user,
        prepare=_prepare_user,
    ),
}
