"""Operations that only hang: after three such results the rest of theirs is not tried.

A hanging program costs the step's whole limit in every scenario, with a lane taken all that time.
"""

from collections import Counter

from koppeling_harness.engine import codes
from koppeling_harness.engine.stop import Said, Stop, stop
from koppeling_harness.model.run import ScenarioResult
from koppeling_harness.model.scenario import OperationStep
from koppeling_harness.model.verdict import Cause, Outcome
from koppeling_harness.scenario.plan import PlannedScenario

HANGS = 3
"""Results in which an operation hung, and no other, after which it is not tried again."""

Key = tuple[str, str]


class Breaker:
    """Counts, by integration and operation, the results in which it hung and the others."""

    def __init__(self) -> None:
        self._hung: Counter[Key] = Counter()
        self._answered: set[Key] = set()

    def refusal(self, planned: PlannedScenario) -> Stop | None:
        """Return why a scenario is not tried any more; None when it is to be carried out."""
        key = _key(planned)
        if key is None or key in self._answered or self._hung[key] < HANGS:
            return None
        said = Said(
            nl=f"bewerking {key[1]} gaf in {HANGS} scenario's geen antwoord en in geen enkel wel;"
            " dit scenario is niet meer geprobeerd",
            en=f"operation {key[1]} gave no answer in {HANGS} scenarios and in none did;"
            " this scenario was not tried any more",
        )
        place = planned.scenario.place
        return stop(codes.ONLY_HANGS, Outcome.NOT_RUN, Cause.INTEGRATION, place, said)

    def note(self, planned: PlannedScenario, result: ScenarioResult) -> None:
        """Take a result into account."""
        key = _key(planned)
        if key is None or result.outcome is Outcome.NOT_RUN:
            return
        if any(each.code == codes.PLUGIN_HUNG.code for each in result.findings):
            self._hung[key] += 1
        elif result.cause in {None, Cause.INTEGRATION}:
            self._answered.add(key)


def _key(planned: PlannedScenario) -> Key | None:
    """Return the integration and its first operation that a scenario triggers."""
    if planned.operation is not None:
        return planned.manifest.id, planned.operation.name
    steps: list[OperationStep] = [
        each for each in planned.scenario.when if isinstance(each, OperationStep)
    ]
    return (planned.manifest.id, steps[0].operation) if steps else None
