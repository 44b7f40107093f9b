"""Carry out one scenario for one integration, from given to cleanup, and say what became of it."""

import asyncio
import contextlib
import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from koppeling_harness.clock import Clock, today
from koppeling_harness.engine import codes
from koppeling_harness.engine.environment import Breakable, Environment, WebhookSender
from koppeling_harness.engine.fill import describe
from koppeling_harness.engine.observer import Observer
from koppeling_harness.engine.scenario_end import (
    Course,
    end_quietly,
    has_operation,
    judge_at_last,
    outcome_of,
    record_of,
    traffic_of,
)
from koppeling_harness.engine.shield import Scene, Shield
from koppeling_harness.engine.step import Phase, Stage, carry_out
from koppeling_harness.engine.stop import Said, Stop, stop
from koppeling_harness.engine.trigger import Trigger
from koppeling_harness.erp.client import ErpClient
from koppeling_harness.erp.metainfo import UpdateDefinitions
from koppeling_harness.errors import ConfigurationError
from koppeling_harness.http.connection import Connection
from koppeling_harness.model.access import ProxyAccess
from koppeling_harness.model.exchange import Exchange, Recording
from koppeling_harness.model.finding import Finding
from koppeling_harness.model.manifest import Operation
from koppeling_harness.model.operation import RunContext
from koppeling_harness.model.proof import Witness
from koppeling_harness.model.run import ExchangeRecord, ScenarioResult
from koppeling_harness.model.scenario import OperationStep, Step
from koppeling_harness.model.shape import Release
from koppeling_harness.model.verdict import Cause, Outcome, Severity
from koppeling_harness.plugin.guard import folder_prefix
from koppeling_harness.plugin.scratch import scratch_folder
from koppeling_harness.plugin.session import IntegrationRunner
from koppeling_harness.scenario.expression import Functions, evaluate
from koppeling_harness.scenario.plan import PlannedScenario
from koppeling_harness.traffic.checks import TRAFFIC_AFTER_END
from koppeling_harness.traffic.checks.access import schemes_of
from koppeling_harness.traffic.checks.arrived import rooms
from koppeling_harness.traffic.effects import fault_effects
from koppeling_harness.value import dataclass

_GIVEN = Phase(name="given", prepares=True)
_WHEN = Phase(name="when", prepares=False)
_THEN = Phase(name="then", prepares=False)
_CLEANUP = Phase(name="cleanup", prepares=False)
_CLEANUP_LIMIT_S = 10.0
_LEAST_ROOM_BYTES = 1024 * 1024
"""With less room than this programs cannot be expected to go on."""
_WRITING = frozenset({"POST", "PUT"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What every scenario of a run shares.

    Attributes:
        connection: Carries the harness's own requests; one per scenario in flight.
        observer: Is given what went over the wire, redacted, when the scenario is done.
        runner: Gives sessions with the integration.
        functions: Generators for expressions, seeded for this scenario.
        clock: Measures durations.
        definitions: What UpdateConnectors take, as far as it was asked.
        run_id: The run that it belongs to.
        alias: What the integration is told that the scenario is called.
        step_limit_s: Time allowed for a step that sets no limit itself.
        patience: By how much the times that the scenario allows are multiplied.
    """

    connection: Connection
    observer: Observer
    runner: IntegrationRunner
    functions: Functions
    clock: Clock
    definitions: UpdateDefinitions
    run_id: str
    alias: str
    step_limit_s: float
    patience: float = 1.0


async def run_scenario(
    planned: PlannedScenario, environment: Environment, bench: Bench
) -> ScenarioResult:
    """Carry out a scenario in an environment that was opened for it.

    Given, when and then; the integration's own checks; the end of its session; when all is quiet
    its door shuts, and what was sent is judged; then `cleanup`. The session is ended and `cleanup`
    carried out whatever happens; the caller closes the environment.
    """
    started_s = bench.clock.elapsed_s()
    course = Course()
    async with _work_dir(planned, bench) as work_dir:
        shield = Shield(environment, planned.manifest)
        trigger = _trigger(planned, environment, bench, work_dir, shield)
        stage = _stage(planned, environment, bench, trigger, shield)
        try:
            await _within_limit(planned, stage, course)
            course.findings += await trigger.check_traffic(shield.exchanges)
        finally:
            ended = await trigger.finish()
        if ended is not None:
            course.stops.append(ended)
        await end_quietly(environment)
        await judge_at_last(planned, stage, course)
        await _clean_up(planned, stage, course)
        course.findings += await _late(stage, course)
        _see_what_broke(planned, environment, course)
        _see_room(planned, work_dir, course)
        log = await shield.last_of_log(trigger.log)
    seen = environment.recording()
    recording = await shield.kept(
        replace(seen, triggers=tuple(trigger.triggers), base_url=environment.gateway_url)
    )
    course.findings, course.stops = await shield.said(course.findings, course.stops)
    await bench.observer.recorded(planned, recording)
    took_s = bench.clock.elapsed_s() - started_s - trigger.waited_s
    day = today(bench.clock)
    return _result(planned, course, recording, log, took_s, day)


async def _late(stage: Stage, course: Course) -> list[Finding]:
    """Return what is said of what came while `cleanup` was carried out."""
    if await traffic_of(stage.environment) == course.judged:
        return []
    known = {each.exchange for each in course.findings}
    return [
        each
        for each in await stage.judge()
        if each.code == TRAFFIC_AFTER_END and each.exchange not in known
    ]


def _work_dir(
    planned: PlannedScenario, bench: Bench
) -> contextlib.AbstractAsyncContextManager[str]:
    """Return a folder for the integration; none where no step of the scenario triggers it."""
    if has_operation(planned.scenario.when):
        return scratch_folder(folder_prefix(), bench.runner.work_root)
    return contextlib.nullcontext("")


async def _within_limit(planned: PlannedScenario, stage: Stage, course: Course) -> None:
    limit_s = planned.scenario.timeout_s * stage.patience
    try:
        async with asyncio.timeout(limit_s) as stage.trigger.limit:
            await _carry_out(planned, stage, course)
    except TimeoutError:
        last = describe(course.running) if course.running else "-"
        said = Said(
            nl=f"na {limit_s:g} s nog niet klaar; de laatste stap was {last}",
            en=f"not done after {limit_s:g} s; the last step was {last}",
        )
        if isinstance(course.running, OperationStep) or (
            course.running and course.running.within_s
        ):
            outcome, cause = Outcome.FAILED, Cause.INTEGRATION
        else:  # a call of the harness itself to ERP1 took the time
            outcome, cause = Outcome.INCONCLUSIVE, Cause.ENVIRONMENT
        place = planned.scenario.place
        course.stops.append(stop(codes.SCENARIO_TIMEOUT, outcome, cause, place, said))
    finally:
        stage.trigger.limit = None


async def _carry_out(planned: PlannedScenario, stage: Stage, course: Course) -> None:
    scenario, operation = planned.scenario, planned.operation
    if operation is not None and operation.given:
        if not await _phase(_GIVEN, operation.given, stage, course):
            return
        ended = _complete_example(operation, stage)
        if ended is not None:
            course.stops.append(ended)
            return
    if not await _phase(_GIVEN, scenario.given, stage, course):
        return
    ended = await stage.trigger.connect(scenario.place)
    if ended is not None:
        course.stops.append(ended)
        return
    done = await _phase(_WHEN, scenario.when, stage, course)
    if done:
        await stage.learn()
        await _phase(_THEN, scenario.then, stage, course, go_on=True)


def _complete_example(operation: Operation, stage: Stage) -> Stop | None:
    """Fill the example with what was read for it; return why that cannot be done."""
    try:
        example = evaluate(operation.example, stage.names, stage.functions)
    except ConfigurationError as error:
        place = operation.given[0].place
        said = Said(nl=error.message, en=error.message, hint=error.hint)
        return stop(codes.EXPRESSION, Outcome.INCONCLUSIVE, Cause.CONFIGURATION, place, said)
    stage.names["operation"] = {"name": operation.name, "example": example}
    return None


async def _phase(
    phase: Phase, steps: Sequence[Step], stage: Stage, course: Course, *, go_on: bool = False
) -> bool:
    """Carry out the steps of a phase in order; return whether all succeeded."""
    succeeded = True
    for number, step in enumerate(steps, start=1):
        course.running = step
        started_s = stage.clock.elapsed_s() - stage.trigger.waited_s
        ended = await carry_out(step, phase, stage)
        took_s = stage.clock.elapsed_s() - stage.trigger.waited_s - started_s
        course.steps.append(record_of(phase, number, step, ended, took_s))
        await course.keep(step, phase, stage, ended)
        if ended is not None:
            # what a failed step was to save is missing in the steps after it: that says no more
            if succeeded or ended.cause is not Cause.CONFIGURATION:
                course.stops.append(ended)
            succeeded = False
            if not go_on:
                break
    return succeeded


def _see_what_broke(planned: PlannedScenario, environment: Environment, course: Course) -> None:
    """Let what broke in an emulated ERP1 weigh first: its answers are then nothing to judge by."""
    # the attribute goes first: to hold something against a protocol takes long
    if not hasattr(environment, "broke") or not isinstance(environment, Breakable):
        return
    for text in environment.broke():
        said = Said(nl=f"ERP1 (de emulator) brak: {text}", en=f"ERP1 (the emulator) broke: {text}")
        place = planned.scenario.place
        ended = stop(codes.HARNESS, Outcome.INCONCLUSIVE, Cause.HARNESS, place, said)
        course.stops.insert(0, ended)


def _see_room(planned: PlannedScenario, work_dir: str, course: Course) -> None:
    """Let a full disk weigh first, where something went wrong: that is then nobody's fault."""
    if not work_dir or not course.stops:
        return
    free = shutil.disk_usage(work_dir).free
    if free < _LEAST_ROOM_BYTES:
        said = Said(
            nl=f"waar tijdelijke bestanden staan is nog {free} byte vrij",
            en=f"where temporary files lie {free} bytes are left",
        )
        outcome, cause = Outcome.INCONCLUSIVE, Cause.ENVIRONMENT
        place = planned.scenario.place
        course.stops.insert(0, stop(codes.NO_ROOM, outcome, cause, place, said))


async def _clean_up(planned: PlannedScenario, stage: Stage, course: Course) -> None:
    if not planned.scenario.cleanup:
        return
    aside = Course(steps=course.steps)
    try:
        async with asyncio.timeout(_CLEANUP_LIMIT_S):
            await _phase(_CLEANUP, planned.scenario.cleanup, stage, aside, go_on=True)
    except TimeoutError:
        said = Said(nl=f"na {_CLEANUP_LIMIT_S:g} s nog niet klaar", en="took too long")
        aside.stops.append(
            stop(codes.CLEANUP, Outcome.FAILED, Cause.HARNESS, planned.scenario.place, said)
        )
    for ended in aside.stops:
        course.findings.append(
            replace(ended.finding, code=codes.CLEANUP.code, level=Severity.WARNING)
        )


def _trigger(
    planned: PlannedScenario,
    environment: Environment,
    bench: Bench,
    work_dir: str,
    shield: Shield,
) -> Trigger:
    sender: WebhookSender | None = None
    # the attribute goes first: to hold something against a protocol takes long
    if getattr(environment, "webhook_secret", None) and isinstance(environment, WebhookSender):
        sender = environment
    secret = sender.webhook_secret if sender else None
    client = environment.access.client
    proxy: ProxyAccess | None = getattr(environment, "proxy", None)
    context = RunContext(
        integration=planned.manifest.id,
        scenario=bench.alias,
        base_url=environment.gateway_url,
        token=environment.access.token.reveal(),
        integration_id=planned.manifest.integration_id,
        release=environment.access.release,
        work_dir=work_dir,
        webhook_secret=secret.reveal() if secret else None,
        client_id=client.client_id if client else None,
        client_secret=client.client_secret.reveal() if client and client.client_secret else None,
        proxy_url=proxy.url if proxy else None,
        authority=proxy.authority if proxy else None,
    )
    return Trigger(
        bench.runner,
        manifest=planned.manifest,
        context=context,
        clock=bench.clock,
        redact=shield.text,
        look=shield.look,
        shown=planned.id,
        webhooks=sender,
    )


def names_at_start(
    planned: PlannedScenario,
    *,
    environment: str,
    release: Release,
    run_id: str,
    functions: Functions,
) -> dict[str, Any]:
    """Return what expressions of a scenario may refer to before anything was saved.

    Raises:
        ConfigurationError: One of its `values` cannot be made.
    """
    manifest, operation = planned.manifest, planned.operation
    names: dict[str, Any] = {
        "scenario": {"id": planned.scenario.scenario},
        "integration": {"id": manifest.id, "integration_id": manifest.integration_id},
        "erp": {
            "environment": environment,
            "release": release.label,
            "version": release.version,
        },
        "run": {"id": run_id},
    }
    if operation is not None:
        # what is read for the example is there once `given` was carried out
        example = {} if operation.given else evaluate(operation.example, names, functions)
        names["operation"] = {"name": operation.name, "example": example}
    names["values"] = {}
    for name, value in planned.scenario.values.items():
        names["values"][name] = evaluate(value, names, functions)
    return names


def _stage(
    planned: PlannedScenario,
    environment: Environment,
    bench: Bench,
    trigger: Trigger,
    shield: Shield,
) -> Stage:
    manifest = planned.manifest
    names = names_at_start(
        planned,
        environment=environment.access.environment,
        release=environment.access.release,
        run_id=bench.run_id,
        functions=bench.functions,
    )
    client = ErpClient(
        environment.access,
        connection=bench.connection,
        clock=bench.clock,
        integration_id=manifest.integration_id,
    )
    release = environment.access.release

    async def judge() -> tuple[Finding, ...]:
        return await shield.judged(
            Scene(
                release=release,
                definitions=bench.definitions.known,
                triggers=tuple(trigger.triggers),
                said=tuple(trigger.said),
                log=trigger.log,
                folder=trigger.work_dir,
                token="\n".join(trigger.tokens),
                day=today(bench.clock),
            )
        )

    async def learn() -> None:
        await environment.settle()
        exchanges = environment.recording().exchanges
        written = {each.connector for each in exchanges if each.method in _WRITING}
        await bench.definitions.learn(client, sorted(name for name in written if name))
        if planned.scenario.witness is Witness.ARRIVED:
            known = bench.definitions.known
            bench.functions.rooms = rooms(exchanges, trigger.triggers, known)

    return Stage(
        environment=environment,
        client=client,
        trigger=trigger,
        judge=judge,
        redact=shield.text,
        look=shield.look,
        learn=learn,
        names=names,
        functions=bench.functions,
        clock=bench.clock,
        step_limit_s=bench.step_limit_s,
        patience=bench.patience,
        private_fields=frozenset(each.field for each in manifest.privacy_fields),
    )


def _result(
    planned: PlannedScenario,
    course: Course,
    recording: Recording,
    log: str,
    duration_s: float,
    day: date,
) -> ScenarioResult:
    outcome, cause, proof = outcome_of(planned, course, recording, day=day)
    findings = (*(each.finding for each in course.stops), *course.findings)
    return ScenarioResult(
        scenario=planned.scenario.scenario,
        title=planned.scenario.title,
        level=planned.level,
        operation=planned.operation.name if planned.operation else None,
        outcome=outcome,
        cause=cause,
        findings=findings,
        steps=tuple(course.steps),
        duration_s=round(duration_s, 6),
        exchanges=tuple(_record(each) for each in recording.exchanges),
        faults=fault_effects(planned.scenario.faults, recording.faults_fired, recording.exchanges),
        log="" if outcome is Outcome.PASSED else log,
        place=planned.scenario.place,
        proves=planned.scenario.proves,
        proof=proof,
        required_from=planned.required_from,
        signed_in=schemes_of(recording.exchanges),
    )


def _record(exchange: Exchange) -> ExchangeRecord:
    return ExchangeRecord(
        number=exchange.number,
        method=exchange.method,
        path=exchange.path + (f"?{exchange.query}" if exchange.query else ""),
        status=exchange.status,
        duration_s=round(exchange.duration_s, 6),
        fault=exchange.fault,
    )
