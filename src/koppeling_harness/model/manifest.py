"""What an integration says of itself: `koppeling.yaml`."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Any, Literal

from koppeling_harness.model.constraint import Limit
from koppeling_harness.model.shape import (
    STRICT,
    ConnectorId,
    FieldId,
    Identifier,
    NonEmpty,
    Text,
)

IntegrationId = Annotated[str, Limit(pattern=r"^[0-9]+_[0-9]+$")]
"""`<subscription>_<project>`, the value of the `IntegrationId` header.

Source: AFAS, docs.afas.help/profit/nl/integrationid.
"""


class OperationKind(StrEnum):
    """What an operation does to ERP1; an operation that reads and writes is of both kinds."""

    READS = "reads"
    WRITES = "writes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """The supplier that holds the partner subscription."""

    __pydantic_config__ = STRICT

    name: NonEmpty
    subscription: Annotated[str, Limit(pattern=r"^[0-9]+$")]
    """Subscription number at AFAS, quoted: it is a code, not a number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PythonRuntime:
    """Hooks in Python, loaded in a child process."""

    __pydantic_config__ = STRICT

    kind: Literal["python"]
    plugin: NonEmpty = "koppeling_plugin.py"
    """The file with the hooks, relative to the manifest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GetConnectorUse:
    """A GetConnector that the integration calls."""

    __pydantic_config__ = STRICT

    id: ConnectorId
    copy_of: ConnectorId | None = None
    """The supplied GetConnector that it is a copy of, under an own name (AFAS: STRUCT-27)."""
    fields: Annotated[tuple[FieldId, ...], Limit(min_length=1)]
    """The fields that it has and that the integration reads."""
    modified_field: FieldId | None = None
    """The modified-date field by which the integration reads changes only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateConnectorUse:
    """An UpdateConnector that the integration writes to."""

    __pydantic_config__ = STRICT

    id: ConnectorId
    fields: Annotated[tuple[FieldId, ...], Limit(min_length=1)]
    """The fields that it sends, those of sub-objects as `KnSubjectLink.ToEm`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacyField:
    """A privacy-sensitive field with the reason why it is read or written (AFAS: AUT-19)."""

    __pydantic_config__ = STRICT

    connector: ConnectorId
    field: FieldId
    reason: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """Something that the integration can be told to do."""

    __pydantic_config__ = STRICT

    name: Identifier
    title: Text
    reads: tuple[ConnectorId, ...] = ()
    """GetConnectors that it calls."""
    writes: tuple[ConnectorId, ...] = ()
    """UpdateConnectors that it writes to."""
    idempotent: bool = False
    """Whether doing it twice with the same input leaves ERP1 as doing it once."""
    example: dict[str, Any] = field(default_factory=dict)
    """Input with which generic scenarios trigger it."""

    @property
    def kinds(self) -> frozenset[OperationKind]:
        """The kinds that it is of."""
        return frozenset(
            kind
            for kind, connectors in (
                (OperationKind.READS, self.reads),
                (OperationKind.WRITES, self.writes),
            )
            if connectors
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """One integration, as its partner describes it in `koppeling.yaml`."""

    __pydantic_config__ = STRICT

    id: Identifier
    title: Text
    partner: Partner
    version: NonEmpty
    """Version of the integration, quoted."""
    integration_id: IntegrationId
    releases: Annotated[tuple[NonEmpty, ...], Limit(min_length=1)]
    """Labels of the Profit releases that it supports, such as `Profit 8`."""
    runtime: PythonRuntime
    """How the harness starts and triggers it."""
    get_connectors: tuple[GetConnectorUse, ...] = ()
    update_connectors: tuple[UpdateConnectorUse, ...] = ()
    privacy_fields: tuple[PrivacyField, ...] = ()
    operations: Annotated[tuple[Operation, ...], Limit(min_length=1)]

    def operation(self, name: str) -> Operation | None:
        """Return the operation of that name, None when it is not declared."""
        return next((each for each in self.operations if each.name == name), None)

    @property
    def connectors(self) -> frozenset[str]:
        """Ids of every connector that it declares."""
        return frozenset(
            [each.id for each in self.get_connectors] + [each.id for each in self.update_connectors]
        )
