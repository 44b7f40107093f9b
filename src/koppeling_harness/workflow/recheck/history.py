"""What earlier runs said: the last verdict, and the run in which a scenario last passed."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from koppeling_harness.errors import DocumentError
from koppeling_harness.model.run import IntegrationRecord, RunRecord, ScenarioResult
from koppeling_harness.model.verdict import Outcome
from koppeling_harness.rules.verdict import result_id
from koppeling_harness.store.runs import FoundRun, find_runs, load_run
from koppeling_harness.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """One integration in an earlier run.

    Attributes:
        path: The record's file.
        run: The record.
        integration: The integration in it.
    """

    path: Path
    run: RunRecord
    integration: IntegrationRecord

    @property
    def results(self) -> Mapping[str, ScenarioResult]:
        """The results by `scenario` or `scenario[operation]`."""
        return {result_id(each): each for each in self.integration.results}


class History:
    """The whole runs below a folder; what cannot be read is passed by.

    Args:
        reports: Where runs are kept.
    """

    def __init__(self, reports: Path) -> None:
        found = find_runs(reports).runs
        self._newest_first: dict[tuple[str, str], list[FoundRun]] = {}
        for each in sorted(
            found, key=lambda each: (each.result.started_at, each.result.run_id), reverse=True
        ):
            key = (each.result.integration, each.result.release)
            self._newest_first.setdefault(key, []).append(each)
        self._read: dict[Path, RunRecord | None] = {}

    def last(self, integration: str, releases: Sequence[str]) -> Earlier | None:
        """Return the newest run of an integration on the first of some releases that has one."""
        for release in releases:
            for each in self._of(integration, release):
                earlier = self._earlier(each)
                if earlier is not None:
                    return earlier
        return None

    def last_judged(
        self, integration: str, scenario: str, releases: Sequence[str]
    ) -> ScenarioResult | None:
        """Return the newest result of a scenario that passed or failed.

        On the first release that has one. What was inconclusive or not run is no verdict.
        """
        for release in releases:
            for each in self._of(integration, release):
                earlier = self._earlier(each)
                result = earlier.results.get(scenario) if earlier else None
                if result is not None and result.outcome in {Outcome.PASSED, Outcome.FAILED}:
                    return result
        return None

    def last_passed(
        self, integration: str, scenario: str, releases: Sequence[str]
    ) -> Earlier | None:
        """Return the newest run in which a scenario passed, on the first release that has one.

        A run whose whole verdict is `passed` goes before one that passed in part.
        """
        for release in releases:
            passed = [
                earlier
                for each in self._of(integration, release)
                if (earlier := self._earlier(each)) and _passed(earlier, scenario)
            ]
            whole = [each for each in passed if _is_certified(each)]
            if passed:
                return (whole or passed)[0]
        return None

    def _of(self, integration: str, release: str) -> list[FoundRun]:
        return self._newest_first.get((integration, release), [])

    def _earlier(self, found: FoundRun) -> Earlier | None:
        if found.path not in self._read:
            try:
                self._read[found.path] = load_run(found.path)
            except DocumentError:
                self._read[found.path] = None  # a status needs less of it than this
        run = self._read[found.path]
        for each in run.integrations if run else ():
            if run and each.id == found.result.integration and not each.problem:
                return Earlier(path=found.path, run=run, integration=each)
        return None


def _passed(earlier: Earlier, scenario: str) -> bool:
    result = earlier.results.get(scenario)
    return result is not None and result.outcome is Outcome.PASSED


def _is_certified(earlier: Earlier) -> bool:
    return earlier.integration.verdict.outcome is Outcome.PASSED
