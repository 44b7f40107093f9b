"""Writing files so that a reader never sees half of one."""

import secrets
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from koppeling_harness.errors import ConfigurationError


def write_files(
    folder: Path,
    files: Mapping[str, bytes | Iterable[bytes]],
    *,
    last: str = "",
    check: Callable[[], None] = lambda: None,
) -> None:
    """Write several files: all of them beside their places first, then renamed one by one.

    When anything cannot be written, what stood there before stays as it was.

    Args:
        folder: Made when absent.
        files: Name below the folder (`/` between folders) and content, as a whole or in pieces
            that are made while they are written, in this order.
        last: Which one is put in its place last, as it makes the others found; when empty the
            last of `files`.
        check: Called when all of them are written beside their places. What it raises is raised,
            and none is renamed.

    Raises:
        ConfigurationError: The folder or a file in it cannot be written.
    """
    beside: list[tuple[Path, Path]] = []
    try:
        for name, content in files.items():
            path = folder / name
            if path.exists() and not path.is_file() and not path.is_dir():
                message = f"{path}: it is a device or a pipe, which a file never takes the place of"
                raise ConfigurationError(message, hint="Name another file.")
            path.parent.mkdir(parents=True, exist_ok=True)
            new = path.with_name(f".{path.name}.{secrets.token_hex(4)}.new")
            beside.append((new, path))
            with new.open("wb") as file:
                file.writelines([content] if isinstance(content, bytes) else content)
        check()
        for new, path in sorted(beside, key=lambda each: each[1] == folder / last):
            new.replace(path)
    except OSError as error:
        meant = beside[-1][1] if beside else folder  # a write that fails names no file
        place = error.filename2 or error.filename or meant
        message = f"{place}: cannot be written: {error.strerror or error}"
        hint = "Choose a folder that you may write in, or close the program that holds the file."
        raise ConfigurationError(message, hint=hint) from None
    finally:
        for new, _ in beside:
            _remove(new)


def require_writable(folder: Path) -> None:
    """Make sure that a folder can be written to, before work is done whose result goes there.

    Args:
        folder: Need not exist yet; it is not made.

    Raises:
        ConfigurationError: It cannot be written to, or cannot be made.
    """
    there = folder
    while not there.exists() and there != there.parent:
        there = there.parent
    try:
        with tempfile.TemporaryFile(dir=there):
            return
    except OSError as error:
        message = f"{folder}: expected a folder to write in, but {error.strerror or error}"
        raise ConfigurationError(message, hint="Choose another folder, with --reports.") from None


def _remove(path: Path) -> None:
    """Take away what was written beside; gone already when it was renamed."""
    try:
        path.unlink(missing_ok=True)
    except OSError:
        # A folder that refuses to delete would hide the error that matters.
        return
