"""What names in a registration can stand for, and what its two files say that cannot be."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from koppeling_harness.config.folders import MANIFEST
from koppeling_harness.config.registration import Placed
from koppeling_harness.config.settings import Settings
from koppeling_harness.document import read_text, read_yaml
from koppeling_harness.errors import DocumentError
from koppeling_harness.model.functional import FunctionalResult
from koppeling_harness.model.policy import ReleaseRoles
from koppeling_harness.model.registration import Registration
from koppeling_harness.rules.plans import plan_problems
from koppeling_harness.rules.references import KnownNames, manifest_problems
from koppeling_harness.rules.registration_input import InputProblem
from koppeling_harness.rules.signals import course_problems
from koppeling_harness.scenario.lock_file import read_lock
from koppeling_harness.scenario.packs import packs_folder


def known_names(
    settings: Settings, releases: ReleaseRoles, runs: Mapping[str, Sequence[FunctionalResult]]
) -> KnownNames:
    """Return what names in a registration can stand for."""
    labels = {releases.previous, releases.current, releases.accept}
    labels |= {run.release for many in runs.values() for run in many}
    scenarios = {
        name.partition("[")[0] for many in runs.values() for run in many for name in run.failed
    }
    for folder in settings.packs or (packs_folder(),):
        lock = read_lock(folder) if folder.is_dir() else None
        if lock is not None:
            labels |= set(lock.releases)
            scenarios |= {name for many in lock.releases.values() for name in many}
    return KnownNames(
        releases={each for each in labels if each},
        scenarios=scenarios,
        integrations=runs.keys(),
        asked={name: {each for run in many for each in run.asked} for name, many in runs.items()},
    )


def beside_problems(registration: Registration, path: Path) -> Iterator[InputProblem]:
    """Yield what a registration says otherwise than the manifest beside it, if there is one."""
    manifest = path.parent / MANIFEST
    if not manifest.is_file():
        return
    try:
        data = read_yaml(read_text(manifest), name=str(manifest)).data
    except DocumentError:
        return  # told where manifests are checked
    name = data.get("id") if isinstance(data, dict) else None
    if isinstance(name, str):
        yield from manifest_problems(registration, name)


def word_problems(placed: Placed, known: KnownNames) -> Iterator[InputProblem]:
    """Yield what AFAS's file says of plans and signals that cannot be."""
    if placed.word is not None:
        yield from plan_problems(placed.word.plans, placed.registration, known.scenarios)
        yield from course_problems(placed.word.course, placed.registration)
