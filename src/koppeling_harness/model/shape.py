"""The few shapes that many model types share."""

from typing import Annotated, Any, Final

from koppeling_harness.model.constraint import Limit
from koppeling_harness.value import dataclass

STRICT: Final[dict[str, Any]] = {"extra": "forbid", "use_attribute_docstrings": True}
"""For `__pydantic_config__`: unknown keys are problems, attribute docstrings are descriptions."""

OPEN: Final[dict[str, Any]] = {"extra": "ignore", "use_attribute_docstrings": True}
"""For records that a program wrote: a newer one may have members that this version ignores."""

Identifier = Annotated[str, Limit(pattern=r"^[a-z][a-z0-9]*(?:[-._][a-z0-9]+)*$")]
"""Lower case, digits, and single `-`, `.` or `_` between them: `urenportaal`, `retry.after-503`."""

ConnectorId = Annotated[str, Limit(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
"""The id of a GetConnector or UpdateConnector, as in its URL."""

FieldId = Annotated[str, Limit(min_length=1, max_length=128)]
"""A field of a connector, as it stands in rows, filters and bodies."""

NonEmpty = Annotated[str, Limit(min_length=1, strip_whitespace=True)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text for people, in the two languages of the programme."""

    __pydantic_config__ = STRICT

    nl: NonEmpty
    """Dutch."""
    en: NonEmpty
    """English."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One Profit version."""

    __pydantic_config__ = STRICT

    label: NonEmpty
    """What AFAS calls it, such as `Profit 8`. Never compared by arithmetic."""
    version: NonEmpty
    """What `GET /profitversion` says, such as `8.0.12`."""
