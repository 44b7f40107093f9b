"""Lock: the scenarios that must be executed on a release, which nobody changes unnoticed.

`scenarios.lock` in a folder of scenarios names, for each release, the required ones with the
SHA-256 of their files. A folder without it is locked by what is found there.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

from koppeling_harness.errors import DocumentError, Problem
from koppeling_harness.model.verdict import Level
from koppeling_harness.scenario.find import RealPaths, real_path
from koppeling_harness.scenario.load import file_of
from koppeling_harness.scenario.lock_file import HINT, LOCK_FILE, Lock, read_lock
from koppeling_harness.scenario.packed import PackedScenario
from koppeling_harness.scenario.plan import is_for_release


def make_lock(scenarios: Iterable[PackedScenario], releases: Iterable[str]) -> Lock:
    """Return the lock of scenarios as they were read.

    Args:
        scenarios: All of a folder.
        releases: Labels of the releases to make a list for.
    """
    required = [each for each in scenarios if each.level is Level.REQUIRED]
    return Lock(
        releases={
            release: {
                each.scenario: each.digest for each in required if is_for_release(each, release)
            }
            for release in releases
        }
    )


def verify_lock(lock: Lock, scenarios: Sequence[PackedScenario], *, where: str) -> list[Problem]:
    """Return in what the scenarios of a folder differ from its lock.

    Args:
        lock: What was locked.
        scenarios: All that are in the folder now.
        where: What messages call the lock.
    """
    now = make_lock(scenarios, lock.releases)
    places = {each.scenario: each.place for each in scenarios}
    found: dict[str, Problem] = {}
    for label, locked in lock.releases.items():
        present = now.releases[label]
        for name in sorted({*locked, *present}):
            message = _difference(name, locked.get(name), present.get(name), label)
            if message:
                place = places.get(name, where)
                found.setdefault(name, Problem(where=place, message=message, hint=HINT))
    return list(found.values())


def lock_for(paths: Sequence[Path], scenarios: Sequence[PackedScenario], *, release: str) -> Lock:
    """Return the lock that a run counts against, after holding it against what is there.

    Args:
        paths: Folders and files of a run. A file by itself is locked by what it is now.
        scenarios: What was read from them.
        release: Label of the release of the run.

    Raises:
        ConfigurationError: A lock has no list for the release.
        DocumentError: A locked scenario is missing or altered, or a required one is not locked.
    """
    problems: list[Problem] = []
    required: dict[str, str] = {}
    real = RealPaths()
    left = {real.of(file_of(each)): each for each in scenarios}
    for path in paths:
        root = real_path(path)
        below = root.rstrip("/") + "/"
        inside = [file for file in left if file.startswith(below) or file == root]
        here = [left.pop(file) for file in inside]
        lock = read_lock(path) if path.is_dir() else None
        if lock is None:
            lock = make_lock(here, [release])
        else:
            problems += verify_lock(lock, here, where=str(path / LOCK_FILE))
        required |= lock.of(release)
    if problems:
        raise DocumentError(problems)
    return Lock(releases={release: required})


def _difference(name: str, locked: str | None, present: str | None, label: str) -> str:
    if present is None:
        return f"the required scenario `{name}` of {label} is locked, but is not there"
    if locked is None:
        return f"the scenario `{name}` is required on {label}, but is not locked"
    if locked != present:
        return f"the required scenario `{name}` was altered after it was locked"
    return ""
