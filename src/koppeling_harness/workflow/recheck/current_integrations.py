"""The integrations as they are now, in a run, and what is newly failing of them."""

from collections.abc import Mapping

from koppeling_harness.model.run import IntegrationRecord, RunRecord, ScenarioResult
from koppeling_harness.plugin.discover import Integration
from koppeling_harness.rules.verdict import result_id
from koppeling_harness.scenario.plan import PlannedScenario
from koppeling_harness.value import dataclass
from koppeling_harness.workflow.recheck.history import Earlier
from koppeling_harness.workflow.run.one_run import Certified


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """The present integration in a run.

    Attributes:
        integration: Where it lies.
        record: What the run said of it.
        run: The run.
        planned: What was planned, by `scenario` or `scenario[operation]`.
    """

    integration: Integration
    record: IntegrationRecord
    run: RunRecord
    planned: Mapping[str, PlannedScenario]

    @property
    def results(self) -> Mapping[str, ScenarioResult]:
        """The results by `scenario` or `scenario[operation]`."""
        return {result_id(each): each for each in self.record.results}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What tables will be asked for.

    Attributes:
        present: Where scenarios are failing.
        earlier: The run in which they last passed.
        scenarios: Their ids.
    """

    present: Present
    earlier: Earlier
    scenarios: tuple[str, ...]


def presents(certified: Certified) -> dict[str, Present]:
    """Return the integrations of a run that were carried out, by id."""
    found: dict[str, Integration] = {each.manifest.id: each for each in certified.integrations}
    return {
        each.id: Present(
            integration=found[each.id],
            record=each,
            run=certified.record,
            planned={
                planned.id: planned
                for planned, _ in certified.session.results
                if planned.manifest.id == each.id
            },
        )
        for each in certified.record.integrations
        if each.id in found
    }
