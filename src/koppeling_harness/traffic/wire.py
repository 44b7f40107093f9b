"""What lies below ASGI: the TCP connection, so that the gateway can break it on purpose.

ASGI has no message for "close without an answer". Served with
`uvicorn.Config(http=GatewayProtocol)` each request finds its connection in `scope["state"]`.
"""

import asyncio
import contextlib
import itertools
import socket
import struct
import sys
from collections.abc import Mapping
from typing import Any

from uvicorn.protocols.http.auto import AutoHTTPProtocol

_KEY = "koppeling_harness.wire"
_NUMBERS = itertools.count(1)
_LINGER_0 = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)


class Wire:
    """One TCP connection of a client.

    Attributes:
        number: Unlike that of any other connection of this process.
    """

    __slots__ = ("_lost", "_transport", "number")

    def __init__(self, transport: asyncio.Transport) -> None:
        self.number = next(_NUMBERS)
        self._transport = transport
        self._lost = asyncio.Event()

    @property
    def is_closed(self) -> bool:
        """Whether nothing that is sent now can reach the client."""
        return self._lost.is_set() or self._transport.is_closing()

    async def pause(self, delay_s: float) -> None:
        """Wait, but no longer than the client stays."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(delay_s):
                await self._lost.wait()

    async def hang_up(self) -> None:
        """Send what was written and end the connection in the ordinary way (FIN)."""
        self._transport.close()
        await self._lost.wait()

    async def reset(self) -> None:
        """Break the connection: the client sees "connection reset by peer" (RST)."""
        self.cut()
        await self._lost.wait()

    def cut(self) -> None:
        """Break the connection without waiting until it is gone."""
        sock = self._transport.get_extra_info("socket")
        if sock is not None and not self._transport.is_closing():
            with contextlib.suppress(OSError):  # the client may have been first
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_0)
        self._transport.abort()

    def mark_lost(self) -> None:
        """Note that the connection is gone; wakes whoever waits for it."""
        self._lost.set()


class _WithWire(asyncio.Protocol):
    app_state: dict[str, Any]
    _wire: Wire

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - uvicorn serves TCP only
        self._wire = Wire(transport)
        # uvicorn copies app_state into the scope of each request
        self.app_state = {**self.app_state, _KEY: self._wire}
        super().connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._wire.mark_lost()


class GatewayProtocol(_WithWire, AutoHTTPProtocol):  # type: ignore[misc, valid-type]
    """uvicorn's own HTTP protocol, that hands the connection to the gateway."""


def wire_of(scope: Mapping[str, Any]) -> Wire | None:
    """Return the connection of a request; None when another server carries it."""
    wire: Wire | None = scope.get("state", {}).get(_KEY)
    return wire
