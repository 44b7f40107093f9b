"""Dossier items, their destinations, attachments and reactions.

Source: AFAS, docs.afas.help/profit/nl/howto-workflow-acties and endpoint/knsubject-post.
"""

from koppeling_harness.emulator.change import Change, Rules
from koppeling_harness.emulator.messages import Reason, Refusal
from koppeling_harness.emulator.rules.attachments import store_stream

_CREATABLE_OF_AFAS = -5

_DESTINATIONS = {
    "ToBC": ("relation.BcCo", "3"),
    "ToEm": ("employee.EmId", "2"),
    "ToSR": ("sales_relation.DbId", "4"),
    "ToPR": ("purchase_relation.CrId", "11"),
}
"""Flag, what its id must exist in, and the number of the destination."""


def _prepare_subject(change: Change) -> None:
    values, database = change.values, change.database
    for name in ("MarkOpened", "FileTrans", "ProfileId"):
        values.pop(name, None)
    if change.action == "delete" and change.row:
        for table in ("subject_link", "subject_attachment", "reaction"):
            database.connection.execute(
                f"DELETE FROM {table} WHERE SbId = ?",  # noqa: S608
                (change.row["SbId"],),
            )
        database.events.append(("subject.deleted", change.row))
        return
    kind = values.get("StId")
    if kind is not None:
        if kind < 0 and kind != _CREATABLE_OF_AFAS:
            raise Refusal(Reason.SUBJECT_TYPE)
        if not database.has_code("subject_type", kind):
            raise change.does_not_exist(name="StId")
    if change.inserting:
        values.pop("SbId", None)
        values.setdefault("Da", f"{database.now[:10]}T00:00:00")
        values.setdefault("UsId", database.user)
        values.setdefault("St", 0)
    if values.get("St") and not change.current("DtSt"):
        values["DtSt"] = f"{database.now[:10]}T00:00:00"
    file_name = values.get("SbPa")
    stream = store_stream(change)
    if stream:
        change.element.fields["_file"] = (stream, file_name)


def _finish_subject(change: Change) -> None:
    row, database = change.row, change.database
    if row is None or change.action == "delete":
        return
    if change.inserting:
        row["SbId"] = row["rowid"]
    file = change.element.fields.pop("_file", None)
    if file:
        database.insert(
            "subject_attachment", {"SbId": row["SbId"], "FileId": file[0], "FileName": file[1]}
        )
    name = "subject.created" if change.inserting else "subject.updated"
    database.events.append((name, row))


def _resolve_link(change: Change) -> None:
    change.values.pop("SbId", None)
    change.values.pop("DoCRM", None)
    parent = change.parent
    if parent is not None and parent.row is not None and not parent.inserting:
        change.row = change.database.row("subject_link", "SbId = ?", parent.row["SbId"])
        change.action = "update" if change.row else "insert"


def _prepare_link(change: Change) -> None:
    values, database = change.values, change.database
    kinds = [number for flag, (_, number) in _DESTINATIONS.items() if values.get(flag)]
    if values.get("SfTp") is not None:
        kinds.append(str(values["SfTp"]))
    subject = change.parent.row if change.parent and change.parent.row else {}
    allowed = database.one(
        "SELECT more FROM code WHERE kind = 'subject_type' AND id = ?", str(subject.get("StId"))
    )
    if allowed and any(kind not in str(allowed).split(",") for kind in kinds):
        raise Refusal(Reason.DESTINATION)
    for flag, (target, number) in _DESTINATIONS.items():
        id_ = values.get("BcId") if values.get(flag) else None
        if values.get("SfTp") == number:
            id_ = values.get("SfId") or id_
        table, _, column = target.partition(".")
        sql = f"SELECT 1 FROM {table} WHERE {column} = ?"  # noqa: S608
        if id_ is not None and database.one(sql, id_) is None:
            raise change.does_not_exist(name="BcId" if values.get(flag) else "SfId")


def _prepare_attachment(change: Change) -> None:
    if change.inserting and not store_stream(change):
        raise Refusal(Reason.MANDATORY, label=change.label("FileStream"))


def _prepare_reaction(change: Change) -> None:
    if change.inserting:
        change.values.pop("Id", None)


def _finish_reaction(change: Change) -> None:
    if change.row is not None:
        name = "deleted" if change.action == "delete" else "created"
        change.database.events.append((f"subject.reaction.{name}", change.row))


RULES = {
    "KnSubject": Rules(
        table="subject",
        keys=("SbId",),
        mandatory=("StId", "Ds"),
        references={"EmId": "employee.EmId"},
        row_id="SbId",
        prepare=_prepare_subject,
        finish=_finish_subject,
    ),
    "KnSubjectLink": Rules(
        table="subject_link",
        link={"SbId": "SbId"},
        references={"PjId": "project.PrId"},
        single=True,
        resolve=_resolve_link,
        prepare=_prepare_link,
    ),
    "KnSubjectAttachment": Rules(
        table="subject_attachment",
        keys=("FileId",),
        link={"SbId": "SbId"},
        mandatory=("FileName",),
        prepare=_prepare_attachment,
    ),
    "KnReaction": Rules(
        table="reaction",
        keys=("Id",),
        mandatory=("SbId", "SbTx", "VaRe"),
        references={"SbId": "subject.SbId", "RTId": "reaction.Id"},
        row_id="Id",
        prepare=_prepare_reaction,
        finish=_finish_reaction,
    ),
    "KnReactionAttachment": Rules(
        table="reaction_attachment",
        keys=("FileId",),
        link={"Id": "Id"},
        mandatory=("FileName",),
        prepare=_prepare_attachment,
    ),
}
