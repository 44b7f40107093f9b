"""Content of a file, read whole; a path that is no such file is told as any other problem."""

import os
import stat
from pathlib import Path

from koppeling_harness.errors import DocumentError, Problem
from koppeling_harness.place import Place

_MOST_BYTES = 1 << 30
"""More than any file that is meant to be read whole holds: what is larger is something else."""
_PIPES_OF_THE_SHELL = ("/dev/fd/", "/dev/stdin", "/proc/self/fd/")


def read_content(path: Path | str) -> bytes:
    """Return the bytes of a file.

    Raises:
        DocumentError: It is not there, is a folder, a device or a pipe that may never end, is too
            large, or cannot be read.
    """
    try:
        found = os.stat(path)  # noqa: PTH116 - the name that the caller has is what is told
        reason = _why_not(str(path), found)
        if not reason:
            with open(path, "rb", buffering=0) as file:  # noqa: PTH123
                return file.read()
    except (OSError, ValueError) as error:  # of a name with a NUL in it: ValueError
        reason = getattr(error, "strerror", None) or str(error)
    raise DocumentError([Problem(where=Place(str(path)), message=f"cannot be read: {reason}")])


def read_text(path: Path | str, *, encoding: str = "utf-8") -> str:
    """Return the text of a file, with its own line ends.

    Args:
        path: The file.
        encoding: `utf-8-sig` for files of others, which may begin with a byte order mark.

    Raises:
        DocumentError: As for `read_content`, or it is not UTF-8.
    """
    content = read_content(path)
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        message = f"expected UTF-8 text, found another byte at position {error.start}"
        raise DocumentError([Problem(where=Place(str(path)), message=message)]) from None


def _why_not(name: str, found: os.stat_result) -> str:
    if stat.S_ISDIR(found.st_mode):
        return "it is a folder, expected a file"
    if not stat.S_ISREG(found.st_mode) and not name.startswith(_PIPES_OF_THE_SHELL):
        return "it is a device or a pipe, expected a file"
    if found.st_size > _MOST_BYTES:
        return f"it holds {found.st_size} bytes, expected {_MOST_BYTES} at most"
    return ""
