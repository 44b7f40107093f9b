"""HTTP of a served environment: uvicorn's own, that waits for the head of a request with an end."""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_LIMIT_S = 60.0
"""Longer than this the head of a request is not waited for; its body has a limit of its own."""

_LATE = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class TimedProtocol(HttpToolsProtocol):
    """Closes connections on which a request does not begin, or begins and does not come on.

    Between requests uvicorn closes idle ones by itself. A timer is set only when a head is not
    whole at once.
    """

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._limit: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request."""
        super().connection_made(transport)
        self._limit = self.loop.call_later(HEAD_LIMIT_S, self._expire)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._stop()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came; wait for the rest of a head."""
        before = self.cycle
        super().data_received(data)
        if self.cycle is not before:  # a head is whole
            if self._limit is not None:
                self._stop()
        elif self._limit is None and getattr(before, "response_complete", True):
            self._limit = self.loop.call_later(HEAD_LIMIT_S, self._expire)

    def _stop(self) -> None:
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None

    def _expire(self) -> None:
        self._limit = None
        if not self.transport.is_closing():
            self.transport.write(_LATE)
            self.transport.close()
