"""The API of one release as it is compared, whatever described it."""

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum

from koppeling_harness.model.change import Compared, Side
from koppeling_harness.model.snapshot import MetainfoField, MetainfoObject, Snapshot
from koppeling_harness.value import dataclass

READ = "GET"
"""The operation under which the fields of a GetConnector stand."""
ANY = ""
"""The operation under which a body's fields stand when the source tells one body for all."""


class Source(StrEnum):
    """What described the API."""

    METAINFO = "metainfo"
    OPENAPI = "openapi"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldFacts:
    """What is known of one field.

    Attributes:
        type: string, int, decimal, boolean, date or blob.
        length: Most characters; 0 when unlimited.
        decimals: None when not told, or when it depends.
        required: Whether it must be sent.
        values: The closed list; empty when any value will do.
    """

    type: str
    length: int = 0
    decimals: int | None = None
    required: bool = False
    values: tuple[str, ...] = ()


Fields = Mapping[str, FieldFacts]
"""By path, `KnSubjectLink.ToEm`, the root left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connector:
    """One connector.

    Attributes:
        id: As it is written.
        side: Whether integrations read from it or write to it.
        bodies: Its fields by operation: `GET`, `POST`, `PUT`, or `ANY`.
    """

    id: str
    side: Side
    bodies: Mapping[str, Fields]


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface:
    """Everything that one release offers, as far as the source tells.

    Attributes:
        source: What described it.
        about: Its name and release.
        connectors: By side and lower-case id.
        endpoints: Method and path, such as `DELETE /connectors/KnSubject/…`; None when not told.
        not_understood: Parts of the source that could not be read.
    """

    source: Source
    about: Compared
    connectors: Mapping[tuple[Side, str], Connector]
    endpoints: frozenset[str] | None = None
    not_understood: tuple[str, ...] = field(default=())


def interface_of(snapshot: Snapshot, *, name: str) -> Interface:
    """Return the API that a snapshot describes.

    Args:
        snapshot: What the environment said.
        name: How to call it.
    """
    found: dict[tuple[Side, str], Connector] = {}
    for id_, get in snapshot.get.items():
        fields = {each.id or each.field_id: _facts(each) for each in get.fields}
        found[Side.READS, id_.lower()] = Connector(id=id_, side=Side.READS, bodies={READ: fields})
    for id_, update in snapshot.update.items():
        body = dict(_walk("", update.fields, update.objects))
        found[Side.WRITES, id_.lower()] = Connector(id=id_, side=Side.WRITES, bodies={ANY: body})
    return Interface(
        source=Source.METAINFO,
        about=Compared(name=name, version=snapshot.version, label=snapshot.label),
        connectors=found,
        endpoints=None if snapshot.endpoints is None else frozenset(snapshot.endpoints),
    )


def _walk(
    inside: str, fields: tuple[MetainfoField, ...], objects: tuple[MetainfoObject, ...]
) -> list[tuple[str, FieldFacts]]:
    found = [(inside + each.field_id, _facts(each)) for each in fields]
    for each in objects:
        found += _walk(f"{inside}{each.name}.", each.fields, each.objects)
    return found


def _facts(field: MetainfoField) -> FieldFacts:
    return FieldFacts(
        type=field.data_type,
        length=field.length,
        decimals=field.decimals if field.data_type == "decimal" and field.decimals >= 0 else None,
        required=field.mandatory,
        values=tuple(each.id for each in field.values or ()),
    )
