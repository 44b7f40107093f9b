"""Serve an application on this machine, for the length of a run."""

import asyncio
import contextlib
import socket
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any
from weakref import WeakSet

import uvicorn
from uvicorn.server import ServerState

from koppeling_harness.errors import HarnessError
from koppeling_harness.hosting.authority import Authority
from koppeling_harness.model.access import ProxyAccess
from koppeling_harness.model.manifest import Manifest
from koppeling_harness.traffic.door import Door
from koppeling_harness.traffic.forward_proxy import ForwardProxy
from koppeling_harness.traffic.tls_entrance import TlsEntrance
from koppeling_harness.traffic.wire import GatewayProtocol

_LOOPBACK = "127.0.0.1"
_START_LIMIT_S = 10.0
_GOODBYE_S = 1.0
_DATE_S = 1.0
"""The header `Date` counts in seconds."""
_LOOK_EVERY_S = 0.002
_TURNS = 100
"""Turns of the loop in which every transport has let go of its socket."""
_MOST_CONNECTIONS = 256
"""Of one scenario at once: each is a file descriptor, of which others need some too."""
_SHUT_AT_MOST = 64
"""So many shut doors are listened at: each is a file descriptor."""


class _QuietServer(uvicorn.Server):
    """uvicorn inside somebody else's process: it leaves the signals alone, and ends at once.

    By itself it looks ten times a second whether it is to end, and then waits as long again.
    """

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._end = asyncio.Event()

    def end(self) -> None:
        """Have it stop listening and close what is open."""
        self._end.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def main_loop(self) -> None:
        """Serve until the end, and keep the date in what is sent."""
        while not self._end.is_set():
            await self.on_tick(0)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_DATE_S):
                    await self._end.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close everything; what is still being answered has a moment to come to its end."""
        for each in (*self.servers, *(sockets or ())):
            each.close()
        state = self.server_state
        for connection in list(state.connections):
            connection.shutdown()
        try:
            async with asyncio.timeout(_GOODBYE_S):
                while state.connections or state.tasks:
                    await asyncio.sleep(_LOOK_EVERY_S)
                for each in self.servers:
                    await each.wait_closed()
        except TimeoutError:
            for connection in list(state.connections):
                connection.transport.abort()  # who is gone awaits no answer
            for task in state.tasks:
                task.cancel()


class Server:
    """Serves an application on a free loopback port.

    Args:
        app: An ASGI application.
    """

    def __init__(self, app: object) -> None:
        self._server = _QuietServer(_config(_quiet(app)))
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> str:
        """Listen on a free loopback port; return the address."""
        listener, port = _listener()
        self._task = asyncio.create_task(self._server.serve(sockets=[listener]))
        async with asyncio.timeout(_START_LIMIT_S):
            while not self._server.started:
                if self._task.done():
                    await self._task
                await asyncio.sleep(_LOOK_EVERY_S)
        return f"http://127.0.0.1:{port}"

    async def stop(self) -> None:
        """Stop listening and close what is open."""
        self._server.end()
        if self._task is not None:
            await self._task


def _quiet(app: Any) -> Any:
    """Return an application that says nothing when it is broken off at the end of a run."""

    async def passed(scope: Any, receive: Any, send: Any) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await app(scope, receive, send)

    return passed


class _Full(asyncio.Protocol):
    """Breaks off at once what is more than may be."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - only TCP is served
        transport.abort()


class Doors:
    """Listens for each scenario on a port of its own: what comes in there is that scenario's.

    A door that is shut is listened at for a while: what comes late is seen, and goes nowhere.

    Args:
        goes_elsewhere: Whether the proxy of a fixed address connects what is not AFAS's; not out of
            a sandbox.
    """

    def __init__(self, *, goes_elsewhere: bool = True) -> None:
        self._goes_elsewhere = goes_elsewhere
        # the gateway sets the date itself, for clock skew
        self._config = _config(None, http=GatewayProtocol, date_header=False)
        self._config.load()
        self._state = ServerState()
        self._open: dict[Door, list[asyncio.Server]] = {}
        self._authority: Authority | None = None
        self._tunnels: set[asyncio.Task[None]] = set()
        self._proxied: set[ForwardProxy] = set()
        self._shut: deque[Door] = deque()

    async def open(self, door: Door, manifest: Manifest) -> str:
        """Listen for a door on a free loopback port; return the address.

        Who shows a certificate of its own is met in TLS, and asked for it (mutual TLS).
        """
        if not manifest.client_ca:
            return f"http://{await self._listen(door, self._few(door))}"
        tls = self._known_authority().context(_LOOPBACK, manifest.client_ca)

        def protocol() -> asyncio.Protocol:
            return TlsEntrance(door, speak=lambda: self._speak(door), tls=tls, tasks=self._tunnels)

        return f"https://{await self._listen(door, protocol)}"

    def _few(self, door: Door) -> Callable[[], asyncio.Protocol]:
        """Return what speaks with whoever comes to a door, as long as they are not too many."""
        there: WeakSet[GatewayProtocol] = WeakSet()

        def protocol() -> asyncio.Protocol:
            if sum(each in self._state.connections for each in there) >= _MOST_CONNECTIONS:
                return _Full()
            made = self._speak(door)
            there.add(made)
            return made

        return protocol

    async def proxy(self, door: Door, manifest: Manifest) -> ProxyAccess | None:
        """Return what an integration that gets in by TLS is to be told; None for any other.

        For who has AFAS's address built in, listen as a forward proxy that leads to a door.
        """
        if manifest.address != "fixed":
            pem = self._known_authority().pem if manifest.client_ca else ""
            return ProxyAccess(url=None, authority=pem) if pem else None
        authority = self._known_authority()

        there: WeakSet[ForwardProxy] = WeakSet()

        def protocol() -> asyncio.Protocol:
            if sum(each in self._proxied for each in there) >= _MOST_CONNECTIONS:
                return _Full()
            made = ForwardProxy(
                door,
                speak=lambda: self._speak(door),
                tls=lambda host: authority.context(host, manifest.client_ca),
                tasks=self._tunnels,
                there=self._proxied,
                goes_elsewhere=self._goes_elsewhere,
            )
            there.add(made)
            return made

        listens = await self._listen(door, protocol)
        return ProxyAccess(url=f"http://{listens}", authority=authority.pem)

    def _known_authority(self) -> Authority:
        self._authority = self._authority or Authority()
        return self._authority

    def _speak(self, door: Door) -> GatewayProtocol:
        made = GatewayProtocol(self._config, self._state, {})
        made.app = door
        return made

    async def _listen(self, door: Door, protocol: Callable[[], asyncio.Protocol]) -> str:
        listener, port = _listener()
        server = await asyncio.get_running_loop().create_server(protocol, sock=listener)
        self._open.setdefault(door, []).append(server)
        return f"{_LOOPBACK}:{port}"

    def shut(self, door: Door) -> None:
        """Let nothing more through a door, and stop listening at it when many more are shut."""
        door.shut()
        self._shut.append(door)
        if len(self._shut) > _SHUT_AT_MOST:
            for each in self._open.pop(self._shut.popleft()):
                each.close()

    async def aclose(self) -> None:
        """Stop listening, and close what is open."""
        for servers in self._open.values():
            for each in servers:
                each.close()
        self._open.clear()
        for proxied in list(self._proxied):
            proxied.abort()
        for tunnel in list(self._tunnels):
            tunnel.cancel()
        await asyncio.gather(*self._tunnels, return_exceptions=True)
        state = self._state
        for connection in list(state.connections):
            connection.transport.abort()
        for task in list(state.tasks):
            task.cancel()
        await asyncio.gather(*state.tasks, return_exceptions=True)
        for _ in range(_TURNS):  # a transport lets go of its socket in the next turn
            if not state.connections:
                return
            await asyncio.sleep(0)


def _config(app: object, **more: Any) -> uvicorn.Config:
    return uvicorn.Config(
        app,  # type: ignore[arg-type]
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,  # no caller may say that it is somebody else
        timeout_keep_alive=75,  # longer than clients keep idle connections: they close first
        **more,
    )


def _listener() -> tuple[socket.socket, int]:
    """Return a socket on a free loopback port, with the port.

    Raises:
        HarnessError: There is none.
    """
    # With the protocol named, asyncio switches Nagle's algorithm off for what is accepted;
    # without, every answer of two segments waits 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.bind(("127.0.0.1", 0))
    except OSError as error:
        listener.close()
        message = f"127.0.0.1: expected a free port for ERP1, but {error}"
        raise HarnessError(message) from None
    port: int = listener.getsockname()[1]
    return listener, port
