"""Connections to one server that are kept open for the next request."""

import asyncio
import ssl

from koppeling_harness.http.line import Line, open_line

CONNECT_LIMIT_S = 10.0


class Pool:
    """Connections to one server.

    Args:
        host: Its name; with TLS the certificate must be for it.
        port: Where it listens.
        tls: How its certificate is verified; None for plain HTTP.
    """

    def __init__(self, host: str, port: int, tls: ssl.SSLContext | None) -> None:
        self._host = host
        self._port = port
        self._tls = tls
        self._idle: list[Line] = []

    async def line(self) -> Line:
        """Return a connection that nobody uses; give it back with `release`.

        Raises:
            OSError: The server cannot be reached, or its certificate is not in order.
            TimeoutError: It takes too long.
        """
        while self._idle:
            line = self._idle.pop()
            if await line.is_usable():
                return line
            line.close()
        async with asyncio.timeout(CONNECT_LIMIT_S):
            return await open_line(self._host, self._port, self._tls)

    def release(self, line: Line) -> None:
        """Keep a connection for the next request, when it can carry one."""
        if line.is_reusable and line.is_open:
            self._idle.append(line)
        else:
            line.close()

    async def aclose(self) -> None:
        """Close what is kept."""
        idle, self._idle = self._idle, []
        for line in idle:
            await line.aclose()
