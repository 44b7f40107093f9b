"""The way from a scenario to the integration: one session, opened when it is first needed."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, assert_never

from koppeling_harness.aside import CHUNK
from koppeling_harness.clock import Clock
from koppeling_harness.engine import codes
from koppeling_harness.engine.environment import WebhookSender
from koppeling_harness.engine.stop import Said, Stop, redacted_finding, stop
from koppeling_harness.model.access import HandedOver
from koppeling_harness.model.exchange import Exchange, TriggerRecord
from koppeling_harness.model.finding import Finding
from koppeling_harness.model.manifest import Manifest
from koppeling_harness.model.operation import OperationCall, OperationResult, RunContext
from koppeling_harness.model.scenario import OperationStep, WebhookStep
from koppeling_harness.model.verdict import Cause, Outcome
from koppeling_harness.plugin.session import (
    Breakdown,
    BreakdownKind,
    IntegrationRunner,
    Session,
)
from koppeling_harness.plugin.work_folder import OTHER_CUSTOMER
from koppeling_harness.rules.told import is_told
from koppeling_harness.traffic.redactor import shortened

_FINISH_LIMIT_S = 5.0
_PREPARE_LIMIT_S = 30.0
_MANY = 1000
"""Items of a list that are written as text in one go."""
_DEEP = 8


class Trigger:
    """Tells one integration to do things, for the length of one scenario.

    Args:
        runner: Gives sessions with the integration.
        manifest: What the integration declares.
        context: Where it finds ERP1.
        clock: Measures durations.
        redact: Replaces secrets in what the integration says.
        look: Has long texts looked at beside the loop, so that `redact` gives them at once.
        shown: What the scenario is called where its log is shown.
        webhooks: Tells the integration's service what happens in ERP1; None when nothing does.

    Attributes:
        triggers: What it was told to do, as it was told.
        tokens: The classic tokens that it was given, of one customer after the other.
        said: What it answered each time, as it stands: to be redacted before it is judged.
        limit: Of the scenario: how long it may take.
        waited_s: How long it waited for a process, which is no time of its own.
    """

    def __init__(
        self,
        runner: IntegrationRunner,
        *,
        manifest: Manifest,
        context: RunContext,
        clock: Clock,
        redact: Callable[[str], str],
        look: Callable[..., Awaitable[None]],
        shown: str = "",
        webhooks: WebhookSender | None = None,
    ) -> None:
        self._runner = runner
        self._manifest = manifest
        self._context = context
        self._work_dir = context.work_dir
        self._clock = clock
        self._redact = redact
        self._look = look
        self._shown = shown
        self._webhooks = webhooks
        self._log_of_opening = ""
        self._session: Session | None = None
        self._beside: list[Session] = []
        self._broken = False
        self.limit: asyncio.Timeout | None = None
        self.waited_s = 0.0
        self.triggers: list[TriggerRecord] = []
        self.said: list[str] = []
        self.tokens = [context.token]

    @property
    def log(self) -> str:
        """What the integration printed, as it stands: to be redacted before it is told."""
        sessions = [*filter(None, [self._session]), *self._beside]
        text = "".join(each.log for each in sessions) if sessions else self._log_of_opening
        return text.replace(self._context.scenario, self._shown) if text else ""

    @property
    def work_dir(self) -> str:
        """Its work folder; empty when there is none."""
        return self._work_dir

    async def connect(self, place: str) -> Stop | None:
        """Open the session now when ERP1 sends webhooks to it, not at the first operation."""
        if self._webhooks is None:
            return None
        opened = await self._open(place)
        return opened if isinstance(opened, Stop) else None

    async def _open(self, place: str) -> Session | Stop:
        if self._session is not None:
            return self._session
        opened = await self._opened()
        if isinstance(opened, Breakdown):
            self._log_of_opening = opened.log
            return await self._stopped(opened, place)
        self._session = opened
        if self._webhooks is not None and opened.webhook_url is not None:
            self._webhooks.subscribe(opened.webhook_url)
        return opened

    async def _opened(self) -> Session | Breakdown:
        """Open a session. Until a process is free for it, the time of the scenario stands still."""
        limit = self.limit
        ends_s = limit.when() if limit is not None else None
        if limit is None or ends_s is None:
            return await self._runner.open(self._context)
        limit.reschedule(None)  # to start and to prepare have limits of their own
        opened = await self._runner.open(self._context)
        if not isinstance(opened, Breakdown):
            self.waited_s = opened.waited_s
            limit.reschedule(ends_s + self.waited_s)
        return opened

    async def operation(self, step: OperationStep, *, timeout_s: float) -> dict[str, Any] | Stop:
        """Trigger an operation and return its result as expectations see it."""
        if self._manifest.operation(step.operation) is None:
            declared = ", ".join(each.name for each in self._manifest.operations)
            said = Said(
                nl=f"bewerking {step.operation} staat niet in het manifest (wel: {declared})",
                en=f"operation {step.operation} is not in the manifest (there are: {declared})",
            )
            return stop(
                codes.EXPRESSION, Outcome.INCONCLUSIVE, Cause.CONFIGURATION, step.place, said
            )
        session = await self._open(step.place)
        if isinstance(session, Stop):
            return session
        sessions = [session]
        for _ in range(1, step.at_once):
            beside = await self._runner.open_beside(session, self._context)
            if isinstance(beside, Breakdown):
                return await self._stopped(beside, step.place)
            sessions.append(beside)
            if beside is not session:
                self._beside.append(beside)
        call = OperationCall(operation=step.operation, input=step.input, context=self._context)
        started_s = self._clock.elapsed_s()
        answers = await asyncio.gather(
            *(each.trigger(call, timeout_s=timeout_s) for each in sessions)
        )
        answer = min(answers, key=_worst_first)
        await self._keep(call, answer, runs=len(answers))
        if isinstance(answer, Breakdown):
            self._broken = True
            return await self._stopped(answer, step.place)
        return _result(answer, self._clock.elapsed_s() - started_s)

    async def hand_over(self, given: HandedOver, place: str) -> Stop | None:
        """Give the integration what is new, as an administrator does: it is prepared again."""
        self._context = self._with(given)
        if self._session is None:
            return None
        broken = await self._session.prepare_again(self._context, timeout_s=_PREPARE_LIMIT_S)
        if broken is None:
            return None
        self._broken = True
        return await self._stopped(broken, place)

    def _with(self, given: HandedOver) -> RunContext:
        """Return the context with what is new in it; each customer has a folder of its own."""
        new: dict[str, Any] = {}
        if given.client is not None:
            secret = given.client.client_secret
            new |= {
                "client_id": given.client.client_id,
                "client_secret": secret.reveal() if secret else None,
            }
        if given.token is not None:
            new["token"] = given.token.reveal()
            self.tokens.append(new["token"])
        if given.base_url is not None:
            new["base_url"] = given.base_url
        if given.customer is not None:
            folder = Path(self._work_dir)
            if given.customer > 1 and self._work_dir:
                folder /= OTHER_CUSTOMER
                folder.mkdir(exist_ok=True)
            new["work_dir"] = str(folder) if self._work_dir else ""
        return replace(self._context, **new)

    async def _keep(
        self, call: OperationCall, answer: OperationResult | Breakdown, *, runs: int
    ) -> None:
        ok = None if isinstance(answer, Breakdown) else answer.ok
        told = not isinstance(answer, Breakdown) and is_told(answer)
        gave = not isinstance(answer, Breakdown) and answer.output is not None
        self.said.append("" if isinstance(answer, Breakdown) else await _as_text(answer))
        self.triggers.append(
            TriggerRecord(
                operation=call.operation,
                input=call.input,
                ok=ok,
                told=told,
                gave_output=gave,
                runs=runs,
            )
        )

    async def deliver(self, step: WebhookStep) -> dict[str, Any] | Stop:
        """Deliver a webhook and return its result as expectations see it."""
        session = await self._open(step.place)
        if isinstance(session, Stop):
            return session
        if self._webhooks is None or session.webhook_url is None:
            said = Said(
                nl="deze koppeling krijgt van deze omgeving geen webhooks",
                en="this integration gets no webhooks from this environment",
                hint="Name `webhooks` in its manifest; webhooks are there from Profit 8 on.",
            )
            return stop(
                codes.EXPRESSION, Outcome.INCONCLUSIVE, Cause.CONFIGURATION, step.place, said
            )
        started_s = self._clock.elapsed_s()
        status = await self._webhooks.deliver(session.webhook_url, step)
        return {"status": status, "duration_s": self._clock.elapsed_s() - started_s}

    async def check_traffic(
        self, exchanges: Callable[[], Awaitable[tuple[Exchange, ...]]]
    ) -> tuple[Finding, ...]:
        """Return what the integration's own traffic checks object to."""
        if self._session is None or self._broken or not self._session.checks_traffic:
            return ()
        found = await self._session.check_traffic(await exchanges())
        if isinstance(found, Breakdown):
            self._broken = True
            return ((await self._stopped(found, "koppeling_check_traffic")).finding,)
        for each in found:
            await self._look(each.message, each.where, each.hint)
        return tuple(
            replace(redacted_finding(each, self._redact), code=shortened(self._redact(each.code)))
            for each in found
        )

    async def finish(self) -> Stop | None:
        """End the session; return why that did not go well."""
        if self._session is None:
            return None
        if self._webhooks is not None:
            self._webhooks.unsubscribe()
        ended = await self._session.finish(timeout_s=_FINISH_LIMIT_S)
        for each in self._beside:
            ended = await each.finish(timeout_s=_FINISH_LIMIT_S) or ended
        if ended is None or self._broken:
            return None
        return await self._stopped(ended, "koppeling_finish")

    async def _stopped(self, breakdown: Breakdown, where: str) -> Stop:
        await self._look(breakdown.message, breakdown.hint)
        text = shortened(self._redact(breakdown.message))
        said = Said(nl=text, en=text, hint=shortened(self._redact(breakdown.hint)))
        if breakdown.kind is BreakdownKind.NOT_STARTED:
            # before anything was asked of it, nothing of the scenario was carried out
            outcome = Outcome.INCONCLUSIVE if self.triggers else Outcome.NOT_RUN
            cause = Cause.CONFIGURATION
        else:
            outcome, cause = Outcome.FAILED, Cause.INTEGRATION
        return stop(_code(breakdown.kind), outcome, cause, where, said)


async def _as_text(answer: OperationResult) -> str:
    """Return what an integration answered as JSON has it, so much in a turn of the loop."""
    pieces: list[str] = []
    size = 0
    for piece in _json_pieces(answer.output):
        pieces.append(piece)
        size += len(piece)
        if size > CHUNK:
            await asyncio.sleep(0)
            size = 0
    return f"{''.join(pieces)}\n{answer.error or ''}"


def _json_pieces(value: Any, depth: int = 0) -> Iterator[str]:
    """Yield a value as JSON has it, in pieces of which none is of more than a part of a long list.

    Args:
        value: What is told.
        depth: Of how many others it is a part; what is deep is no long list of many.
    """
    if isinstance(value, dict) and value and depth < _DEEP:
        before = "{"
        for name, each in value.items():
            yield f"{before}{_dumped(str(name))}: "
            yield from _json_pieces(each, depth + 1)
            before = ", "
        yield "}"
    elif isinstance(value, list) and len(value) > _MANY:
        for at in range(0, len(value), _MANY):
            yield f"{', ' if at else '['}{_dumped(value[at : at + _MANY])[1:-1]}"
        yield "]"
    elif isinstance(value, list) and value and depth < _DEEP:
        for at, each in enumerate(value):
            yield ", " if at else "["
            yield from _json_pieces(each, depth + 1)
        yield "]"
    else:
        yield _dumped(value)


def _dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _worst_first(answer: OperationResult | Breakdown) -> int:
    """Return by what answers of runs at the same time are put in order."""
    if isinstance(answer, Breakdown):
        return 0
    return 3 if answer.ok else 2 if is_told(answer) else 1


def _result(answer: OperationResult, duration_s: float) -> dict[str, Any]:
    return {
        "ok": answer.ok,
        "output": answer.output,
        "error": answer.error,
        "told": is_told(answer),
        "silent": not answer.ok and not is_told(answer),
        "duration_s": duration_s,
    }


def _code(kind: BreakdownKind) -> codes.Code:
    match kind:
        case BreakdownKind.RAISED:
            return codes.PLUGIN_RAISED
        case BreakdownKind.HUNG:
            return codes.PLUGIN_HUNG
        case BreakdownKind.CRASHED:
            return codes.PLUGIN_CRASHED
        case BreakdownKind.NO_ANSWER:
            return codes.PLUGIN_NO_ANSWER
        case BreakdownKind.NOT_STARTED:
            return codes.PLUGIN_NOT_STARTED
        case BreakdownKind.OUTPUT_FLOOD:
            return codes.OUTPUT_FLOOD
        case _:
            assert_never(kind)
