"""Hooks in the harness's own process, for a debugger: not isolated, and without limits."""

import asyncio
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from queue import SimpleQueue
from threading import Thread
from typing import Any

from koppeling_harness.plugin.breakdown import Breakdown
from koppeling_harness.plugin.channel import failure
from koppeling_harness.plugin.child import Host
from koppeling_harness.plugin.log import Log


class InProcess:
    """A channel to hooks that run in a thread; what they print goes to the terminal.

    In one thread, always the same: what a hook keeps, such as a database, may be of a thread.
    """

    is_alive = True

    def __init__(self) -> None:
        self._host = Host(moves=False)
        self._calls: SimpleQueue[tuple[Future[dict[str, Any]], Mapping[str, Any]] | None]
        self._calls = SimpleQueue()
        # the end of the program does not wait for a hook in which somebody looks around
        Thread(target=self._carry_out, daemon=True).start()

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
        done: Future[dict[str, Any]] = Future()
        self._calls.put((done, call))
        answer = await asyncio.wrap_future(done)
        return failure(answer["error"]) if "error" in answer else answer["result"]

    def _carry_out(self) -> None:
        while (asked := self._calls.get()) is not None:
            done, call = asked
            if not done.set_running_or_notify_cancel():
                continue
            try:
                done.set_result(self._host.answer(call))
            except BaseException as error:  # noqa: BLE001 - it is told to whoever waits
                done.set_exception(error)

    def kill(self) -> None:
        """Do nothing: there is no process."""

    async def close(self) -> None:
        """Let the thread go; there is no process."""
        self._calls.put(None)
