"""What integrations sent when their scenario had ended: it went nowhere, and is told."""

from koppeling_harness.model.exchange import Exchange
from koppeling_harness.scenario.plan import PlannedScenario
from koppeling_harness.traffic.door import Door
from koppeling_harness.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """One request that came when its scenario had ended."""

    planned: PlannedScenario
    exchange: Exchange


class LateTraffic:
    """Looks after the doors of a run for what comes when they are shut."""

    def __init__(self) -> None:
        self._doors: list[tuple[PlannedScenario, Door]] = []

    def watch(self, planned: PlannedScenario, door: Door) -> None:
        """Look after a door."""
        self._doors.append((planned, door))

    def seen(self) -> tuple[Late, ...]:
        """Return what came late until now, and was in no result."""
        return tuple(
            Late(planned=planned, exchange=each)
            for planned, door in self._doors
            for each in door.late()
        )
