"""Impact of changes: the integrations that each touches.

A change touches an integration that uses what changed: the field, the connector as a whole, or an
object into which a field must be sent from now on. What is merely added beside it does not. Where a
whole run was recorded, what it did not call by that method, or at that path, is not used.

A row of a change table that was not understood may be about anything: it touches whoever uses the
connector that it names, and everybody when it names none that there is.
"""

import re
from collections.abc import Container, Iterable, Sequence

from koppeling_harness.model.change import (
    Breaking,
    Change,
    ChangeKind,
    ChangeList,
    NotUnderstood,
    Side,
)
from koppeling_harness.model.impact import Impact, Touch, Touched, TouchedBy
from koppeling_harness.rules.changes import HEAVIEST_FIRST, effect, impact_class
from koppeling_harness.watch.usage import Usage, Use, path_of

_Key = tuple[Side, str]
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]+")

_WHOLE = frozenset(
    {
        ChangeKind.CONNECTOR_ADDED,
        ChangeKind.CONNECTOR_REMOVED,
        ChangeKind.ENDPOINT_ADDED,
        ChangeKind.ENDPOINT_REMOVED,
        ChangeKind.SCHEMA_REMOVED,
    }
)
"""Kinds that are about the connector as a whole."""
_ENDPOINT = frozenset({ChangeKind.ENDPOINT_ADDED, ChangeKind.ENDPOINT_REMOVED})
_OF_ITS_OBJECT = frozenset({ChangeKind.REQUIRED_FIELD_ADDED, ChangeKind.BECAME_REQUIRED})
"""Kinds that are about whoever sends the object, with the field or without it."""
_OF_A_VALUE = frozenset({ChangeKind.ENUM_VALUE_ADDED, ChangeKind.ENUM_VALUE_REMOVED})


class ChangeIndex:
    """Changes by connector, so that each integration asks only after its own.

    Args:
        found: The changes, and the rows that were not understood.
        known: Names of connectors and other endpoints that there are, in lower case. A row that was
            not understood and names none of them may be about any: it touches everybody.
    """

    def __init__(self, found: ChangeList, known: Container[str] = frozenset()) -> None:
        self._by_connector: dict[_Key, list[Change]] = {}
        for each in found.changes:
            key = (each.side, _first_part(each.connector))
            self._by_connector.setdefault(key, []).append(each)
        told = {name.lstrip("/") for _, name in self._by_connector}
        self._there_is = known
        self._misspelt: dict[str, list[Change]] = {}
        self._rows = [
            (each, _names_in(each), _names_in(each) | _all_names(each.row))
            for each in found.not_understood
        ]
        self._known = {
            name for _, names, _ in self._rows for name in names if name in known or name in told
        }

    def impact(self, usage: Usage) -> Impact:
        """Return the changes that touch an integration, the heaviest first."""
        observed = usage.observed or {}
        keys = dict.fromkeys((*usage.declared, *observed))
        found = [
            touch
            for key in keys
            for change in self._by_connector.get(key, ())
            if (touch := _touch(change, key, usage))
        ]
        for name in dict.fromkeys(name.lstrip("/") for _, name in keys):
            found += (_maybe(each, name, usage) for each in self._misspelt.get(name, ()))
        found += (touch for row in self._rows if (touch := self._of_row(*row, usage)))
        found.sort(key=lambda each: (HEAVIEST_FIRST.index(each.breaking), each.connector.lower()))
        return Impact(
            integration=usage.integration,
            class_=impact_class(frozenset(each.breaking for each in found)),
            changes=tuple(found),
            recorded=usage.observed is not None,
            partner=usage.partner,
            contact=usage.contact,
        )

    def know(self, usages: Iterable[Usage]) -> None:
        """Take note of what integrations use: a row that names it is about that."""
        used = {
            name.lstrip("/")
            for each in usages
            for _, name in (*each.declared, *(each.observed or {}))
        }
        self._known |= {name for _, names, _ in self._rows for name in names if name in used}
        for (_, name), changes in self._by_connector.items():
            # of a table alone: a snapshot is not typed
            may_break = [e for e in changes if e.places and e.breaking is not Breaking.COMPATIBLE]
            if may_break and name not in used and name not in self._there_is:
                for each in used:
                    if _is_one_letter_apart(name, each):
                        self._misspelt.setdefault(each, []).extend(may_break)

    def _of_row(
        self, row: NotUnderstood, names: frozenset[str], anywhere: frozenset[str], usage: Usage
    ) -> Touch | None:
        """Return what a row that was not understood may be to an integration.

        Its cells may stand in columns of others, so a name counts wherever it stands; whether it
        names any connector at all, the column of connectors says alone.
        """
        declared = _is_named(anywhere, usage.declared)
        observed = _is_named(anywhere, usage.observed or {})
        if not declared and not observed and not names.isdisjoint(self._known):
            return None
        breaking, _ = effect(ChangeKind.NOT_UNDERSTOOD, Side.WRITES)
        return Touch(
            connector=row.connector,
            path="",
            kind=ChangeKind.NOT_UNDERSTOOD,
            breaking=breaking,
            declared=declared,
            observed=observed,
            after=row.description or row.row,
        )


def impacts(
    found: ChangeList, usages: Sequence[Usage], *, known: Container[str] = frozenset()
) -> tuple[Impact, ...]:
    """Return what changes do to each integration, in the order of `usages`.

    Args:
        found: The changes, and the rows that were not understood.
        usages: What each integration uses.
        known: Names of connectors and other endpoints that there are, in lower case.
    """
    index = ChangeIndex(found, known)
    index.know(usages)
    return tuple(index.impact(each) for each in usages)


def by_change(impacts: Iterable[Impact]) -> tuple[TouchedBy, ...]:
    """Return the other way round which change touches whom: the heaviest and most touching first.

    Args:
        impacts: What the changes do to each integration.
    """
    found: dict[tuple[object, ...], tuple[Touch, list[Touched]]] = {}
    for impact in impacts:
        who = Touched(
            integration=impact.integration, partner=impact.partner, contact=impact.contact
        )
        for each in impact.changes:
            key = (each.connector, each.path, each.kind, each.breaking, each.before, each.after)
            found.setdefault(key, (each, []))[1].append(who)
    many = [
        TouchedBy(
            connector=each.connector,
            path=each.path,
            kind=each.kind,
            breaking=each.breaking,
            before=each.before,
            after=each.after,
            integrations=tuple(dict.fromkeys(whom)),
        )
        for each, whom in found.values()
    ]
    many.sort(key=lambda each: (HEAVIEST_FIRST.index(each.breaking), -len(each.integrations)))
    return tuple(many)


def _is_named(names: frozenset[str], used: Iterable[_Key]) -> bool:
    return any(name.lstrip("/") in names for _, name in used)


def _is_one_letter_apart(one: str, other: str) -> bool:
    """Return whether one letter more, less, another or elsewhere makes one of the other."""
    if abs(len(one) - len(other)) > 1 or one == other:
        return False
    start = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    if start is None:
        return True
    a, b = one[start:], other[start:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])


def _maybe(change: Change, name: str, usage: Usage) -> Touch:
    """Return what a change of a connector that nobody knows may be to who uses one almost so."""
    breaking, _ = effect(ChangeKind.NOT_UNDERSTOOD, Side.WRITES)
    return Touch(
        connector=change.connector,
        path=change.path,
        kind=ChangeKind.NOT_UNDERSTOOD,
        breaking=breaking,
        declared=any(each.lstrip("/") == name for _, each in usage.declared),
        observed=any(each.lstrip("/") == name for _, each in usage.observed or {}),
        before=change.before,
        after=f"{change.kind.value}: {change.connector}? it is almost {name}",
    )


def _names_in(row: NotUnderstood) -> frozenset[str]:
    """Return what may be the name of a connector in the column of connectors, in lower case."""
    return _all_names(row.connector)


def _all_names(text: str) -> frozenset[str]:
    return frozenset(each.lower() for each in _NAME.findall(text))


def _touch(change: Change, key: _Key, usage: Usage) -> Touch | None:
    declared, observed = usage.declared.get(key), (usage.observed or {}).get(key)
    is_declared = declared is not None and _touches(change, declared)
    is_observed = observed is not None and _touches(change, observed) and _saw(change, observed)
    if usage.is_whole and observed is not None and not _was_called(change, observed):
        is_declared = False  # it calls the connector, and not like this
    if not is_declared and not is_observed:
        return None
    return Touch(
        connector=change.connector,
        path=change.path,
        kind=change.kind,
        breaking=change.breaking,
        declared=is_declared,
        observed=is_observed,
        before=change.before,
        after=change.after,
    )


def _touches(change: Change, use: Use) -> bool:
    path = change.path.lower()
    if change.kind in _WHOLE:
        return True
    if change.kind in _OF_ITS_OBJECT:
        return _is_among(path.rpartition(".")[0], use.objects, parts=1)
    if change.kind is ChangeKind.OBJECT_REMOVED:
        return _is_among(path, use.objects, parts=1)
    return _is_among(path, use.fields, parts=2)


def _is_among(path: str, used: frozenset[str], *, parts: int) -> bool:
    """Return whether a path is used, in full or, as manifests may say it, by its last parts."""
    return path in used or ".".join(path.split(".")[-parts:]) in used


def _saw(change: Change, observed: Use) -> bool:
    """Return whether the traffic showed it: the call that went, or the value that went."""
    if change.kind in _OF_A_VALUE:
        value = change.before or change.after
        return value in observed.values.get(change.path.lower(), ())
    return _was_called(change, observed)


def _was_called(change: Change, observed: Use) -> bool:
    """Return whether a call went by a method, and where, that a change is about."""
    if not observed.calls:
        return True
    path = path_of(change.before or change.after) if change.kind in _ENDPOINT else ()
    return observed.was_called(change.operations, path)


def _first_part(connector: str) -> str:
    """Return a connector's id, or the first part of another endpoint's path, in lower case."""
    if not connector.startswith("/"):
        return connector.lower()
    return "/" + connector.strip("/").split("/")[0].lower()
