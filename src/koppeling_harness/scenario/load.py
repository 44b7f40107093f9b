"""Read scenario files, and say everything that is wrong with them at once."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from koppeling_harness import document, model, scenario
from koppeling_harness.document import KeptDocuments, Source, code_of, load, read_yaml
from koppeling_harness.errors import ConfigurationError, DocumentError, Problem
from koppeling_harness.model.scenario import STEP_EXPECTED, Scenario
from koppeling_harness.scenario.check import check
from koppeling_harness.scenario.packed import packed, packed_again, text_of

SUFFIX = ".scenario.yaml"
"""How the name of a scenario file ends."""

_MISSPELT = (".scenario.yml", ".scenarios.yaml", ".scenarios.yml", ".scenario.json")

_PLACED = ("given", "when", "faults", "then", "cleanup")
"""Lists whose members know where they stand."""


def find_scenarios(paths: Sequence[Path]) -> tuple[Path, ...]:
    """Return the scenario files that some paths mean, sorted, each once.

    Args:
        paths: Files, and folders that are searched with all that is below them.

    Raises:
        ConfigurationError: A path does not exist.
    """
    found: dict[Path, Path] = {}
    real = RealPaths()
    for path in paths:
        if not path.exists():
            message = f"{path}: expected a scenario file or a folder of them, found nothing"
            raise ConfigurationError(message)
        files = sorted(path.rglob(f"*{SUFFIX}")) if path.is_dir() else [path]
        for file in files:
            found.setdefault(real.of(file), file)
    return tuple(found.values())


class RealPaths:
    """Resolves the paths of many files, the folder of each once."""

    def __init__(self) -> None:
        self._folders: dict[Path, Path] = {}

    def of(self, file: Path) -> Path:
        """Return where a file is, as `Path.resolve` does."""
        if file.is_symlink():
            return file.resolve()
        folder = file.parent
        if folder not in self._folders:
            self._folders[folder] = folder.resolve()
        return self._folders[folder] / file.name


def load_scenario(path: Path) -> Scenario:
    """Read one scenario file.

    Args:
        path: A `*.scenario.yaml`.

    Raises:
        DocumentError: It cannot be read or has problems; all of them are in it, with their places.
    """
    name = _shown(path)
    scenario, _ = _checked(_read(path, name), name)
    return scenario


def load_scenarios(paths: Sequence[Path], *, kept_in: Path | None = None) -> tuple[Scenario, ...]:
    """Read all scenario files that some paths mean, ordered by scenario id, packed.

    Args:
        paths: Files and folders.
        kept_in: A folder for what is made of files that are in order, to be taken the next time.

    Raises:
        ConfigurationError: A path does not exist.
        DocumentError: Files have problems, or two have the same id; all problems are in it.
    """
    name = "\n".join(str(path.resolve()) for path in paths)
    code = code_of(document, model, scenario) if kept_in else ""
    with KeptDocuments(kept_in if paths else None, name, code=code) as kept:
        return _all_scenarios(paths, kept)


def _all_scenarios(paths: Sequence[Path], kept: KeptDocuments) -> tuple[Scenario, ...]:
    problems: list[Problem] = list(_misspelt(paths))
    found: dict[str, Scenario] = {}
    for path in find_scenarios(paths):
        try:
            each = _packed(path, kept)
        except DocumentError as error:
            problems += error.problems
            continue
        first = found.setdefault(each.scenario, each)
        if first is not each:
            message = f"the id `{each.scenario}` is that of {first.place} too"
            hint = "Ids are unique among all packs."
            problems.append(Problem(where=each.place, message=message, hint=hint))
    if problems:
        raise DocumentError(problems)
    return tuple(found[name] for name in sorted(found))


def _packed(path: Path, kept: KeptDocuments) -> Scenario:
    name = _shown(path)
    text = _read(path, name)
    line = kept.find(name, text)
    if line is not None:
        return packed_again(line, name=name)
    found, data = _checked(text, name)
    line = text_of(data)
    kept.keep(name, text, line)
    return packed(found, line)


def _checked(text: str, name: str) -> tuple[Scenario, Any]:
    """Return a scenario, and its document with the places of steps and faults in it.

    Raises:
        DocumentError: It has problems; all of them are in it, with their places.
    """
    source = read_yaml(text, name=name)
    problems = check(source)
    placed = source if problems else _placed(source)
    try:
        found = load(Scenario, placed)
    except DocumentError as error:
        # of a step without a verb, `check` has noted what was probably meant
        shape = [each for each in error.problems if STEP_EXPECTED not in each.message]
        problems = [*shape, *problems]
    else:
        if not problems:
            return found, placed.data
    raise DocumentError(sorted(set_of(problems), key=_in_file_order))


def file_of(scenario: Scenario) -> Path:
    """Return the file that a scenario was read from, relative to the working folder of then."""
    return Path(scenario.place.rsplit(":", 2)[0])


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file's text, the same for every kind of line end."""
    text = path.read_bytes().replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return hashlib.sha256(text).hexdigest()


def set_of(problems: Sequence[Problem]) -> list[Problem]:
    """Return problems without repetition, in their order."""
    return list(dict.fromkeys(problems))


def _read(path: Path, name: str) -> str:
    if not path.name.endswith(SUFFIX):
        message = f"expected the name of a scenario file to end in {SUFFIX}"
        raise DocumentError([Problem(where=name, message=message)])
    try:
        return path.read_bytes().decode("utf-8")
    except OSError as error:
        message = f"cannot be read: {error.strerror}"
    except UnicodeDecodeError as error:
        message = f"expected UTF-8 text, found another byte at position {error.start}"
    raise DocumentError([Problem(where=name, message=message)])


def _shown(path: Path) -> str:
    """Return a path as messages show it: relative to the working folder when below it."""
    if not path.anchor:
        return path.as_posix()
    whole, here = path.absolute(), Path.cwd()
    return (whole.relative_to(here) if whole.is_relative_to(here) else whole).as_posix()


def _misspelt(paths: Sequence[Path]) -> Iterator[Problem]:
    for folder in paths:
        if not folder.is_dir():
            continue
        for path in sorted(each for each in folder.rglob("*.*") if each.name.endswith(_MISSPELT)):
            message = f"would never run: expected its name to end in {SUFFIX}"
            yield Problem(where=_shown(path), message=message, hint="Rename it.")


def _in_file_order(problem: Problem) -> tuple[int, int]:
    numbers = problem.where.rsplit(":", 2)[1:]  # an empty file has no places
    return (int(numbers[0]), int(numbers[1])) if len(numbers) == 2 else (0, 0)


def _placed(source: Source) -> Source:
    """Return the document with the place of each step and fault in it."""
    if not isinstance(source.data, dict):
        return source
    data = {**source.data, "place": source.place()}
    for name in _PLACED:
        if isinstance(items := data.get(name), list):
            data[name] = [
                {**each, "place": source.place((name, at))} if isinstance(each, dict) else each
                for at, each in enumerate(items)
            ]
    return replace(source, data=data)
