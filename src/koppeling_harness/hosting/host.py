"""ERP1 and the gateway on this machine: a fresh environment for each scenario."""

import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Self, assert_never

from koppeling_harness.aside import in_thread
from koppeling_harness.clock import Clock
from koppeling_harness.emulator import AppConnector, Erp1
from koppeling_harness.emulator.access import app_connector
from koppeling_harness.hosting.connectors import Connectors, own_get_connectors
from koppeling_harness.hosting.declaration import webhook_events
from koppeling_harness.hosting.late_traffic import LateTraffic
from koppeling_harness.hosting.server import Doors, Server
from koppeling_harness.model.access import ErpAccess, HandedOver, OAuthClient, ProxyAccess
from koppeling_harness.model.connector import AppConnectorDefinition
from koppeling_harness.model.exchange import Recording
from koppeling_harness.model.manifest import Manifest
from koppeling_harness.model.scenario import (
    AppConnectorChange,
    Filling,
    Signed,
    WebhookStep,
)
from koppeling_harness.model.secret import Secret
from koppeling_harness.scenario.plan import PlannedScenario
from koppeling_harness.traffic.door import Door
from koppeling_harness.traffic.gateway import Gateway
from koppeling_harness.traffic.own_door import OwnDoor
from koppeling_harness.traffic.redactor import Redactor
from koppeling_harness.value import dataclass

_TO_ENCODE = "p:a%s+ w/"
"""In front of a renewed secret: who does not encode each value of a form, or of Basic, sends
another (RFC 6749, section 2.3.1). Of hexadecimal digits alone it never shows."""


class EmulatedErp:
    """Serves an emulated ERP1: to the harness on a port of its own, to each scenario by a door.

    An `EnvironmentSource` for the engine; an asynchronous context manager.

    Args:
        release: Label of the Profit release to imitate.
        redactor: Replaces secrets in what is recorded.
        clock: Tells the time.
        names: Gives ids of environments, where several share them; its own when None.
        imports: Files with connectors for every integration.
        in_sandbox: Whether integrations reach nothing but ERP1.

    Raises:
        DocumentError: A file of `imports` has problems.
    """

    def __init__(
        self,
        *,
        release: str,
        redactor: Redactor,
        clock: Clock,
        names: Iterator[str] | None = None,
        imports: Sequence[str] = (),
        in_sandbox: bool = False,
    ) -> None:
        self._redactor = redactor
        self._names = names
        self._erp1 = Erp1(release=release, clock=clock)
        self._connectors = Connectors(imports)
        self._gateway = Gateway(redactor=redactor, clock=clock)
        self._own_door = OwnDoor(self._erp1.app, self._gateway)
        redactor.add_secret(self._own_door.key)
        self._direct = Server(self._own_door)
        self._doors = Doors(goes_elsewhere=not in_sandbox)
        self._direct_url = ""
        self.release = self._erp1.release
        self.late = LateTraffic()

    async def __aenter__(self) -> Self:
        self._direct_url = f"{await self._direct.start()}/{self._own_door.key.reveal()}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._direct.stop()
        await self._doors.aclose()

    async def open(self, planned: PlannedScenario) -> "EmulatedEnvironment":
        """Return a fresh environment that knows the integration's own GetConnectors."""
        opened = self._opened(planned.manifest)
        name = opened.access.environment
        door = self._gateway.open(
            name,
            self._erp1.app_of(name),
            faults=planned.scenario.faults,
            secrets=opened.secrets,
            seen=planned.round.seen if planned.round else 0,
        )
        address = await self._doors.open(door, planned.manifest)
        proxy = await self._doors.proxy(door, planned.manifest)
        self.late.watch(planned, door)
        access = replace(opened.access, shown_url=address + opened.path)

        def another() -> ErpAccess:
            more = self._opened(planned.manifest)
            for each in more.secrets:
                self._redactor.add_secret(each)
            return replace(more.access, shown_url=address + more.path)

        wanted = webhook_events(planned.manifest)
        secret = Secret(secrets.token_hex(32)) if wanted and self._erp1.sends_webhooks else None
        if secret is not None:
            self._redactor.add_secret(secret, is_new=True)
        return EmulatedEnvironment(
            access=access,
            gateway_url=access.shown_url,
            door=door,
            host=self,
            another=another,
            webhooks=(secret, wanted),
            proxy=proxy,
        )

    def _opened(self, manifest: Manifest) -> "_Opened":
        """Open an environment that knows an integration, its secrets known to be such."""
        app = oauth_app(manifest)
        opened = self._erp1.open_environment(
            own_get_connectors(manifest),
            name=next(self._names) if self._names else None,
            app_connector=app,
            imports=self._connectors.imports_of(manifest),
        )
        name = opened.environment
        client = None if app is None else _client(app)
        # no date and no kind of app connector shuts the harness itself out
        own = self._erp1.environment(name).add_token(AppConnector(), own=True).xml
        self._redactor.add_secret(opened.token, is_new=True)
        self._redactor.add_secret(own, is_new=True)
        if client is not None and client.client_secret is not None:
            self._redactor.add_secret(client.client_secret, kind="secret", is_new=True)
        self._own_door.know(name, opened.token)
        access = ErpAccess(
            environment=name,
            base_url=self._direct_url + opened.path,
            token=opened.token,
            own_token=own,
            release=self.release,
            client=client,
        )
        return _Opened(access=access, path=opened.path, secrets=(opened.token, own))

    def lead(self, door: Door, environment: str, *, customer: int) -> None:
        """Let the door of a scenario lead to one of its environments."""
        door.lead_to(environment, self._erp1.app_of(environment), customer=customer)

    def subscribe(self, environment: str, url: str, secret: Secret, events: Sequence[str]) -> None:
        """Send webhooks of an environment to a service from now on."""
        self._erp1.environment(environment).webhooks.subscribe(url, secret, *events)

    def unsubscribe(self, environment: str) -> None:
        """Send no more webhooks of an environment."""
        self._erp1.environment(environment).webhooks.unsubscribe_all()

    async def deliver(
        self, environment: str, url: str, secret: Secret | None, step: WebhookStep
    ) -> int | None:
        """Deliver one webhook of an environment; return the status, None when no answer came."""
        signed = {
            Signed.RIGHT: secret,
            Signed.WRONG: Secret(secrets.token_hex(32)),
            Signed.MISSING: None,
        }
        deliver = self._erp1.environment(environment).webhooks.deliver
        by = partial(deliver, event_id=step.event_id)
        return await in_thread(by, url, signed[step.signature], step.webhook, step.data)

    def age(self, environment: str, by: timedelta) -> None:
        """Let what an environment keeps be older."""
        self._erp1.environment(environment).age(by)

    def change_app_connector(self, environment: str, change: AppConnectorChange) -> Secret | None:
        """Change the app connector of an environment; return a secret that is new.

        Args:
            environment: Its id.
            change: What is changed; to work for another customer changes none.
        """
        opened = self._erp1.environment(environment)
        app = opened.first_token.app
        match change:
            case AppConnectorChange.RENEW_SECRET:
                if app.public or app.certificates:
                    return None  # it has no secret
                odd = Secret(_TO_ENCODE + secrets.token_hex(24).upper())
                made = app.renew_secret(opened.setup.clock.now(), secret=odd)
                self._redactor.add_secret(made, kind="secret", is_new=True)
                return made
            case AppConnectorChange.REVOKE_SECRET:
                app.revoke_oldest_secret()
            case AppConnectorChange.REVOKE_KEY:
                app.certificates, app.key_ids = app.certificates[1:], app.key_ids[1:]
            case AppConnectorChange.END_TOKENS:
                opened.oauth.end_access()
            case AppConnectorChange.OAUTH_ONLY:
                app.kind = "oauth"
            case AppConnectorChange.OTHER_CUSTOMER | AppConnectorChange.FIRST_CUSTOMER:
                pass
            case _:
                assert_never(change)
        return None

    def fill(self, environment: str, filling: Filling) -> None:
        """Let an environment have more rows than the integration asks for at once."""
        self._erp1.environment(environment).fill(filling)

    def broke(self, environment: str) -> tuple[str, ...]:
        """Return what broke in the emulator while it answered for an environment."""
        return tuple(self._erp1.environment(environment).broken)

    def shut(self, door: Door) -> None:
        """Let nothing more through the door of a scenario."""
        self._doors.shut(door)

    @property
    def redactor(self) -> Redactor:
        """That of the run."""
        return self._redactor

    def close(self, environment: str) -> None:
        """Throw an environment away, and its door."""
        self._gateway.close(environment)
        self.close_beside(environment)

    def close_beside(self, environment: str) -> None:
        """Throw an environment away that has no door of its own."""
        self._own_door.forget(environment)
        self._erp1.close_environment(environment)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opened:
    """An environment of ERP1: how the harness reaches it, its path, and its tokens."""

    access: ErpAccess
    path: str
    secrets: tuple[Secret, ...]


class EmulatedEnvironment:
    """One environment of an emulated ERP1, for one scenario."""

    def __init__(
        self,
        *,
        access: ErpAccess,
        gateway_url: str,
        door: Door,
        host: EmulatedErp,
        webhooks: tuple[Secret | None, Sequence[str]] = (None, ()),
        proxy: ProxyAccess | None = None,
        another: Callable[[], ErpAccess],
    ) -> None:
        self._another = another
        self._beside: ErpAccess | None = None
        self.access = access
        self.proxy = proxy
        self.gateway_url = gateway_url
        self._door = door
        self.webhook_secret, self._events = webhooks
        self._host = host

    def subscribe(self, url: str) -> None:
        """Send webhooks to a service from now on."""
        if self.webhook_secret is not None:
            self._host.subscribe(self.access.environment, url, self.webhook_secret, self._events)

    def unsubscribe(self) -> None:
        """Send no more."""
        self._host.unsubscribe(self.access.environment)

    async def deliver(self, url: str, step: WebhookStep) -> int | None:
        """Deliver one webhook to a service; return its status, None when no answer came."""
        return await self._host.deliver(self.access.environment, url, self.webhook_secret, step)

    def age(self, by: timedelta) -> None:
        """Let tokens, secrets, chains of refresh tokens and rows be older; the day stays."""
        self._host.age(self.access.environment, by)

    def change_app_connector(self, change: AppConnectorChange) -> HandedOver | None:
        """Change its app connector; return what the integration is to have from now on."""
        if change is AppConnectorChange.OTHER_CUSTOMER:
            self._beside = self._beside or self._another()
            return self._work_for(self._beside, customer=2)
        if change is AppConnectorChange.FIRST_CUSTOMER:
            return self._work_for(self.access, customer=1)
        secret = self._host.change_app_connector(self.access.environment, change)
        client = self.access.client
        if secret is None or client is None:
            return None
        self.access = replace(self.access, client=replace(client, client_secret=secret))
        return HandedOver(client=self.access.client)

    def _work_for(self, access: ErpAccess, *, customer: int) -> HandedOver:
        self._host.lead(self._door, access.environment, customer=customer)
        return HandedOver(
            client=access.client,
            base_url=access.shown_url,
            token=access.token,
            customer=customer,
        )

    def fill(self, filling: Filling) -> None:
        """Have more rows of what the integration reads than it asks for at once."""
        self._host.fill(self.access.environment, filling)

    def broke(self) -> tuple[str, ...]:
        """Return what broke in it while it answered, each with the call."""
        beside = self._host.broke(self._beside.environment) if self._beside else ()
        return self._host.broke(self.access.environment) + beside

    def mark(self) -> None:
        """Note that the integration is told to do something now."""
        self._door.turn += 1

    async def settle(self) -> None:
        """Read what was recorded until now, without holding others up."""
        await self._door.settle()

    def recording(self) -> Recording:
        """Return what the integration sent until now, redacted."""
        return self._door.recording()

    @property
    def is_quiet(self) -> bool:
        """Whether no request of the integration is under way."""
        return self._door.is_quiet

    def shut(self) -> None:
        """Let nothing more of the integration through."""
        if not self._door.is_shut:
            self._host.shut(self._door)

    @property
    def redactor(self) -> Redactor:
        """That of the run."""
        return self._host.redactor

    async def close(self) -> None:
        """Throw the environment away, with what was recorded in it."""
        self.shut()
        self._host.close(self.access.environment)
        if self._beside is not None:
            self._host.close_beside(self._beside.environment)


def oauth_app(manifest: Manifest) -> AppConnector | None:
    """Return an app connector that knows the integration as an OAuth client; None when it is none.

    Raises:
        ConfigurationError: A certificate of the integration is none.
    """
    use = manifest.oauth
    if use is None:
        return None
    return app_connector(
        AppConnectorDefinition(
            client_id=use.client_id,
            certificates=use.certificates,
            public=use.public,
            redirect_uris=use.redirect_uris,
        )
    )


def _client(app: AppConnector) -> OAuthClient:
    signs = app.public or app.certificates
    return OAuthClient(client_id=app.client_id, client_secret=None if signs else app.client_secret)
