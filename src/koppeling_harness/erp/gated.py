"""The harness's own calls to a real environment, outside a run: few at once, and patient."""

import asyncio
import ssl

from koppeling_harness.erp.connection import Connection, RawAnswer
from koppeling_harness.erp.target import Address
from koppeling_harness.model.gate import Gate

_TRIES = 3
_PAUSE_S = 1.0
_LONGEST_PAUSE_S = 30.0


class GatedConnection(Connection):
    """A connection whose every call goes through a gate, and waits as long as a 503 asks.

    Of a 503 AFAS says that the call was not carried out, so that it may be sent again.

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
        address: Address,
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
        async with asyncio.timeout(limit_s):
            return await self._ask(address, request, bodiless=bodiless)

    async def _ask(self, address: Address, request: bytes, *, bodiless: bool) -> RawAnswer:
        for number in range(1, _TRIES + 1):
            async with self._gate.call():
                answer = await super().ask(address, request, bodiless=bodiless)
            pause_s = _pause_s(answer, number)
            if answer.status != 503 or number == _TRIES or pause_s > _LONGEST_PAUSE_S:
                return answer
            await asyncio.sleep(pause_s)
        raise AssertionError  # the last try has returned


def _pause_s(answer: RawAnswer, number: int) -> float:
    try:
        seconds = float(answer.headers.get("retry-after", ""))
    except ValueError:
        return float(_PAUSE_S * 2 ** (number - 1))
    return max(0.0, seconds)
