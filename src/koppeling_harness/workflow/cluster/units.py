"""The units of a run: an integration on a release each, carried out in one piece."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from koppeling_harness.plugin.discover import Integration
from koppeling_harness.scenario.plan import PlannedScenario
from koppeling_harness.workflow.run.one_run import Run


@dataclass(slots=True, kw_only=True)
class Unit:
    """What is carried out in one piece.

    Attributes:
        run: Of its release.
        integration: The integration.
        planned: Its scenarios.
        began: On which workers it began, in that order, each with the name of its machine.
        sent_to: Workers that were able to carry it out when it was sent.
        attempts: How often it was sent.
        waits_since: When there was a worker last that could carry it out.
    """

    run: Run
    integration: Integration
    planned: tuple[PlannedScenario, ...]
    began: list[tuple[str, str]] = field(default_factory=list)
    sent_to: Sequence[str] = ()
    attempts: int = 0
    waits_since: float = field(default_factory=time.monotonic)

    @property
    def name(self) -> str:
        """The unit, as it is told of."""
        return f"{self.integration.manifest.id} on {self.run.label}"


def units_of(runs: Sequence[Run], planned: Sequence[PlannedScenario]) -> Iterator[Unit]:
    """Yield a unit for each integration and release of which anything is to be carried out."""
    by_unit: dict[tuple[str, str], list[PlannedScenario]] = {}
    for each in planned:
        by_unit.setdefault((each.manifest.id, each.release), []).append(each)
    for run in runs:
        for integration in run.plan.discovery.integrations:
            many = by_unit.get((integration.manifest.id, run.label))
            if many:
                yield Unit(run=run, integration=integration, planned=tuple(many))
