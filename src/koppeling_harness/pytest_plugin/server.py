"""Serve an application on this machine, for the length of a run."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import uvicorn

from koppeling_harness.errors import HarnessError
from koppeling_harness.traffic.wire import GatewayProtocol

_START_LIMIT_S = 10.0


class _QuietServer(uvicorn.Server):
    """uvicorn inside somebody else's process: it leaves the signals alone."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


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
            timeout_graceful_shutdown=1,
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
                await asyncio.sleep(0.005)
        return f"http://127.0.0.1:{port}"

    async def stop(self) -> None:
        """Stop listening and close what is open."""
        self._server.should_exit = True
        if self._task is not None:
            await self._task
