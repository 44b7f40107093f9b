"""Find scenario files."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from koppeling_harness.errors import ConfigurationError
from koppeling_harness.value import dataclass

SUFFIX = ".scenario.yaml"
"""How the name of a scenario file ends."""

_MISSPELT = (".scenario.yml", ".scenarios.yaml", ".scenarios.yml", ".scenario.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Files, by what messages call them: with slashes, and as `shown` gives it.

    Attributes:
        scenarios: Scenario files, sorted by path within each folder that was searched, each once.
        misspelt: Files that were probably meant to be one.
    """

    scenarios: tuple[str, ...]
    misspelt: tuple[str, ...]


def find_scenarios(paths: Sequence[Path]) -> Found:
    """Return the scenario files that some paths mean.

    Args:
        paths: Files, and folders that are searched with all that is below them.

    Raises:
        ConfigurationError: A path does not exist.
    """
    found: dict[str, str] = {}
    misspelt: list[str] = []
    for path in paths:
        if not path.exists():
            message = f"{path}: expected a scenario file or a folder of them, found nothing"
            raise ConfigurationError(message)
        if not path.is_dir():
            found.setdefault(real_path(path), shown(path))
            continue
        for name, real in _below(path):
            if os.path.normcase(name).endswith(SUFFIX):
                found.setdefault(real, name)
            elif name.endswith(_MISSPELT):
                misspelt.append(name)
    return Found(scenarios=tuple(found.values()), misspelt=tuple(misspelt))


def shown(path: Path) -> str:
    """Return a path as messages show it: relative to the working folder when below it."""
    if not path.anchor:
        return path.as_posix()
    whole, here = path.absolute(), Path.cwd()
    return (whole.relative_to(here) if whole.is_relative_to(here) else whole).as_posix()


class RealPaths:
    """Resolves the paths of many files, looking into the folder of each once."""

    def __init__(self) -> None:
        self._folders: dict[str, tuple[str, frozenset[str] | None]] = {}

    def of(self, file: str) -> str:
        """Return where a file is, as `Path.resolve` does; with slashes."""
        _, slash, name = file.rpartition("/")
        folder = file.removesuffix(name) if slash else ""
        if folder not in self._folders:
            parent = Path(folder)
            self._folders[folder] = _start(real_path(parent)), _links_in(parent)
        start, links = self._folders[folder]
        return real_path(Path(file)) if links is None or name in links else start + name


def real_path(path: Path) -> str:
    """Return where a file or folder is, as `Path.resolve` does; with slashes."""
    return os.path.realpath(path).replace(os.sep, "/")


def _links_in(folder: Path) -> frozenset[str] | None:
    """Return the names of the links in a folder; None when one cannot look into it."""
    try:
        with os.scandir(folder) as entries:
            return frozenset(each.name for each in entries if each.is_symlink())
    except OSError:
        return None


def _below(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield all that may be a scenario file below a folder, what it is called and where it is.

    Links to folders are not followed, and of a folder that cannot be looked into nothing is there.
    """
    try:
        with os.scandir(folder) as entries:
            inside = sorted(entries, key=_in_order)
    except OSError:
        return
    name_start, real_start = _start(shown(folder)), _start(real_path(folder))
    for each in inside:
        if ".scenario" in os.path.normcase(each.name):
            is_link = each.is_symlink()
            real = real_path(folder / each.name) if is_link else real_start + each.name
            yield name_start + each.name, real
        if each.is_dir(follow_symlinks=False):
            yield from _below(folder / each.name)


def _in_order(entry: os.DirEntry[str]) -> str:
    return os.path.normcase(entry.name)


def _start(folder: str) -> str:
    """Return how the paths of what is in a folder begin."""
    return "" if folder == "." else folder.rstrip("/") + "/"
