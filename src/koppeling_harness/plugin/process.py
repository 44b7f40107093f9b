"""One process of an integration: its own group, bounded in output, memory and time, and logged."""

import asyncio
import errno
import os
import shutil
import signal
import subprocess
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from koppeling_harness.aside import in_thread
from koppeling_harness.plugin.breakdown import Breakdown, BreakdownKind
from koppeling_harness.plugin.guard import began, ended, reap_orphans
from koppeling_harness.plugin.limits import limited
from koppeling_harness.plugin.log import Log
from koppeling_harness.plugin.sandbox import Sandbox, Walls
from koppeling_harness.plugin.shim import behind
from koppeling_harness.plugin.tree import (
    GOODBYE_S,
    MARK,
    ask_to_end,
    end_rest,
    end_tree,
    group_options,
    let_go_of,
)
from koppeling_harness.value import dataclass

ANSWER_LIMIT_BYTES = 16 * 1024 * 1024
"""The longest answer that an integration may give."""

_FLOOD_LIMIT_BYTES = 8 * 1024 * 1024
"""How much it may print to one log before it is ended."""

_OF_WHAT_IS_NOT_THERE = (126, 127)
"""Exit codes of a shell, and of `env`, for what cannot be started."""

_LAST_WORDS_S = 1.0
"""How long the rest of the output may take to arrive once the process has ended."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """What a process is started with.

    Attributes:
        name: What messages call it.
        command: Program and arguments.
        cwd: Its current folder.
        environ: All of its environment.
        memory_mb: How much memory it may take, in MiB.
        log_limit_bytes: How much of what it prints is kept.
        has_input: Whether something will be written to its stdin; else that is empty.
        walls: What it has to itself and sees nothing beyond; None without a sandbox.
        reaches: In a sandbox, the ports of loopback that it reaches from its start on.
    """

    name: str
    command: Sequence[str]
    cwd: Path
    environ: Mapping[str, str]
    memory_mb: int
    log_limit_bytes: int
    has_input: bool = True
    walls: Walls | None = None
    reaches: tuple[int, ...] = ()


class Process(asyncio.SubprocessProtocol):
    """A running process.

    Args:
        launch: What it is started with.
        on_output: Takes what it writes to stdout; None: that is logged, as stderr is.
        log: Takes what it prints; None: a log of its own.
    """

    def __init__(
        self,
        launch: Launch,
        *,
        on_output: Callable[[bytes], None] | None = None,
        log: Log | None = None,
    ) -> None:
        self.launch = launch
        self.condemned: Breakdown | None = None
        """Why it was ended, once it was."""
        self._on_output = on_output or self.print
        self._over: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._open_pipes = {1, 2}
        self._exited = False
        self._log = log or Log(launch.log_limit_bytes)
        self._transport: asyncio.SubprocessTransport
        self._sandbox = Sandbox(launch.walls) if launch.walls is not None else None

    async def begin(self) -> None:
        """Start it.

        Raises:
            OSError: There is no such program, no such folder, or no room for another process.
        """
        try:
            await self._begin()
        except OSError:
            if self._sandbox is not None:
                self._sandbox.close()
            raise
        if self._sandbox is not None:
            await self._sandbox.start(self.launch.reaches)

    async def _begin(self) -> None:
        name, *arguments = self.launch.command
        program = shutil.which(name, path=self.launch.environ.get("PATH"))
        if program is None:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), name)
        if self._sandbox is not None and os.sep not in name:
            program = await in_thread(behind, program)
        command = limited([program, *arguments], memory_mb=self.launch.memory_mb)
        options = group_options()
        if self._sandbox is not None:
            command = self._sandbox.command(
                command, cwd=self.launch.cwd, name=name, program=program
            )
            options["pass_fds"] = (self._sandbox.fd,)
        await asyncio.get_running_loop().subprocess_exec(
            lambda: self,
            *command,
            cwd=self.launch.cwd,
            env=self.launch.environ,
            stdin=subprocess.PIPE if self.launch.has_input else subprocess.DEVNULL,
            **options,
        )

    async def reach(self, ports: Sequence[int]) -> None:
        """In a sandbox, let it reach these ports of loopback and no others."""
        if self._sandbox is not None:
            await self._sandbox.reach(ports)

    async def publish(self, port: int) -> None:
        """In a sandbox, let the harness reach a port on which it listens."""
        if self._sandbox is not None:
            await self._sandbox.publish(port)

    @property
    def pid(self) -> int:
        """Its number."""
        return self._transport.get_pid()

    @property
    def is_alive(self) -> bool:
        """Whether it runs and nothing was held against it."""
        return not self._exited and self.condemned is None

    def pause_output(self) -> None:
        """Have it wait with what it writes to stdout."""
        self._stdout.pause_reading()

    def resume_output(self) -> None:
        """Take what it writes to stdout again."""
        self._stdout.resume_reading()

    @property
    def _stdout(self) -> Any:
        return self._transport.get_pipe_transport(1)

    def new_log(self) -> Log:
        """Begin a fresh log, and return it."""
        self._log = Log(self.launch.log_limit_bytes)
        return self._log

    def write(self, data: bytes) -> None:
        """Write to its stdin; harmless when it does not read any more."""
        stdin: Any = self._transport.get_pipe_transport(0)
        if stdin is not None:
            stdin.write(data)

    def end_input(self) -> None:
        """Close its stdin, once everything was written."""
        stdin = self._transport.get_pipe_transport(0)
        if stdin is not None:
            stdin.close()

    def print(self, data: bytes, *, beside: int = 0) -> None:
        """Add to its log; who prints without end is ended.

        Args:
            data: What is kept.
            beside: Bytes that came with it, of which nothing is kept.
        """
        self._log.add(data)
        self._log.count(beside)
        if self._log.size_bytes > _FLOOD_LIMIT_BYTES:
            self.condemn(flood(self.launch.name, "printed", _FLOOD_LIMIT_BYTES))

    def condemn(self, why: Breakdown) -> Breakdown:
        """End it with all it started, and remember the first reason; return that."""
        if self.condemned is None:
            self.condemned = replace(why, message=f"{why.message}; the process was ended")
            end_tree(self.pid, self.launch.environ.get(MARK, ""))
        return self.condemned

    async def unless_over(self, waiting: Awaitable[T], doing: str) -> T | Breakdown:
        """Wait for something, but no longer than the process lives.

        Args:
            waiting: What is waited for; it is cancelled when the process ends first.
            doing: What the process was asked to do, for the message.
        """
        task = asyncio.ensure_future(waiting)
        try:
            both: set[asyncio.Future[Any]] = {task, self._over}
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            if task.done() and self.condemned is None:
                return task.result()
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        await self.ended()
        return self.gone(doing)

    def gone(self, doing: str) -> Breakdown:
        """Return why it does not answer any more."""
        if self.condemned is not None:
            return self.condemned
        return _ended(self.launch, doing, self._over.result() if self._over.done() else 0)

    async def ended(self) -> int:
        """Wait until it has ended and the last of its output is in the log; return its code."""
        return await asyncio.shield(self._over)

    def kill(self) -> None:
        """End it with all it started, whatever it is doing."""
        if not self._exited:
            end_tree(self.pid, self.launch.environ.get(MARK, ""))

    async def close(self, *, politely: bool = False) -> None:
        """Ask it to end, and end it when it does not. Nothing of it runs afterwards.

        Args:
            politely: Whether it gets SIGTERM as well; else only the end of its stdin.
        """
        self.end_input()
        if politely and self.is_alive:
            ask_to_end(self.pid)
        try:
            async with asyncio.timeout(GOODBYE_S if self.is_alive else 0):
                await self.ended()
        except TimeoutError:
            end_tree(self.pid, self.launch.environ.get(MARK, ""))
        await self.ended()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport. Called by asyncio."""
        assert isinstance(transport, asyncio.SubprocessTransport)  # noqa: S101 - for mypy
        self._transport = transport
        began(self.pid)

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        """Take what it wrote. Called by asyncio."""
        if fd == 1:
            if self.condemned is None:  # what escaped it may write on
                self._on_output(data)
        else:
            self.print(data)

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:  # noqa: ARG002
        """Note that it writes no more. Called by asyncio."""
        self._open_pipes.discard(fd)
        self._settle()

    def process_exited(self) -> None:
        """Note that it ended, and end what it left running. Called by asyncio."""
        self._exited = True
        end_rest(self.pid, self.launch.environ.get(MARK, ""))
        ended(self.pid)
        let_go_of(self.pid)
        reap_orphans()
        self._settle()
        asyncio.get_running_loop().call_later(_LAST_WORDS_S, self._over_and_out)

    def _settle(self) -> None:
        if self._exited and not self._open_pipes:
            self._over_and_out()

    def _over_and_out(self) -> None:
        if self._sandbox is not None:
            self._sandbox.close()
        if not self._over.done():
            self._over.set_result(self._transport.get_returncode() or 0)
            self._transport.close()


def hung(name: str, doing: str, timeout_s: float) -> Breakdown:
    """Return that no answer came in time."""
    return Breakdown(
        kind=BreakdownKind.HUNG,
        message=f"{name}: {doing} gave no answer within {timeout_s:g} s",
        hint="Bound waits and retries; the end of the log shows where it was.",
    )


def flood(name: str, did: str, limit_bytes: int) -> Breakdown:
    """Return that more came than is allowed."""
    return Breakdown(
        kind=BreakdownKind.OUTPUT_FLOOD,
        message=f"{name} {did} more than {limit_bytes // 1024} KiB",
        hint="Log less, or to a file in the work folder.",
    )


def not_started(name: str, error: OSError) -> Breakdown:
    """Return that a process cannot be started."""
    return Breakdown(
        kind=BreakdownKind.NOT_STARTED,
        message=f"{name}: its process cannot be started: {error}",
        hint="See whether the program of `runtime.command` is there and may be executed.",
    )


def _ended(launch: Launch, doing: str, code: int) -> Breakdown:
    if code == 0:
        return Breakdown(
            kind=BreakdownKind.NO_ANSWER,
            message=f"{launch.name}: the process ended with code 0 during {doing}, without an "
            "answer",
            hint="Return a result; do not leave the process.",
        )
    return crashed(launch, doing, code)


def crashed(launch: Launch, doing: str, code: int) -> Breakdown:
    """Return that a process ended with an error code, or by a signal when that is negative."""
    how = f"with code {code}" if code > 0 else f"by {_signal_name(-code)}"
    hint = "The end of the log may tell why. Each of its processes may take "
    hint += f"{launch.memory_mb} MiB of memory (`runtime.memory_mb`)."
    if launch.walls is not None and code in _OF_WHAT_IS_NOT_THERE:
        hint = "A program that it starts, or a file of that, is not within the walls: there are "
        hint += "`/usr` and the like, the program of `runtime.command` and its own folder."
    return Breakdown(
        kind=BreakdownKind.CRASHED,
        message=f"{launch.name}: the process ended {how} during {doing}",
        hint=hint,
    )


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
