"""Work that would hold the loop up, done beside it: by a thread, or by a process that can be ended.

A thread is enough where Python itself does the work: it gives the others their turn. What one call
in C does to a large text (to parse, to search, to compress it) lets nobody else in, and cannot be
ended: that is for a process.
"""

import asyncio
import contextlib
import gc
import math
import os
import pickle
import struct
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

CHUNK = 64 * 1024
"""Bytes or characters of others that a turn of the loop may work on: some 20 ms to redact."""

EACH = 4 * 1024
"""As so many bytes counts what each thing costs by itself, such as an exchange with its headers."""

WORK_LIMIT_S = 60.0
"""Seconds of a processor for one piece of work; the longest that is given to a process takes ten.

By the clock it is given ten times as long: on a busy machine what is in order must not look like
too much.
"""
_BY_THE_CLOCK = 10

_MOST_PROCESSES = 2
_MEMORY_BYTES = 2 * 1024**3
_LENGTH = struct.Struct(">Q")
_PR_SET_PDEATHSIG = 1
_SIGKILL = 9
_SIGXCPU = 24

T = TypeVar("T")


class LeftOffError(Exception):
    """A process did not come to the end of its work: too long, too much memory, or it was ended."""


async def in_thread(function: Callable[..., T], *arguments: Any) -> T:
    """Return what a function returns that a thread carries out.

    Nobody waits for it who was cancelled, nor does the end of the program: it is left to itself.
    Without a loop there is nobody else to wait, and no thread.
    """
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return function(*arguments)
    done: asyncio.Future[T] = loop.create_future()

    def settle(result: Any, error: BaseException | None) -> None:
        if done.done():
            return
        if error is None:
            done.set_result(result)
        else:
            done.set_exception(error)

    def run() -> None:
        result, raised = None, None
        try:
            result = function(*arguments)
        except BaseException as error:  # noqa: BLE001 - it is told to whoever waits
            raised = error
        with contextlib.suppress(RuntimeError):  # the loop is over: nobody waits any more
            loop.call_soon_threadsafe(settle, result, raised)

    threading.Thread(target=run, daemon=True).start()
    return await done


async def in_process(
    function: Callable[..., T], *arguments: Any, limit_s: float = WORK_LIMIT_S
) -> T:
    """Return what a function returns that another process carries out.

    Args:
        function: Of a module; it is found there by its name.
        arguments: What it is given; they and the result are pickled.
        limit_s: How long it may take, once a process is free for it.

    Raises:
        LeftOffError: It did not come to its end.
    """
    done: T = await _pool().run(function, arguments, limit_s)
    return done


async def end_processes() -> None:
    """End the processes of this loop; what they were doing is left off."""
    pool = _pools.pop(asyncio.get_running_loop(), None)
    if pool is not None:
        await pool.close()


class _Pool:
    """The processes of one loop, started when they are first needed."""

    def __init__(self) -> None:
        self._room = asyncio.Semaphore(_MOST_PROCESSES)
        self._idle: deque[_Process] = deque()
        self._all: set[_Process] = set()

    async def run(
        self, function: Callable[..., Any], arguments: tuple[Any, ...], limit_s: float
    ) -> Any:
        async with self._room:
            process = await self._one()
            try:
                async with asyncio.timeout(limit_s * _by_the_clock()):
                    is_done, result = await process.ask(function, arguments, limit_s)
            except BaseException as error:
                process.kill()
                if isinstance(error, TimeoutError):
                    message = f"it took longer than {limit_s:g} s"
                    raise LeftOffError(message) from None
                raise
            self._idle.append(process)
        if is_done:
            return result
        if isinstance(result, MemoryError):
            message = f"it needs more than {_MEMORY_BYTES // 1024**3} GB of memory"
            raise LeftOffError(message)
        raise result

    async def _one(self) -> "_Process":
        while self._idle:
            process = self._idle.pop()
            if process.is_alive:
                return process
        self._all = {each for each in self._all if not each.ended.done()}
        process = _Process()
        await process.begin()
        self._all.add(process)
        return process

    async def close(self) -> None:
        for each in self._all:
            each.kill()
        await asyncio.gather(*(each.ended for each in self._all), return_exceptions=True)
        self._all.clear()
        self._idle.clear()


class _Process(asyncio.SubprocessProtocol):
    """One process, which does one piece of work after the other."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self.ended: asyncio.Future[None] = loop.create_future()
        self._answer: asyncio.Future[Any] | None = None
        self._received: list[bytes] = []
        self._size = 0
        self._awaited = 0
        self._limit_s = 0.0
        self._transport: asyncio.SubprocessTransport

    async def begin(self) -> None:
        options: dict[str, Any] = {"process_group": 0}  # Ctrl-C is for the harness alone
        if sys.platform == "win32":
            options = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
        command = [sys.executable, "-P", "-m", __name__]
        transport, _ = await asyncio.get_running_loop().subprocess_exec(
            lambda: self, *command, stderr=subprocess.DEVNULL, **options
        )
        self._transport = transport

    @property
    def is_alive(self) -> bool:
        return self._transport.get_returncode() is None and not self.ended.done()

    async def ask(
        self, function: Callable[..., Any], arguments: tuple[Any, ...], limit_s: float
    ) -> Any:
        self._answer = asyncio.get_running_loop().create_future()
        self._limit_s = limit_s
        data = pickle.dumps((function, arguments, limit_s), pickle.HIGHEST_PROTOCOL)
        stdin: Any = self._transport.get_pipe_transport(0)
        stdin.write(_LENGTH.pack(len(data)))
        stdin.write(data)
        return await self._answer

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._transport.kill()
        self._transport.close()

    def pipe_data_received(self, fd: int, data: bytes) -> None:  # noqa: ARG002 - only stdout
        self._received.append(data)
        self._size += len(data)
        if not self._awaited and self._size >= _LENGTH.size:
            head = b"".join(self._received)
            self._awaited = _LENGTH.size + _LENGTH.unpack_from(head)[0]
            self._received = [head]
        if self._awaited and self._size >= self._awaited:
            data = b"".join(self._received)
            self._received, self._size, self._awaited = [], 0, 0
            if self._answer is not None and not self._answer.done():
                self._answer.set_result(_loaded(data[_LENGTH.size :]))

    def process_exited(self) -> None:
        if self._answer is not None and not self._answer.done():
            why = "its process ended"
            if self._transport.get_returncode() == -_SIGXCPU:
                why = f"it took longer than {self._limit_s:g} s"
            self._answer.set_exception(LeftOffError(why))
        if not self.ended.done():
            self.ended.set_result(None)


def _loaded(data: bytes) -> Any:
    """Return what a process told, which is our own code; no search for cycles makes it longer."""
    searches = gc.isenabled()
    gc.disable()
    try:
        return pickle.loads(data)  # noqa: S301
    finally:
        if searches:
            gc.enable()


_pools: WeakKeyDictionary[asyncio.AbstractEventLoop, _Pool] = WeakKeyDictionary()


def _pool() -> _Pool:
    return _pools.setdefault(asyncio.get_running_loop(), _Pool())


def _work() -> None:
    """Carry out what comes over stdin, until that ends."""
    _limit()
    answers, sys.stdout = sys.stdout.buffer, sys.stderr  # nobody's words get among the answers
    asked = sys.stdin.buffer
    while head := asked.read(_LENGTH.size):
        try:
            data = asked.read(_LENGTH.unpack(head)[0])
            function, arguments, limit_s = pickle.loads(data)  # noqa: S301
            del data
            _limit_work(limit_s)
            told: tuple[bool, Any] = (True, function(*arguments))
            del arguments
            data = pickle.dumps(told, pickle.HIGHEST_PROTOCOL)
        except Exception as error:  # noqa: BLE001 - it is told to whoever asked
            data = _told(error)
        answers.write(_LENGTH.pack(len(data)) + data)
        answers.flush()


def _by_the_clock() -> int:
    return 1 if sys.platform == "win32" else _BY_THE_CLOCK


def _limit_work(limit_s: float) -> None:
    """Let the next piece of work take so much of a processor, and no more."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - POSIX only

    used = resource.getrusage(resource.RUSAGE_SELF)
    most = math.ceil(used.ru_utime + used.ru_stime + limit_s)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CPU, (most, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def _told(error: Exception) -> bytes:
    try:
        return pickle.dumps((False, error), pickle.HIGHEST_PROTOCOL)
    except Exception:  # noqa: BLE001 - an exception that cannot be pickled
        return pickle.dumps((False, RuntimeError(f"{type(error).__name__}: {error}")))


def _limit() -> None:
    """End with the harness, in whatever way that ends; and take no more than some memory."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - POSIX only

    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY_BYTES, _MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # what passes its time would leave one
    end_with_parent()


def end_with_parent() -> None:
    """Have this process ended when the one that started it ends, in whatever way. Linux."""
    if sys.platform == "linux":
        import ctypes  # noqa: PLC0415 - 10 ms, and only here

        parent = os.getppid()
        with contextlib.suppress(OSError, AttributeError):  # not in every C library
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)  # it ended in between


if __name__ == "__main__":
    _work()
