"""The releases of a run for which none is named: every one that counts, as the settings say."""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from koppeling_harness.config.settings import load_settings
from koppeling_harness.emulator.releases import RELEASES
from koppeling_harness.model.policy import ReleaseRoles
from koppeling_harness.model.shape import Text
from koppeling_harness.scenario.lock_file import read_lock
from koppeling_harness.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRelease:
    """One release to run on.

    Attributes:
        label: Such as `Profit 8`.
        counts: Whether what comes of it counts in the exit code.
    """

    label: str
    counts: bool = True


def releases_that_count(folder: Path, *, today: date) -> tuple[RunRelease, ...]:
    """Return the releases of a project's settings: Accept, the previous one, the current one.

    What comes of the release on Accept counts from its roll-out date on.

    Args:
        folder: Of the project.
        today: The day of the run.
    """
    settings = load_settings(folder)
    roles, current = settings.releases, settings.current_release
    found = dict.fromkeys(label for label in (roles.accept, roles.previous) if label)
    found.pop(current, None)
    return tuple(
        RunRelease(label=label, counts=_counts(label, roles, today)) for label in (*found, current)
    )


def _counts(label: str, roles: ReleaseRoles, today: date) -> bool:
    if label != roles.accept or label in {roles.previous, roles.current}:
        return True
    rollout = roles.rollout.get(label)
    return rollout is not None and rollout <= today


def without_absent(
    releases: Sequence[RunRelease], packs: Sequence[Path]
) -> Iterator[tuple[RunRelease, Text | None]]:
    """Yield each release, and why nothing can be run on it where it need not be.

    What counts is asked for whatever is there: that it cannot be run is told as a mistake.
    """
    for each in releases:
        yield each, None if each.counts else why_not_available(each.label, packs)


def why_not_available(label: str, packs: Sequence[Path]) -> Text | None:
    """Return why nothing can be run on a release of the emulated ERP1; None when it can."""
    if label not in RELEASES:
        there = ", ".join(RELEASES)
        return Text(
            nl=f"niet beschikbaar: ERP1 kent {label} nog niet, wel {there}",
            en=f"not available: ERP1 does not know {label} yet, only {there}",
        )
    for folder in packs:
        lock = read_lock(folder) if folder.is_dir() else None
        if lock is not None and label not in lock.releases:
            return Text(
                nl=f"niet beschikbaar: in {folder} staat geen scenariolijst voor {label}",
                en=f"not available: {folder} has no locked list of scenarios for {label}",
            )
    return None
