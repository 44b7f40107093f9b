"""The end of a scenario: the integration is done, all is quiet, the door shuts, it is judged."""

import asyncio
import dataclasses
from collections.abc import Sequence
from dataclasses import field, replace
from datetime import date
from sys import intern

from koppeling_harness.engine import codes
from koppeling_harness.engine.elsewhere import held_elsewhere
from koppeling_harness.engine.environment import Environment
from koppeling_harness.engine.fill import describe
from koppeling_harness.engine.not_judged import BODY_NOT_JUDGED, not_judged
from koppeling_harness.engine.proof import evidence, never_due, refuted, unproven
from koppeling_harness.engine.step import Phase, Stage, carry_out
from koppeling_harness.engine.stop import Said, Stop, stop
from koppeling_harness.model.exchange import Exchange, Recording, RefusedFor
from koppeling_harness.model.fault import Fault
from koppeling_harness.model.finding import Finding
from koppeling_harness.model.proof import Proof, Witness
from koppeling_harness.model.run import StepRecord
from koppeling_harness.model.scenario import ExchangesStep, FindingsStep, OperationStep, Step
from koppeling_harness.model.verdict import Cause, Outcome, Severity
from koppeling_harness.rules.deadlines import ended_schemes, told
from koppeling_harness.scenario.plan import PlannedScenario
from koppeling_harness.traffic.checks import RULE_BROKE
from koppeling_harness.traffic.checks.access import schemes_of

QUIET_LIMIT_S = 2.0
"""So long what is under way has for coming to its end; idle connections do not count."""
_LOOK_EVERY_S = 0.005


@dataclasses.dataclass(slots=True)
class Look:
    """A step that looked at the traffic, and what it saw of it."""

    at: int
    """Its place among the steps."""
    step: ExchangesStep | FindingsStep
    phase: Phase
    ended: Stop | None
    traffic: tuple[int, ...]
    turns: int
    """How often the integration had been told to do something."""


@dataclasses.dataclass(slots=True)
class Course:
    """How a scenario goes: filled while it runs."""

    stops: list[Stop] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    steps: list[StepRecord] = field(default_factory=list)
    looks: list[Look] = field(default_factory=list)
    judged: tuple[int, ...] = ()
    """How much traffic there was when all of it was judged."""
    running: Step | None = None
    """The step that is being carried out, or was last."""

    async def keep(self, step: Step, phase: Phase, stage: Stage, ended: Stop | None) -> None:
        """Keep what a step may have to be asked again: one that looked at the traffic."""
        if isinstance(step, ExchangesStep | FindingsStep):
            self.looks.append(
                Look(
                    at=len(self.steps) - 1,
                    step=step,
                    phase=phase,
                    ended=ended,
                    traffic=await traffic_of(stage.environment),
                    turns=len(stage.trigger.triggers),
                )
            )


async def end_quietly(environment: Environment) -> None:
    """Wait until nothing is under way, and shut the door."""
    loop = asyncio.get_running_loop()
    ends_s = loop.time() + QUIET_LIMIT_S
    while not environment.is_quiet and loop.time() < ends_s:
        await asyncio.sleep(_LOOK_EVERY_S)
    environment.shut()


async def judge_at_last(planned: PlannedScenario, stage: Stage, course: Course) -> None:
    """Judge all that was sent, and look again where a step saw less of it."""
    await stage.learn()
    found = await stage.judge()
    course.findings += held_elsewhere(planned, found, stage.environment.recording().exchanges)
    course.judged = await traffic_of(stage.environment)
    for look in course.looks:
        if look.traffic != course.judged and look.turns == len(stage.trigger.triggers):
            await _again(look, stage, course)


async def _again(look: Look, stage: Stage, course: Course) -> None:
    """Carry a step out again; the later answer counts."""
    ended = await carry_out(replace(look.step, within_s=None), look.phase, stage)
    outcome = ended.outcome if ended else Outcome.PASSED
    course.steps[look.at] = replace(course.steps[look.at], outcome=outcome)
    course.stops = [each for each in course.stops if each is not look.ended]
    if ended is not None:
        course.stops.append(ended)


async def traffic_of(environment: Environment) -> tuple[int, ...]:
    """Return how many exchanges there were until now, and of how many the answer is there."""
    await environment.settle()
    exchanges = environment.recording().exchanges
    return len(exchanges), sum(each.status is not None for each in exchanges)


def record_of(
    phase: Phase, number: int, step: Step, ended: Stop | None, took_s: float
) -> StepRecord:
    """Return one step as it went."""
    return StepRecord(
        name=intern(f"{phase.name} {number}: {describe(step)}"),
        place=step.place,
        outcome=ended.outcome if ended else Outcome.PASSED,
        duration_s=round(took_s, 6),
    )


def outcome_of(
    planned: PlannedScenario, course: Course, recording: Recording, *, day: date
) -> tuple[Outcome, Cause | None, tuple[Proof, ...]]:
    """Return the outcome, its cause and what was proven, and add what was missing.

    What stopped a scenario before it could judge weighs first: a refusal of the environment must
    never read as a failed integration. Then a fault that never fired, whatever was expected of it;
    then what the integration did wrong, then missing proof.
    """
    for ended in course.stops:
        if ended.outcome is Outcome.INCONCLUSIVE:
            return ended.outcome, ended.cause, ()
    course.findings += past_deadlines(recording, day=day)
    shown = evidence(planned, recording)
    errors = [
        each
        for each in course.findings
        if each.level is Severity.ERROR and each.code != codes.NOT_JUDGED.code  # ours, not theirs
    ]
    against = [each for each in errors if each.code != RULE_BROKE]
    due = not never_due(planned, recording)
    if not due and not against and _only_expectations(course):
        course.stops = []  # what was expected was expected of the fault
    missing = None if against or not due else _without_ground(planned, course, recording)
    if missing is not None:
        return *missing, unproven(shown.proof)
    if shown.missing is not None and not against and _did_as_told(course):
        course.stops = [shown.missing]
        return shown.missing.outcome, shown.missing.cause, unproven(shown.proof)
    for ended in course.stops:
        return ended.outcome, ended.cause, refuted(shown.proof, _about(against, recording))
    if against:
        return Outcome.FAILED, Cause.INTEGRATION, refuted(shown.proof, _about(against, recording))
    if errors:  # a rule of ours broke, and no other has anything against it
        return Outcome.INCONCLUSIVE, Cause.HARNESS, ()
    missing = (_fired(planned, course, recording) if due else None) or _not_judged(planned, course)
    if missing is not None:
        return *missing, unproven(shown.proof)
    return Outcome.PASSED, None, shown.proof


def past_deadlines(recording: Recording, *, day: date) -> list[Finding]:
    """Return what is held against calls that signed in by a way that has ended."""
    found = []
    for deadline in ended_schemes(schemes_of(recording.exchanges), day):
        text = told(deadline, day)
        said = Said(nl=text.nl, en=text.en, hint=deadline.remedy.en)
        where = f"calls of the scenario; {deadline.source}"
        ended = stop(codes.DEADLINE_PAST, Outcome.FAILED, Cause.INTEGRATION, where, said)
        found.append(replace(ended.finding, advice=deadline.remedy))
    return found


def _not_judged(planned: PlannedScenario, course: Course) -> tuple[Outcome, Cause] | None:
    """Say that not all of what was sent was judged; a pass would say that all was in order."""
    for each in course.findings:
        if each.code in {BODY_NOT_JUDGED, codes.NOT_JUDGED.code}:
            ended = not_judged(each.message, place=planned.scenario.place)
            course.stops = [ended]
            course.findings = [one for one in course.findings if one.code != ended.finding.code]
            return ended.outcome, ended.cause
    return None


def _did_as_told(course: Course) -> bool:
    """Return whether nothing but an expectation of what was to be seen was not met."""
    done = all(
        each.outcome is Outcome.PASSED for each in course.steps if each.name.startswith("when")
    )
    return done and _only_expectations(course)


def _only_expectations(course: Course) -> bool:
    return all(each.finding.code == codes.EXPECTATION.code for each in course.stops)


def _about(found: Sequence[Finding], recording: Recording) -> tuple[str, ...]:
    """Return the connectors, in lower case, of the exchanges that something was found in."""
    numbers = {each.exchange for each in found}
    return tuple(
        each.connector.lower()
        for each in recording.exchanges
        if each.number in numbers and each.connector
    )


def _without_ground(
    planned: PlannedScenario, course: Course, recording: Recording
) -> tuple[Outcome, Cause] | None:
    """Say that no call came, or that no fault fired: then no expectation says anything."""
    if _made_no_call(recording):
        missing = _without_a_call(planned, course, recording)
        if missing is not None:
            return missing
    if course.stops and _only_expectations(course) and not any(recording.faults_fired):
        return _fired(planned, course, recording)
    return None


def _made_no_call(recording: Recording) -> bool:
    """Return whether the integration did what it was told, as it said, without a single call."""
    answered = [each.ok is not None for each in recording.triggers]
    called = any(not _is_untrusted(each) for each in recording.exchanges)
    return bool(answered) and all(answered) and not called


def _is_untrusted(exchange: Exchange) -> bool:
    """Return whether it is no more than a connection that TLS did not let come about."""
    return exchange.refused is not None and exchange.refused.kind is RefusedFor.TLS


def _without_a_call(
    planned: PlannedScenario, course: Course, recording: Recording
) -> tuple[Outcome, Cause] | None:
    """Say that no call came; a scenario about calls was then not run, whatever its steps say."""
    told = next((each.finding.message for each in course.stops), "")
    more = f" ({told})" if told else ""
    said = Said(
        nl=f"geen enkele aanroep; gegeven was {recording.base_url}, daar kwam niets aan{more}",
        en=f"not a single call; given was {recording.base_url}, where nothing arrived{more}",
    )
    cause = Cause.INTEGRATION
    if recording.exchanges:  # the address is right, and whom to trust was not told
        why = recording.exchanges[0].refused
        assert why is not None  # noqa: S101 - no call was made
        cause = Cause.CONFIGURATION
        said = Said(
            nl=f"geen enkele aanroep: {why.found.nl}{more}",
            en=f"not a single call: {why.found.en}{more}",
            hint=(
                "Let it trust the authority of the run: SSL_CERT_FILE, NODE_EXTRA_CA_CERTS or "
                "KOPPELING_AUTHORITY_FILE."
            )
            + (
                " Let it show the certificate of `client_ca`." if planned.manifest.client_ca else ""
            ),
        )
    place = planned.scenario.place
    missing = stop(codes.NO_CALL, Outcome.NOT_RUN, cause, place, said)
    if planned.scenario.for_each is None:
        if planned.scenario.witness is Witness.REFUSAL:
            return None  # refused before a call was made, as it should be
        # an own scenario may be about what the integration does without AFAS
        course.findings.append(replace(missing.finding, level=Severity.INFORMATION))
        return None
    course.stops = [missing]
    return Outcome.NOT_RUN, cause


def _fired(
    planned: PlannedScenario, course: Course, recording: Recording
) -> tuple[Outcome, Cause] | None:
    """Say which faults never fired; what was expected of them says nothing then."""
    unfired = [
        fault
        for fault, fired in zip(planned.scenario.faults, recording.faults_fired, strict=True)
        if not fired
    ]
    if not unfired:
        return None
    told = next((each.finding.message for each in course.stops), "")
    more = f" ({told})" if told else ""
    course.stops = []
    for fault in unfired:
        of = f"{fault.of.method or '*'} {fault.of.connector or fault.of.path or _kind(fault)}"
        said = Said(
            nl=f"storing {fault.fault} op aanroep {fault.calls} van {of} trad niet op{more}",
            en=f"fault {fault.fault} on call {fault.calls} of {of} never fired{more}",
        )
        ended = stop(codes.FAULT_NOT_FIRED, Outcome.NOT_RUN, Cause.CONFIGURATION, fault.place, said)
        course.stops.append(ended)
    return Outcome.NOT_RUN, Cause.CONFIGURATION


def _kind(fault: Fault) -> str:
    return f"({fault.of.kind})" if fault.of.kind else "*"


def has_operation(steps: Sequence[Step]) -> bool:
    """Return whether a step of these tells the integration to do something."""
    return any(isinstance(each, OperationStep) for each in steps)
