"""Entry points of installed packages that hold an integration."""

import sys
from collections.abc import Callable, Iterable
from importlib.machinery import ModuleSpec, PathFinder
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


def package_folder(module: str) -> Path:
    """Return the folder of a package that is installed, without importing it or what it lies in.

    `importlib.util.find_spec` imports the packages above the one that is asked for, and with them
    whatever a partner wrote there.

    Raises:
        ModuleNotFoundError: There is no such package.
    """
    first, *inner = module.split(".")
    places = _places_of(first)
    for count, name in enumerate(inner, start=1):
        inside = [place / name for place in places if (place / name).is_dir()]
        if not inside and count == len(inner) and any(map(_holds(name), places)):
            return next(filter(_holds(name), places))
        places = inside
    if not places:
        message = f"there is no module `{module}`"
        raise ModuleNotFoundError(message)
    return places[0]


def _places_of(package: str) -> list[Path]:
    """Return the folders of a package, or the folder of a module, as Python would find it."""
    for finder in sys.meta_path:
        find = getattr(finder, "find_spec", None)
        found: ModuleSpec | None = find(package, None, None) if find and package else None
        if found is not None and found.submodule_search_locations is not None:
            return [Path(each) for each in found.submodule_search_locations]
        if found is not None and found.has_location:
            return [Path(str(found.origin)).parent]
    return []


def _holds(module: str) -> Callable[[Path], bool]:
    return lambda place: (place / f"{module}.py").is_file()
