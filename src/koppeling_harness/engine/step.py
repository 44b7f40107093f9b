"""Carry out one step: fill in, act, hold against what is expected, keep what is saved."""

import asyncio
import dataclasses
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, assert_never

from koppeling_harness.aside import in_thread
from koppeling_harness.clock import Clock
from koppeling_harness.engine import codes
from koppeling_harness.engine.environment import (
    AdministeredEnvironment,
    AgingEnvironment,
    Environment,
    FillingEnvironment,
)
from koppeling_harness.engine.fill import describe, filled
from koppeling_harness.engine.stop import Said, Stop, stop
from koppeling_harness.engine.trigger import Trigger
from koppeling_harness.erp.call import (
    ErpCall,
    delete_call,
    get_call,
    insert_call,
    raw_call,
    update_call,
)
from koppeling_harness.erp.client import ErpAnswer, ErpClient
from koppeling_harness.errors import ConfigurationError, ErpUnavailableError
from koppeling_harness.model.exchange import Exchange
from koppeling_harness.model.finding import Difference, Finding
from koppeling_harness.model.scenario import (
    AppConnectorStep,
    ClockStep,
    DeleteStep,
    ExchangesStep,
    FillStep,
    FindingsStep,
    GetStep,
    InsertStep,
    OperationStep,
    RequestStep,
    Step,
    UpdateStep,
    WebhookStep,
)
from koppeling_harness.model.shape import Text
from koppeling_harness.model.verdict import Cause, Outcome, Severity
from koppeling_harness.scenario.allowance import COMPARISON_LIMIT_S, Allowance
from koppeling_harness.scenario.expression import Functions, evaluate
from koppeling_harness.scenario.matcher import match, may_take_a_while
from koppeling_harness.scenario.pick import cut, pick
from koppeling_harness.traffic.capture import BODY_LIMIT_BYTES
from koppeling_harness.traffic.checks import RULES
from koppeling_harness.traffic.redactor import shortened
from koppeling_harness.value import dataclass

_RETRY_PAUSE_S = 0.05
_DONE = frozenset({200, 201})
_REFUSED = frozenset({401, 403, 503})
_NAMED = 3
_EDGE = "'edge'"
"""What an input asks whose texts just fit."""
_ORANGE = frozenset(rule.code for rule in RULES if rule.orange)


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """A part of a scenario, and how its failures count.

    Attributes:
        name: given, when, then or cleanup.
        prepares: Whether a refusal means that the scenario could not begin, not that it failed.
    """

    name: str
    prepares: bool


@dataclasses.dataclass(slots=True, kw_only=True)
class Stage:
    """Where the steps of one scenario act, and what they have saved until now.

    Attributes:
        environment: The environment that was opened for the scenario.
        client: The harness's own way to ERP1.
        trigger: The way to tell the integration to do something.
        judge: Gives what the traffic rules object to in what was recorded until now.
        redact: Replaces what is secret or private in what is told.
        look: Has long texts looked at beside the loop, so that `redact` gives them at once.
        learn: Asks the environment what the connectors take that were written to, for `judge`.
        names: What expressions may refer to; captures are added.
        functions: The generators that expressions may call.
        clock: Measures durations.
        step_limit_s: Time allowed for a step that sets no limit itself.
        patience: By how much the times that steps allow are multiplied.
        private_fields: Fields that the manifest marks as privacy-sensitive; no value of theirs
            is told.
    """

    environment: Environment
    client: ErpClient
    trigger: Trigger
    judge: Callable[[], Awaitable[tuple[Finding, ...]]]
    redact: Callable[[str], str]
    look: Callable[..., Awaitable[None]]
    learn: Callable[[], Awaitable[None]]
    names: dict[str, Any]
    functions: Functions
    clock: Clock
    step_limit_s: float
    patience: float
    private_fields: frozenset[str]


async def carry_out(step: Step, phase: Phase, stage: Stage) -> Stop | None:
    """Carry out one step; return why it did not succeed, None when it did."""
    deadline_s = stage.clock.elapsed_s() + (step.within_s or 0.0) * stage.patience
    while True:
        ended = await _once(step, phase, stage)
        if ended is None or ended.outcome is not Outcome.FAILED:
            return ended
        if stage.clock.elapsed_s() >= deadline_s:
            return ended
        await asyncio.sleep(_RETRY_PAUSE_S)


async def _once(step: Step, phase: Phase, stage: Stage) -> Stop | None:
    if isinstance(step, OperationStep) and _EDGE in str(step.input):
        await stage.learn()  # how much room the fields have that texts go to
    try:
        complete = filled(step, stage.names, stage.functions)
        expected = evaluate(step.expect, stage.names, stage.functions)
    except ConfigurationError as error:
        return _configuration(step, stage, error)
    done = await _act(complete, stage)
    if isinstance(done, Stop):
        return done
    return await _judge(complete, phase, stage, done, expected)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Done:
    """What a step gave, with what a failure should be able to show."""

    result: Mapping[str, Any]
    implied: Mapping[str, Any]
    """What is expected where the step does not say otherwise."""
    call: ErpCall | None = None
    note: str = ""
    findings: tuple[Finding, ...] = ()
    """What a step about findings looked at."""


async def _act(step: Step, stage: Stage) -> _Done | Stop:
    match step:
        case OperationStep():
            limit_s = (step.timeout_s or stage.step_limit_s) * stage.patience
            stage.environment.mark()
            given = await stage.trigger.operation(step, timeout_s=limit_s)
            if isinstance(given, Stop):
                return given
            return _Done(result=given, implied={"ok": True}, note=given["error"] or "")
        case ExchangesStep():
            await stage.look()
            exchanges = stage.environment.recording().exchanges
            items = [
                _exchange_item(each) | {"left": _left(each, exchanges)}
                for each in exchanges
                if step.exchanges.matches(each.method, each.path)
            ]
            return _Done(result={"count": len(items), "items": items}, implied={})
        case FindingsStep():
            findings = await stage.judge()
            return _Done(result=_findings_result(findings), implied={}, findings=findings)
        case WebhookStep():
            delivered = await stage.trigger.deliver(step)
            if isinstance(delivered, Stop):
                return delivered
            return _Done(result=delivered, implied={"status": {"$min": 200, "$max": 299}})
        case ClockStep() | FillStep() | AppConnectorStep():
            return await _changed_erp(step, stage)
        case GetStep() | InsertStep() | UpdateStep() | DeleteStep() | RequestStep():
            return await _call(step, stage)
        case _:
            assert_never(step)


async def _changed_erp(step: ClockStep | FillStep | AppConnectorStep, stage: Stage) -> _Done | Stop:
    match step:
        case ClockStep():
            return _aged(step, stage)
        case FillStep():
            return _filled_erp(step, stage)
        case AppConnectorStep():
            return await _administered(step, stage)
        case _:
            assert_never(step)


def _aged(step: ClockStep, stage: Stage) -> _Done | Stop:
    """Let what ERP1 keeps be older, where that can be."""
    if isinstance(stage.environment, AgingEnvironment):
        stage.environment.age(step.by)
        return _Done(result={}, implied={})
    return _only_emulated(step, nl="kan ouder worden", en="can grow older")


def _filled_erp(step: FillStep, stage: Stage) -> _Done | Stop:
    """Let ERP1 have more rows, where that can be."""
    if isinstance(stage.environment, FillingEnvironment):
        stage.environment.fill(step.fill)
        return _Done(result={}, implied={})
    return _only_emulated(step, nl="kan worden gevuld", en="can be filled")


async def _administered(step: AppConnectorStep, stage: Stage) -> _Done | Stop:
    """Change the app connector, where that can be; hand over a secret that is new."""
    if not isinstance(stage.environment, AdministeredEnvironment):
        return _only_emulated(step, nl="kan worden beheerd", en="can be administered")
    given = stage.environment.change_app_connector(step.app_connector)
    if given is not None:
        broken = await stage.trigger.hand_over(given, step.place)
        if broken is not None:
            return broken
    return _Done(result={}, implied={})


def _only_emulated(step: Step, *, nl: str, en: str) -> Stop:
    said = Said(
        nl=f"{describe(step)}: alleen de nagebootste ERP1 {nl}",
        en=f"{describe(step)}: only the emulated ERP1 {en}",
        hint="Say `shared: false`: then it is not carried out in a real environment.",
    )
    return stop(codes.EXPRESSION, Outcome.INCONCLUSIVE, Cause.CONFIGURATION, step.place, said)


async def _call(
    step: GetStep | InsertStep | UpdateStep | DeleteStep | RequestStep, stage: Stage
) -> _Done | Stop:
    call = _erp_call(step)
    limit_s = (step.timeout_s or stage.step_limit_s) * stage.patience
    try:
        answer = await stage.client.send(call, limit_s=limit_s)
    except ErpUnavailableError as error:
        return _unavailable(step, stage, call, error.message)
    except TimeoutError:
        return _unavailable(
            step, stage, call, f"{call.method} {call.path}: no answer in {limit_s} s"
        )
    expects_status = "status" in step.expect
    if answer.status in _REFUSED and not expects_status:
        return _unavailable(step, stage, call, _refusal(answer))
    implied = {"status": {"$one_of": [200, 201]}}
    return _Done(result=answer.result(), implied=implied, call=call, note=_refusal(answer))


async def _judge(
    step: Step, phase: Phase, stage: Stage, done: _Done, expected: Mapping[str, Any]
) -> Stop | None:
    limit_s = min(COMPARISON_LIMIT_S, step.timeout_s or stage.step_limit_s)
    try:
        differences = await _compared({**done.implied, **expected}, done.result, limit_s)
    except ConfigurationError as error:  # a matcher got nonsense from an expression
        return _configuration(step, stage, error)
    if differences:
        await stage.look(done.note, *(each.actual for each in differences))
        return _unexpected(step, phase, stage, done, differences)
    for name, path in step.save.items():
        try:
            stage.names[name] = pick(done.result, path)
        except ConfigurationError as error:
            return _configuration(step, stage, error)
    return None


async def _compared(
    expected: Mapping[str, Any], result: Mapping[str, Any], limit_s: float
) -> tuple[Difference, ...]:
    """Hold a result against what is expected; beside the loop when others would wait for it."""
    allowance = Allowance(limit_s)
    if not may_take_a_while(expected, result):
        return match(expected, result, allowance, whole=True)
    try:
        return await in_thread(match, expected, result, allowance)
    except asyncio.CancelledError:
        allowance.end()
        raise


def _unexpected(
    step: Step, phase: Phase, stage: Stage, done: _Done, differences: tuple[Difference, ...]
) -> Stop:
    redact = stage.redact
    shown = tuple(_told(each, stage) for each in differences)
    note = shortened(redact(done.note))
    nl, en = _found(step, done, shown[0])
    tail = f" ({note})" if note else ""
    said = Said(
        nl=nl + tail,
        en=en + tail,
        differences=shown,
        curl=redact(
            done.call.curl(stage.client.access.address, by_oauth=stage.client.signs_in_by_oauth)
        )
        if done.call
        else "",
    )
    if phase.prepares:
        outcome, cause, code = Outcome.INCONCLUSIVE, Cause.CONFIGURATION, codes.ERP_REFUSED
    else:
        outcome, cause, code = Outcome.FAILED, Cause.INTEGRATION, codes.EXPECTATION
    return stop(code, outcome, cause, step.place, said)


def _found(step: Step, done: _Done, first: Difference) -> tuple[str, str]:
    """Return in Dutch and English what was found and what was expected.

    Of a step about findings that is what they say: whoever reads it need not know the step.
    """
    at = first.path or "the result"
    expects_none = first.expected.startswith("not ")
    found = done.findings if expects_none else ()
    against = [each for each in found if each.code in json.dumps(step.expect)] or [
        each for each in found if each.level is Severity.ERROR or each.code in _ORANGE
    ]
    if against:
        told = [
            (each.code, each.text or Text(nl=each.message, en=each.message)) for each in against
        ]
        nl = "; ".join(f"{code}: {text.nl}" for code, text in told[:_NAMED])
        en = "; ".join(f"{code}: {text.en}" for code, text in told[:_NAMED])
        return f"{nl} (verwacht werd dat dit er niet was)", f"{en} (expected not to be there)"
    return (
        f"{describe(step)}: `{at}` is {first.actual}, verwacht werd {first.expected}",
        f"{describe(step)}: `{at}` is {first.actual}, expected {first.expected}",
    )


def _told(difference: Difference, stage: Stage) -> Difference:
    """Return a difference without secrets; of a privacy-sensitive field without what was found."""
    redact = stage.redact
    is_private = not stage.private_fields.isdisjoint(difference.path.split("."))
    actual = "[private]" if is_private else cut(redact(difference.actual))
    return replace(
        difference,
        path=shortened(redact(difference.path)),
        expected=cut(redact(difference.expected)),
        actual=actual,
    )


def _unavailable(step: Step, stage: Stage, call: ErpCall, message: str) -> Stop:
    text = shortened(stage.redact(message))
    said = Said(
        nl=f"{describe(step)}: {text}",
        en=f"{describe(step)}: {text}",
        curl=stage.redact(
            call.curl(stage.client.access.address, by_oauth=stage.client.signs_in_by_oauth)
        ),
    )
    return stop(codes.ERP_UNAVAILABLE, Outcome.INCONCLUSIVE, Cause.ENVIRONMENT, step.place, said)


def _configuration(step: Step, stage: Stage, error: ConfigurationError) -> Stop:
    text = shortened(stage.redact(error.message))
    said = Said(nl=text, en=text, hint=shortened(stage.redact(error.hint)))
    return stop(codes.EXPRESSION, Outcome.INCONCLUSIVE, Cause.CONFIGURATION, step.place, said)


def _refusal(answer: ErpAnswer) -> str:
    if answer.status < 400:
        return ""
    told = answer.body.get("externalMessage") if isinstance(answer.body, dict) else None
    return f"ERP1 answered {answer.status}" + (f": {told}" if told else "")


def _erp_call(step: GetStep | InsertStep | UpdateStep | DeleteStep | RequestStep) -> ErpCall:
    match step:
        case GetStep():
            return get_call(step)
        case InsertStep():
            return insert_call(step)
        case UpdateStep():
            return update_call(step)
        case DeleteStep():
            return delete_call(step)
        case RequestStep():
            return raw_call(step.request)
        case _:
            assert_never(step)


def _exchange_item(exchange: Exchange) -> dict[str, Any]:
    return {
        "number": exchange.number,
        "method": exchange.method,
        "path": exchange.path,
        "connector": exchange.connector,
        "query": exchange.query,
        "status": exchange.status,
        "request_headers": {name.lower(): value for name, value in exchange.request_headers},
        "request_body": _json_or_text(exchange.request_body),
        "response_body": _json_or_text(exchange.response_body),
        "duration_s": exchange.duration_s,
        "started_s": exchange.started_s,
        "fault": exchange.fault,
    }


def _left(write: Exchange, exchanges: Sequence[Exchange]) -> Any:
    """Return what a write left behind: its body, unless it was refused or deleted after it."""
    deleted = any(
        each.method == "DELETE"
        and each.number > write.number
        and (each.connector or "").lower() == (write.connector or "").lower()
        and each.erp_status in _DONE
        for each in exchanges
    )
    if deleted or write.method == "GET" or write.erp_status not in _DONE:
        return None
    return _json_or_text(write.request_body)


def _json_or_text(text: str | None) -> Any:
    if not text:
        return None
    if len(text) > BODY_LIMIT_BYTES:
        return text[:BODY_LIMIT_BYTES]  # as it is kept
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _findings_result(findings: tuple[Finding, ...]) -> dict[str, Any]:
    return {
        "count": len(findings),
        "codes": [each.code for each in findings],
        "items": [
            {
                "code": each.code,
                "level": each.level.value,
                "orange": each.level is Severity.WARNING and each.code in _ORANGE,
                "message": each.message,
            }
            for each in findings
        ],
    }
