"""Partner that supplies an integration, and the ids by which AFAS knows the two."""

from typing import Annotated

from koppeling_harness.model.constraint import Limit
from koppeling_harness.model.shape import OPEN, STRICT, NonEmpty
from koppeling_harness.value import dataclass

IntegrationId = Annotated[str, Limit(pattern=r"^[0-9]+_[0-9]+$")]
"""`<subscription>_<project>`, the value of the `IntegrationId` header.

Source: AFAS, docs.afas.help/profit/nl/integrationid.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """The supplier that holds the partner subscription."""

    __pydantic_config__ = STRICT

    name: NonEmpty
    subscription: Annotated[str, Limit(pattern=r"^[0-9]+$")]
    """Subscription number at AFAS, quoted: it is a code, not a number."""
    contact: NonEmpty | None = None
    """Whom to write to about the integration, such as an address for mail; absent when unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """By which numbers AFAS knows an integration, whatever it calls itself."""

    __pydantic_config__ = OPEN

    integration_id: str
    """Value of its `IntegrationId` header."""
    subscription: str
    """Number of its partner's subscription."""
