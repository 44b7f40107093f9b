"""Changes of the API by an AFAS update, seen from an integration: `koppeling/changes@1`."""

from enum import StrEnum
from typing import Any, Final, Literal

from koppeling_harness.model.shape import OPEN, Text
from koppeling_harness.value import dataclass


class Side(StrEnum):
    """What an integration does with the thing that changed."""

    READS = "reads"
    """A GetConnector, or another endpoint that is read."""
    WRITES = "writes"
    """An UpdateConnector."""


class Breaking(StrEnum):
    """What a change does to an integration that uses what changed."""

    BREAKING = "breaking"
    POSSIBLY = "possibly_breaking"
    """It depends on the data, or on how the integration is made."""
    COMPATIBLE = "compatible"


class ChangeKind(StrEnum):
    """What became different."""

    CONNECTOR_ADDED = "connector_added"
    CONNECTOR_REMOVED = "connector_removed"
    ENDPOINT_ADDED = "endpoint_added"
    ENDPOINT_REMOVED = "endpoint_removed"
    SCHEMA_REMOVED = "schema_removed"
    """The description of a body was withdrawn; what may be sent is no longer told."""
    OBJECT_ADDED = "object_added"
    OBJECT_REMOVED = "object_removed"
    FIELD_ADDED = "field_added"
    REQUIRED_FIELD_ADDED = "required_field_added"
    FIELD_REMOVED = "field_removed"
    BECAME_REQUIRED = "became_required"
    BECAME_OPTIONAL = "became_optional"
    ENUM_VALUE_ADDED = "enum_value_added"
    ENUM_VALUE_REMOVED = "enum_value_removed"
    VALUES_RESTRICTED = "values_restricted"
    """Any value would do; now it must be one of a list."""
    VALUES_UNRESTRICTED = "values_unrestricted"
    LENGTH_INCREASED = "length_increased"
    LENGTH_DECREASED = "length_decreased"
    TYPE_CHANGED = "type_changed"
    DECIMALS_INCREASED = "decimals_increased"
    DECIMALS_DECREASED = "decimals_decreased"
    DOCUMENTATION = "documentation"
    """Something about the description alone, such as a tag; the API is as it was."""
    NOT_UNDERSTOOD = "not_understood"
    """A row of a change table that could not be read: it may be anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference between two releases."""

    __pydantic_config__ = OPEN

    connector: str
    """Id of the connector, or the path of another endpoint."""
    side: Side
    path: str = ""
    """The field as a manifest names it, `KnSubjectLink.ToEm`; empty for the connector itself."""
    kind: ChangeKind
    breaking: Breaking
    before: str = ""
    """The value, length, type or endpoint that was; empty when there was none."""
    after: str = ""
    """The value, length, type or endpoint that is; empty when there is none."""
    operations: tuple[str, ...] = ()
    """The methods in whose bodies it changed, such as `POST`; empty when that is not told."""
    why: Text
    """What it means to an integration."""
    listed_breaking: bool = False
    """Whether AFAS lists it among the breaking changes; only its change tables tell."""
    places: tuple[str, ...] = ()
    """`file:line` of each row of a change table that says it."""
    note: str = ""
    """What stands behind the sentence in a change table, as it stands there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotUnderstood:
    """A row of a change table that became no change."""

    __pydantic_config__ = OPEN

    place: str
    """`file:line`."""
    row: str
    """What stands there."""
    problem: str
    """What was found and what was expected."""
    connector: str = ""
    """What stands in the column of connectors; empty when nothing does."""
    description: str = ""
    """The sentence."""
    listed_breaking: bool = False
    """Whether AFAS lists it among the breaking changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One of the two things that were compared."""

    __pydantic_config__ = OPEN

    name: str
    """The file or folder."""
    version: str = ""
    """What `/profitversion` said, or the specification says of itself; empty when not told."""
    label: str = ""
    """Such as `Profit 8`; empty when not told."""


OUTSIDE: Final[dict[str, Any]] = {**OPEN, "alias_generator": lambda name: name.rstrip("_")}
"""For records with a member whose name is a word of Python: `from_` is `from` in documents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeList:
    """All differences between two releases, compared by the harness or told by AFAS."""

    __pydantic_config__ = OUTSIDE

    schema: Literal["koppeling/changes@1"] = "koppeling/changes@1"
    from_: Compared | None = None
    """The older one; null when a change table was read."""
    to: Compared | None = None
    """The newer one; null when a change table was read."""
    table: str = ""
    """The change table that was read; empty when two things were compared."""
    rows: int = 0
    """How many rows the change table has: those in `places` and those not understood add up."""
    changes: tuple[Change, ...]
    """By connector, then the heaviest first."""
    not_understood: tuple[NotUnderstood, ...] = ()
    not_compared: tuple[Text, ...] = ()
    """What one of the two does not tell, so that nothing is said of it."""
