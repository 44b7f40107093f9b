"""Traffic that came when its scenario had ended: it went nowhere, and is told."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from koppeling_harness.model.exchange import Exchange
from koppeling_harness.model.run import LateCall, ScenarioResult
from koppeling_harness.model.shape import Release
from koppeling_harness.model.verdict import Cause, Outcome
from koppeling_harness.scenario.plan import PlannedScenario
from koppeling_harness.traffic.checks import TRAFFIC_AFTER_END, check_exchanges
from koppeling_harness.value import dataclass

if TYPE_CHECKING:
    from koppeling_harness.traffic.door import Door


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """One request that came when its scenario had ended, and its result was there."""

    planned: PlannedScenario
    exchange: Exchange

    @property
    def call(self) -> LateCall:
        """It, as a record has it."""
        seen = self.exchange
        return LateCall(scenario=self.planned.id, method=seen.method, path=seen.path)


class LateTraffic:
    """Looks after the doors of a run for what comes when they are shut."""

    def __init__(self) -> None:
        self._doors: list[tuple[PlannedScenario, Door]] = []

    def watch(self, planned: PlannedScenario, door: "Door") -> None:
        """Look after a door."""
        self._doors.append((planned, door))

    def seen(self) -> tuple[Late, ...]:
        """Return what came late until now, and was in no result."""
        return tuple(
            Late(planned=planned, exchange=_in_short(each))
            for planned, door in self._doors
            for each in door.late()
        )


def _in_short(exchange: Exchange) -> Exchange:
    """Return an exchange with endpoint and connector only: keys, query and bodies may be private.

    What was private in the scenario is known while it runs, and not afterwards.
    """
    path = "/".join(exchange.path.split("/")[:3])
    return replace(exchange, path=path, query="", request_body=None, response_body=None)


def _key(planned: PlannedScenario) -> tuple[str, str, str]:
    return planned.manifest.id, planned.id, planned.release


def with_late(
    planned: PlannedScenario, result: ScenarioResult, late: Sequence[Late], release: Release
) -> ScenarioResult:
    """Return a result with what came after it: who goes on after the end did not pass."""
    mine = [each.exchange for each in late if _key(each.planned) == _key(planned)]
    known = {each.code for each in result.findings}
    if not mine or TRAFFIC_AFTER_END in known:
        return result
    found = check_exchanges(mine, manifest=planned.manifest, release=release)
    findings = tuple(each for each in found if each.code == TRAFFIC_AFTER_END)
    result = replace(result, findings=(*result.findings, *findings))
    if result.outcome is Outcome.PASSED:
        return replace(result, outcome=Outcome.FAILED, cause=Cause.INTEGRATION)
    return result
