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
    if change.row is not None:
        change.values["UsId"] = change.row["UsId"]
    mode = str(change.values["MtCd"])
    if change.row is not None:
        change.action = "update"
    elif mode in ("1", "3"):
        change.action = "insert"
    else:
        raise change.does_not_exist(name="UsId")


def _prepare_user(change: Change) -> None:
    mode = str(change.take("MtCd"))
    group, description = change.take("GrId"), change.take("GrDs")
    new_id = change.take("UsIdNew")
    _check_person(change)
    _check_sites(change)
    if not change.inserting and change.database.settings["user_name"] == "kept":
        change.take("Nm")
    if mode in ("0", "2"):
        _leave(change, keep=_EVERYONE if mode == "0" else "")
    elif mode == "6":
        change.values["Bl"] = 0
    elif mode == "4":
        _rename(change, new_id)
    elif mode in ("1", "3") and group:
        _join(change, str(group), str(description or group), create=mode == "3")


def _check_person(change: Change) -> None:
    """Refuse a number that is not a person's."""
    number = change.values.get("BcCo")
    sql = "SELECT 1 FROM relation WHERE BcCo = ? AND kind = 'P'"
    if number is not None and change.database.one(sql, number) is None:
        raise change.does_not_exist(name="BcCo")


def _check_sites(change: Change) -> None:
    """Refuse Profit Windows without InSite, and OutSite without an address.

    Source: github.com/Tools4everBV, HelloID-Conn-Prov-Target-AFAS-Profit-Users (README).
    """
    if change.database.settings["user_sites"] == "free":
        return
    sent = change.values
    if {"Awin", "InSi"} & set(sent) and change.current("Awin") and not change.current("InSi"):
        raise Refusal(Reason.USER_NEEDS, label=change.label("Awin"), other=change.label("InSi"))
    if {"Site", "EmAd"} & set(sent) and change.current("Site") and not change.current("EmAd"):
        raise Refusal(Reason.USER_NEEDS, label=change.label("Site"), other=change.label("EmAd"))


def _leave(change: Change, *, keep: str) -> None:
    change.values["Bl"] = 1
    change.database.connection.execute(
        "DELETE FROM user_group WHERE UsId = ? AND GrId <> ?", (change.values["UsId"], keep)
    )


def _rename(change: Change, new_id: object) -> None:
    database, old = change.database, change.values["UsId"]
    if not new_id:
        raise Refusal(Reason.MANDATORY, label=change.label("UsIdNew"))
    other = database.row("profit_user", "UsId = ?", new_id)
    if other is not None and change.row is not None and other["rowid"] != change.row["rowid"]:
        raise Refusal(Reason.EXISTS, object="KnUser", key=other["UsId"])
    change.renamed["UsId"] = new_id
    database.connection.execute("UPDATE user_group SET UsId = ? WHERE UsId = ?", (new_id, old))


def _join(change: Change, group: str, description: str, *, create: bool) -> None:
    database = change.database
    group = database.code("user_group", group) or group
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
        resolve=_resolve_user,
        prepare=_prepare_user,
    ),
}
