"""JSON-RPC 2.0 with a child process, one JSON object per line: stdin asks, stdout answers.

The protocol is described in docs/reference/stdio-protocol.md.
"""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from koppeling_harness.aside import CHUNK, LeftOffError, in_process
from koppeling_harness.plugin.answer import not_read
from koppeling_harness.plugin.breakdown import Breakdown, BreakdownKind
from koppeling_harness.plugin.log import Log
from koppeling_harness.plugin.patience import patience
from koppeling_harness.plugin.process import (
    ANSWER_LIMIT_BYTES,
    Launch,
    Process,
    flood,
    hung,
)

T = TypeVar("T")

_LEVELS = frozenset({"debug", "info", "warning", "error"})
_FOREIGN_KINDS = frozenset({BreakdownKind.RAISED, BreakdownKind.NO_ANSWER})
"""What a call that failed may say of itself; the rest is for the harness to say."""

_HELD_CHARACTERS = 64 * 1024
"""Far more than is shown: what must not be told is replaced first, and cut off afterwards."""


class LongAnswer:
    """An answer that is too long to be read in the loop.

    Args:
        text: It in JSON.
    """

    def __init__(self, text: str) -> None:
        self._text = text

    async def read(self, reader: Callable[[Any], T | Breakdown]) -> T | Breakdown:
        """Return what a function makes of it that another process carries out."""
        try:
            return await in_process(_read_as, reader, self._text)
        except LeftOffError as error:
            return not_read("it", error)


def _read_as(reader: Callable[[Any], T], text: str) -> T:
    return reader(json.loads(text))


def _parts(line: bytes) -> Any:
    """Return a message whose result stays in JSON; None when it is none."""
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if isinstance(message, dict) and "result" in message:
        message["result"] = LongAnswer(json.dumps(message["result"]))
    return message


class Channel(Protocol):
    """Takes calls, one at a time."""

    @property
    def is_alive(self) -> bool:
        """Whether calls can be made."""
        ...

    def new_log(self) -> Log:
        """Begin a fresh log, and return it."""
        ...

    async def reach(self, ports: Sequence[int]) -> None:
        """In a sandbox, let these ports of loopback be reached and no others."""
        ...

    async def call(
        self, method: str, params: Mapping[str, Any], *, timeout_s: float
    ) -> Any | Breakdown:
        """Send one call and return what it answers."""
        ...

    def kill(self) -> None:
        """End it at once."""
        ...

    async def close(self) -> None:
        """End it; nothing of it runs afterwards."""
        ...


class Child:
    """A child process that answers calls, one at a time.

    Args:
        launch: What it is started with.
        cancel_limit_s: How long a call that was cancelled may take to end by itself; 0 for a
            process that does not know about cancelling.
    """

    def __init__(self, launch: Launch, *, cancel_limit_s: float = 0.0) -> None:
        self._cancel_limit_s = cancel_limit_s
        self._received = bytearray()
        self._searched = 0
        """So many bytes of it were searched for the end of a line."""
        self._number = 0
        self._cancelled: set[int] = set()
        self._answer: asyncio.Future[Any | Breakdown] | None = None
        self._reading: asyncio.Task[None] | None = None
        """Reads a long line; what came behind it waits."""
        self._process = Process(launch, on_output=self._take)

    async def begin(self) -> None:
        """Start the process.

        Raises:
            OSError: There is no such program, no such folder, or no room for another process.
        """
        await self._process.begin()

    async def reach(self, ports: Sequence[int]) -> None:
        """In a sandbox, let these ports of loopback be reached and no others."""
        await self._process.reach(ports)

    @property
    def is_alive(self) -> bool:
        """Whether it runs and nothing was held against it."""
        return self._process.is_alive

    def new_log(self) -> Log:
        """Begin a fresh log, and return it."""
        return self._process.new_log()

    async def call(
        self, method: str, params: Mapping[str, Any], *, timeout_s: float
    ) -> Any | Breakdown:
        """Send one call and return what it answers.

        The process is ended when it does not answer in time, answers rubbish, prints without
        end, or when the caller is cancelled.
        """
        if not self.is_alive:
            return self._process.gone(method)
        name = self._process.launch.name
        answer = self._ask(method, {**params, "timeout_s": timeout_s})
        try:
            async with patience(timeout_s):
                return await self._process.unless_over(answer, method)
        except TimeoutError:
            if self._reading is not None:
                await asyncio.gather(self._reading, return_exceptions=True)
            if answer.done() and not answer.cancelled():
                return answer.result()  # it came in time: the harness was busy with something else
            why = hung(name, method, timeout_s)
            await self._cancel(why)
            return self._process.condemned or why
        except asyncio.CancelledError:
            self._process.condemn(hung(name, method, timeout_s))
            raise

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()

    async def close(self) -> None:
        """Ask it to end, and end it when it does not. Nothing of it runs afterwards."""
        if self.is_alive:
            _ = self._ask("shutdown", {})
        await self._process.close()

    async def _cancel(self, why: Breakdown) -> None:
        """Tell it that nobody waits any more; end it when it does not leave off."""
        self._cancelled.add(self._number)
        self._send({"method": "cancel", "params": {"id": self._number}})
        self._answer = asyncio.get_running_loop().create_future()
        try:
            async with patience(self._cancel_limit_s):
                await self._process.unless_over(self._answer, "cancel")
        except TimeoutError:
            self._process.condemn(why)
            await self._process.ended()
        except asyncio.CancelledError:
            self._process.condemn(why)
            raise

    def _ask(self, method: str, params: Mapping[str, Any]) -> "asyncio.Future[Any | Breakdown]":
        self._number += 1
        self._answer = asyncio.get_running_loop().create_future()
        self._send({"id": self._number, "method": method, "params": params})
        return self._answer

    def _send(self, message: Mapping[str, Any]) -> None:
        line = json.dumps({"jsonrpc": "2.0", **message}, ensure_ascii=False)
        self._process.write(line.encode("utf-8", "backslashreplace") + b"\n")

    def _take(self, data: bytes) -> None:
        self._received += data
        self._read_lines()

    def _read_lines(self) -> None:
        while self._process.condemned is None and self._reading is None:
            end = self._received.find(b"\n", self._searched)
            if end < 0:
                self._searched = len(self._received)
                break
            line = bytes(self._received[:end])
            del self._received[: end + 1]
            self._searched = 0
            self._read(line)
        if len(self._received) > ANSWER_LIMIT_BYTES:
            name = self._process.launch.name
            self._process.condemn(flood(name, "answered", ANSWER_LIMIT_BYTES))

    def _read(self, line: bytes) -> None:
        """Read a line; a long one beside the loop."""
        if len(line) > CHUNK:
            self._process.pause_output()  # one at a time, and no more of them than are read
            self._reading = asyncio.get_running_loop().create_task(self._read_long(line))
            return
        try:
            message = json.loads(line)
        except (ValueError, RecursionError):
            message = None
        self._told(message, line)

    async def _read_long(self, line: bytes) -> None:
        try:
            message = await in_process(_parts, line)
        except LeftOffError as error:
            message = None
            if self._answer is not None and not self._answer.done():
                self._answer.set_result(not_read(self._process.launch.name, error))
                return
        finally:
            self._reading = None
            self._process.resume_output()
        self._told(message, line)
        self._read_lines()

    def _told(self, message: Any, line: bytes) -> None:
        try:
            if "method" in message and "id" not in message:
                self._notified(message["method"], message.get("params"), len(line))
                return
            if message["id"] != self._number:
                if message["id"] in self._cancelled:
                    self._process.print(b"", beside=len(line))
                    return
            elif self._answer is not None and not self._answer.done():
                answer = failure(message["error"]) if "error" in message else message["result"]
                self._answer.set_result(answer)
                return
        except (ValueError, TypeError, LookupError, AttributeError):
            pass
        self._process.condemn(_rubbish(self._process.launch.name, line))

    def _notified(self, method: str, params: Any, size_bytes: int) -> None:
        text = b""
        if method == "log" and isinstance(params, dict):
            level = params.get("level")
            known = level if level in _LEVELS else "info"
            told = f"{known}: {params.get('message', '')}\n"
            text = told.encode("utf-8", "backslashreplace")
        self._process.print(text, beside=max(0, size_bytes - len(text)))


def failure(error: Mapping[str, Any]) -> Breakdown:
    """Return what a call that failed says of it."""
    data = error.get("data")
    told = data if isinstance(data, dict) else {}
    kind = told.get("kind")
    return Breakdown(
        kind=BreakdownKind(kind) if kind in _FOREIGN_KINDS else BreakdownKind.RAISED,
        message=str(error["message"]),
        hint=str(told.get("hint", "")),
    )


def _rubbish(name: str, line: bytes) -> Breakdown:
    text = line.decode("utf-8", errors="backslashreplace").strip()
    return Breakdown(
        kind=BreakdownKind.NO_ANSWER,
        message=f"{name} wrote something other than an answer into the channel to the harness: "
        f"`{text[:_HELD_CHARACTERS]}`",
        hint="Log to stderr, or with `log` messages: nothing but answers goes to the channel.",
    )
