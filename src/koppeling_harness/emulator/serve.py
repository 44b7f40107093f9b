"""Hosting the emulator: one environment behind a socket, announced in one line of JSON."""

import asyncio
import gc
import ipaddress
import json
import logging
import socket
import ssl
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from email.utils import format_datetime
from pathlib import Path
from types import FrameType
from typing import Any

import uvicorn

from koppeling_harness.clock import Clock, ShiftedClock, SystemClock
from koppeling_harness.emulator.access import app_connector
from koppeling_harness.emulator.definition import Definition
from koppeling_harness.emulator.erp1 import EnvironmentAccess, Erp1
from koppeling_harness.emulator.own_definition import by_object
from koppeling_harness.emulator.refusals import refusal_line
from koppeling_harness.emulator.serve_commands import Commands
from koppeling_harness.emulator.serve_protocol import TimedProtocol
from koppeling_harness.emulator.specification import UpdateConnector
from koppeling_harness.errors import ConfigurationError, UsageError
from koppeling_harness.model.connector import EnvironmentDefinition
from koppeling_harness.model.policy import CURRENT
from koppeling_harness.model.secret import Secret
from koppeling_harness.value import dataclass

DEFAULT_ROWS = 10_000
"""Post-calculation lines of a served environment, and journal lines of its administration."""

_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - read, not bound
"""Addresses that stand for all of this machine's, and one of each that can be called."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeOptions:
    """How to serve."""

    host: str = "127.0.0.1"
    port: int = 0
    """0 takes a free one."""
    release: str = CURRENT
    latency_ms: int = 0
    """Added to every answer."""
    rows: int = DEFAULT_ROWS
    seed: int = 1
    state: Path | None = None
    quirks: Mapping[str, str] = field(default_factory=dict)
    tls: bool = False
    ca_out: Path | None = None
    """Where the authority behind the certificate is written, for clients to trust."""
    client_ca: Path | None = None
    """Authorities of the certificates that clients must show (mutual TLS); None asks for none."""
    imported: Sequence[UpdateConnector] = ()
    imported_gets: Sequence[Definition] = ()
    refusals: bool = True
    """Whether `warn` is told why a request was refused."""
    commands: Iterable[str] | None = None
    """What it is to do meanwhile, a command each; None for nothing."""
    now: datetime | None = None
    """The moment that it is when serving begins; None takes the present one."""
    definition: EnvironmentDefinition = field(default_factory=EnvironmentDefinition)
    """GetConnectors of its own, custom fields, app connector, receivers of webhooks."""


def serve(options: ServeOptions, *, announce: Say, warn: Say, clock: Clock | None = None) -> None:
    """Serve one environment until interrupted.

    Args:
        options: How.
        announce: Gets one line of JSON when the first request can be answered: `base_url`,
            `token`, `token_base64`, `release`, `version`, `environment`.
        warn: Gets what the user should know.
        clock: Tells the time.

    Raises:
        ConfigurationError: An option does not fit.
        KeyboardInterrupt: It was interrupted; everything is closed.
        UsageError: The address cannot be listened on.
    """
    clock = clock or SystemClock()
    if options.now is not None:
        clock = ShiftedClock(clock, options.now - clock.now())
    erp1 = Erp1(
        release=options.release,
        seed=options.seed,
        rows=options.rows,
        quirks=options.quirks,
        clock=clock,
        imported=options.imported,
        imported_gets=options.imported_gets,
    )
    try:
        access = _open(erp1, options)
        made = erp1.environment(access.environment)
        made.connection  # noqa: B018 - filled before announcing
        made.on_mail = lambda user, code: warn(f"one-time password for {user}: {code}")
        with _listening(options.host, options.port) as listener:
            if not _is_loopback(options.host):
                warn(
                    f"listening on {options.host}: whoever reaches this machine reaches the "
                    "service too; it holds invented data, and is no place for real data"
                )
            line = announcement(erp1, access, listener, tls=options.tls)
            commands = Commands(erp1, access.environment, warn)

            def ready() -> None:
                gc.freeze()  # what is there by now stays: no use in looking through it again
                announce(line)
                if options.commands is not None:
                    loop = asyncio.get_running_loop()
                    commands.listen(options.commands, loop.call_soon_threadsafe)

            dated = isinstance(clock, SystemClock)
            _run(_app(erp1, options, clock, commands, warn), options, listener, ready, dated=dated)
    finally:
        erp1.close()


def _open(erp1: Erp1, options: ServeOptions) -> EnvironmentAccess:
    definition = options.definition
    fields = by_object(definition.custom_fields)
    app = app_connector(definition.app_connector) if definition.app_connector else None
    access = erp1.open_environment(
        definition.get_connectors, app_connector=app, custom_fields=fields, state=options.state
    )
    if definition.webhooks and not erp1.sends_webhooks:
        message = f"webhooks: {erp1.release.label} does not send any"
        raise ConfigurationError(message, hint="Webhooks are there from Profit 8 on.")
    webhooks = erp1.environment(access.environment).webhooks
    for receiver in definition.webhooks:
        webhooks.subscribe(
            receiver.url, Secret(receiver.secret), *receiver.events, name=receiver.name
        )
    return access


def announcement(
    erp1: Erp1, access: EnvironmentAccess, listener: socket.socket, *, tls: bool
) -> str:
    """Return the first line that a served environment prints."""
    host, port = listener.getsockname()[:2]
    host = _ANYWHERE.get(host, host)  # nobody can call the address that stands for all
    shown = f"[{host}]" if ":" in host else host
    return json.dumps(
        {
            "base_url": f"http{'s' if tls else ''}://{shown}:{port}{access.path}",
            "token": access.token.reveal(),
            "token_base64": access.token_base64.reveal(),
            "release": erp1.release.label,
            "version": erp1.release.version,
            "environment": access.environment,
        }
    )


def _app(erp1: Erp1, options: ServeOptions, clock: Clock, commands: Commands, warn: Say) -> Any:
    app: Any = erp1.app if options.commands is None else commands.failing(erp1.app)
    if not isinstance(clock, SystemClock):
        app = _dated(app, clock)
    if options.refusals:
        erp1.app.on_refused = lambda scope, answer: warn(refusal_line(scope, answer))
    return _delayed(app, options.latency_ms / 1000) if options.latency_ms else app


def _run(
    app: Any,
    options: ServeOptions,
    listener: socket.socket,
    ready: Callable[[], None],
    *,
    dated: bool,
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        files = _tls(Path(folder), options)
        config = uvicorn.Config(
            app,
            interface="asgi3",
            http=TimedProtocol,
            log_level="error",
            access_log=False,
            server_header=False,
            proxy_headers=False,  # no caller may say that it is somebody else
            date_header=dated,  # where it is another day, the application says which
            lifespan="off",
            **files,
        )
        _Server(config, ready).run(sockets=[listener])


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Have it end at once: whoever is being answered, or has half asked, is not waited for."""
        logging.getLogger("uvicorn.error").disabled = True  # tells each answer that is cut off
        self.force_exit = True
        super().handle_exit(sig, frame)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Hang up first: from Python 3.12 on, to close a server is to wait for its callers."""
        for each in [*self.server_state.connections]:
            each.transport.abort()
        await super().shutdown(sockets)


def _dated(app: Any, clock: Clock) -> Any:
    """Let every answer say the day that it is in the environment."""

    async def dated(scope: Any, receive: Any, send: Any) -> None:
        async def send_dated(message: Any) -> None:
            if message["type"] == "http.response.start":
                said = format_datetime(clock.now(), usegmt=True).encode()
                message["headers"] = [(b"date", said), *message["headers"]]
            await send(message)

        await app(scope, receive, send_dated)

    return dated


def _delayed(app: Any, delay_s: float) -> Any:
    async def delayed(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.sleep(delay_s)
        await app(scope, receive, send)

    return delayed


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol named: asyncio switches Nagle's delay off for such sockets only.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        message = f"cannot listen on {host} port {port}: {error.strerror or error}"
        raise UsageError(message, hint="name another --port, or 0 for a free one") from None
    listener.listen(512)
    return listener


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _tls(folder: Path, options: ServeOptions) -> dict[str, Any]:
    """Return what uvicorn needs to know of TLS; TLS 1.2 is the least that Profit takes.

    Raises:
        ConfigurationError: An option does not fit.
    """
    if not options.tls:
        name = "--ca-out" if options.ca_out else "--client-ca" if options.client_ca else ""
        if name:
            message = f"{name} is of no use without --tls"
            raise ConfigurationError(message)
        return {}
    settings = _certificate(folder, options.host, options.ca_out)
    if options.client_ca is not None:
        try:
            ssl.create_default_context(cafile=str(options.client_ca))
        except (OSError, ssl.SSLError) as error:
            message = f"{options.client_ca}: expected certificates in PEM, {error}"
            raise ConfigurationError(message) from None
        settings |= {"ssl_ca_certs": str(options.client_ca), "ssl_cert_reqs": ssl.CERT_REQUIRED}
    return settings


def _certificate(folder: Path, host: str, ca_out: Path | None) -> dict[str, Any]:
    """Make a certificate for this run.

    Raises:
        ConfigurationError: The authority cannot be written where it should be.
    """
    import trustme  # noqa: PLC0415 - few are served with TLS

    authority = trustme.CA()
    if ca_out is not None:
        try:
            ca_out.write_bytes(authority.cert_pem.bytes())
        except OSError as error:
            message = f"{ca_out}: cannot be written: {error.strerror or error}"
            raise ConfigurationError(message) from None
    names = {host, "localhost", "127.0.0.1", "::1", socket.gethostname()}
    certificate = authority.issue_cert(*sorted(names))
    key, chain = folder / "key.pem", folder / "chain.pem"
    certificate.private_key_pem.write_to_path(str(key))
    for blob in certificate.cert_chain_pems:
        blob.write_to_path(str(chain), append=True)
    return {
        "ssl_keyfile": str(key),
        "ssl_certfile": str(chain),
        "ssl_version": ssl.PROTOCOL_TLS_SERVER,
    }
