"""Objects without rules of their own: stored as they come, named by the keys that AFAS lists.

What such an object asks is read from its specification, which over-states it: keys that Profit
gives out itself and yes/no fields are listed as required (source: AFAS, docs.afas.help/apidoc).
"""

import json
from collections.abc import Sequence

from koppeling_harness.emulator.change import Change, Rules, Values
from koppeling_harness.emulator.messages import Reason, Refusal
from koppeling_harness.emulator.specification import Field, ObjectType, UpdateConnector

RECORD = Rules(table="record")
"""The rules of every object that has none."""


NOT_FOUND = {
    "FiCommitment": Reason.COMMITMENT_NOT_FOUND,
    "FiReservation": Reason.RESERVATION_NOT_FOUND,
    "FiIVY": Reason.IV3_NOT_FOUND,
    "FiProcurationLines": Reason.PROCURATION_NOT_FOUND,
    **{f"KnCustomK{number:02d}": Reason.TABLE_NOT_FOUND for number in range(1, 11)},
}
"""What is said of a line that is not there (source: AFAS, endpoint notes of 3 March 2026)."""
NO_KEY = {f"KnCustomK{number:02d}": Reason.TABLE_NUMBER for number in range(1, 11)}
"""What is said of a line that is named by nothing (same source)."""


def keys_of(type_: ObjectType, connector: UpdateConnector) -> tuple[str, ...]:
    """Return the fields that name a line."""
    listed = type_.keys
    if type_ is connector.root:
        listed = listed or connector.delete_keys or connector.returns
    return tuple(type_.by_id[each.lower()].id for each in listed if each.lower() in type_.by_id)


def is_given_out(field: Field, type_: ObjectType, connector: UpdateConnector) -> bool:
    """Return whether Profit fills a field when it is left out: keys that it numbers or returns."""
    if type_ is connector.root and field.id in connector.returns:
        return True
    return field.id in keys_of(type_, connector) and field.type == "int" and not field.values


def is_mandatory(field: Field, type_: ObjectType, connector: UpdateConnector) -> bool:
    """Return whether an insert needs a field."""
    return (
        field.listed_required
        and field.type != "boolean"
        and not is_given_out(field, type_, connector)
    )


def link_of(change: Change) -> Values:
    """Return the columns that say what a record is and what it hangs under."""
    parent = change.parent
    above = f"{parent.type.name}:{(parent.row or {}).get('rowid', 0)}" if parent else ""
    return {"object": change.type.name, "parent": above}


def key_text(change: Change, keys: Sequence[str]) -> str:
    """Return the key of a line as text.

    Raises:
        Refusal: A part of it is missing.
    """
    for name in keys:
        if change.values.get(name) is None:
            if change.type.name in NO_KEY:
                raise Refusal(NO_KEY[change.type.name])
            raise Refusal(Reason.KEY_MISSING, field=name, object=change.type.name)
    return "|".join(str(change.values[name]) for name in keys)


def insert_record(change: Change, connector: UpdateConnector) -> None:
    """Add a line.

    Keys that Profit returns name one line. Others, known from a DELETE path or an example, may be a
    part of the real key only: AFAS's own examples insert several lines with the same.

    Raises:
        Refusal: A mandatory field is missing, or the key is taken.
    """
    values, database, type_ = change.values, change.database, change.type
    for field in type_.fields:
        if values.get(field.id) is not None:
            continue
        if is_mandatory(field, type_, connector):
            raise Refusal(Reason.MANDATORY, label=change.label(field.id))
        if is_given_out(field, type_, connector):
            number = database.next_number(f"{type_.name}.{field.id}", 1)
            values[field.id] = number if field.type == "int" else str(number)
    keys = [name for name in keys_of(type_, connector) if values.get(name) is not None]
    key = key_text(change, keys) or None
    link = link_of(change)
    where = "object = ? AND parent = ? AND key = ?"
    taken = key is not None and set(keys) <= set(connector.returns)
    if taken and database.row("record", where, *link.values(), key):
        raise Refusal(Reason.EXISTS, object=type_.name, key=key)
    rowid = database.insert("record", {**link, "key": key})
    database.connection.execute(
        "UPDATE record SET data = ? WHERE rid = ?", (json.dumps(values, ensure_ascii=False), rowid)
    )
    change.row = {**values, "rowid": rowid}
