"""Calls to a real environment: few at once, and as long as maintenance asks.

Of a 503 AFAS says that the call was not carried out, so that it may be sent again. Source: AFAS,
docs.afas.help/profit/en/troubleshooting.
"""

import asyncio
import math
import ssl
from collections.abc import Awaitable, Callable
from typing import TypeVar

from koppeling_harness.http.base_url import BaseUrl
from koppeling_harness.http.connection import Connection, RawAnswer
from koppeling_harness.model.gate import Gate

Answer = TypeVar("Answer")

TRIES = 4
_PAUSE_S = 1.0
_LONGEST_PAUSE_S = 60.0
"""Longer maintenance is not waited for."""


async def patiently(
    ask: Callable[[], Awaitable[Answer]], asks_to_wait: Callable[[Answer], str | None]
) -> Answer:
    """Return an answer; where that is maintenance, wait and ask again, a few times.

    Args:
        ask: Sends the request.
        asks_to_wait: Returns of a 503 its `Retry-After`, empty without one; None of other answers.
    """
    for number in range(1, TRIES):
        answer = await ask()
        asked = asks_to_wait(answer)
        pause_s = 0.0 if asked is None else _pause_s(asked, number)
        if asked is None or pause_s > _LONGEST_PAUSE_S:
            return answer
        await asyncio.sleep(pause_s)
    return await ask()


class PatientConnection(Connection):
    """A connection whose every call goes through a gate, and is repeated during maintenance.

    Args:
        gate: Lets few calls through at once.
        timeout_s: Time allowed for one answer.
        tls: Which authorities are trusted; those of Mozilla when None.
    """

    def __init__(
        self, gate: Gate, *, timeout_s: float = 60.0, tls: ssl.SSLContext | None = None
    ) -> None:
        super().__init__(timeout_s=timeout_s, tls=tls)
        self._gate = gate

    async def ask(
        self,
        address: BaseUrl,
        request: bytes,
        *,
        bodiless: bool = False,
        limit_s: float | None = None,
    ) -> RawAnswer:
        """Send a request and return its answer.

        Args:
            address: Where to.
            request: As it goes over the wire.
            bodiless: Whether the answer has no body whatever its headers say, as to HEAD.
            limit_s: Time that the caller allows, waiting at the gate included.

        Raises:
            ErpUnavailableError: No whole answer came, or no more calls are allowed.
            TimeoutError: The caller's own limit is over.
        """

        async def once() -> RawAnswer:
            async with self._gate.call():
                return await super(PatientConnection, self).ask(address, request, bodiless=bodiless)

        async with asyncio.timeout(limit_s):
            return await patiently(once, _asks_to_wait)


def _asks_to_wait(answer: RawAnswer) -> str | None:
    return answer.headers.get("retry-after", "") if answer.status == 503 else None


def _pause_s(asked: str, number: int) -> float:
    """Return how long to wait: as the header says in seconds, else twice as long every time."""
    try:
        seconds = float(asked)
    except ValueError:
        seconds = math.nan
    return max(0.0, seconds) if math.isfinite(seconds) else _PAUSE_S * 2 ** (number - 1)
