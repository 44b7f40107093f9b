"""List, check and lock scenarios."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from koppeling_harness.config.folders import default_plugins
from koppeling_harness.config.manifest import MANIFEST, load_manifest
from koppeling_harness.config.settings import load_settings
from koppeling_harness.document import to_plain
from koppeling_harness.emulator.releases import RELEASES
from koppeling_harness.errors import ConfigurationError, DocumentError, NothingToRunError, Problem
from koppeling_harness.hosting.connectors import Connectors
from koppeling_harness.model.manifest import Manifest
from koppeling_harness.model.scenario import OperationStep, Scenario
from koppeling_harness.scenario.known_lists import KNOWN_LISTS, read_known_lists
from koppeling_harness.scenario.load import load_scenarios
from koppeling_harness.scenario.lock import make_lock, verify_lock
from koppeling_harness.scenario.lock_file import LOCK_FILE, read_lock, render_lock
from koppeling_harness.scenario.pick import near
from koppeling_harness.scenario.renew_known_lists import render_known_lists, with_lists_of_now
from koppeling_harness.scenario.shared import shared_problems
from koppeling_harness.store.files import write_files
from koppeling_harness.workflow.run.folders import default_packs

_HERE = Path("scenarios")


def default_paths() -> tuple[Path, ...]:
    """Return where a run would look: the packs, and the integrations' own scenarios."""
    own = [folder / "scenarios" for each in default_plugins() for folder in (each, *each.glob("*"))]
    return (default_packs(), *sorted(each for each in own if each.is_dir()))


def find(paths: Sequence[Path]) -> tuple[Scenario, ...]:
    """Return the scenarios that some paths mean, those of a run when there are none.

    Raises:
        ConfigurationError: A path does not exist.
        DocumentError: Scenario files have problems.
        NothingToRunError: There is no scenario.
    """
    where = tuple(paths) or default_paths()
    found = load_scenarios(where)
    if not found:
        message = f"{', '.join(map(str, where))}: found no scenario"
        raise NothingToRunError(message, hint="A scenario is a file *.scenario.yaml.")
    return found


def as_plain(scenarios: Sequence[Scenario]) -> list[dict[str, Any]]:
    """Return scenarios in short as JSON types, for `koppeling scenarios list --json`."""
    return [
        {
            "scenario": each.scenario,
            "title": to_plain(each.title),
            "level": each.level.value,
            "proves": list(each.proves),
            "applies": to_plain(each.applies),
            "for_each": each.for_each.value if each.for_each else None,
            "place": each.place,
        }
        for each in scenarios
    ]


def check(paths: Sequence[Path]) -> tuple[Scenario, ...]:
    """Return the scenarios that some paths mean when they are in order.

    An integration's own scenarios are also held against its manifest, a folder with a lock against
    that.

    Raises:
        ConfigurationError: A path does not exist.
        DocumentError: Everything that is wrong.
        NothingToRunError: There is no scenario.
    """
    where = tuple(paths) or default_paths()
    found = find(where)
    problems = [problem for path in where if path.is_dir() for problem in _lock_problems(path)]
    problems += [problem for path in where for problem in _own_problems(path)]
    if problems:
        raise DocumentError(problems)
    return found


def not_shared(scenarios: Sequence[Scenario]) -> tuple[tuple[Scenario, Problem], ...]:
    """Return which scenarios would not survive an environment that others use too, and where.

    None where the settings name no environment: nobody will carry them out in one.
    """
    if not load_settings(Path()).environments:
        return ()
    return tuple((each, problem) for each in scenarios for problem in shared_problems(each))


def lock(folder: Path | None, releases: Sequence[str]) -> tuple[Path, dict[str, int]]:
    """Write the list of required scenarios of a folder.

    Args:
        folder: A folder of scenarios; `scenarios` when None.
        releases: Labels to make a list for; every release that ERP1 can imitate when empty.

    Returns:
        The file, and for each release how many scenarios are required.

    Raises:
        ConfigurationError: There is no such folder, or the file cannot be written.
        DocumentError: Scenario files have problems.
    """
    where = folder or _HERE
    if not where.is_dir():
        message = f"{where}: expected a folder of scenarios"
        raise ConfigurationError(message)
    scenarios = load_scenarios([where])
    made = make_lock(scenarios, tuple(releases) or tuple(RELEASES))
    files = {LOCK_FILE: render_lock(made).encode()}
    if (where / KNOWN_LISTS).is_file():  # the packs of the harness itself
        lists = with_lists_of_now(read_known_lists(where), made, scenarios)
        files[KNOWN_LISTS] = render_known_lists(lists).encode()
    write_files(where, files)
    return where / LOCK_FILE, {label: len(made.required(label)) for label in made.releases}


def _lock_problems(folder: Path) -> list[Problem]:
    locked = read_lock(folder)
    if locked is None:
        return []
    return verify_lock(locked, load_scenarios([folder]), where=str(folder / LOCK_FILE))


def _own_problems(path: Path) -> Iterator[Problem]:
    folder = path if path.is_dir() else path.parent
    if not (folder.parent / MANIFEST).is_file():
        return
    manifest = load_manifest(folder.parent / MANIFEST)
    scenarios = load_scenarios([path])
    connectors = Connectors(tuple(map(str, load_settings(Path()).imports)))
    yield from connectors.lacking_in(scenarios, manifest)
    for scenario in scenarios:
        for step in scenario.when:
            if isinstance(step, OperationStep) and not _is_known(step.operation, manifest):
                names = [each.name for each in manifest.operations]
                message = f"`{manifest.id}` declares no operation `{step.operation}`"
                hint = near(step.operation, names) or f"It declares {', '.join(names)}."
                yield Problem(where=step.place, message=message, hint=hint)


def _is_known(operation: str, manifest: Manifest) -> bool:
    return "${" in operation or manifest.operation(operation) is not None
