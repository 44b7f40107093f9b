"""Snapshot of an environment's own API: `koppeling/snapshot@1`."""

from dataclasses import field
from datetime import datetime
from typing import Any, Final, Literal

from koppeling_harness.model.shape import OPEN
from koppeling_harness.value import dataclass

AS_AFAS: Final[dict[str, Any]] = {
    **OPEN,
    "alias_generator": lambda name: (
        name.split("_")[0] + "".join(part.title() for part in name.split("_")[1:])
    ),
}
"""For records in AFAS's own form: `data_type` is `dataType` in documents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeValue:
    """One value of a closed list."""

    __pydantic_config__ = AS_AFAS

    id: str
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MetainfoField:
    """One field as metainfo tells it. Source: AFAS, docs.afas.help/apidoc (metainfo)."""

    __pydantic_config__ = AS_AFAS

    id: str = ""
    """Its name in rows and filters; of a GetConnector only."""
    field_id: str = ""
    """Its code in bodies; of a GetConnector an internal one."""
    primary_key: bool = False
    data_type: str
    """string, int, decimal, boolean, date or blob."""
    label: str = ""
    mandatory: bool = False
    length: int = 0
    """Most characters; 0 when unlimited."""
    decimals: int = 0
    """-1 when it depends on another field."""
    decimals_field_id: str = ""
    notzero: bool = False
    control_type: int = 0
    values: tuple[CodeValue, ...] | None = None
    """Null when any value will do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MetainfoObject:
    """One object below the root of an UpdateConnector."""

    __pydantic_config__ = AS_AFAS

    name: str
    fields: tuple[MetainfoField, ...] = ()
    objects: tuple["MetainfoObject", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GetMetainfo:
    """What `/metainfo/get/{id}` says."""

    __pydantic_config__ = AS_AFAS

    name: str = ""
    description: str = ""
    fields: tuple[MetainfoField, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateMetainfo:
    """What `/metainfo/update/{id}` says."""

    __pydantic_config__ = AS_AFAS

    id: str = ""
    name: str = ""
    description: str = ""
    fields: tuple[MetainfoField, ...]
    objects: tuple[MetainfoObject, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The API of one environment on one moment: definitions, and no data."""

    __pydantic_config__ = OPEN

    schema: Literal["koppeling/snapshot@1"] = "koppeling/snapshot@1"
    environment: str = ""
    """What metainfo calls it, such as `T12345AA`."""
    version: str = ""
    """What `/profitversion` says; empty in a snapshot of an older harness."""
    label: str = ""
    """Such as `Profit 8`, as the settings say; empty when they do not."""
    taken_at: datetime | None = None
    info: dict[str, str] = field(default_factory=dict)
    """Of the app connector: `appName` and `tokenExpiry`."""
    get: dict[str, GetMetainfo]
    """The GetConnectors of the app connector, by id."""
    update: dict[str, UpdateMetainfo]
    """The UpdateConnectors of the app connector, by id."""
    endpoints: tuple[str, ...] | None = None
    """Other endpoints that the app connector may use; null when the release does not tell."""
