"""Use of the API by an integration: declared in its manifest, and seen in its traffic."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import field
from typing import Any

from koppeling_harness.model.change import Side
from koppeling_harness.model.exchange import Exchange, Sender
from koppeling_harness.model.manifest import GetConnectorUse, Manifest
from koppeling_harness.model.operation import ENDPOINTS
from koppeling_harness.traffic.checks.call import Call
from koppeling_harness.value import dataclass

Path_ = tuple[str, ...]
"""Parts of a path."""

_Key = tuple[Side, str]
"""Side and connector, in lower case. Ids differ by more than case: AFAS compares them so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What is used of one connector.

    Attributes:
        fields: In lower case, those of sub-objects as `knsubjectlink.toem`.
        objects: The objects that these stand in; the root is the empty text.
        values: What was sent in a field, or asked by a filter on it.
        calls: Method and path of each call, keys left out of it; empty when that is not told.
    """

    fields: frozenset[str] = frozenset()
    objects: frozenset[str] = frozenset()
    values: Mapping[str, frozenset[str]] = field(default_factory=dict)
    calls: frozenset[tuple[str, Path_]] = frozenset()

    def was_called(self, methods: Collection[str], path: Path_) -> bool:
        """Return whether a call went by one of some methods to a path, or below it.

        Args:
            methods: All when empty.
            path: As `path_of` gives it; any when empty.
        """
        return any(
            (not methods or method in methods) and called[: len(path)] == path
            for method, called in self.calls
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What one integration uses.

    Attributes:
        integration: Its id.
        declared: By connector, own copies of a GetConnector also under the supplied one's id.
        observed: The same, of its last recorded run; None when there is none.
        is_whole: Whether that run was about all that is asked of it, so that what was not seen in
            it is not done.
        partner: Who makes it; empty when not known.
        contact: Whom to write to there; empty when not known.
    """

    integration: str
    declared: Mapping[_Key, Use]
    observed: Mapping[_Key, Use] | None = None
    is_whole: bool = False
    partner: str = ""
    contact: str = ""


def declared_use(manifest: Manifest) -> dict[_Key, Use]:
    """Return what a manifest declares."""
    found: dict[_Key, Use] = {}
    for get in manifest.get_connectors:
        named = (*get.fields, *_modified(get.modified_field))
        _join(found, (Side.READS, get.id.lower()), frozenset(each.lower() for each in named))
        if get.copy_of:
            supplied = frozenset(_supplied_name(get, each).lower() for each in named)
            _join(found, (Side.READS, get.copy_of.lower()), supplied)
    for update in manifest.update_connectors:
        fields = frozenset(each.lower() for each in update.fields)
        _join(found, (Side.WRITES, update.id.lower()), fields)
    for name, call in ENDPOINTS.items():
        if call in manifest.calls:
            _join(found, (Side.READS, f"/{name}"), frozenset())
    return found


def observed_use(exchanges: Iterable[Exchange], manifest: Manifest) -> dict[_Key, Use]:
    """Return what an integration was seen to use.

    Args:
        exchanges: Recorded ones; what the harness itself sent is passed by.
        manifest: Tells which supplied GetConnector an own one is a copy of.
    """
    copies = {each.id.lower(): each.copy_of for each in manifest.get_connectors}
    seen: dict[_Key, _Seen] = {}
    for exchange in exchanges:
        if exchange.sender is not Sender.INTEGRATION:
            continue
        call = Call(exchange)
        if call.connector is None:
            path = "/" + exchange.path.strip("/").split("/")[0].lower()
            called = (exchange.method, path_of(exchange.path))
            seen.setdefault((Side.READS, path), _Seen()).calls.add(called)
            continue
        side = Side.READS if call.is_read else Side.WRITES
        for name in _names(call.connector, copies.get(call.connector) if call.is_read else None):
            seen.setdefault((side, name), _Seen()).add(call)
    return {key: each.use() for key, each in seen.items()}


class _Seen:
    """What is gathered of one connector."""

    def __init__(self) -> None:
        self.calls: set[tuple[str, Path_]] = set()
        self._fields: set[str] = set()
        self._values: dict[str, set[str]] = {}

    def add(self, call: Call) -> None:
        self.calls.add((call.exchange.method, path_of(call.exchange.path)))
        self._fields.update(each.lower() for each in call.every_field)
        for name, value in call.sent_fields:
            self._values.setdefault(name.lower(), set()).add(_code(value))
        for name, value, _ in call.filters:
            self._values.setdefault(name.lower(), set()).add(value)

    def use(self) -> Use:
        return Use(
            fields=frozenset(self._fields),
            objects=_objects(self._fields),
            values={name: frozenset(found) for name, found in self._values.items()},
            calls=frozenset(self.calls),
        )


def path_of(path: str) -> Path_:
    """Return the parts of a path in lower case, values of keys left out.

    `/connectors/KnX/KnX/@Id/7` and `KnX/KnX/@Id/{Id}` of a change table are the same path.
    """
    parts = [each for each in path.partition("?")[0].lower().split("/") if each]
    if parts[:1] == ["connectors"]:
        del parts[0]
    return tuple(
        "{}" if each.startswith("{") or before.startswith("@") else each
        for before, each in zip(("", *parts), parts, strict=False)
    )


def _join(found: dict[_Key, Use], key: _Key, fields: frozenset[str]) -> None:
    """Add fields; several own copies may be made of one supplied GetConnector."""
    known = found.get(key, Use())
    both = known.fields | fields
    found[key] = Use(fields=both, objects=_objects(both))


def _objects(fields: Iterable[str]) -> frozenset[str]:
    found = {""}
    for each in fields:
        parts = each.split(".")[:-1]
        found.update(".".join(parts[:end]) for end in range(1, len(parts) + 1))
    return frozenset(found)


def _names(id_: str, copy_of: str | None) -> tuple[str, ...]:
    return (id_.lower(), copy_of.lower()) if copy_of else (id_.lower(),)


def _supplied_name(get: GetConnectorUse, name: str) -> str:
    """Return how the supplied GetConnector calls a field that a definition gave another name."""
    renamed = get.own.renamed if get.own is not None else ()
    return next((each.field for each in renamed if each.id == name), name)


def _modified(name: str | None) -> tuple[str, ...]:
    return (name,) if name else ()


def _code(value: Any) -> str:
    """Return a value as code tables write it: Profit takes `1`, `"1"` and `true` alike."""
    if isinstance(value, bool):
        return "1" if value else "0"
    return "" if value is None else str(value)
