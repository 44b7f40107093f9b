"""Walls around an integration's processes, by bubblewrap. Linux.

A process in a sandbox has the system's programs to read, its own folder to read, its home and work
folders to write; it sees no process but its own, and no network but a loopback of its own. On that
the door of its scenario stands open, and nothing else: sockets of that network are handed out to
the harness, which carries what comes in to the door, resets and half-closed connections as they
are.
"""

import asyncio
import contextlib
import functools
import os
import re
import shutil
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from pathlib import Path

from koppeling_harness.aside import in_thread
from koppeling_harness.errors import ConfigurationError
from koppeling_harness.model.operation import RunContext
from koppeling_harness.plugin import sandbox_relay
from koppeling_harness.plugin.sandbox_relay import DIAL, LISTEN, LOOPBACK, START
from koppeling_harness.value import dataclass

_BUBBLEWRAP = "bwrap"
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_OF_ETC = (
    "alternatives", "ca-certificates", "dotnet", "group", "hosts", "java", "ld.so.cache",
    "ld.so.conf", "ld.so.conf.d", "localtime", "mime.types", "nsswitch.conf", "passwd", "php",
    "pki", "protocols", "services", "ssl", "timezone",
)  # fmt: skip
_UNSHARED = ("user", "pid", "net", "ipc", "uts", "cgroup-try")
_PROBE_LIMIT_S = 10
_ANSWER_LIMIT_S = 5.0
_CHUNK_BYTES = 64 * 1024
_ON_LOOPBACK = re.compile(r"(?:127\.0\.0\.1|localhost|\[::1\]):(\d{1,5})")
_RESET = struct.pack("ii", 1, 0)
"""For SO_LINGER: closing sends a reset."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Walls:
    """What lies within the walls of one integration.

    Attributes:
        programs: Files and folders of programs that it may read.
        read: Folders of its own that it may read.
        write: Folders that it may write to.
        hidden: Folders that are empty to it though they lie in one that it may read, such as
            other integrations among installed packages.
    """

    programs: tuple[str, ...] = ()
    read: tuple[str, ...] = ()
    write: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()


@functools.cache
def why_not() -> str:
    """Return why this machine has no sandbox; empty when it has one."""
    if sys.platform != "linux":
        return f"needs Linux, this is {sys.platform}"
    if shutil.which(_BUBBLEWRAP) is None:
        return f"needs bubblewrap, and there is no program {_BUBBLEWRAP}"
    command = _command(Walls(), cwd="/", command=["/bin/true"])
    try:
        done = subprocess.run(  # noqa: S603 - fixed words
            command, capture_output=True, text=True, check=False, timeout=_PROBE_LIMIT_S
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"{_BUBBLEWRAP} cannot be started: {error}"
    said = done.stderr.strip().splitlines()
    return "" if done.returncode == 0 else f"{_BUBBLEWRAP}: {said[-1] if said else 'it failed'}"


def require_sandbox() -> None:
    """Hold that this machine can make sandboxes.

    Raises:
        ConfigurationError: It cannot; the message says why, and what to do.
    """
    reason = why_not()
    if reason:
        message = f"--sandbox is not possible on this machine: {reason}"
        hint = "On Debian: `apt-get install bubblewrap`, and a kernel that lets users make "
        hint += "namespaces (kernel.unprivileged_userns_clone=1). Or run without --sandbox, in a "
        hint += "container of your own."
        raise ConfigurationError(message, hint=hint)


def _program_files(program: str, *, is_found: bool) -> Iterator[str]:
    """Yield what has to be readable for a program outside of the system's folders to run.

    That is the program's own file; and of one that was found by `PATH`, which no manifest chooses,
    its libraries too: beside `bin`, or beside the host of .NET.
    """
    for each in {Path(program).absolute(), Path(program).resolve()}:
        yield str(each)
        if not is_found:
            continue
        if each.name == "dotnet":
            yield from (str(each.parent / part) for part in ("host", "shared", "sdk"))
        elif each.parent.name == "bin":
            yield from (str(each.parent.parent / part) for part in ("lib", "lib64", "libexec"))


def _harness_files() -> Iterator[str]:
    """Yield what has to be readable for this interpreter to load the harness's own package."""
    yield from (sys.prefix, sys.base_prefix)
    yield str(Path(__file__).parents[1])


class Sandbox:
    """The walls around one process, and the doors in them.

    Args:
        walls: What lies within them.
    """

    def __init__(self, walls: Walls) -> None:
        self._walls = walls
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.settimeout(_ANSWER_LIMIT_S)
        self._control, self._theirs = ours, theirs
        self._asking = asyncio.Lock()
        self._doors: dict[int, asyncio.Server] = {}
        self._published: list[asyncio.Server] = []

    @property
    def fd(self) -> int:
        """What the first process inside has to inherit."""
        return self._theirs.fileno()

    def command(self, command: Sequence[str], *, cwd: Path, name: str, program: str) -> list[str]:
        """Return the command line that runs another within the walls.

        Args:
            command: Program, by its path, and arguments.
            cwd: Its current folder.
            name: The program as the manifest names it.
            program: Its file, which has to be within the walls.
        """
        relay = [sys.executable, "-I", "-S", str(sandbox_relay.__file__), str(self.fd)]
        needed = (*_harness_files(), *_program_files(program, is_found=os.sep not in name))
        walls = replace(self._walls, programs=needed)
        return _command(walls, cwd=str(cwd), command=[*relay, *command])

    async def start(self, ports: Sequence[int]) -> None:
        """Let the process begin, once the first process inside runs.

        Args:
            ports: Of loopback, what it reaches from its first instruction on.
        """
        self._theirs.close()
        await self.reach(ports)
        with contextlib.suppress(OSError):  # it ended already, which its exit code tells
            self._control.send(START.encode())

    async def reach(self, ports: Sequence[int]) -> None:
        """Let these ports of the harness's loopback be reached from inside, and no others."""
        for port in set(self._doors) - set(ports):
            self._doors.pop(port).close()
        for port in ports:
            if port not in self._doors:
                listener = await self._handed(LISTEN, port)
                with contextlib.suppress(OSError, ValueError):  # it is no socket that listens
                    if listener is not None:
                        self._doors[port] = await asyncio.start_server(
                            functools.partial(_carry_to, port), sock=listener
                        )

    async def publish(self, port: int) -> None:
        """Let a port inside be reached on the same port of the harness's loopback."""

        async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            dialled = await self._handed(DIAL, port)
            if dialled is None:
                _reset(writer)
                return
            await _carry(reader, writer, *await asyncio.open_connection(sock=dialled))

        self._published.append(await asyncio.start_server(carry, LOOPBACK, port))

    def close(self) -> None:
        """Shut every door; harmless when they are shut already."""
        for each in (*self._doors.values(), *self._published):
            each.close()
        self._doors.clear()
        self._published.clear()
        self._control.close()
        self._theirs.close()

    async def _handed(self, word: str, port: int) -> socket.socket | None:
        """Return a socket of the network inside; None when there is none to be had."""
        async with self._asking:
            return await in_thread(self._ask, word, port)

    def _ask(self, word: str, port: int) -> socket.socket | None:
        try:
            self._control.send(f"{word} {port}".encode())
            _, handed, _, _ = socket.recv_fds(self._control, 64, 1)
        except OSError:
            return None  # the process ended
        if not handed:
            return None
        try:
            made = socket.socket(fileno=handed[0])
        except OSError:  # what comes from inside may be anything
            os.close(handed[0])
            return None
        made.setblocking(False)  # noqa: FBT003 - has no name
        return made


def ports_of(context: RunContext) -> tuple[int, ...]:
    """Return the ports of loopback that a scenario's addresses name."""
    names = (each.name for each in fields(context))
    named = (str(getattr(context, each)) for each in names)
    return tuple(dict.fromkeys(int(port) for text in named for port in _ON_LOOPBACK.findall(text)))


async def _carry_to(port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        beyond = await asyncio.open_connection(LOOPBACK, port)
    except OSError:
        _reset(writer)
        return
    await _carry(reader, writer, *beyond)


async def _carry(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    other_reader: asyncio.StreamReader,
    other_writer: asyncio.StreamWriter,
) -> None:
    """Carry bytes both ways until both sides are done."""
    try:
        await asyncio.gather(_one_way(reader, other_writer), _one_way(other_reader, writer))
    finally:
        writer.close()
        other_writer.close()


async def _one_way(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    try:
        while data := await source.read(_CHUNK_BYTES):
            sink.write(data)
            await sink.drain()
        if sink.can_write_eof():
            sink.write_eof()
    except OSError:
        _reset(sink)


def _reset(writer: asyncio.StreamWriter) -> None:
    """Break a connection off as the other side did: by a reset."""
    made = writer.get_extra_info("socket")
    with contextlib.suppress(OSError):
        made.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    writer.transport.abort()


def _command(walls: Walls, *, cwd: str, command: Sequence[str]) -> list[str]:
    """Return the command line of bubblewrap."""
    bubblewrap = shutil.which(_BUBBLEWRAP) or _BUBBLEWRAP
    return [
        bubblewrap,
        *(f"--unshare-{each}" for each in _UNSHARED),
        *("--die-with-parent", "--cap-drop", "ALL"),
        *("--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--tmpfs", "/run"),  # noqa: S108
        *_system(),
        *_mounted("--ro-bind", walls.programs),
        *_emptied(walls.hidden, within=(*walls.programs, *_SYSTEM)),
        *_mounted("--ro-bind", walls.read),
        *_emptied(walls.hidden, within=walls.read),
        *_mounted("--bind", walls.write),
        *("--chdir", cwd, "--"),
        *command,
    ]


def _system() -> Iterator[str]:
    for each in _SYSTEM:
        path = Path(each)
        if path.is_symlink():
            yield from ("--symlink", str(path.readlink()), each)
        elif path.is_dir():
            yield from ("--ro-bind", each, each)
    for name in _OF_ETC:
        if Path("/etc", name).exists():
            yield from ("--ro-bind", f"/etc/{name}", f"/etc/{name}")


def _mounted(how: str, paths: Sequence[str]) -> Iterator[str]:
    shown = list(_SYSTEM)
    for each in sorted(dict.fromkeys(paths), key=len):  # a folder before what lies in it
        if Path(each).exists() and not any(Path(each).is_relative_to(one) for one in shown):
            shown.append(each)
            yield from (how, each, each)


def _emptied(hidden: Sequence[str], *, within: Sequence[str]) -> Iterator[str]:
    """Yield what hides folders that lie in one that was shown."""
    for each in hidden:
        path = Path(each)
        shown = any(path != Path(one) and path.is_relative_to(one) for one in within)
        if shown and path.is_dir():
            yield from ("--tmpfs", each)
