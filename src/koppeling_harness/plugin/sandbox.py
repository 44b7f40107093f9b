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
import tempfile
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from koppeling_harness.aside import in_thread
from koppeling_harness.errors import ConfigurationError
from koppeling_harness.model.operation import RunContext
from koppeling_harness.plugin import sandbox_relay
from koppeling_harness.plugin.sandbox_relay import DIAL, LISTEN, LOOPBACK, START
from koppeling_harness.value import dataclass

_BUBBLEWRAP = "bwrap"
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_OF_ETC = (
    "alternatives", "ca-certificates", "dotnet", "group", "hosts", "java*", "ld.so.cache",
    "ld.so.conf", "ld.so.conf.d", "localtime", "mime.types", "nsswitch.conf", "passwd", "php",
    "pki/ca-trust", "pki/java", "pki/tls/cert.pem", "pki/tls/certs", "pki/tls/openssl.cnf",
    "protocols", "services", "ssl/cert.pem", "ssl/certs", "ssl/openssl.cnf", "timezone",
)  # fmt: skip
"""No private keys: a harness that is root could read those."""
_BESIDE_BIN = ("lib", "lib64", "libexec", "conf", "pyvenv.cfg")
"""What a program needs beside it: Java its settings, a virtual environment where it is."""
_CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR")
"""Variables that are passed on, and name what has to be seen."""
_SETTINGS_OF_PROC = (
    "acpi", "asound", "bus", "driver", "fs", "irq", "mtrr", "pressure", "scsi", "sys",
    "sysrq-trigger",
)  # fmt: skip
_OF_THE_NETWORK = ("/etc/resolv.conf", "/etc/gai.conf", "/etc/host.conf")
_OF_PIP = ("/etc/pip.conf", "/etc/xdg/pip")
_OF_PIP_AT_HOME = (".config/pip", ".pip")
"""With what its settings name beside them, such as constraints."""
_NAMES_FILES = ("PIP_", "REQUESTS_CA_BUNDLE")
_OF_PACKAGES = ("site-packages", "dist-packages")
_READ, _WRITE, _HIDE = "--ro-bind", "--bind", "--tmpfs"
_OWN_BYTES = 512 * 1024**2
"""Of `/tmp` and of `/dev/shm` each: they take memory, which no limit of a process counts."""
_UNSHARED = ("user", "pid", "net", "ipc", "uts", "cgroup-try")
_PROBE_LIMIT_S = 10
_ANSWER_LIMIT_S = 5.0
_CHUNK_BYTES = 64 * 1024
_MOST_CONNECTIONS = 200
"""So many at once are carried of one process: each takes three descriptors of the harness."""
_ON_LOOPBACK = re.compile(r"(?:127\.0\.0\.1|localhost|\[::1\]):(\d{1,5})")
_RESET = struct.pack("ii", 1, 0)
"""For SO_LINGER: closing sends a reset."""

_Carry = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[Any, Any, None]]


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
            yield from (str(each.parent.parent / part) for part in _BESIDE_BIN)


def _harness_files() -> Iterator[str]:
    """Yield what has to be readable for this interpreter to load the harness's own package."""
    yield from (sys.prefix, sys.base_prefix)
    yield str(Path(__file__).parents[1])


def installing_within(command: Sequence[str], *, read: Path, write: Sequence[Path]) -> list[str]:
    """Return the command line that installs what an integration requires within walls.

    What is installed may run code of its own. It reaches the network, where the package index is.

    Args:
        command: Program, by its path, and arguments.
        read: The integration's folder, in which the command runs.
        write: Folders that it may write to.
    """
    home = Path.home()
    settings = (*_OF_PIP, *(str(home / each) for each in _OF_PIP_AT_HOME))
    named = (
        each
        for name, value in os.environ.items()
        if name.startswith(_NAMES_FILES)
        for each in value.split()
        if Path(each).is_absolute()
    )
    walls = Walls(
        programs=(*_harness_files(), *_OF_THE_NETWORK, *settings, *named),
        read=(str(read),),
        write=tuple(map(str, write)),
        hidden=tuple(map(str, (Path.cwd(), home, Path(tempfile.gettempdir())))),
    )
    unshared = tuple(each for each in _UNSHARED if each != "net")
    return _command(walls, cwd=str(read), command=command, unshared=unshared)


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
        self._carrying: set[asyncio.Task[None]] = set()

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
                            self._carried(functools.partial(_carry_to, port)), sock=listener
                        )

    async def publish(self, port: int) -> None:
        """Let a port inside be reached on the same port of the harness's loopback."""

        async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            dialled = await self._handed(DIAL, port)
            if dialled is None:
                _reset(writer)
                return
            await _carry(reader, writer, *await asyncio.open_connection(sock=dialled))

        self._published.append(await asyncio.start_server(self._carried(carry), LOOPBACK, port))

    def _carried(
        self, carry: _Carry
    ) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], None]:
        """Return what has each connection carried, until its end or that of the sandbox."""

        def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            if len(self._carrying) >= _MOST_CONNECTIONS:
                _reset(writer)
                return
            task = asyncio.get_running_loop().create_task(carry(reader, writer))
            self._carrying.add(task)
            task.add_done_callback(self._carrying.discard)

        return begin

    def close(self) -> None:
        """Shut every door; harmless when they are shut already."""
        for each in (*self._doors.values(), *self._published):
            each.close()
        for task in self._carrying:
            task.cancel()
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


def hidden_with(other: Path, own: Path) -> Path:
    """Return what is hidden of another integration: its folder, or the package that it lies in.

    Args:
        other: The folder of the other one.
        own: The folder of the one from which it is hidden.
    """
    other = other.resolve()
    for inside in map(Path, sys.path):
        if inside.name in _OF_PACKAGES and inside.resolve() in other.parents:
            package = inside.resolve() / other.relative_to(inside.resolve()).parts[0]
            return other if own.is_relative_to(package) else package
    return other


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


def _command(
    walls: Walls, *, cwd: str, command: Sequence[str], unshared: Sequence[str] = _UNSHARED
) -> list[str]:
    """Return the command line of bubblewrap."""
    bubblewrap = shutil.which(_BUBBLEWRAP) or _BUBBLEWRAP
    known = _options_of(bubblewrap)
    sized = ("--size", str(_OWN_BYTES)) if "--size" in known else ()
    return [
        bubblewrap,
        *(f"--unshare-{each}" for each in unshared),
        *("--die-with-parent", "--cap-drop", "ALL"),
        *(each for each in ("--disable-userns",) if each in known),
        *("--proc", "/proc", *_read_only_of_proc()),
        *("--dev", "/dev", *sized, "--tmpfs", "/dev/shm", "--remount-ro", "/dev"),  # noqa: S108
        *(*sized, "--tmpfs", "/tmp"),  # noqa: S108
        *_mounted(walls),
        *("--remount-ro", "/"),
        *("--chdir", cwd, "--"),
        *command,
    ]


@functools.cache
def _options_of(bubblewrap: str) -> frozenset[str]:
    """Return the options that this version of bubblewrap knows."""
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        said = subprocess.run(  # noqa: S603 - found by PATH
            [bubblewrap, "--help"],
            capture_output=True,
            text=True,
            check=False,
            timeout=_PROBE_LIMIT_S,
        )
        return frozenset(re.findall(r"--[a-z-]+", said.stdout + said.stderr))
    return frozenset()


def _read_only_of_proc() -> Iterator[str]:
    """Yield what keeps settings of the kernel from being written.

    They ask for no capability where the harness is root, whom its user namespace maps onto itself:
    `kernel/core_pattern` names a program that the machine then runs as root.
    """
    for each in _SETTINGS_OF_PROC:
        path = f"/proc/{each}"
        if Path(path).exists():
            yield from ("--ro-bind", path, path)


def _mounted(walls: Walls) -> Iterator[str]:
    """Yield what is shown and what is hidden, a folder before what lies in it."""
    how = {
        **dict.fromkeys(walls.hidden, _HIDE),  # of one path, what comes last counts
        **dict.fromkeys((*_system(), *walls.programs, *walls.read), _READ),
        **dict.fromkeys(walls.write, _WRITE),
    }
    for each in _SYSTEM:
        if Path(each).is_symlink():
            yield from ("--symlink", str(Path(each).readlink()), each)
    done: dict[Path, str] = {}
    for path in sorted(map(Path, how), key=lambda path: len(path.parts)):
        action = how[str(path)]
        around = next((done[up] for up in path.parents if up in done), _HIDE)
        if action == around or not (path.is_dir() if action == _HIDE else path.exists()):
            continue
        done[path] = action
        yield from (action, str(path)) if action == _HIDE else (action, str(path), str(path))
    for path, action in done.items():
        if action == _HIDE:
            yield from ("--remount-ro", str(path))


def _system() -> Iterator[str]:
    """Yield the files and folders of the machine that every program may read."""
    yield from (each for each in _SYSTEM if not Path(each).is_symlink())
    yield from (str(each) for name in _OF_ETC for each in Path("/etc").glob(name))
    yield from (os.environ[name] for name in _CERTIFICATES if name in os.environ)
