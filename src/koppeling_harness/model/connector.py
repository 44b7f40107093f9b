"""GetConnectors as a partner ships them: saved queries under an own name."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from koppeling_harness.model.shape import STRICT, ConnectorId, FieldId, Identifier, NonEmpty


class FixedOperator(StrEnum):
    """What a fixed filter may say; AFAS advises against contains, starts and ends (FILT-47)."""

    EQUALS = "="
    AT_LEAST = ">="
    AT_MOST = "<="
    MORE = ">"
    LESS = "<"
    NOT_EQUAL = "!="
    EMPTY = "[]"
    NOT_EMPTY = "![]"
    CONTAINS = "*"
    STARTS = "@"
    ENDS = "&"


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinedTable:
    """A further data collection in an own GetConnector; rows without a match stay, with nulls."""

    __pydantic_config__ = STRICT

    source: ConnectorId
    """The supplied GetConnector whose data it is."""
    alias: Identifier
    on: Annotated[dict[FieldId, FieldId], Field(min_length=1)]
    """Field of this source: field of an earlier one, as `ProjectId: ProjectId` or `alias.Field`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectorField:
    """A field of an own GetConnector that is not simply called as in its source."""

    __pydantic_config__ = STRICT

    id: FieldId
    """The name in rows and filters."""
    field: FieldId
    """The field of the source, or `alias.Field` of a joined one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedFilter:
    """A condition that the definition itself holds; several are all true at once."""

    __pydantic_config__ = STRICT

    field: FieldId
    operator: FixedOperator = FixedOperator.EQUALS
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnGetConnector:
    """A GetConnector under an own name.

    Most are a copy of a supplied one with some of its fields (AFAS: STRUCT-27 asks for a copy).
    With `joins`, `renamed` and `fixed_filters` it is a definition of its own.
    """

    __pydantic_config__ = STRICT

    id: ConnectorId
    description: str = ""
    copy_of: ConnectorId | None = None
    """The supplied GetConnector that it starts from; None takes the one with the same id."""
    fields: tuple[FieldId, ...] = ()
    """The fields that it has, in order; none takes all of them."""
    joins: tuple[JoinedTable, ...] = ()
    renamed: tuple[ConnectorField, ...] = ()
    """Further fields under another name, and those of joined sources."""
    fixed_filters: tuple[FixedFilter, ...] = ()
    blocked: Annotated[NonEmpty, Field(pattern="^(customer|afas)$")] | None = None
    """Who blocked the definition; None when it may be called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnGetConnectors:
    """A file with GetConnectors, as a partner ships them."""

    __pydantic_config__ = STRICT

    get_connectors: tuple[OwnGetConnector, ...] = ()
