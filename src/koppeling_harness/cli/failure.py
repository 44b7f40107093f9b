"""Failure of a command: its message, and the exit code with which it leaves."""

import errno
import os
import sys
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from koppeling_harness.cli.group import COMMANDS
from koppeling_harness.cli.say import say
from koppeling_harness.errors import ConfigurationError, ExitCode, HarnessError, place_of_fault

_DEBUG_VARIABLE = "KOPPELING_DEBUG"
_PACKAGE = str(Path(__file__).parents[1])

_LINK_LOOP = "Symlink loop from "
"""How pathlib tells ELOOP, until Python 3.12."""

_NOBODY_READS = 128 + 13
"""As a shell tells SIGPIPE, of `koppeling … | head`: no fault, and no verdict either."""

_OF_A_PATH = {
    errno.EACCES: "no permission",
    errno.EEXIST: "something else is there already",
    errno.EINVAL: "no path that this system takes",
    errno.EISDIR: "it is a folder, expected a file",
    errno.ELOOP: "it is a link to itself",
    errno.ENAMETOOLONG: "the name is too long for this system",
    errno.ENOENT: "there is no such file or folder",
    errno.ENOTDIR: "a part of the path is no folder",
    errno.ENOTEMPTY: "the folder is not empty",
    errno.ENXIO: "it is no file",
    errno.EPERM: "no permission",
    errno.EROFS: "it cannot be written to",
}
"""Errors of the system that say that a path, which the user named, is not what it should be."""


def failed(error: BaseException, arguments: Sequence[str]) -> int:
    """Tell what went wrong; return the exit code.

    Args:
        error: What a command ended with.
        arguments: The command line.

    Raises:
        KeyboardInterrupt: It was Ctrl-C.
    """
    cause = _cause(error)
    if isinstance(cause, KeyboardInterrupt | click.exceptions.Abort):
        raise KeyboardInterrupt from None
    if isinstance(cause, click.ClickException):
        _say_usage(cause)
        return ExitCode.USAGE
    if isinstance(cause, BrokenPipeError) and _was_said(cause):
        _let_go_of_output()
        return _NOBODY_READS
    told = cause if isinstance(cause, HarnessError) else _unexpected(cause, _doing(arguments))
    if os.environ.get(_DEBUG_VARIABLE):
        _trace(error)
    _say(f"{told.render()}\n    more: koppeling explain {told.code}")
    return told.exit_code


def _say_usage(error: click.ClickException) -> None:
    """Tell what click has against a command line, which may hold a name that others gave."""
    context = getattr(error, "ctx", None)
    if context is not None:
        click.echo(context.get_usage(), err=True)
        click.echo(f"Try '{context.command_path} --help' for help.\n", err=True)
    say(f"Error: {error.format_message()}", err=True)


def _cause(error: BaseException) -> BaseException:
    """Return what an exception is about: libraries in between wrap it, or put another there.

    An exception that was raised while Ctrl-C was being dealt with is Ctrl-C.
    """
    if isinstance(error, BaseExceptionGroup):
        first = error.exceptions[0]
        interrupt, _ = error.split(KeyboardInterrupt)
        return _cause(interrupt.exceptions[0] if interrupt else first)
    return next((each for each in _chain(error) if isinstance(each, KeyboardInterrupt)), error)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an exception, and those that were being dealt with when it was raised."""
    while error is not None:
        yield error
        error = None if isinstance(error, HarnessError) else error.__context__


def _unexpected(error: BaseException, doing: str) -> HarnessError:
    if isinstance(error, OSError):
        return _of_the_system(error, doing)
    if isinstance(error, RuntimeError) and str(error).startswith(_LINK_LOOP):
        message = f"{str(error).removeprefix(_LINK_LOOP).strip()}: {_OF_A_PATH[errno.ELOOP]}"
        return ConfigurationError(message, hint=f"`koppeling {doing}` needs a file or a folder.")
    if isinstance(error, MemoryError):
        message = f"{doing}: this machine has no memory left for it"
        return HarnessError(message, hint="Give it more, or less at once.")
    return HarnessError(
        f"{doing}: the harness itself failed, with {type(error).__name__} in "
        f"{place_of_fault(error)}; this says nothing of an integration",
        hint=f"Report it, with what it says when {_DEBUG_VARIABLE}=1 is set.",
    )


def _of_the_system(error: OSError, doing: str) -> HarnessError:
    if error.errno == errno.EPIPE:
        _let_go_of_output()
        return HarnessError(f"{doing}: what it says could not be written, nobody reads it any more")
    reason = error.strerror or type(error).__name__
    path = os.fsdecode(error.filename) if isinstance(error.filename, str | bytes) else ""
    if path and error.errno in _OF_A_PATH and not path.startswith(_PACKAGE):
        message = f"{path}: {_OF_A_PATH[error.errno]} ({reason})"
        hint = f"Name another, or mend it: `koppeling {doing}` needs it."
        return ConfigurationError(message, hint=hint)
    where = f"{path}: " if path else ""
    _let_go_of_output()
    return HarnessError(
        f"{doing}: {where}{reason}, in {place_of_fault(error)}",
        hint=f"Mend that on this machine; {_DEBUG_VARIABLE}=1 shows more.",
    )


def _was_said(error: BaseException) -> bool:
    """Return whether an exception came up while something was said, rather than in our work."""
    frames = traceback.walk_tb(error.__traceback__)
    return any(frame.f_code.co_filename == say.__code__.co_filename for frame, _ in frames)


def _let_go_of_output() -> None:
    """Have what is still to be written to a stream that takes no more go nowhere."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):
            _to_nowhere(stream)


def _to_nowhere(stream: object) -> None:
    try:
        number = stream.fileno()  # type: ignore[attr-defined]
    except (OSError, ValueError, AttributeError):
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, number)
    os.close(nowhere)


def _doing(arguments: Sequence[str]) -> str:
    """Return which command it was, without options and what it is about."""
    name = next(iter(arguments), "")
    if name not in COMMANDS:
        return "its start"
    module = sys.modules.get(f"koppeling_harness.cli.{name.replace('-', '_')}")
    group = getattr(module, "command", None)
    below = group.commands if isinstance(group, click.Group) else {}
    return " ".join([name, *[each for each in arguments[1:2] if each in below]])


def _trace(error: BaseException) -> None:
    _say("the trace", "".join(traceback.format_exception(error)).rstrip())


def _say(*texts: str) -> None:
    try:
        say("koppeling: " + ":\n".join(texts), err=True)
    except (OSError, ValueError):
        _to_nowhere(sys.stderr)
