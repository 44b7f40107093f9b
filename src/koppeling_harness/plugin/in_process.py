"""Hooks in the harness's own process, for a debugger: not isolated, and without limits."""

from collections.abc import Mapping, Sequence
from typing import Any

from koppeling_harness.aside import in_thread
from koppeling_harness.plugin.breakdown import Breakdown
from koppeling_harness.plugin.channel import failure
from koppeling_harness.plugin.child import Host
from koppeling_harness.plugin.log import Log


class InProcess:
    """A channel to hooks that run in a thread; what they print goes to the terminal."""

    is_alive = True

    def __init__(self) -> None:
        self._host = Host(moves=False)

    def new_log(self) -> Log:
        """Return a log, which stays empty."""
        return Log(0)

    async def reach(self, ports: Sequence[int]) -> None:
        """Do nothing: there are no walls."""

    async def call(
        self,
        method: str,
        params: Mapping[str, Any],
        *,
        timeout_s: float,  # noqa: ARG002 - whoever looks around in a debugger takes his time
    ) -> Any | Breakdown:
        """Carry out one call and return what it gives."""
        call = {"id": 0, "method": method, "params": params}
        answer = await in_thread(self._host.answer, call)
        return failure(answer["error"]) if "error" in answer else answer["result"]

    def kill(self) -> None:
        """Do nothing: there is no process."""

    async def close(self) -> None:
        """Do nothing: there is no process."""
