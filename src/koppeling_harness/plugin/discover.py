"""Find integrations: in folders, and in installed packages.

One by one: what is wrong with one of them sets that one aside, and never hides another.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from koppeling_harness.config.manifest import MANIFEST, load_manifest
from koppeling_harness.errors import HarnessError
from koppeling_harness.model.manifest import Manifest
from koppeling_harness.model.shape import Text
from koppeling_harness.plugin.entry_points import announced, package_folder
from koppeling_harness.plugin.folder_digest import folder_digest
from koppeling_harness.value import dataclass

_LOOKS_LIKE_PLUGIN = ("koppeling.yml", "koppeling_plugin.py")


@dataclass(frozen=True, slots=True, kw_only=True)
class Integration:
    """An integration that was found and whose manifest is in order.

    Attributes:
        manifest: What it says of itself.
        folder: Where its manifest lies.
        digest: SHA-256 over its files, as 64 hexadecimal digits.
        scenarios: Folder with scenarios of its own, when it has one.
        python: The interpreter of an environment of its own, when it has one.
        variables: The variables of this machine that its processes get, by what its manifest asks
            for and the owner of the harness allows.
        withheld: Those that are there and asked for, and not allowed.
    """

    manifest: Manifest
    folder: Path
    digest: str
    scenarios: Path | None
    python: Path | None = None
    variables: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """An integration that cannot be used, and why.

    Attributes:
        name: Name of its folder or entry point.
        where: Its folder, or its distribution.
        problem: What was found and what was expected, every problem on a line of its own.
        hint: What to do about it.
        missing: The programs that are not there, when it is in order but for them.
        advice: The hint in both languages, where it has them.
        lacks: Whether it is in order, but declares connectors or fields that ERP1 does not have.
        never_began: Whether it is in order, but its program does not start.
        declared: The connectors that it declares, where its manifest could be read.
        folders: Where it lies; several when an id is there more than once, none when it is not in
            a folder.
    """

    name: str
    where: str
    problem: str
    hint: str = ""
    missing: tuple[str, ...] = ()
    advice: Text | None = None
    lacks: bool = False
    never_began: bool = False
    declared: tuple[str, ...] = ()
    folders: tuple[Path, ...] = ()

    @property
    def missing_runtime(self) -> bool:
        """Whether it is in order, but a program that it needs is not there."""
        return bool(self.missing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """What was found.

    Attributes:
        integrations: Those that can be used, in the order of their ids.
        set_aside: Those that cannot.
    """

    integrations: tuple[Integration, ...]
    set_aside: tuple[SetAside, ...]

    @property
    def names(self) -> frozenset[str]:
        """The names of all of them."""
        return frozenset(
            (
                *(each.manifest.id for each in self.integrations),
                *(each.name for each in self.set_aside),
            )
        )


def discover(
    folders: Sequence[Path], *, entry_points: bool = True, kept_in: Path | None = None
) -> Discovery:
    """Find integrations.

    Args:
        folders: Each a plugin's folder, with `koppeling.yaml` in it, or a folder of such folders;
            that file itself and a folder below a plugin's stand for the plugin too.
        entry_points: Whether installed packages are searched too.
        kept_in: Where is kept what manifests hold, so that they are read once.
    """
    found: dict[Path, Integration | SetAside] = {}
    for folder in folders:
        for each in _plugin_folders(folder):
            found.setdefault(each.resolve(), _read(each, kept_in))
    if entry_points:
        for key, result in _installed(kept_in):
            found.setdefault(key, result)
    integrations = [each for each in found.values() if isinstance(each, Integration)]
    set_aside = [each for each in found.values() if isinstance(each, SetAside)]
    unique, doubles = _without_doubles(integrations)
    return Discovery(integrations=unique, set_aside=(*set_aside, *doubles))


def _plugin_folders(folder: Path) -> list[Path]:
    if folder.name == MANIFEST and folder.is_file():
        return [folder.parent]
    if (folder / MANIFEST).is_file() or not folder.is_dir():
        return [folder]
    inside = sorted(each for each in folder.iterdir() if each.is_dir())
    looks = (MANIFEST, *_LOOKS_LIKE_PLUGIN)
    found = [each for each in inside if any((each / name).is_file() for name in looks)]
    return found or [each for each in folder.resolve().parents if (each / MANIFEST).is_file()][:1]


def _read(folder: Path, kept_in: Path | None) -> Integration | SetAside:
    try:
        if not folder.is_dir():
            return _absent(folder)
        manifest = load_manifest(folder / MANIFEST, kept_in=kept_in)
        scenarios = folder / "scenarios"
        return Integration(
            manifest=manifest,
            folder=folder,
            digest=folder_digest(folder),
            scenarios=scenarios if scenarios.is_dir() else None,
        )
    except HarnessError as error:
        name = _name_of(folder)
        return SetAside(
            name=name,
            where=str(folder),
            problem=error.message,
            hint=error.hint,
            folders=(folder,),
        )
    except OSError as error:
        return SetAside(
            name=_name_of(folder),
            where=str(folder),
            problem=f"cannot be read: {error}",
            folders=(folder,),
        )


def _name_of(folder: Path) -> str:
    return folder.name if folder.name not in {"", ".."} else folder.resolve().name


def _absent(folder: Path) -> SetAside:
    return SetAside(
        name=_name_of(folder),
        where=str(folder),
        problem=f"{folder}: there is no such folder",
        hint=f"Name the folder that holds {MANIFEST}, or the folder above it.",
    )


def _without_doubles(
    found: Sequence[Integration],
) -> tuple[tuple[Integration, ...], list[SetAside]]:
    """Set every integration aside that shares its id: which of them is meant cannot be told."""
    by_id: dict[str, list[Integration]] = {}
    for each in found:
        by_id.setdefault(each.manifest.id, []).append(each)
    unique = tuple(same[0] for _, same in sorted(by_id.items()) if len(same) == 1)
    doubles = [
        SetAside(
            name=name,
            where=", ".join(str(one.folder) for one in same),
            problem=f"{len(same)} integrations have the id `{name}`: "
            + " and ".join(str(one.folder) for one in same),
            hint="Give each its own `id` in koppeling.yaml, or name the one that is meant.",
            folders=tuple(one.folder for one in same),
        )
        for name, same in by_id.items()
        if len(same) > 1
    ]
    return unique, doubles


def _installed(kept_in: Path | None) -> Iterator[tuple[Path, Integration | SetAside]]:
    for point in announced():
        where = f"{point.dist.name} {point.dist.version}" if point.dist else "installed"
        try:
            folder = package_folder(point.module)
        except (ImportError, ValueError, AttributeError, OSError) as error:
            problem = f"entry point `{point.name} = {point.value}` cannot be found: {error}"
            hint = "The value names the package that koppeling.yaml lies in."
            yield (
                Path(f"entry-point:{point.name}"),
                SetAside(name=point.name, where=where, problem=problem, hint=hint),
            )
            continue
        yield folder.resolve(), _read(folder, kept_in)
