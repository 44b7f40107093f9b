"""Durations of scenarios in earlier runs on this machine, to begin with the longest."""

import contextlib
import json
from pathlib import Path
from statistics import fmean

from koppeling_harness.engine.lanes import USUAL_S
from koppeling_harness.engine.observer import Observer
from koppeling_harness.errors import ConfigurationError
from koppeling_harness.model.run import ScenarioResult
from koppeling_harness.plugin.venvs import cache_folder
from koppeling_harness.scenario.plan import PlannedScenario
from koppeling_harness.store.files import write_files

_SHARE_OF_NOW = 0.5
"""How much the last run weighs against those before it: a machine may have been busy once."""
_LONGEST_S = 86_400


def kept_durations() -> Path:
    """Return the folder in which durations are kept: of this user, and never needed."""
    return cache_folder() / "durations"


class Durations(Observer):
    """Durations of scenarios by integration, a file each.

    They decide in which order scenarios are carried out and nothing else; a file that is missing,
    damaged or cannot be written means that nothing is known.

    Args:
        folder: Where they are kept.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, dict[str, float]] = {}
        self._now: dict[str, dict[str, float]] = {}
        self._elsewhere: dict[str, float] = {}

    def expected(self, planned: PlannedScenario) -> float:
        """Return how many seconds a scenario took; where it was never run, what others took."""
        known = self._of(planned.manifest.id)
        scenario = planned.scenario.scenario
        return known.get(planned.id) or self._elsewhere.get(scenario) or USUAL_S

    def scenario_ended(self, planned: PlannedScenario, result: ScenarioResult) -> None:
        """Note how long a scenario took."""
        if result.duration_s > 0:
            now = self._now.setdefault(planned.manifest.id, {})
            now[str(planned.id)] = result.duration_s

    def ended(self) -> None:
        """Keep what was noted."""
        for name, now in self._now.items():
            known = dict(self._of(name))
            for scenario, seconds in now.items():
                before_s = known.get(scenario, seconds)
                mixed_s = before_s + _SHARE_OF_NOW * (seconds - before_s)
                known[scenario] = round(mixed_s, 3)
            text = json.dumps(known, separators=(",", ":"))
            with contextlib.suppress(ConfigurationError):
                write_files(self._folder, {f"{name}.json": text.encode()})

    def _of(self, integration: str) -> dict[str, float]:
        if integration not in self._known:
            known = _read(self._folder / f"{integration}.json")
            self._known[integration] = known
            for scenario, many in _by_scenario(known).items():
                self._elsewhere.setdefault(scenario, fmean(many))
        return self._known[integration]


def _read(path: Path) -> dict[str, float]:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {
        scenario: float(seconds)
        for scenario, seconds in found.items()
        if type(seconds) in {int, float} and 0 < seconds < _LONGEST_S
    }


def _by_scenario(known: dict[str, float]) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for name, seconds in known.items():
        found.setdefault(name.partition("[")[0], []).append(seconds)
    return found
