"""What goes between the harness and an integration's plugin; all of it survives JSON."""

from typing import Any

from koppeling_harness.model.shape import STRICT, Release
from koppeling_harness.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RunContext:
    """Where the integration finds ERP1, for the length of one scenario."""

    __pydantic_config__ = STRICT

    integration: str
    """Id of the integration."""
    scenario: str
    """Id of the scenario, for log lines."""
    base_url: str
    """`…/ProfitRestServices`, without a slash at the end. Goes through the gateway."""
    token: str
    """The AfasToken as Profit issues it: XML, not yet base64. Never log it."""
    integration_id: str
    """What the `IntegrationId` header must say."""
    release: Release
    """The Profit release that ERP1 runs."""
    work_dir: str
    """A folder that lives as long as the scenario: keep state there."""
    webhook_secret: str | None = None
    """With what ERP1 signs the webhooks of this scenario; None when it sends none. Never log it."""
    client_id: str | None = None
    """For OAuth, when the manifest says `oauth`; None in a real environment: bring your own."""
    client_secret: str | None = None
    """Its secret; None for a client that signs or is public. Never log it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationCall:
    """The integration is told to do something."""

    __pydantic_config__ = STRICT

    operation: str
    """Name of the operation, as in the manifest."""
    input: Any
    """What the scenario gives it."""
    context: RunContext
    """The same as `koppeling_prepare` got."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationResult:
    """What the integration says of it."""

    __pydantic_config__ = STRICT

    ok: bool = True
    """Whether the integration itself considers the operation carried out."""
    output: Any = None
    """What it gives back, as JSON."""
    error: str | None = None
    """What it would tell its user when `ok` is false."""
