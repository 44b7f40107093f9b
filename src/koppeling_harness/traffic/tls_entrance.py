"""The way in by TLS: the handshake, and who is told when it fails.

What comes out of it is read by the same protocol as at an open door, so that faults break the
connection that the program itself has.
"""

import asyncio
import ssl
from collections.abc import Callable

from koppeling_harness.model.exchange import RefusedFor
from koppeling_harness.model.shape import Text
from koppeling_harness.traffic.wire import GatewayProtocol, Head, Unreadable, Wire


async def enter_by_tls(
    transport: asyncio.Transport, tls: ssl.SSLContext, speak: Callable[[], GatewayProtocol]
) -> Text | None:
    """Speak TLS on a connection, and let what comes out of it in; return why it failed, if it did.

    Args:
        transport: The connection; it is broken off when TLS fails.
        tls: With the certificate to show, and whose certificate is asked for.
        speak: Makes the protocol that reads what comes out.
    """
    first = _Until()
    try:
        inside = await asyncio.get_running_loop().start_tls(transport, first, tls, server_side=True)
    except (OSError, ssl.SSLError) as error:
        transport.abort()
        return _failed(error)
    if inside is None:  # the program left during the handshake
        return _failed(None)
    protocol = speak()
    inside.set_protocol(protocol)
    protocol.connection_made(inside)
    first.hand_on(protocol)
    return None


class TlsEntrance(asyncio.Protocol):
    """One connection to a door that is reached by TLS.

    Args:
        door: Is told of a handshake that failed.
        speak: Makes the protocol that reads what comes out.
        tls: With the certificate to show, and whose certificate is asked for.
        tasks: What goes on beside the connection, to be ended with it.
    """

    def __init__(
        self,
        door: Unreadable,
        *,
        speak: Callable[[], GatewayProtocol],
        tls: ssl.SSLContext,
        tasks: set[asyncio.Task[None]],
    ) -> None:
        self._door = door
        self._speak = speak
        self._tls = tls
        self._tasks = tasks

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """asyncio: a program is here; nothing is read before TLS reads it."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - TCP
        transport.pause_reading()
        task = asyncio.get_running_loop().create_task(self._enter(transport))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _enter(self, transport: asyncio.Transport) -> None:
        why = await enter_by_tls(transport, self._tls, self._speak)
        if why is not None:
            self._door.unreadable(
                Head(
                    wire=Wire(transport),
                    method="CONNECT",
                    target="",
                    headers=[],
                    why=why,
                    status=None,
                    kind=RefusedFor.TLS,
                )
            )


class _Until(asyncio.Protocol):
    """Holds what comes out until the protocol that reads it is there."""

    def __init__(self) -> None:
        self._held: list[bytes] = []
        self._has_ended = False

    def data_received(self, data: bytes) -> None:
        self._held.append(data)

    def eof_received(self) -> None:
        self._has_ended = True

    def hand_on(self, protocol: asyncio.Protocol) -> None:
        """Give it what came until now."""
        for each in self._held:
            protocol.data_received(each)
        if self._has_ended:
            protocol.eof_received()


def _failed(error: Exception | None) -> Text:
    said = getattr(error, "reason", None) or str(error or "") or "the program hung up"
    return Text(
        nl=f"de versleutelde verbinding kwam niet tot stand ({said})",
        en=f"the connection in TLS was not made ({said})",
    )
