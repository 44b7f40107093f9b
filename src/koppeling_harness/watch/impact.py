"""Impact of changes: the integrations that each touches.

A change touches an integration that uses what changed: the field, the connector as a whole, or an
object into which a field must be sent from now on. What is merely added beside it does not.
"""

from collections.abc import Iterable, Sequence

from koppeling_harness.model.change import Change, ChangeKind, Side
from koppeling_harness.model.impact import Impact, Touch
from koppeling_harness.rules.changes import HEAVIEST_FIRST, impact_class
from koppeling_harness.watch.usage import Usage, Use

_Key = tuple[Side, str]

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
_OF_ITS_OBJECT = frozenset({ChangeKind.REQUIRED_FIELD_ADDED, ChangeKind.BECAME_REQUIRED})
"""Kinds that are about whoever sends the object, with the field or without it."""
_OF_A_VALUE = frozenset({ChangeKind.ENUM_VALUE_ADDED, ChangeKind.ENUM_VALUE_REMOVED})


class ChangeIndex:
    """Changes by connector, so that each integration asks only after its own."""

    def __init__(self, changes: Iterable[Change]) -> None:
        self._by_connector: dict[_Key, list[Change]] = {}
        for each in changes:
            key = (each.side, _first_part(each.connector))
            self._by_connector.setdefault(key, []).append(each)

    def impact(self, usage: Usage) -> Impact:
        """Return the changes that touch an integration, the heaviest first."""
        observed = usage.observed or {}
        keys = dict.fromkeys((*usage.declared, *observed))
        found = [
            touch
            for key in keys
            for change in self._by_connector.get(key, ())
            if (touch := _touch(change, usage.declared.get(key), observed.get(key)))
        ]
        found.sort(key=lambda each: (HEAVIEST_FIRST.index(each.breaking), each.connector.lower()))
        return Impact(
            integration=usage.integration,
            class_=impact_class(frozenset(each.breaking for each in found)),
            changes=tuple(found),
            recorded=usage.observed is not None,
        )


def impacts(changes: Sequence[Change], usages: Iterable[Usage]) -> tuple[Impact, ...]:
    """Return what changes do to each integration, in the order of `usages`."""
    index = ChangeIndex(changes)
    return tuple(index.impact(each) for each in usages)


def _touch(change: Change, declared: Use | None, observed: Use | None) -> Touch | None:
    is_declared = declared is not None and _touches(change, declared)
    is_observed = observed is not None and _touches(change, observed) and _saw(change, observed)
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
    """Return whether the traffic showed it: the method that went, or the value that went."""
    if change.kind is ChangeKind.ENDPOINT_REMOVED and change.operations:
        return not observed.methods.isdisjoint(change.operations)
    if change.kind in _OF_A_VALUE:
        value = change.before or change.after
        return value in observed.values.get(change.path.lower(), ())
    return True


def _first_part(connector: str) -> str:
    """Return a connector's id, or the first part of another endpoint's path, in lower case."""
    if not connector.startswith("/"):
        return connector.lower()
    return "/" + connector.strip("/").split("/")[0].lower()
