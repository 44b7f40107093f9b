"""Operations that only hang: the rest of theirs is not tried.

A hanging program costs the step's whole limit in every scenario, with a lane taken all that time.
"""

import asyncio
from collections.abc import Sequence

from koppeling_harness.engine import codes
from koppeling_harness.engine.stop import Said, Stop, stop
from koppeling_harness.model.result_id import ResultId
from koppeling_harness.model.run import ScenarioResult
from koppeling_harness.model.scenario import OperationStep
from koppeling_harness.model.verdict import Cause, Outcome
from koppeling_harness.scenario.plan import PlannedScenario

TRIED_FIRST = 3
"""Scenarios of an operation that are tried first where none carries out its example as it is."""

Key = tuple[str, str, str]
"""Integration, release and operation."""


class Breaker:
    """Knows which operations only hang.

    Of each operation its example is tried first, in the first scenario of the plan that disturbs
    nothing, while the others of that operation wait: when that hangs, so would they. Where no such
    scenario is about it, the first three of the plan are tried first. So the same are left out
    however many are carried out at once.
    """

    def __init__(self) -> None:
        self._trials: dict[Key, _Trial] = {}

    def expect(self, planned: Sequence[PlannedScenario]) -> frozenset[int]:
        """Take note of what will be carried out; return where in it what is tried first stands."""
        # one that is not over is of a run that was left off
        self._trials = {key: each for key, each in self._trials.items() if each.is_over.is_set()}
        about: dict[Key, list[int]] = {}
        for at, each in enumerate(planned):
            key = _key(each)
            if key is not None and key not in self._trials:
                about.setdefault(key, []).append(at)
        first: set[int] = set()
        for key, places in about.items():
            example = next((at for at in places if _is_of_example(planned[at])), None)
            tried = places[:TRIED_FIRST] if example is None else [example]
            if len(places) > len(tried):
                ids = tuple(planned[at].id for at in tried)
                self._trials[key] = _Trial(ids, is_of_example=example is not None)
                first.update(tried)
        return frozenset(first)

    async def refusal(self, planned: PlannedScenario) -> Stop | None:
        """Return why a scenario is not tried any more; None when it is to be carried out."""
        key = _key(planned)
        trial = self._trials.get(key) if key is not None else None
        if key is None or trial is None or planned.id in trial.ids:
            return None
        await trial.is_over.wait()
        if not trial.only_hung:
            return None
        ids = ", ".join(map(str, trial.ids))
        said = (
            Said(
                nl=f"bewerking {key[2]} gaf met haar voorbeeld geen antwoord ({ids}); dit scenario"
                " is niet meer geprobeerd",
                en=f"operation {key[2]} gave no answer with its example ({ids}); this scenario was"
                " not tried any more",
            )
            if trial.is_of_example
            else Said(
                nl=f"bewerking {key[2]} gaf in de eerste {len(trial.ids)} scenario's geen antwoord"
                f" ({ids}); dit scenario is niet meer geprobeerd",
                en=f"operation {key[2]} gave no answer in its first {len(trial.ids)} scenarios"
                f" ({ids}); this scenario was not tried any more",
            )
        )
        place = planned.scenario.place
        return stop(codes.ONLY_HANGS, Outcome.NOT_RUN, Cause.INTEGRATION, place, said)

    def note(self, planned: PlannedScenario, result: ScenarioResult) -> None:
        """Take a result into account."""
        key = _key(planned)
        trial = self._trials.get(key) if key is not None else None
        if trial is not None and planned.id in trial.ids:
            trial.note(planned.id, result)


class _Trial:
    """What is tried first of one operation, and what came of it.

    Args:
        ids: Of the scenarios.
        is_of_example: Whether it is the one that carries out its example as it is.
    """

    def __init__(self, ids: tuple[ResultId, ...], *, is_of_example: bool) -> None:
        self.ids = ids
        self.is_of_example = is_of_example
        self.is_over = asyncio.Event()
        self._hung: set[ResultId] = set()
        self._answered: set[ResultId] = set()
        self._done: set[ResultId] = set()

    @property
    def only_hung(self) -> bool:
        """Whether it hung, and nothing else; what the environment did is no answer."""
        return not self._answered and len(self._hung) > len(self.ids) / 2

    def note(self, which: ResultId, result: ScenarioResult) -> None:
        """Take a result into account; with the last it is over."""
        if any(each.code == codes.PLUGIN_HUNG.code for each in result.findings):
            self._hung.add(which)
        elif result.outcome is not Outcome.NOT_RUN and result.cause in {None, Cause.INTEGRATION}:
            self._answered.add(which)
        self._done.add(which)
        if len(self._done) == len(self.ids):
            self.is_over.set()


def _is_of_example(planned: PlannedScenario) -> bool:
    return planned.operation is not None and not planned.scenario.faults


def _key(planned: PlannedScenario) -> Key | None:
    """Return what a scenario is about: the first operation that it triggers; None without one."""
    if planned.operation is not None:
        return planned.manifest.id, planned.release, planned.operation.name
    steps: list[OperationStep] = [
        each for each in planned.scenario.when if isinstance(each, OperationStep)
    ]
    return (planned.manifest.id, planned.release, steps[0].operation) if steps else None
