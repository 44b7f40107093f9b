"""Carry out many scenarios at once, and tell an observer what becomes of each."""

import asyncio
import errno
import hashlib
import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import field, replace

from koppeling_harness.clock import Clock, today
from koppeling_harness.engine import codes
from koppeling_harness.engine.breaker import Breaker
from koppeling_harness.engine.environment import (
    EnvironmentSource,
    SharedEnvironment,
    SharedSource,
)
from koppeling_harness.engine.lanes import Expected, Lanes, usual
from koppeling_harness.engine.observer import Observer
from koppeling_harness.engine.rounds import in_rounds
from koppeling_harness.engine.scenario_run import Bench, run_scenario
from koppeling_harness.engine.stop import Said, Stop, stop
from koppeling_harness.erp.metainfo import UpdateDefinitions
from koppeling_harness.errors import ConfigurationError, ErpUnavailableError, HarnessError
from koppeling_harness.http.connection import Connection
from koppeling_harness.model.fault import FaultKind
from koppeling_harness.model.order import DEFAULT_CONCURRENCY
from koppeling_harness.model.run import ScenarioResult
from koppeling_harness.model.verdict import Cause, Outcome
from koppeling_harness.plugin.session import IntegrationRunner
from koppeling_harness.rules.verdict import settled
from koppeling_harness.scenario.expression import Functions
from koppeling_harness.scenario.plan import PlannedScenario
from koppeling_harness.value import dataclass

_RETRY_PAUSE_S = 0.5
_USUAL_LIMIT_S = 60.0
"""What a scenario may take that says nothing of it; one that waits long says more."""
_MOST_ASIDE = 32
"""So many scenarios may wait beside the lanes at once: each keeps a process for up to 35 s."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """How a run is to go.

    Attributes:
        run_id: Names the run in unique values and messages.
        seed: Makes the generated values repeatable.
        concurrency: How many scenarios are in flight at most.
        step_limit_s: Time allowed for a step that sets no limit itself.
        retries: How often a scenario is repeated, in an environment of its own each time, when the
            environment kept it from being judged. What failed is never repeated.
        patience: By how much the times that scenarios allow are multiplied, for an environment
            that is far away and shared.
        continued: How often the run was gone on with after a break in an environment that still
            holds what was written before it: what is generated differs.
        run_ids: By label of a release, the run that its results belong to, where that is another.
    """

    run_id: str
    seed: int
    concurrency: int = DEFAULT_CONCURRENCY
    step_limit_s: float = 30.0
    retries: int = 0
    patience: float = 1.0
    continued: int = 0
    run_ids: Mapping[str, str] = field(default_factory=dict)

    def run_id_of(self, planned: PlannedScenario) -> str:
        """Return the run that the result of a scenario belongs to."""
        return self.run_ids.get(planned.release, self.run_id)


class Engine:
    """Carries out scenarios.

    Args:
        environments: Where environments come from.
        runners: For each integration id, what starts and triggers it.
        clock: Measures durations.
        setting: How the run is to go.
        expected: Tells how long a scenario takes, to share the lanes out by.
    """

    def __init__(
        self,
        *,
        environments: EnvironmentSource,
        runners: Mapping[str, IntegrationRunner],
        clock: Clock,
        setting: Setting,
        expected: Expected = usual,
    ) -> None:
        self._environments = environments
        self._shared = environments if isinstance(environments, SharedSource) else None
        self._runners = runners
        self._clock = clock
        self._setting = setting
        self._expected = expected
        self.expected_s = 0.0
        """How long what was carried out takes at least, by what is known of it."""
        self._definitions: defaultdict[str, UpdateDefinitions] = defaultdict(UpdateDefinitions)
        """By release: what UpdateConnectors take differs."""
        self._breaker = Breaker()

    async def run(self, planned: Sequence[PlannedScenario], observer: Observer) -> None:
        """Carry out all scenarios; each result is the observer's as soon as it is there.

        Cancelling it, or an exception of the observer, ends what is in flight and waits for its
        cleaning up.
        """
        aside = [each for each in planned if _waits_long(each)]
        begun = [each for each in planned if not _waits_long(each)]
        lanes = Lanes(
            begun,
            first=self._breaker.expect(begun),
            count=self._setting.concurrency,
            room={name: each.room for name, each in self._runners.items()},
            expected=self._expected,
            is_triggered=lambda name: self._runners[name].is_triggered,
        )
        self.expected_s += max(lanes.expected_s, *map(self._expected, aside), 0.0)
        room = asyncio.Semaphore(_MOST_ASIDE)
        tasks = [
            *(asyncio.create_task(self._aside(each, lanes, room, observer)) for each in aside),
            *(asyncio.create_task(self._lane(lanes, observer)) for _ in range(lanes.count)),
        ]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _lane(self, lanes: Lanes, observer: Observer) -> None:
        """Carry out one scenario after the other, as long as there are any for this lane."""
        async with Connection(timeout_s=self._setting.step_limit_s) as connection:
            while (planned := await lanes.next()) is not None:
                observer.scenario_started(planned)
                result = await self._settled(planned, connection, observer)
                observer.scenario_ended(planned, result)
                lanes.give_back(planned)

    async def _aside(
        self, planned: PlannedScenario, lanes: Lanes, room: asyncio.Semaphore, observer: Observer
    ) -> None:
        """Carry out one scenario beside the lanes: it does little but wait."""
        async with room, Connection(timeout_s=self._setting.step_limit_s) as connection:
            lanes.begin_with(planned.manifest.id)
            self._runners[planned.manifest.id].add_room()
            observer.scenario_started(planned)
            result = await self._settled(planned, connection, observer)
            observer.scenario_ended(planned, result)

    async def _settled(
        self, planned: PlannedScenario, connection: Connection, observer: Observer
    ) -> ScenarioResult:
        planned = planned.unpacked()
        if refused := await self._breaker.refusal(planned):
            return unjudged(planned, refused)
        attempts: list[ScenarioResult] = []
        while not attempts or (
            attempts[-1].cause is Cause.ENVIRONMENT and len(attempts) <= self._setting.retries
        ):
            if attempts:
                await asyncio.sleep(_RETRY_PAUSE_S)
            attempt = len(attempts) + 1

            async def one(about: PlannedScenario, attempt: int = attempt) -> ScenarioResult:
                bench = self._bench(about, connection, observer, attempt=attempt)
                return await self._one(about, bench)

            try:
                result = await in_rounds(planned, one, day=today(self._clock))
            except Exception as error:  # noqa: BLE001 - one scenario's bug must not end the run
                result = unjudged(planned, _from_other(error, planned))
            attempts.append(result)
        self._breaker.note(planned, attempts[-1])
        return settled(attempts, run_ids=[self._setting.run_id_of(planned)] * len(attempts))

    def _bench(
        self, planned: PlannedScenario, connection: Connection, observer: Observer, *, attempt: int
    ) -> Bench:
        seed = self._seed(planned, attempt)
        return Bench(
            connection=connection,
            observer=observer,
            runner=self._runners[planned.manifest.id],
            functions=Functions(
                random=random.Random(seed),  # noqa: S311 - test data
                clock=self._clock,
            ),
            clock=self._clock,
            definitions=self._definitions[planned.release],
            run_id=self._setting.run_id_of(planned),
            alias=alias(seed),
            step_limit_s=self._setting.step_limit_s,
            patience=self._setting.patience,
        )

    async def _one(self, planned: PlannedScenario, bench: Bench) -> ScenarioResult:
        shared = self._shared
        if shared is not None and (refused := shared.refusal(planned)):
            return unjudged(planned, refused)
        try:
            environment = await self._environments.open(planned)
            try:
                if shared is None or not isinstance(environment, SharedEnvironment):
                    return await run_scenario(planned, environment, bench)
                environment.expect(lambda: bench.functions.given)
                result = await run_scenario(planned, environment, bench)
                return await _set_back(result, environment)
            finally:
                await environment.close()
        except HarnessError as error:
            return unjudged(planned, _from_error(error, planned))
        except Exception as error:  # noqa: BLE001 - one scenario's bug must not end the run
            return unjudged(planned, _from_other(error, planned))

    def _seed(self, planned: PlannedScenario, attempt: int) -> str:
        """Return what all that is generated for one round follows from."""
        seed = f"{self._setting.seed}/{planned.manifest.id}/{planned.id}"
        if self._setting.continued:
            seed += f"/resumed-{self._setting.continued}"
        if attempt > 1:  # in a shared environment the keys of the first attempt are taken
            seed += f"/{attempt}"
        if planned.round is not None:
            seed += f"/round-{planned.round.number}"
        return seed


def alias(seed: str) -> str:
    """Return what an integration is told that a scenario is called: it tells it nothing.

    Args:
        seed: From which it follows; of the run, the integration and the scenario.
    """
    return f"run-{hashlib.sha256(seed.encode()).hexdigest()[:12]}"


def _waits_long(planned: PlannedScenario) -> bool:
    """Return whether a scenario holds an answer until the integration gives up."""
    if planned.scenario.timeout_s <= _USUAL_LIMIT_S:  # to unpack thousands takes long
        return False
    faults = planned.unpacked().scenario.faults
    return any(each.fault is FaultKind.HELD_ANSWER for each in faults)


async def _set_back(result: ScenarioResult, environment: SharedEnvironment) -> ScenarioResult:
    """Return a result with what stays behind; trouble of the environment is not a failure."""
    left = await environment.set_back()
    trouble = environment.trouble()
    result = replace(result, findings=(*result.findings, *left))
    if not trouble or result.outcome is Outcome.PASSED:
        return result
    said = Said(nl=trouble, en=trouble)
    outcome, cause = Outcome.INCONCLUSIVE, Cause.ENVIRONMENT
    ended = stop(codes.ERP_UNAVAILABLE, outcome, cause, result.place, said)
    return replace(result, outcome=outcome, cause=cause, findings=(ended.finding, *result.findings))


def _from_error(error: HarnessError, planned: PlannedScenario) -> Stop:
    said = Said(nl=error.message, en=error.message, hint=error.hint)
    place = planned.scenario.place
    if isinstance(error, ErpUnavailableError):
        return stop(codes.ERP_UNAVAILABLE, Outcome.INCONCLUSIVE, Cause.ENVIRONMENT, place, said)
    if isinstance(error, ConfigurationError):
        return stop(codes.EXPRESSION, Outcome.INCONCLUSIVE, Cause.CONFIGURATION, place, said)
    return stop(codes.HARNESS, Outcome.INCONCLUSIVE, Cause.HARNESS, place, said)


def _from_other(error: Exception, planned: PlannedScenario) -> Stop:
    text = f"{type(error).__name__}: {error}"
    said, place = Said(nl=text, en=text), planned.scenario.place
    if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return stop(codes.NO_ROOM, Outcome.INCONCLUSIVE, Cause.ENVIRONMENT, place, said)
    return stop(codes.HARNESS, Outcome.INCONCLUSIVE, Cause.HARNESS, place, said)


def unjudged(planned: PlannedScenario, ended: Stop) -> ScenarioResult:
    """Return the result of a scenario of which nothing was carried out, and why."""
    return ScenarioResult(
        scenario=planned.scenario.scenario,
        title=planned.scenario.title,
        level=planned.level,
        operation=planned.operation.name if planned.operation else None,
        outcome=ended.outcome,
        cause=ended.cause,
        findings=(ended.finding,),
        place=planned.scenario.place,
        proves=planned.scenario.proves,
        required_from=planned.required_from,
    )
