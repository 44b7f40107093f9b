"""Files that an integration left in its work folder: its logs, and the data that it keeps."""

import os
import stat
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from koppeling_harness.value import dataclass

OTHER_CUSTOMER = "other-customer"
"""The folder within, of another customer for whom it works in the same scenario."""
_DEEPEST = 32
_FEW = 20
_MOST_FILES = 2000
_MOST_BYTES = 32 * 1024 * 1024
_MOST_OF_ONE = 8 * 1024 * 1024
_LOOKED_AT = 8192
_MOSTLY = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftFile:
    """A file in the work folder.

    Attributes:
        name: Below the folder, with `/`.
        text: What it holds, as text whatever it is.
        is_text: Whether it is a text, such as a log.
        is_state: Whether the manifest says that it is where the integration keeps its data.
        is_closed: Whether nobody but its owner may read it. On Windows, where that does not stand
            in a file's mode, it is taken to be so.
    """

    name: str
    text: str
    is_text: bool
    is_state: bool
    is_closed: bool


def left_files(folder: str, state: Sequence[str]) -> tuple[LeftFile, ...]:
    """Return what lies in a work folder, as far as it can be searched in a moment.

    Nothing outside the folder is read and nothing that is no file: no links, pipes, devices. Of
    very many, very deep or very large files the first are read.

    Args:
        folder: The work folder; empty when there is none.
        state: Patterns of the manifest's `state`.
    """
    if not folder or Path(folder).is_symlink():  # or it leads to what is somebody else's
        return ()
    left = _MOST_BYTES
    found: list[LeftFile] = []
    for path, name in _files(folder):
        data = _read(path, min(left, _MOST_OF_ONE))
        left -= len(data)
        found.append(
            LeftFile(
                name=name,
                text=_text(data),
                is_text=_is_text(data[:_LOOKED_AT]),
                is_state=any(fnmatchcase(_own(name), pattern) for pattern in state),
                is_closed=_is_closed(path),
            )
        )
        if left <= 0 or len(found) == _MOST_FILES:
            break
    return tuple(found)


def is_little(folder: str, most_bytes: int) -> bool:
    """Return whether a work folder holds but a few files of hardly any size.

    Args:
        folder: The work folder; empty when there is none.
        most_bytes: Of all files together.
    """
    size = 0
    if folder and Path(folder).is_symlink():
        return True
    try:
        with os.scandir(folder or "") as entries:
            for number, each in enumerate(entries):
                if number >= _FEW or each.is_dir(follow_symlinks=False):
                    return False
                size += each.stat(follow_symlinks=False).st_size
    except OSError:
        return not folder
    return size <= most_bytes


def _files(folder: str) -> Iterator[tuple[str, str]]:
    waiting = [(folder, "", 0)]
    for place, prefix, depth in waiting:
        try:
            entries = sorted(os.scandir(place), key=lambda each: each.name)
        except OSError:
            continue  # taken away meanwhile, or closed to us
        for each in entries:
            name = f"{prefix}{each.name}"
            if each.is_dir(follow_symlinks=False) and depth < _DEEPEST:
                waiting.append((each.path, f"{name}/", depth + 1))
            elif each.is_file(follow_symlinks=False):
                yield each.path, name


def _own(name: str) -> str:
    """Return a name as it is in the folder of whichever customer."""
    return name.removeprefix(f"{OTHER_CUSTOMER}/")


def _is_closed(path: str) -> bool:
    try:
        mode = os.lstat(path).st_mode
    except OSError:
        return False
    return os.name == "nt" or not mode & (stat.S_IRWXG | stat.S_IRWXO)


def _read(path: str, limit: int) -> bytes:
    try:
        with Path(path).open("rb") as file:
            # it may have become something else since it was listed
            return file.read(limit) if stat.S_ISREG(os.fstat(file.fileno()).st_mode) else b""
    except OSError:
        return b""


def _text(data: bytes) -> str:
    return data.decode(_charset(data), errors="replace")


def _is_text(data: bytes) -> bool:
    return _charset(data) != "utf-8" or b"\0" not in data


def _charset(data: bytes) -> str:
    """Return in what a file is written: UTF-16, with its mark or not, as Windows has it; UTF-8."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    seen = data[: _LOOKED_AT // 2 * 2]
    for charset, high, low in (
        ("utf-16-le", seen[1::2], seen[::2]),
        ("utf-16-be", seen[::2], seen[1::2]),
    ):
        if low and high.count(0) > _MOSTLY * len(high) and not low.count(0):
            return charset
    return "utf-8"
