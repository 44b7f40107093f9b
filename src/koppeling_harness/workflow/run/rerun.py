"""Repeat of an earlier run what did not pass, and keep every attempt in sight."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from koppeling_harness.model.run import ErpInfo, IntegrationRecord, RunRecord, ScenarioResult
from koppeling_harness.model.verdict import Outcome
from koppeling_harness.plugin.discover import Integration
from koppeling_harness.rules.verdict import result_id, settled
from koppeling_harness.value import dataclass
from koppeling_harness.version import __version__


@dataclass(frozen=True, slots=True, kw_only=True)
class Rerun:
    """An earlier run, of which is repeated what did not pass.

    What passed is taken over when nothing that it depends on has changed since, and otherwise
    counts as not executed.

    Attributes:
        earlier: Its record.
    """

    earlier: RunRecord

    @property
    def integrations(self) -> Mapping[str, IntegrationRecord]:
        """The integrations of the earlier run, by id."""
        return {each.id: each for each in self.earlier.integrations}

    def is_repeated(self, integration: str, scenario: str) -> bool:
        """Return whether a scenario (`scenario` or `scenario[operation]`) is carried out again."""
        known = self.integrations.get(integration)
        return known is not None and scenario not in _passed(known)

    def changes(self, integration: Integration, erp: ErpInfo, lock_digest: str) -> tuple[str, ...]:
        """Return what has changed since, and so keeps earlier results from counting."""
        known = self.integrations[integration.manifest.id]
        earlier = self.earlier
        pairs = {
            "the integration's files": (known.digest, integration.digest),
            "the required scenarios": (earlier.scenario_lock.digest, lock_digest),
            "the release": (earlier.erp.label, erp.label),
            "what /profitversion says": (earlier.erp.version, erp.version or earlier.erp.version),
            "the environment": (earlier.erp.environment, erp.environment),
            "the harness": (earlier.harness.version, __version__),
        }
        return tuple(name for name, (then, now) in pairs.items() if then != now)

    def joined(
        self, integration: Integration, results: Sequence[ScenarioResult], *, run_id: str
    ) -> tuple[ScenarioResult, ...]:
        """Return the results of both runs as one list, each scenario once.

        Args:
            integration: One in which nothing has changed; see `changes`.
            results: What was carried out now.
            run_id: The run of now.
        """
        known = self.integrations[integration.manifest.id]
        earlier = {result_id(each): each for each in known.results}
        now = {result_id(each): each for each in results}
        run_ids = [self.earlier.run_id, run_id]
        joined = []
        for name, each in earlier.items():
            if name in now:
                joined.append(settled([each, now[name]], run_ids=run_ids))
            else:  # it passed, or was left out this time: what it said then still holds
                joined.append(replace(each, carried_from=each.carried_from or self.earlier.run_id))
        return (*joined, *(each for name, each in now.items() if name not in earlier))


def _passed(known: IntegrationRecord) -> frozenset[str]:
    return frozenset(result_id(each) for each in known.results if each.outcome is Outcome.PASSED)
