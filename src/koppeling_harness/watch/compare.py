"""Two releases compared: every difference that an integration could notice."""

from collections.abc import Iterator, Mapping, Sequence

from koppeling_harness.model.change import Change, ChangeKind, ChangeList, Side
from koppeling_harness.model.shape import Text
from koppeling_harness.rules.changes import (
    HEAVIEST_FIRST,
    NOT_LISTED,
    OTHER_LISTS,
    effect,
    soften,
)
from koppeling_harness.value import dataclass
from koppeling_harness.watch.interface import ANY, Connector, FieldFacts, Fields, Interface, Source

_REQUIRED_NOT_COMPARED = Text(
    nl="Verplichte velden zijn niet vergeleken: OpenAPI noemt meer velden verplicht dan Profit "
    "eist; metainfo is daarin leidend.",
    en="Required fields were not compared: OpenAPI lists more fields as required than Profit "
    "asks for; metainfo has the last word.",
)
_LISTS_NOT_COMPARED = Text(
    nl="Waarden zijn alleen vergeleken waar beide bronnen een gesloten lijst geven.",
    en="Values were compared only where both sources give a closed list.",
)
_ENDPOINTS_NOT_COMPARED = Text(
    nl="Endpoints zijn niet vergeleken: een van de twee noemt ze niet.",
    en="Endpoints were not compared: one of the two does not tell them.",
)
_ONLY_LINKED = Text(
    nl="Een momentopname bevat alleen de connectoren van haar app-connector: {count} connectoren "
    "die alleen in de OpenAPI-bestanden staan, zijn niet vergeleken.",
    en="A snapshot holds only the connectors of its app connector: {count} connectors that only "
    "the OpenAPI files have were not compared.",
)
_OWN = Text(
    nl="{count} eigen GetConnectoren staan nooit in AFAS' OpenAPI-bestanden en zijn niet "
    "vergeleken.",
    en="{count} own GetConnectors are never in AFAS's OpenAPI files and were not compared.",
)

_Difference = tuple[str, ChangeKind, str, str]
"""Path, kind, before, after."""


def compare(old: Interface, new: Interface) -> ChangeList:
    """Return what is different between two releases, each change with what it does.

    Two snapshots, or two sets of OpenAPI files, are compared in everything; of one of each, what
    only one of them tells is left out, and `not_compared` says so.
    """
    comparison = _Comparison(old=old, new=new)
    changes = sorted(comparison.changes(), key=order)
    return ChangeList(
        from_=old.about,
        to=new.about,
        changes=tuple(changes),
        not_compared=tuple(comparison.not_compared()),
    )


def order(change: Change) -> tuple[str, str, int, str, str, str, str]:
    """Return the key by which changes are listed: by connector, the heaviest first."""
    return (
        change.connector.lower(),
        change.side.value,
        HEAVIEST_FIRST.index(change.breaking),
        change.path,
        change.kind.value,
        change.before,
        change.after,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Comparison:
    old: Interface
    new: Interface

    @property
    def mixed(self) -> bool:
        return self.old.source is not self.new.source

    def changes(self) -> Iterator[Change]:
        for key in sorted(self.old.connectors.keys() | self.new.connectors.keys()):
            before, after = self.old.connectors.get(key), self.new.connectors.get(key)
            if before and after:
                yield from self._within(before, after)
            elif before and not self._is_left_out(before, self.new):
                yield self._change(before, ChangeKind.CONNECTOR_REMOVED)
            elif after and not self._is_left_out(after, self.old):
                yield self._change(after, ChangeKind.CONNECTOR_ADDED)
        yield from self._endpoints()

    def not_compared(self) -> Iterator[Text]:
        if self.mixed:
            yield _REQUIRED_NOT_COMPARED
            yield _LISTS_NOT_COMPARED
            alone = {Source.METAINFO: 0, Source.OPENAPI: 0}
            for one, other in ((self.old, self.new), (self.new, self.old)):
                alone[one.source] = sum(
                    key not in other.connectors and self._is_left_out(each, other)
                    for key, each in one.connectors.items()
                )
            for text, count in (
                (_ONLY_LINKED, alone[Source.OPENAPI]),
                (_OWN, alone[Source.METAINFO]),
            ):
                if count:
                    yield Text(nl=text.nl.format(count=count), en=text.en.format(count=count))
        if self.mixed or self.old.endpoints is None or self.new.endpoints is None:
            yield _ENDPOINTS_NOT_COMPARED

    def _is_left_out(self, connector: Connector, other: Interface) -> bool:
        """Return whether the other source would not have it anyway."""
        if not self.mixed:
            return False
        if other.source is Source.METAINFO:
            return True
        return connector.side is Side.READS and not connector.id.lower().startswith("profit")

    def _within(self, before: Connector, after: Connector) -> Iterator[Change]:
        operations: dict[_Difference, list[str]] = {}
        for operation, old, new in _pairs(before, after):
            for each in _differences(old, new, alike=not self.mixed):
                operations.setdefault(each, []).append(operation)
        for (path, kind, was, now), found in operations.items():
            known = tuple(each for each in found if each != ANY)
            yield self._change(before, kind, path, was, now, known)

    def _endpoints(self) -> Iterator[Change]:
        if self.mixed or self.old.endpoints is None or self.new.endpoints is None:
            return
        moved = (
            (ChangeKind.ENDPOINT_REMOVED, self.old.endpoints - self.new.endpoints, self.new),
            (ChangeKind.ENDPOINT_ADDED, self.new.endpoints - self.old.endpoints, self.old),
        )
        for kind, found, other in moved:
            for each in sorted(found):
                method, _, path = each.rpartition(" ")
                parts = path.strip("/").split("/")
                side = Side.READS if method in {"GET", ""} else Side.WRITES
                is_connector = parts[0].lower() == "connectors" and len(parts) > 1
                name = parts[1] if is_connector else path
                if is_connector and (side, name.lower()) not in other.connectors:
                    continue  # the whole connector came or went
                yield _made(
                    name,
                    side,
                    kind,
                    before=path if kind is ChangeKind.ENDPOINT_REMOVED else "",
                    after=path if kind is ChangeKind.ENDPOINT_ADDED else "",
                    operations=(method,) if method else (),
                )

    def _change(
        self,
        connector: Connector,
        kind: ChangeKind,
        path: str = "",
        before: str = "",
        after: str = "",
        operations: tuple[str, ...] = (),
    ) -> Change:
        unsure = None
        if self.mixed and kind is ChangeKind.ENUM_VALUE_REMOVED:
            unsure = OTHER_LISTS
        elif self.mixed and kind is ChangeKind.CONNECTOR_REMOVED:
            unsure = NOT_LISTED
        return _made(
            connector.id,
            connector.side,
            kind,
            path=path,
            before=before,
            after=after,
            operations=operations,
            unsure=unsure,
        )


def _made(
    connector: str,
    side: Side,
    kind: ChangeKind,
    *,
    path: str = "",
    before: str = "",
    after: str = "",
    operations: tuple[str, ...] = (),
    unsure: Text | None = None,
) -> Change:
    found = effect(kind, side)
    breaking, why = soften(found, unsure) if unsure else found
    return Change(
        connector=connector,
        side=side,
        path=path,
        kind=kind,
        breaking=breaking,
        before=before,
        after=after,
        operations=operations,
        why=why,
    )


def _pairs(before: Connector, after: Connector) -> Iterator[tuple[str, Fields, Fields]]:
    """Yield the bodies that belong together; of two kinds of source, all of a side as one."""
    if ANY in before.bodies or ANY in after.bodies:
        yield ANY, _whole(before.bodies), _whole(after.bodies)
        return
    for operation in sorted(before.bodies.keys() & after.bodies.keys()):
        yield operation, before.bodies[operation], after.bodies[operation]


def _whole(bodies: Mapping[str, Fields]) -> Fields:
    whole: dict[str, FieldFacts] = {}
    for fields in bodies.values():
        whole = {**fields, **whole}
    return whole


def _differences(old: Fields, new: Fields, *, alike: bool) -> Iterator[_Difference]:
    """Yield every difference; `alike` when the same kind of source tells both."""
    yield from _came(old, new, alike=alike)
    yield from _went(old, new)
    for path, before in old.items():
        after = new.get(path)
        if after is not None and before != after:
            yield from _of_field(path, before, after, alike=alike)


def _came(old: Fields, new: Fields, *, alike: bool) -> Iterator[_Difference]:
    added = [path for path in new if path not in old]
    objects = _whole_objects(added, old)
    for each in objects:
        yield each, ChangeKind.OBJECT_ADDED, "", each
    for path in added:
        if not _is_inside(path, objects):
            required = alike and new[path].required
            kind = ChangeKind.REQUIRED_FIELD_ADDED if required else ChangeKind.FIELD_ADDED
            yield path, kind, "", new[path].type


def _went(old: Fields, new: Fields) -> Iterator[_Difference]:
    removed = [path for path in old if path not in new]
    objects = _whole_objects(removed, new)
    for each in objects:
        yield each, ChangeKind.OBJECT_REMOVED, each, ""
    for path in removed:
        if not _is_inside(path, objects):
            yield path, ChangeKind.FIELD_REMOVED, old[path].type, ""


def _whole_objects(paths: Sequence[str], other: Fields) -> list[str]:
    """Return the outermost objects of these fields of which the other release has nothing."""
    known = {prefix for path in other for prefix in prefixes(path)}
    found: dict[str, None] = {}
    for path in paths:
        outermost = next((each for each in prefixes(path) if each not in known), None)
        if outermost is not None:
            found[outermost] = None
    return list(found)


def prefixes(path: str) -> list[str]:
    """Return the objects that a field stands in, the outermost first: `A`, `A.B` of `A.B.Id`."""
    parts = path.split(".")
    return [".".join(parts[:end]) for end in range(1, len(parts))]


def _is_inside(path: str, objects: Sequence[str]) -> bool:
    return bool(set(prefixes(path)) & set(objects))


def _of_field(
    path: str, before: FieldFacts, after: FieldFacts, *, alike: bool
) -> Iterator[_Difference]:
    if _types_differ(before.type, after.type, alike=alike):
        yield path, ChangeKind.TYPE_CHANGED, before.type, after.type
    elif _lengths_differ(before, after, alike=alike):
        longer = after.length == 0 or 0 < before.length < after.length
        kind = ChangeKind.LENGTH_INCREASED if longer else ChangeKind.LENGTH_DECREASED
        yield path, kind, _length(before), _length(after)
    if None not in {before.decimals, after.decimals} and before.decimals != after.decimals:
        more = int(after.decimals or 0) > int(before.decimals or 0)
        kind = ChangeKind.DECIMALS_INCREASED if more else ChangeKind.DECIMALS_DECREASED
        yield path, kind, str(before.decimals), str(after.decimals)
    if alike and before.required != after.required:
        kind = ChangeKind.BECAME_REQUIRED if after.required else ChangeKind.BECAME_OPTIONAL
        yield path, kind, "", ""
    if alike or (before.values and after.values):
        yield from _of_values(path, before.values, after.values)


def _of_values(path: str, before: tuple[str, ...], after: tuple[str, ...]) -> Iterator[_Difference]:
    if bool(before) != bool(after):
        kind = ChangeKind.VALUES_RESTRICTED if after else ChangeKind.VALUES_UNRESTRICTED
        yield path, kind, "", ""
        return
    for value in before:
        if value not in after:
            yield path, ChangeKind.ENUM_VALUE_REMOVED, value, ""
    for value in after:
        if value not in before:
            yield path, ChangeKind.ENUM_VALUE_ADDED, "", value


def _types_differ(before: str, after: str, *, alike: bool) -> bool:
    """Return whether the types differ; OpenAPI calls a date in a row a text, as a file too."""
    texts = {"string", "date", "blob"}
    return before != after and (alike or not {before, after} <= texts)


def _lengths_differ(before: FieldFacts, after: FieldFacts, *, alike: bool) -> bool:
    """Return whether the lengths differ; what two kinds of source say of numbers is not alike."""
    told = alike or (before.type == "string" and 0 not in {before.length, after.length})
    return told and before.length != after.length


def _length(facts: FieldFacts) -> str:
    return str(facts.length) if facts.length else "unlimited"
