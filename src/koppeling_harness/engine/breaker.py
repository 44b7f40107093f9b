"""Operations that only hang: the rest of theirs is not tried.

A hanging program costs the step's whole limit in every scenario, with a lane taken all that time.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence

from koppeling_harness.engine import codes
from koppeling_harness.engine.stop import Said, Stop, stop
from koppeling_harness.model.result_id import ResultId
from koppeling_harness.model.run import ScenarioResult
from koppeling_harness.model.scenario import OperationStep
from koppeling_harness.model.verdict import Cause, Outcome
from koppeling_harness.scenario.plan import PlannedScenario

HANGS = 3
"""Results in which an operation hung, and no other, after which it is not tried again."""

Key = tuple[str, str, str]
"""Integration, release and operation."""


class Breaker:
    """Knows which operations only hang.

    Of each operation its example is tried first, in the first scenario of the plan that disturbs
    nothing, while the others of that operation wait: when that hangs, so would they. Of what no
    such scenario is about, the results in which it hung are counted.
    """

    def __init__(self) -> None:
        self._hung: Counter[Key] = Counter()
        self._answered: set[Key] = set()
        self._first: dict[Key, ResultId] = {}
        self._is_tried: dict[Key, asyncio.Event] = {}
        self._hangs: set[Key] = set()

    def expect(self, planned: Sequence[PlannedScenario]) -> frozenset[int]:
        """Take note of what will be carried out; return where in it what is tried first stands."""
        for key in [key for key, tried in self._is_tried.items() if not tried.is_set()]:
            del self._first[key], self._is_tried[key]  # a run that was left off waited for it
        first: dict[Key, int] = {}
        count: Counter[Key] = Counter()
        for at, each in enumerate(planned):
            if each.operation is None:
                continue
            key = (each.manifest.id, each.release, each.operation.name)
            count[key] += 1
            if key not in first and key not in self._first and not each.scenario.faults:
                first[key] = at
        first = {key: at for key, at in first.items() if count[key] > 1}
        for key, at in first.items():
            self._first[key], self._is_tried[key] = planned[at].id, asyncio.Event()
        return frozenset(first.values())

    async def refusal(self, planned: PlannedScenario) -> Stop | None:
        """Return why a scenario is not tried any more; None when it is to be carried out."""
        key = _key(planned)
        if key is None or self._first.get(key) == planned.id:
            return None
        tried = self._is_tried.get(key)
        if tried is not None:
            await tried.wait()
        place = planned.scenario.place
        if key in self._hangs:
            said = Said(
                nl=f"bewerking {key[2]} gaf met haar voorbeeld geen antwoord ({self._first[key]});"
                " dit scenario is niet meer geprobeerd",
                en=f"operation {key[2]} gave no answer with its example ({self._first[key]});"
                " this scenario was not tried any more",
            )
            return stop(codes.ONLY_HANGS, Outcome.NOT_RUN, Cause.INTEGRATION, place, said)
        if key in self._answered or self._hung[key] < HANGS:
            return None
        said = Said(
            nl=f"bewerking {key[2]} gaf in {HANGS} scenario's geen antwoord en in geen enkel wel;"
            " dit scenario is niet meer geprobeerd",
            en=f"operation {key[2]} gave no answer in {HANGS} scenarios and in none did;"
            " this scenario was not tried any more",
        )
        return stop(codes.ONLY_HANGS, Outcome.NOT_RUN, Cause.INTEGRATION, place, said)

    def note(self, planned: PlannedScenario, result: ScenarioResult) -> None:
        """Take a result into account."""
        key = _key(planned)
        if key is None:
            return
        is_first = self._first.get(key) == planned.id
        if is_first:
            self._is_tried[key].set()
        if result.outcome is Outcome.NOT_RUN:
            return
        if any(each.code == codes.PLUGIN_HUNG.code for each in result.findings):
            self._hung[key] += 1
            if is_first:
                self._hangs.add(key)
        elif result.cause in {None, Cause.INTEGRATION}:
            self._answered.add(key)


def _key(planned: PlannedScenario) -> Key | None:
    """Return what a scenario is about: the first operation that it triggers; None without one."""
    if planned.operation is not None:
        return planned.manifest.id, planned.release, planned.operation.name
    steps: list[OperationStep] = [
        each for each in planned.scenario.when if isinstance(each, OperationStep)
    ]
    return (planned.manifest.id, planned.release, steps[0].operation) if steps else None
