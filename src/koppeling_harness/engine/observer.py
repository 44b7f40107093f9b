"""Observers of a run: progress, journal, traffic and reports are told alike what happens."""

from collections.abc import Sequence

from koppeling_harness.model.exchange import Recording
from koppeling_harness.model.run import ScenarioResult
from koppeling_harness.scenario.plan import PlannedScenario


class Observer:
    """Follows a run; a class of its own overrides what it wants to be told.

    Everything is told in the loop that carries scenarios out, one call at a time and as soon as it
    happens: what takes long belongs elsewhere, and an exception ends the run.
    """

    def started(self, planned: Sequence[PlannedScenario]) -> None:
        """Take note that these scenarios will be carried out."""

    def scenario_started(self, planned: PlannedScenario) -> None:
        """Take note of a scenario before anything of it is done."""

    async def recorded(self, planned: PlannedScenario, recording: Recording) -> None:
        """Take what went over the wire in one attempt at a scenario, redacted: it may be much."""

    def scenario_ended(self, planned: PlannedScenario, result: ScenarioResult) -> None:
        """Take the result of a scenario, when it is settled."""

    def ended(self) -> None:
        """Take note that the run is over, also when it was interrupted."""


class Observers(Observer):
    """Several observers as one; each is told in the order in which they are given."""

    def __init__(self, *observers: Observer) -> None:
        self._observers = observers

    def started(self, planned: Sequence[PlannedScenario]) -> None:
        """Tell each which scenarios will be carried out."""
        for each in self._observers:
            each.started(planned)

    def scenario_started(self, planned: PlannedScenario) -> None:
        """Tell each that a scenario begins."""
        for each in self._observers:
            each.scenario_started(planned)

    async def recorded(self, planned: PlannedScenario, recording: Recording) -> None:
        """Give each what went over the wire."""
        for each in self._observers:
            await each.recorded(planned, recording)

    def scenario_ended(self, planned: PlannedScenario, result: ScenarioResult) -> None:
        """Give each the result of a scenario."""
        for each in self._observers:
            each.scenario_ended(planned, result)

    def ended(self) -> None:
        """Tell each that the run is over."""
        for each in self._observers:
            each.ended()
