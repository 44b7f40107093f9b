"""Folders of integrations that are thrown away, whatever an integration made of them."""

import contextlib
import os
import shutil
import stat
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from koppeling_harness.aside import CHUNK, in_thread
from koppeling_harness.plugin.work_folder import is_little


@contextlib.asynccontextmanager
async def scratch_folder(prefix: str, parent: Path | None = None) -> AsyncIterator[str]:
    """Give a new, empty folder, and remove it afterwards; beside the loop where that may take long.

    Args:
        prefix: How its name begins.
        parent: Where it is made; where temporary files lie when None.
    """
    folder = tempfile.mkdtemp(prefix=prefix, dir=parent)
    try:
        yield folder
    finally:
        if is_little(folder, CHUNK):  # a thread would cost twice what there is to do
            remove_folder(Path(folder))
        else:
            await in_thread(remove_folder, Path(folder))


def remove_folder(folder: Path) -> None:
    """Remove a folder as far as that is allowed; harmless when it is gone already.

    However deep it is: what calls itself for each level, or names a file by its whole path, gives
    up at a thousand levels or 4,096 characters.
    """
    if folder.is_symlink():  # it put that in its place: what it leads to is somebody else's
        with contextlib.suppress(OSError):
            folder.unlink()
        return
    try:
        shutil.rmtree(folder, ignore_errors=True)
    except RecursionError:
        _flatten(folder)
        shutil.rmtree(folder, ignore_errors=True)
    if folder.is_dir():
        _open_up(folder)
        shutil.rmtree(folder, ignore_errors=True)


def _open_up(folder: Path) -> None:
    """Let the owner into every folder below, whom it may have shut out."""
    waiting = [folder]
    for each in waiting:
        with contextlib.suppress(OSError):
            each.chmod(stat.S_IRWXU)
            waiting.extend(
                Path(entry.path)
                for entry in os.scandir(each)
                if entry.is_dir(follow_symlinks=False)
            )


def _flatten(folder: Path) -> None:
    """Move every folder below up to the first level, under a number."""
    waiting = [folder]
    for number, each in enumerate(waiting):
        with contextlib.suppress(OSError):
            for place, entry in enumerate(list(each.iterdir())):
                if entry.is_dir() and not entry.is_symlink():
                    moved = folder / f".{number}-{place}"
                    with contextlib.suppress(OSError):
                        entry.rename(moved)
                        waiting.append(moved)
