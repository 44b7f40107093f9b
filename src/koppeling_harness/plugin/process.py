"""One child process that answers JSON-RPC 2.0 calls, one JSON object per line.

Its stdin and stdout are the channel, its stderr is the log. It heads a process group of its own,
so that ending it ends whatever it started.
"""

import asyncio
import json
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from koppeling_harness.plugin.breakdown import Breakdown, BreakdownKind
from koppeling_harness.plugin.log import Log
from koppeling_harness.plugin.tree import GOODBYE_S, end_rest, end_tree, group_options

_ANSWER_LIMIT_BYTES = 16 * 1024 * 1024
_LAST_WORDS_S = 1.0
"""How long the rest of the output may take to arrive once the process has ended."""


class Child(asyncio.SubprocessProtocol):
    """A running child process; takes one call at a time.

    Args:
        name: What messages call it.
        log_limit_bytes: How much of what it prints is kept.
        flood_limit_bytes: How much it may print to one log before it is ended.
    """

    def __init__(self, name: str, *, log_limit_bytes: int, flood_limit_bytes: int) -> None:
        self._name = name
        self._log_limit_bytes = log_limit_bytes
        self._flood_limit_bytes = flood_limit_bytes
        self._loop = asyncio.get_running_loop()
        self._over: asyncio.Future[int] = self._loop.create_future()
        self._open_pipes = {1, 2}
        self._exited = False
        self._received = bytearray()
        self._number = 0
        self._answer: asyncio.Future[Any | Breakdown] | None = None
        self._condemned: Breakdown | None = None
        self._log = Log(log_limit_bytes)
        self._transport: asyncio.SubprocessTransport

    @classmethod
    async def start(
        cls,
        command: Sequence[str],
        *,
        name: str,
        cwd: Path,
        environ: Mapping[str, str],
        log_limit_bytes: int,
        flood_limit_bytes: int,
    ) -> Self:
        """Start the process.

        Raises:
            OSError: There is no such program, no such folder, or no room for another process.
        """
        child = cls(name, log_limit_bytes=log_limit_bytes, flood_limit_bytes=flood_limit_bytes)
        await child._loop.subprocess_exec(
            lambda: child, *command, cwd=cwd, env=environ, **group_options()
        )
        return child

    @property
    def is_alive(self) -> bool:
        """Whether it runs and nothing was held against it."""
        return not self._exited and self._condemned is None

    def new_log(self) -> Log:
        """Begin a fresh log, and return it."""
        self._log = Log(self._log_limit_bytes)
        return self._log

    async def call(
        self, method: str, params: Mapping[str, Any], *, timeout_s: float
    ) -> Any | Breakdown:
        """Send one call and return what it answers.

        The process is ended when it does not answer in time, answers rubbish, prints without
        end, or when the caller is cancelled.
        """
        if not self.is_alive:
            return self._gone(method)
        self._number += 1
        message = {"jsonrpc": "2.0", "id": self._number, "method": method, "params": params}
        self._answer = self._loop.create_future()
        stdin: Any = self._transport.get_pipe_transport(0)
        stdin.write(json.dumps(message, ensure_ascii=False).encode() + b"\n")
        try:
            async with asyncio.timeout(timeout_s):
                answer = await self._answer
        except TimeoutError:
            self._condemn(_hung(self._name, method, timeout_s))
            answer = self._condemned
        except asyncio.CancelledError:
            self._condemn(_hung(self._name, method, timeout_s))
            raise
        finally:
            self._answer = None
        if self._exited or self._condemned is not None:
            await self.ended()
            return answer if answer is not None else self._gone(method)
        return answer

    async def close(self) -> None:
        """Ask it to end, and end it when it does not. Nothing of it runs afterwards."""
        stdin = self._transport.get_pipe_transport(0)
        if stdin is not None:
            stdin.close()
        try:
            async with asyncio.timeout(GOODBYE_S if self.is_alive else 0):
                await asyncio.shield(self._over)
        except TimeoutError:
            end_tree(self._transport.get_pid())
        await self.ended()

    async def ended(self) -> None:
        """Wait until it has ended and the last of its output is in the log."""
        await asyncio.shield(self._over)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport. Called by asyncio."""
        assert isinstance(transport, asyncio.SubprocessTransport)  # noqa: S101 - for mypy
        self._transport = transport

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        """Take what it wrote. Called by asyncio."""
        if fd == 1:
            self._take(data)
            return
        self._log.add(data)
        if self._log.size_bytes > self._flood_limit_bytes:
            self._condemn(_flood(self._name, "printed", self._flood_limit_bytes))

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:  # noqa: ARG002
        """Note that it writes no more. Called by asyncio."""
        self._open_pipes.discard(fd)
        self._settle()

    def process_exited(self) -> None:
        """Note that it ended, and end what it left running. Called by asyncio."""
        self._exited = True
        end_rest(self._transport.get_pid())
        self._settle()
        self._loop.call_later(_LAST_WORDS_S, self._over_and_out)

    def _settle(self) -> None:
        if self._exited and not self._open_pipes:
            self._over_and_out()

    def _over_and_out(self) -> None:
        if self._over.done():
            return
        self._over.set_result(self._transport.get_returncode() or 0)
        self._transport.close()
        self._resolve(None)

    def _take(self, data: bytes) -> None:
        searched = len(self._received)
        self._received += data
        end = self._received.find(b"\n", searched)
        if end < 0:
            if len(self._received) > _ANSWER_LIMIT_BYTES:
                self._condemn(_flood(self._name, "answered", _ANSWER_LIMIT_BYTES))
            return
        line = bytes(self._received[:end])
        del self._received[: end + 1]
        self._resolve(self._read(line))

    def _read(self, line: bytes) -> Any | Breakdown:
        try:
            message = json.loads(line)
            if message["id"] == self._number:
                return _failure(message["error"]) if "error" in message else message["result"]
        except (ValueError, TypeError, LookupError, RecursionError):
            pass
        rubbish = _rubbish(self._name)
        self._condemn(rubbish)
        return rubbish

    def _resolve(self, answer: Any | Breakdown) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(answer)

    def _condemn(self, why: Breakdown) -> None:
        if self._condemned is None:
            self._condemned = why
            end_tree(self._transport.get_pid())
        self._resolve(self._condemned)

    def _gone(self, method: str) -> Breakdown:
        if self._condemned is not None:
            return self._condemned
        code = self._over.result() if self._over.done() else 0
        return _ended(self._name, method, code)


def _failure(error: Mapping[str, Any]) -> Breakdown:
    data = error.get("data", {})
    return Breakdown(
        kind=BreakdownKind(data.get("kind", BreakdownKind.RAISED)),
        message=str(error["message"]),
        hint=str(data.get("hint", "")),
    )


def _hung(name: str, method: str, timeout_s: float) -> Breakdown:
    return Breakdown(
        kind=BreakdownKind.HUNG,
        message=f"{name}: {method} gave no answer within {timeout_s:g} s; the process was ended",
        hint="Bound waits and retries; the end of the log shows where it was.",
    )


def _flood(name: str, did: str, limit_bytes: int) -> Breakdown:
    return Breakdown(
        kind=BreakdownKind.OUTPUT_FLOOD,
        message=f"{name} {did} more than {limit_bytes // 1024} KiB; the process was ended",
        hint="Log less, or to a file in the work folder.",
    )


def _rubbish(name: str) -> Breakdown:
    return Breakdown(
        kind=BreakdownKind.NO_ANSWER,
        message=f"{name} wrote something other than an answer into the channel to the harness",
        hint="Write only to stdout and stderr, not to other file descriptors that are open.",
    )


def _ended(name: str, method: str, code: int) -> Breakdown:
    if code == 0:
        return Breakdown(
            kind=BreakdownKind.NO_ANSWER,
            message=f"{name}: the process ended with code 0 during {method}, without an answer",
            hint="Return a result from the hook; do not leave the process.",
        )
    how = f"with code {code}" if code > 0 else f"by {_signal_name(-code)}"
    return Breakdown(
        kind=BreakdownKind.CRASHED,
        message=f"{name}: the process ended {how} during {method}",
        hint="The end of the log may tell why.",
    )


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
