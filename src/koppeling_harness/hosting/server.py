"""Serve an application on this machine, for the length of a run."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import uvicorn

from koppeling_harness.errors import HarnessError
from koppeling_harness.traffic.wire import GatewayProtocol

_START_LIMIT_S = 10.0
_GOODBYE_S = 1.0
_DATE_S = 1.0
"""The header `Date` counts in seconds."""
_LOOK_EVERY_S = 0.002


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
            for task in state.tasks:
                task.cancel()


class Server:
    """Serves an application on a free loopback port.

    Args:
        app: An ASGI application.
        gateway: Whether it is a gateway, that needs to know the connections.
    """

    def __init__(self, app: object, *, gateway: bool = False) -> None:
        config = uvicorn.Config(
            app,  # type: ignore[arg-type]
            http=GatewayProtocol if gateway else "auto",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            timeout_keep_alive=75,  # longer than clients keep idle connections: they close first
            date_header=not gateway,  # the gateway sets its own, for clock skew
        )
        self._server = _QuietServer(config)
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> str:
        """Listen on a free loopback port; return the address."""
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
