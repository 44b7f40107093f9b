"""The way to a door for programs with a built-in address: a forward proxy.

A program that is told of a proxy asks for a tunnel, `CONNECT 12345.rest.afas.online:443`. What it
then sends there, in TLS, comes out at the scenario's door: on its own connection, read by the same
protocol as at the door itself, so that a fault breaks the connection that the program has.

A tunnel to an environment of AFAS ends here, whatever its number: none of them gets a request.
Other hosts of AFAS are refused; whatever is not AFAS's is connected, as without a proxy.

Source: RFC 9110, section 9.3.6; AFAS, docs.afas.help/profit/en/concepts (`rest`, `resttest`, …).
"""

import asyncio
import contextlib
import re
import ssl
from collections.abc import Callable

import httptools

from koppeling_harness.http.address import SOAP_IS_NOT_SEEN
from koppeling_harness.model.exchange import RefusedFor
from koppeling_harness.model.shape import Text
from koppeling_harness.traffic.tls_entrance import enter_by_tls
from koppeling_harness.traffic.wire import GatewayProtocol, Head, Unreadable, Wire

_ENVIRONMENT = re.compile(r"[0-9]{5,6}\.rest(?:test|accept|cursus)?\.afas\.online")
_SOAP = re.compile(r"[0-9]{5,6}\.soap(?:test|accept|cursus)?\.afas\.online")
_AFAS = re.compile(r"(?:.+\.)?(?:afas\.online|afasonlineconnector\.nl|afas\.nl)")
_TARGET = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+)):([0-9]{1,5})")
_TLS_PORT = 443
_HEAD_LIMIT_BYTES = 16 * 1024
_HEAD_LIMIT_S = 60.0
_CONNECT_LIMIT_S = 10.0
_CONNECTED = b"HTTP/1.1 200 Connection established\r\n\r\n"

_OTHER_HOST = Text(
    nl="een andere host van AFAS dan een omgeving; daar gaat niets heen",
    en="another host of AFAS than an environment; nothing goes there",
)
_NO_TUNNEL = Text(
    nl="geen tunnel gevraagd: AFAS spreekt alleen https", en="no tunnel asked for: AFAS is https"
)


class ForwardProxy(asyncio.Protocol):
    """One connection of a program to its proxy.

    Args:
        door: What comes out of the tunnels to AFAS goes in here.
        speak: Makes the protocol that reads it.
        tls: Gives a host's TLS context, with a certificate that the program was told to trust.
        tasks: What goes on beside the connection, to be ended with it.
        there: The connections that do not yet, or do not, lead to the door.
        goes_elsewhere: Whether it connects hosts that are not AFAS's; not out of a sandbox.
    """

    def __init__(
        self,
        door: Unreadable,
        *,
        speak: Callable[[], GatewayProtocol],
        tls: Callable[[str], ssl.SSLContext],
        tasks: set[asyncio.Task[None]],
        there: set["ForwardProxy"],
        goes_elsewhere: bool,
    ) -> None:
        self._door = door
        self._speak = speak
        self._tls = tls
        self._tasks = tasks
        self._there = there
        self._goes_elsewhere = goes_elsewhere
        self._parser = httptools.HttpRequestParser(self)
        self._size = 0
        self._target = b""
        self._headers: list[tuple[bytes, bytes]] = []
        self._limit: asyncio.TimerHandle | None = None
        self._other: asyncio.Transport | None = None
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """asyncio: a program is here."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - TCP
        self._transport = transport
        self._there.add(self)
        loop = asyncio.get_running_loop()
        self._limit = loop.call_later(_HEAD_LIMIT_S, transport.close)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        """asyncio: the program has gone, before there was a tunnel or with one to elsewhere."""
        self._unlimited()
        self._there.discard(self)
        if self._other is not None:
            self._other.close()

    def abort(self) -> None:
        """Break it off."""
        self._transport.abort()

    def data_received(self, data: bytes) -> None:
        """asyncio: the program sends something."""
        if self._other is not None:
            self._other.write(data)
            return
        self._size += len(data)
        if self._size > _HEAD_LIMIT_BYTES:
            self._refuse(431, Text(nl="een te lange kop", en="a head that is too long"))
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self._unlimited()
            self._open(data[upgrade.args[0] :])
            return
        except httptools.HttpParserError as error:
            said = str(error)
            self._refuse(400, Text(nl=said, en=said))

    def on_url(self, url: bytes) -> None:
        """llhttp: a piece of the target."""
        self._target += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """llhttp: a header."""
        self._headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        """llhttp: a head is complete; what asks for no tunnel is told so."""
        if not self._parser.should_upgrade():
            self._refuse(400, _NO_TUNNEL)

    def pause_writing(self) -> None:
        """asyncio: the program reads slowly."""
        if self._other is not None:
            self._other.pause_reading()

    def resume_writing(self) -> None:
        """asyncio: the program reads again."""
        if self._other is not None:
            self._other.resume_reading()

    def _open(self, early: bytes) -> None:
        found = _TARGET.fullmatch(self._target.decode("latin-1"))
        if self._parser.get_method() != b"CONNECT" or found is None or early:
            self._refuse(400, _NO_TUNNEL)
            return
        host = (found[1] or found[2]).lower().rstrip(".")
        port = int(found[3])
        if _ENVIRONMENT.fullmatch(host) and port == _TLS_PORT:
            self._go_on(self._enter(host))
        elif _AFAS.fullmatch(host):
            why = SOAP_IS_NOT_SEEN if _SOAP.fullmatch(host) else _OTHER_HOST
            self._refuse(403, why, kind=RefusedFor.ADDRESS)
        elif self._goes_elsewhere:
            self._go_on(self._connect(host, port))
        else:
            self._answer(403)

    def _go_on(self, doing: "asyncio._CoroutineLike[None]") -> None:
        task = asyncio.get_running_loop().create_task(doing)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _enter(self, host: str) -> None:
        """Speak TLS as the environment would, and let what comes out in at the door."""
        self._there.discard(self)
        self._transport.write(_CONNECTED)
        why = await enter_by_tls(self._transport, self._tls(host), self._speak)
        if why is not None:
            self._tell(why, status=None, kind=RefusedFor.TLS)

    async def _connect(self, host: str, port: int) -> None:
        """Connect a host that is not AFAS's, and pass on what comes, unread."""
        loop = asyncio.get_running_loop()
        self._transport.pause_reading()
        try:
            async with asyncio.timeout(_CONNECT_LIMIT_S):
                other, _ = await loop.create_connection(lambda: _Back(self._transport), host, port)
        except (OSError, TimeoutError):
            self._answer(502)
            return
        self._other = other
        self._transport.write(_CONNECTED)
        self._transport.resume_reading()

    def _refuse(self, status: int, why: Text, *, kind: RefusedFor = RefusedFor.HTTP) -> None:
        self._unlimited()
        if not self._transport.is_closing():
            self._tell(why, status=status, kind=kind)
            self._answer(status)

    def _answer(self, status: int) -> None:
        head = f"HTTP/1.1 {status} No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        self._transport.write(head.encode())
        self._transport.close()

    def _tell(self, why: Text, *, status: int | None, kind: RefusedFor) -> None:
        self._door.unreadable(
            Head(
                wire=Wire(self._transport),
                method="CONNECT",
                target=self._target.decode("latin-1"),
                headers=self._headers,
                why=why,
                status=status,
                kind=kind,
            )
        )

    def _unlimited(self) -> None:
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None


class _Back(asyncio.Protocol):
    """What another host sends, on its way to the program."""

    def __init__(self, program: asyncio.Transport) -> None:
        self._program = program
        self._transport: asyncio.BaseTransport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._program.write(data)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        with contextlib.suppress(RuntimeError):
            self._program.close()
