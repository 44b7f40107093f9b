"""Which installed packages say that they hold an integration."""

import sys
from collections.abc import Iterable
from importlib.machinery import PathFinder
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

ENTRY_POINTS = "koppeling_harness.plugins.v1"
"""Group of entry points of installed plugins; the value names the package of `koppeling.yaml`."""


def announced() -> "Iterable[EntryPoint]":
    """Return the entry points of installed packages that hold an integration.

    Seldom is there one. To look for its group in the files that it would stand in takes a tenth of
    the time in which `importlib.metadata` is imported and asked; that is done where it may be.
    """
    if not _may_be_elsewhere() and not any(map(_may_be_in, sys.path)):
        return ()
    import importlib.metadata  # noqa: PLC0415 - 20 ms, for what most projects do not have

    return importlib.metadata.entry_points(group=ENTRY_POINTS)


def _may_be_elsewhere() -> bool:
    """Return whether packages are found in other ways than in the folders of the path."""
    finders = (each for each in sys.meta_path if each is not PathFinder)
    return any(hasattr(each, "find_distributions") for each in finders)


def _may_be_in(place: str) -> bool:
    """Return whether a place on the path may hold such an entry point."""
    try:
        inside = list(Path(place).iterdir())
    except FileNotFoundError:
        return False
    except OSError:  # it is an archive
        return True
    of_metadata = [each for each in inside if each.name.lower().endswith(("dist-info", "egg-info"))]
    return any(_names_group(each / "entry_points.txt") for each in of_metadata)


def _names_group(file: Path) -> bool:
    try:
        return ENTRY_POINTS.encode() in file.read_bytes()
    except OSError:  # most packages have no such file
        return False
