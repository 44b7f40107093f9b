"""Carrying out the body of an UpdateConnector, as one transaction.

Source: AFAS, docs.afas.help/profit/en/update-connector.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from koppeling_harness.emulator.body import Element
from koppeling_harness.emulator.change import Change, Database, Rules, Values
from koppeling_harness.emulator.letters import fold
from koppeling_harness.emulator.messages import Reason, Refusal
from koppeling_harness.emulator.records import (
    NOT_FOUND,
    RECORD,
    insert_record,
    key_text,
    keys_of,
    link_of,
)
from koppeling_harness.emulator.rules import RULES
from koppeling_harness.emulator.specification import Field, ObjectType, UpdateConnector
from koppeling_harness.emulator.spelling import spell
from koppeling_harness.emulator.values import label_of, mismatch, stored

_LANGUAGE = "LgId"
_HR = ("kn", "hr", "afas")


class UpdateExecutor:
    """Carries out UpdateConnectors in one environment.

    Args:
        settings: The environment's switches.
        custom_fields: The environment's own fields by object, both in lower case.
    """

    def __init__(
        self,
        settings: Mapping[str, str],
        custom_fields: Mapping[str, Mapping[str, Field]] | None = None,
    ) -> None:
        self._settings = settings
        self._earliest = settings["earliest_date"]
        self.custom_fields = {name: dict(each) for name, each in (custom_fields or {}).items()}
        """The environment's own fields by object and id, both in lower case."""

    def run(
        self,
        database: Database,
        connector: UpdateConnector,
        elements: Sequence[Element],
        *,
        action: str,
        sub_action: str | None = None,
    ) -> list[Change]:
        """Carry out all elements, or none of them.

        Args:
            database: The environment's tables.
            connector: What is called.
            elements: Its root elements.
            action: What the verb says: insert, update, delete.
            sub_action: What it says of sub-objects, when that is something else.

        Returns:
            What was done with each root element.

        Raises:
            Refusal: One of them cannot be; nothing was changed.
        """
        rules = rules_of(connector.root)
        connection = database.connection
        connection.execute("BEGIN IMMEDIATE")
        try:
            changes = [
                self._apply(
                    database, connector, connector.root, rules, each, action, sub_action, None
                )
                for each in elements
            ]
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")
        return changes

    def _apply(
        self,
        database: Database,
        connector: UpdateConnector,
        type_: ObjectType,
        rules: Rules,
        element: Element,
        action: str,
        sub_action: str | None,
        parent: Change | None,
    ) -> Change:
        change = Change(
            database=database,
            type=type_,
            table=rules.table,
            element=element,
            action=element.action or action,
            values=self._values(type_, rules, element),
            parent=parent,
        )
        spell(change, rules)
        if rules.resolve:
            rules.resolve(change)
        if not rules.table:
            change.row = {}
        elif not change.inserting and change.row is None:
            change.row = self._find(change, rules, connector)
        down = sub_action or change.action
        first = [one for one in element.objects if one[0] in rules.first]
        for name, elements in first:
            self._children(database, connector, change, name, elements, down)
        if rules.table:
            self._write(change, rules, connector)
        for name, elements in element.objects:
            if name not in rules.first and (rules.table or change.inserting):
                self._children(database, connector, change, name, elements, down)
        if rules.finish:
            rules.finish(change)
        return change

    def _children(
        self,
        database: Database,
        connector: UpdateConnector,
        parent: Change,
        name: str,
        elements: Sequence[Element],
        action: str,
    ) -> None:
        type_ = parent.type.children.get(name.lower())
        if type_ is None:
            raise Refusal(Reason.UNKNOWN_OBJECT, object=name, parent=parent.type.name)
        rules = rules_of(type_)
        if parent.table == RECORD.table and _is_elsewhere(type_, rules):
            rules = RECORD
        if rules.single and len(elements) > 1:
            raise Refusal(Reason.SINGLE_ONLY, object=name)
        for each in elements:
            parent.inner[type_.name] = self._apply(
                database, connector, type_, rules, each, action, None, parent
            )

    def _values(self, type_: ObjectType, rules: Rules, element: Element) -> Values:
        values: Values = {}
        known = type_.by_id
        custom = self.custom_fields.get(type_.name.lower()) if self.custom_fields else None
        for name, value in element.fields.items():
            lower = name.lower()
            field = known.get(lower)
            if field is None and custom:
                field = custom.get(lower)
            if field is None:
                if name in type_.keys or name in rules.keys or name in rules.link:
                    values[name] = None if value in ("", None) else str(value)
                elif self._settings["unknown_field"] == "error":
                    raise Refusal(Reason.UNKNOWN_FIELD, field=name, object=type_.name)
                continue
            if field.id == _LANGUAGE:
                field = replace(field, length=length_of(field, self._settings))
            found = stored(field, value)
            if field.type == "date" and found is not None and found[:4] < self._earliest:
                raise mismatch(field, value)
            if field.values and found is not None and field.id not in rules.open_codes:
                found = _listed_code(field, found)
            values[field.id] = found
        return values

    def _find(self, change: Change, rules: Rules, connector: UpdateConnector) -> Values:
        """Return the row that an update or deletion is about.

        Raises:
            Refusal: Its key is missing, or there is no such row.
        """
        where: list[str] = []
        parameters: list[Any] = []
        for own, theirs in _link(change, rules).items():
            where.append(f'"{own}" = ?')
            parameters.append(theirs)
        keys = rules.keys
        if rules.table == "record":
            keys = keys_of(change.type, connector)
            key, values = _record_key(change, keys)
            where.append(key)
            parameters += values
        else:
            named = [name for name in keys if change.values.get(name) is not None]
            missing = [name for name in keys if name not in named]
            if missing and not rules.single and not _is_documented(change, named, connector):
                return self._without_key(change, missing[0])
            where += [f'"{name}" = ?' for name in named]
            parameters += [change.values[name] for name in named]
        found = change.database.row(rules.table, " AND ".join(where) or "0", *parameters)
        if found is not None and _is_contradicted(change, found, connector):
            found = None
        if found is None:
            if rules.single:
                change.action = "insert"
                return {}
            sent = [change.values[each] for each in keys if change.values.get(each) is not None]
            key = ",".join(map(str, sent))
            reason = NOT_FOUND.get(change.type.name, Reason.NOT_FOUND)
            raise Refusal(reason, object=change.type.name, key=key)
        return found

    def _without_key(self, change: Change, missing: str) -> Values:
        insertable = change.parent is not None and change.action == "update"
        if insertable and self._settings["put_without_key"] == "insert":
            change.action = "insert"
            return {}
        if missing.lower() not in change.type.by_id:
            # Its key cannot be sent: it was looked for by what was.
            sent = ",".join(str(each) for each in change.values.values() if each is not None)
            raise Refusal(Reason.NOT_FOUND, object=change.type.name, key=sent[:60])
        raise Refusal(Reason.KEY_MISSING, field=missing, object=change.type.name)

    def _write(self, change: Change, rules: Rules, connector: UpdateConnector) -> None:
        database = change.database
        if rules.prepare:
            rules.prepare(change)
        if change.action == "delete":
            if change.row is None:
                raise Refusal(Reason.NOT_ALLOWED, object=change.type.name)
            database.delete(rules.table, change.row["rowid"])
            return
        if change.inserting:
            self._insert(change, rules, connector)
            return
        self._rewrite(change, rules, connector)

    def _rewrite(self, change: Change, rules: Rules, connector: UpdateConnector) -> None:
        row, database = change.row, change.database
        if row is None:
            raise Refusal(Reason.NOT_ALLOWED, object=change.type.name)
        _check_references(change, rules)
        if self._is_unchanged(change, row):
            raise Refusal(Reason.UNCHANGED)
        for name in rules.mandatory:
            if name in change.values and change.values[name] is None:
                raise Refusal(Reason.MANDATORY, label=change.label(name))
        keys = keys_of(change.type, connector) if rules.table == RECORD.table else rules.keys
        for name in keys:
            change.values.pop(name, None)  # finds the line, and stays as it is spelled
        change.values |= change.renamed
        if change.values or not rules.single:
            try:
                database.update(rules.table, row["rowid"], change.values)
            except sqlite3.IntegrityError:
                raise _exists(change, rules) from None
            change.row = row | change.values

    def _insert(self, change: Change, rules: Rules, connector: UpdateConnector) -> None:
        values = change.values
        for name, value in rules.defaults.items():
            if values.get(name) is None:
                values[name] = value
        values.update(_link(change, rules))
        if rules.table == "record":
            insert_record(change, connector)
            return
        for name in rules.mandatory:
            if values.get(name) is None:
                raise Refusal(Reason.MANDATORY, label=change.label(name))
        _check_references(change, rules)
        written = {name: value for name, value in values.items() if value is not None}
        try:
            rowid = change.database.insert(rules.table, written)
        except sqlite3.IntegrityError:
            raise _exists(change, rules) from None
        change.row = {**values, "rowid": rowid}
        if rules.row_id:
            change.row[rules.row_id] = rowid

    def _is_unchanged(self, change: Change, row: Values) -> bool:
        return (
            self._settings["unchanged_put"] == "error"
            and change.parent is None
            and change.type.name.lower().startswith(_HR)
            and not change.element.objects
            and all(row.get(name) == value for name, value in change.values.items())
        )


def _exists(change: Change, rules: Rules) -> Refusal:
    """Return the refusal of a line of which the key is taken."""
    names = (*rules.link, *(name for name in rules.keys if name not in rules.link))
    key = ",".join(str(change.values[name]) for name in names if change.values.get(name))
    reason = Reason.EXISTS if key else Reason.EXISTS_UNNAMED
    return Refusal(reason, object=change.type.name, key=key)


def _record_key(change: Change, keys: Sequence[str]) -> tuple[str, list[Any]]:
    """Return what finds a line without rules by its key, or by the parts of it that were sent.

    Raises:
        Refusal: No part of it was sent.
    """
    named = [name for name in keys if change.values.get(name) is not None]
    if not named or len(named) == len(keys):
        return "key = ?", [key_text(change, keys)]
    parts = " AND ".join(["json_extract(data, ?) = ?"] * len(named))
    return parts, [each for name in named for each in (f'$."{name}"', change.values[name])]


def _is_elsewhere(type_: ObjectType, rules: Rules) -> bool:
    """Return whether an object below one without rules is not the one that its rules know.

    They need what it hangs under, or parts that the object of that name has elsewhere.
    """
    parts = {each.lower() for each in rules.first}
    return bool(rules.link) or not parts <= set(type_.children)


def _is_contradicted(change: Change, found: Values, connector: UpdateConnector) -> bool:
    """Return whether a DELETE path names a further key that the line does not have."""
    if change.action != "delete" or change.parent is not None:
        return False
    sent = {name: change.values.get(name) for name in connector.delete_keys if name in found}
    return any(
        value is not None and str(value).casefold() != str(found[name]).casefold()
        for name, value in sent.items()
    )


def _is_documented(change: Change, named: list[str], connector: UpdateConnector) -> bool:
    """Return whether these keys are those of the documented DELETE path, incomplete as some are."""
    deletes_root = change.action == "delete" and change.parent is None
    return deletes_root and bool(named) and set(connector.delete_keys) <= set(named)


def rules_of(type_: ObjectType) -> Rules:
    """Return the rules of an object; those without rules of their own are kept as they come."""
    return RULES.get(type_.name, RECORD)


def length_of(field: Field, settings: Mapping[str, str]) -> int:
    """Return the most characters of a field in the release that is served; 0 when unlimited."""
    return int(settings["language_code_length"]) if field.id == _LANGUAGE else field.length


def _link(change: Change, rules: Rules) -> Values:
    parent = change.parent
    if rules.table == "record":
        return link_of(change)
    if parent is None or parent.row is None:
        return {}
    return {own: parent.row.get(theirs) for own, theirs in rules.link.items()}


def _listed_code(field: Field, found: Any) -> Any:
    """Return a code as its list spells it.

    Raises:
        Refusal: It is not in the list.
    """
    written = str(found)
    for code, _ in field.values:
        if code == written:
            return found
    if not isinstance(found, str):
        raise Refusal(Reason.DOES_NOT_EXIST, label=label_of(field))
    text = fold(found)
    spelled = next((code for code, _ in field.values if fold(code) == text), None)
    if spelled is None:
        raise Refusal(Reason.DOES_NOT_EXIST, label=label_of(field))
    return spelled


def _check_references(change: Change, rules: Rules) -> None:
    """Refuse what refers to nothing, and let the rest be spelled as what it refers to.

    Raises:
        Refusal: A value refers to nothing.
    """
    for name, target in rules.references.items():
        value = change.values.get(name)
        if value is None:
            continue
        found = change.database.referred(target, value)
        if found is None:
            raise change.does_not_exist(name)
        if isinstance(value, str):
            change.values[name] = found
