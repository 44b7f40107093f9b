"""Environments to run scenarios in, as the engine needs them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Protocol, runtime_checkable

from koppeling_harness.engine.stop import Stop
from koppeling_harness.model.access import ErpAccess, HandedOver
from koppeling_harness.model.exchange import Recording
from koppeling_harness.model.finding import Finding
from koppeling_harness.model.scenario import AppConnectorChange, Filling, WebhookStep
from koppeling_harness.model.secret import Secret
from koppeling_harness.scenario.plan import PlannedScenario
from koppeling_harness.traffic.redactor import Redactor


class Environment(Protocol):
    """One Profit environment, opened for one scenario."""

    access: ErpAccess
    """How the harness itself reaches it, past the gateway."""
    gateway_url: str
    """The base URL that the integration is given: everything through it is recorded."""

    def mark(self) -> None:
        """Note that the integration is told to do something now.

        What it sends after that is no repetition of what it sent before.
        """
        ...

    async def settle(self) -> None:
        """Read what was recorded until now, without holding others up; `recording` gives it."""
        ...

    def recording(self) -> Recording:
        """Return what the integration sent until now, without secrets, to be judged."""
        ...

    @property
    def is_quiet(self) -> bool:
        """Whether no request of the integration is under way."""
        ...

    def shut(self) -> None:
        """Let nothing more of the integration through: what comes from here is late."""
        ...

    @property
    def redactor(self) -> Redactor:
        """Replaces what must not be kept; that of the run."""
        ...

    async def close(self) -> None:
        """End it and forget what was recorded."""
        ...


@runtime_checkable
class Breakable(Protocol):
    """An environment that is our own program, and so may break."""

    def broke(self) -> tuple[str, ...]:
        """Return what broke in it while it answered, each with the call."""
        ...


@runtime_checkable
class WebhookSender(Protocol):
    """An environment that can tell a service of the integration what happened in it."""

    webhook_secret: Secret | None
    """What its webhooks are signed with; None when it sends none to this integration."""

    def subscribe(self, url: str) -> None:
        """Send webhooks to a service from now on."""
        ...

    def unsubscribe(self) -> None:
        """Send no more."""
        ...

    async def deliver(self, url: str, step: WebhookStep) -> int | None:
        """Deliver one webhook to a service; return its status, None when no answer came."""
        ...


@runtime_checkable
class AgingEnvironment(Protocol):
    """An environment whose kept things can be made older: an emulated one."""

    def age(self, by: timedelta) -> None:
        """Let tokens, secrets, chains of refresh tokens and rows be older; the day stays."""
        ...


@runtime_checkable
class AdministeredEnvironment(Protocol):
    """An environment whose app connector can be changed under the integration: an emulated one."""

    def change_app_connector(self, change: AppConnectorChange) -> HandedOver | None:
        """Change it; return what the integration is to have from now on, if anything."""
        ...


@runtime_checkable
class FillingEnvironment(Protocol):
    """An environment that rows can be added to while it is read: an emulated one."""

    def fill(self, filling: Filling) -> None:
        """Have more rows of what the integration reads than it asks for at once."""
        ...


@runtime_checkable
class SharedEnvironment(Protocol):
    """An environment that others use too: it is left as it was found."""

    def expect(self, marks: Callable[[], frozenset[str]]) -> None:
        """Say where the run-unique texts of the scenario are found, as they are made."""
        ...

    async def set_back(self) -> tuple[Finding, ...]:
        """Take away what was written; return a finding for all that stays behind."""
        ...

    def trouble(self) -> str:
        """Return what went wrong in the environment itself; empty when nothing did."""
        ...


@runtime_checkable
class SharedSource(Protocol):
    """Where environments come from that others use too."""

    def refusal(self, planned: PlannedScenario) -> Stop | None:
        """Return why a scenario cannot be carried out there; None when it can."""
        ...


class EnvironmentSource(Protocol):
    """Where environments come from: an emulated ERP1, or a real one."""

    async def open(self, planned: PlannedScenario) -> Environment:
        """Return an environment for one scenario, with its faults laid out.

        Raises:
            ErpUnavailableError: None can be had now.
        """
        ...
