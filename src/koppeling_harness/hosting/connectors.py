"""The connectors that ERP1 has for an integration, and which of those it declares are not there.

What ERP1 lacks is told before a run and is configuration: it is never held against an integration.
"""

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Self

from koppeling_harness.config.folders import MANIFEST
from koppeling_harness.document import Source, read_text, read_yaml
from koppeling_harness.emulator.definition import DATA_TYPES, Definition, supplied
from koppeling_harness.emulator.environment import own_catalogue
from koppeling_harness.emulator.imports import Imports, read_imports
from koppeling_harness.emulator.own_definition import define
from koppeling_harness.emulator.specification import (
    ObjectType,
    UpdateConnector,
    lend_to_employee,
)
from koppeling_harness.emulator.update_connector import rules_of
from koppeling_harness.errors import ConfigurationError, DocumentError, Problem, in_file_order
from koppeling_harness.model.connector import OwnGetConnector
from koppeling_harness.model.manifest import GetConnectorUse, Manifest, UpdateConnectorUse
from koppeling_harness.model.scenario import (
    DeleteStep,
    GetStep,
    InsertStep,
    Scenario,
    UpdateStep,
)
from koppeling_harness.plugin.discover import Discovery, Integration, SetAside
from koppeling_harness.scenario.packed import unpacked
from koppeling_harness.value import dataclass

Path_ = tuple[str | int, ...]
"""Keys and positions in the manifest."""

_LIST = "`koppeling erp1 connectors` lists those of ERP1"
_ADD = f"{_LIST}; others come in by `imports`, with AFAS's OpenAPI file or a snapshot."


@dataclass(frozen=True, slots=True, kw_only=True)
class Lacking:
    """Something that a manifest declares and ERP1 does not have.

    Attributes:
        path: Where it stands in the manifest.
        message: What was found and what was expected.
        hint: What to do about it.
    """

    path: Path_
    message: str
    hint: str


class Connectors:
    """The connectors of ERP1, with those of files for every integration and of each its own.

    Args:
        imports: Files with connectors for every integration.

    Raises:
        DocumentError: A file has problems.
    """

    def __init__(self, imports: Sequence[str] = ()) -> None:
        self._everyone = tuple(imports)
        self._read: dict[tuple[str, ...], Imports | None] = {}
        self.imports(())

    def imports(self, own: Sequence[str]) -> Imports | None:
        """Return what comes out of files, those for everyone among them; None without any."""
        names = (*self._everyone, *own)
        if names not in self._read:
            self._read[names] = read_imports([Path(each) for each in names]) if names else None
        return self._read[names]

    def imports_of(self, manifest: Manifest) -> Imports | None:
        """Return what comes out of the files for everyone, and for an integration.

        Raises:
            DocumentError: A file has problems.
        """
        return self.imports(manifest.imports)

    def lacking(self, manifest: Manifest) -> tuple[Lacking, ...]:
        """Return what a manifest declares and ERP1 does not have.

        Raises:
            DocumentError: A file of `imports` has problems.
        """
        there = self._there(manifest)
        return (
            *(
                each
                for number, use in enumerate(manifest.get_connectors)
                for each in _of_get(use, ("get_connectors", number), there)
            ),
            *(
                each
                for number, update in enumerate(manifest.update_connectors)
                for each in _of_update(update, ("update_connectors", number), there)
            ),
        )

    def lacking_in(self, scenarios: Iterable[Scenario], manifest: Manifest) -> Iterator[Problem]:
        """Yield the steps of an integration's scenarios that name a connector ERP1 lacks."""
        there = self._there(manifest)
        for scenario in map(unpacked, scenarios):
            for step in (*scenario.given, *scenario.when, *scenario.then, *scenario.cleanup):
                side, name = _asked(step)
                known = there.gets if side == "GetConnector" else there.updates
                if name and name.lower() not in known:
                    hint = _near(name, there.names(side), or_else=_ADD)
                    message = f"ERP1 has no {side} `{name}`"
                    yield Problem(where=step.place, message=message, hint=hint)

    def listed(self) -> tuple["Listed", ...]:
        """Return every connector that ERP1 has for everyone, GetConnectors first."""
        there = self._of(self.imports(()) or Imports(), ())
        gets = [Listed.of_get(each) for each in there.starts.values()]
        gets += [Listed.of_get(define(each, gets=there.starts)) for each in there.own]
        return (*gets, *(Listed.of_update(each) for each in there.updates.values()))

    def _there(self, manifest: Manifest) -> "_There":
        imports = self.imports_of(manifest) or Imports()
        return self._of(imports, own_get_connectors(manifest))

    def _of(self, imports: Imports, own: tuple[OwnGetConnector, ...]) -> "_There":
        gets = {**supplied(), **{each.id.lower(): each for each in imports.gets}}
        updates = {**own_catalogue(), **{each.id.lower(): each for each in imports.updates}}
        custom = list(imports.definition.custom_fields)
        custom += [field for each in own for field in each.custom_fields]
        named = {each.id.lower(): each.id for each in (*imports.definition.get_connectors, *own)}
        return _There(
            gets={**gets, **dict.fromkeys(named)},
            starts=gets,
            updates=lend_to_employee(updates),
            custom=frozenset(f"{each.object}.{each.id}".lower() for each in custom),
            own=tuple(imports.definition.get_connectors),
        )


def with_connectors(found: Discovery, connectors: Connectors) -> Discovery:
    """Set every integration aside that declares what ERP1 does not have, with every place of it.

    So is one with an operation that writes and does not say what the packs may have it write.
    """
    kept: list[Integration] = []
    set_aside: list[SetAside] = []
    for each in found.integrations:
        try:
            lacking = connectors.lacking(each.manifest)
        except DocumentError as error:
            set_aside.append(_set_aside(each, error.problems))
            continue
        without = any(one.writes and not one.example for one in each.manifest.operations)
        problems = _placed(each, lacking) if lacking or without else []
        if problems:
            set_aside.append(_set_aside(each, problems))
        else:
            kept.append(each)
    return replace(found, integrations=tuple(kept), set_aside=(*found.set_aside, *set_aside))


def _set_aside(integration: Integration, problems: Sequence[Problem]) -> SetAside:
    manifest = integration.manifest
    return SetAside(
        name=manifest.id,
        where=str(integration.folder),
        problem="\n".join(each.render() for each in problems),
        hint="Mend the manifest, or bring in what ERP1 lacks by `imports`; nothing was run, and "
        "nothing is held against the integration.",
        lacks=True,
        declared=tuple(sorted(manifest.connectors, key=str.lower)),
        folders=(integration.folder,),
    )


def _placed(integration: Integration, lacking: Sequence[Lacking]) -> list[Problem]:
    path = integration.folder / MANIFEST
    source = read_yaml(read_text(path), name=str(path))
    return in_file_order(
        [
            *(
                Problem(where=source.place(each.path), message=each.message, hint=each.hint)
                for each in lacking
            ),
            *_without_example(integration.manifest, source),
        ]
    )


def _without_example(manifest: Manifest, source: Source) -> Iterator[Problem]:
    """Yield the operations that write and do not say what; `example: {}` says that they need none.

    The packs have nothing else to trigger them with.
    """
    for number, operation in enumerate(manifest.operations):
        if operation.writes and "example" not in source.data["operations"][number]:
            yield Problem(
                where=source.place(("operations", number)),
                message=f"operation `{operation.name}` writes, and has no `example`",
                hint="Give it the input with which the packs can trigger it, such as a row of "
                "yours; `example: {}` when it takes none.",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A connector that ERP1 has.

    Attributes:
        kind: `get` or `update`.
        id: Its id.
        description: What AFAS calls it.
        fields: Each with its type; those of an UpdateConnector as `Object.Field`.
        more: Fields that a GetConnector does not show, and that an own copy may take.
    """

    kind: str
    id: str
    description: str
    fields: Mapping[str, str]
    more: Mapping[str, str]

    @classmethod
    def of_get(cls, each: Definition) -> Self:
        """Return a GetConnector as it is listed."""
        return cls(
            kind="get",
            id=each.id,
            description=each.description,
            fields={column.id: DATA_TYPES[column.type] for column in each.columns},
            more={column.id: DATA_TYPES[column.type] for column in each.more},
        )

    @classmethod
    def of_update(cls, each: UpdateConnector) -> Self:
        """Return an UpdateConnector as it is listed."""
        fields = {name: kind for name, kind in _fields_of(each.root) if kind}
        return cls(kind="update", id=each.id, description=each.description, fields=fields, more={})


@dataclass(frozen=True, slots=True, kw_only=True)
class _There:
    """What ERP1 has for one integration.

    Attributes:
        gets: GetConnectors that can be read, by lower-case id.
        starts: Those of them that a definition may start from.
        updates: UpdateConnectors by lower-case id.
        custom: Custom fields with their objects, in lower case.
        own: GetConnectors out of imported definitions.
    """

    gets: Mapping[str, Definition | None]
    starts: Mapping[str, Definition]
    updates: Mapping[str, UpdateConnector]
    custom: frozenset[str]
    own: tuple[OwnGetConnector, ...]

    def names(self, side: str) -> list[str]:
        if side == "GetConnector":
            return [*(each.id for each in self.starts.values()), *(each.id for each in self.own)]
        return [each.id for each in self.updates.values()]


def own_get_connectors(manifest: Manifest) -> tuple[OwnGetConnector, ...]:
    """Return the integration's own GetConnectors, with what each selects."""
    return tuple(
        replace(own, description=own.description or f"{manifest.title.nl}: {own.id}")
        for each in manifest.get_connectors
        if (own := each.own) is not None
    )


def _of_get(use: GetConnectorUse, path: Path_, there: _There) -> Iterator[Lacking]:
    own = use.own or next((each for each in there.own if each.id.lower() == use.id.lower()), None)
    if own is None:
        definition = there.starts.get(use.id.lower())
        if definition is None:
            hint = _near(use.id, there.names("GetConnector"), or_else="")
            hint = hint or (
                f"An own one needs `copy_of` or `definition`: what it selects is not known. {_ADD}"
            )
            yield Lacking(
                path=(*path, "id"), message=f"ERP1 has no GetConnector `{use.id}`", hint=hint
            )
            return
    else:
        yield from _not_imitated(own, (*path, "definition"))
        try:
            definition = define(own, gets=there.starts)
        except ConfigurationError as error:
            member = "copy_of" if own.copy_of else "id"
            hint = _near(own.copy_of or own.id, there.names("GetConnector"), or_else=error.hint)
            yield Lacking(path=(*path, member), message=error.message, hint=hint)
            return
    yield from _lost(use, own, definition, path, there)


def _lost(
    use: GetConnectorUse,
    own: OwnGetConnector | None,
    definition: Definition,
    path: Path_,
    there: _There,
) -> Iterator[Lacking]:
    """Yield the fields that ERP1 does not have for a GetConnector that it can make."""
    base = there.starts.get(definition.collection, definition)
    known = {each.id for each in (*base.columns, *base.more)}
    shown = {each.id.lower() for each in definition.columns}
    asked = [each for each in use.fields if each.lower() not in shown]
    exported = {each.name: each for each in own.view.fields} if own and own.view else {}
    for name in (*definition.lost, *asked):
        at: Path_ = ("definition",)
        if name in use.fields and not exported:
            at = ("fields", use.fields.index(name))
        if name in exported:
            of = f"{exported[name].table}.{exported[name].field}"
            yield Lacking(
                path=(*path, *at),
                message=f"ERP1 has nothing for `{name}` of `{use.id}` ({of} of Profit) in "
                f"`{base.id}`",
                hint="Describe the connector in YAML and say under `renamed` what is meant; or "
                "name the export under `imports` instead: then it is there, and gives no rows.",
            )
            continue
        yield Lacking(
            path=(*path, *at),
            message=f"ERP1 has no field `{name}` for `{use.id}` in `{base.id}`",
            hint=_near(name, known, or_else="")
            or f"`koppeling erp1 connectors {base.id}` lists its fields; a definition in YAML says "
            "under `renamed` which of them is meant.",
        )


def _not_imitated(own: OwnGetConnector, path: Path_) -> Iterator[Lacking]:
    """Yield what an export holds and ERP1 cannot do from it."""
    view = own.view
    if view is None:
        return
    found = [
        (view.has_filter, "a filter, whose form in the export is not known"),
        (view.is_grouped, "aggregated rows"),
        (view.is_distinct, "equal rows as one"),
    ]
    for is_there, what in found:
        if is_there:
            yield Lacking(
                path=path,
                message=f"the export of `{own.id}` has {what}: ERP1 does not do that",
                hint="Describe it in YAML instead (`koppeling schema definition`), with "
                "`fixed_filters`, so that the rows are those that the integration gets.",
            )


def _of_update(use: UpdateConnectorUse, path: Path_, there: _There) -> Iterator[Lacking]:
    connector = there.updates.get(use.id.lower())
    if connector is None:
        hint = f"{_near(use.id, there.names('UpdateConnector'), or_else='')} {_ADD}".strip()
        message = f"ERP1 has no UpdateConnector `{use.id}`"
        yield Lacking(path=(*path, "id"), message=message, hint=hint)
        return
    known = dict(_fields_of(connector.root))
    written = {each.lower(): each for each in known}
    short = {each.rpartition(".")[2] for each in written}
    for number, name in enumerate(use.fields):
        parts = name.lower().split(".")
        whole = ".".join(parts[-2:])
        if whole in written or whole in there.custom or (len(parts) == 1 and whole in short):
            continue
        if len(parts) == 1 and any(each.endswith(f".{whole}") for each in there.custom):
            continue
        near = known if len(parts) > 1 else {each.rpartition(".")[2] for each in known}
        yield Lacking(
            path=(*path, "fields", number),
            message=f"ERP1 has no field `{name}` in `{connector.id}`",
            hint=_near(name, near, or_else="")
            or f"`koppeling erp1 connectors {connector.id}` lists its fields; a custom field is "
            "declared under `custom_fields` of a definition or an import.",
        )


def _fields_of(type_: ObjectType) -> Iterator[tuple[str, str]]:
    """Yield every field of an object and of those below it, as `Object.Field`, with its type.

    What only ERP1 itself fills in, and may be given, is without a type.
    """
    rules = rules_of(type_)
    types = {each.id: each.type for each in type_.fields}
    keys = dict.fromkeys((*type_.keys, *rules.keys, *rules.link), "")
    for name, kind in {**keys, **types}.items():
        yield f"{type_.name}.{name}", kind
    for each in type_.objects:
        yield from _fields_of(each)


def _asked(step: object) -> tuple[str, str]:
    """Return the kind and the id of the connector that a step is about; empty for none."""
    match step:
        case GetStep(get=name):
            return "GetConnector", name
        case InsertStep(insert=name) | UpdateStep(update=name) | DeleteStep(delete=name):
            return "UpdateConnector", name
        case _:
            return "", ""


def _near(name: str, known: Iterable[str], *, or_else: str) -> str:
    plain = {each.lower(): each for each in known}
    found = difflib.get_close_matches(name.lower(), list(plain), n=1, cutoff=0.6)
    return f"Did you mean `{plain[found[0]]}`?" if found else or_else
