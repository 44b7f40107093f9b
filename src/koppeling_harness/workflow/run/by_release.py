"""An observer per release of a session: each is told only of its own scenarios."""

from collections.abc import Mapping, Sequence

from koppeling_harness.engine.observer import Observer
from koppeling_harness.model.exchange import Recording
from koppeling_harness.model.run import ScenarioResult
from koppeling_harness.scenario.plan import PlannedScenario


class ByRelease(Observer):
    """Tells each of several observers what happens on one release.

    Args:
        observers: By the label of the release.
    """

    def __init__(self, observers: Mapping[str, Observer]) -> None:
        self._observers = observers

    def started(self, planned: Sequence[PlannedScenario]) -> None:
        """Tell each which scenarios of its release will be carried out."""
        for label, observer in self._observers.items():
            observer.started([each for each in planned if each.release == label])

    def scenario_started(self, planned: PlannedScenario) -> None:
        """Tell the one of its release that a scenario begins."""
        self._observers[planned.release].scenario_started(planned)

    async def recorded(self, planned: PlannedScenario, recording: Recording) -> None:
        """Give the one of its release what went over the wire."""
        await self._observers[planned.release].recorded(planned, recording)

    def scenario_ended(self, planned: PlannedScenario, result: ScenarioResult) -> None:
        """Give the one of its release the result of a scenario."""
        self._observers[planned.release].scenario_ended(planned, result)

    def ended(self) -> None:
        """Tell each that the run is over; one that raises does not keep it from the others.

        Raises:
            ConfigurationError: The first that was raised.
        """
        raised: list[Exception] = []
        for each in self._observers.values():
            try:
                each.ended()
            except Exception as error:  # noqa: BLE001 - raised below, when all were told
                raised.append(error)
        if raised:
            raise raised[0]
