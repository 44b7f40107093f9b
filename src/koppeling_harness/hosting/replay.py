"""Run an integration against a recording instead of an ERP, and judge what it did."""

import asyncio
import random
import secrets
import tempfile
from collections.abc import Sequence
from urllib.parse import parse_qs

from koppeling_harness.clock import Clock
from koppeling_harness.engine.engine import alias
from koppeling_harness.engine.scenario_run import names_at_start
from koppeling_harness.errors import ConfigurationError
from koppeling_harness.hosting.server import Doors
from koppeling_harness.model.access import ProxyAccess
from koppeling_harness.model.exchange import Recording
from koppeling_harness.model.fault import is_sign_in
from koppeling_harness.model.finding import Difference
from koppeling_harness.model.operation import OperationCall, RunContext
from koppeling_harness.model.run import ErpInfo
from koppeling_harness.model.scenario import OperationStep
from koppeling_harness.model.secret import Secret
from koppeling_harness.model.shape import Release, Text
from koppeling_harness.model.verdict import Outcome
from koppeling_harness.plugin.discover import Integration
from koppeling_harness.plugin.session import Breakdown, IntegrationRunner, Session
from koppeling_harness.rules.told import is_told
from koppeling_harness.scenario.expression import Functions, evaluate
from koppeling_harness.scenario.matcher import match
from koppeling_harness.scenario.plan import PlannedScenario
from koppeling_harness.traffic.gateway import Gateway
from koppeling_harness.traffic.redactor import Redactor
from koppeling_harness.traffic.replay import Replay, why_not
from koppeling_harness.value import dataclass

_STEP_LIMIT_S = 30.0
_ENVIRONMENT = "REPLAY"
_CLIENT = "client-of-the-recording"
"""By Basic a recording does not tell which one it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What an integration did against a recording.

    Attributes:
        outcome: Passed: it sent what was recorded, and what it said is what the scenario expects.
            Failed: it sent something else, or said something else. Inconclusive: the recording
            cannot tell.
        note: Why.
        differences: Between what was recorded and what it did.
    """

    outcome: Outcome
    note: Text
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A recording, with what is known of the run that it was made in.

    Attributes:
        recording: The recording.
        erp: Of that run.
        run_id: Of that run.
        seed: Of that run; None when it is not known.
    """

    recording: Recording
    erp: ErpInfo
    run_id: str
    seed: int | None


def replay_scenario(
    planned: PlannedScenario, integration: Integration, recorded: Recorded, *, clock: Clock
) -> Replayed:
    """Trigger what was triggered in a recording, and answer only from the recording.

    Steps that ask ERP1 itself are left out: there is none.
    """
    reason = why_not(recorded.recording)
    if reason:
        return _cannot(f"de opname is niet af te spelen: {reason}", f"no replay: {reason}")
    steps = [
        each
        for each in (*planned.scenario.given, *planned.scenario.when, *planned.scenario.then)
        if isinstance(each, OperationStep)
    ]
    triggers = recorded.recording.triggers
    if [each.operation for each in steps] != [each.operation for each in triggers]:
        return _cannot(
            "het scenario vraagt andere bewerkingen dan de opname",
            "the scenario asks for other operations than the recording holds",
        )
    return asyncio.run(_Playing(planned, integration, recorded, clock).run(steps))


class _Playing:
    def __init__(
        self,
        planned: PlannedScenario,
        integration: Integration,
        recorded: Recorded,
        clock: Clock,
    ) -> None:
        self._planned = planned
        self._integration = integration
        self._recorded = recorded
        self._clock = clock
        self._release = Release(
            label=recorded.erp.label, version=recorded.erp.version or recorded.erp.label
        )

    @property
    def _client_id(self) -> str | None:
        """Return the client that asked for a token in the recording; None for who asks for none."""
        use = self._integration.manifest.oauth
        if use is None:
            return None
        for each in self._recorded.recording.exchanges:
            if is_sign_in(each.path):
                said = parse_qs(each.request_body or each.query).get("client_id")
                if said:
                    return said[0]
        return use.client_id or _CLIENT

    @property
    def _client_secret(self) -> str | None:
        use = self._integration.manifest.oauth
        has_one = use is not None and not use.public and not use.certificates
        return secrets.token_hex(32) if has_one else None

    async def run(self, steps: Sequence[OperationStep]) -> Replayed:
        token = Secret(f"<token><version>1</version><data>{secrets.token_hex(32)}</data></token>")
        replay = Replay(
            self._recorded.recording,
            token=token,
            manifest=self._integration.manifest,
            key=secrets.token_bytes(32),
        )
        gateway = Gateway(redactor=Redactor(secrets.token_bytes(32)), clock=self._clock)
        door = gateway.open(_ENVIRONMENT, replay.app, secrets=(token,))
        doors = Doors()
        address = await doors.open(door, self._integration.manifest)
        base_url = f"{address}/{_ENVIRONMENT}/ProfitRestServices"
        proxy = await doors.proxy(door, self._integration.manifest)
        runner = IntegrationRunner(self._integration)
        try:
            with tempfile.TemporaryDirectory(
                prefix="koppeling-", ignore_cleanup_errors=True
            ) as work_dir:
                context = self._context(base_url, token, work_dir, proxy)
                said = await self._trigger(runner, context, steps)
        finally:
            await runner.close()
            gateway.close(_ENVIRONMENT)
            await doors.aclose()
        # a request that is not recorded says more than how the integration took its refusal
        return said if said is not None and not replay.unmatched else _judged(replay)

    def _context(
        self, base_url: str, token: Secret, work_dir: str, proxy: ProxyAccess | None
    ) -> RunContext:
        return RunContext(
            integration=self._planned.manifest.id,
            scenario=alias(f"{self._recorded.seed}/{self._planned.id}"),
            base_url=base_url,
            token=token.reveal(),
            integration_id=self._integration.manifest.integration_id,
            release=self._release,
            work_dir=work_dir,
            client_id=self._client_id,
            client_secret=self._client_secret,
            proxy_url=proxy.url if proxy else None,
            authority=proxy.authority if proxy else None,
        )

    async def _trigger(
        self, runner: IntegrationRunner, context: RunContext, steps: Sequence[OperationStep]
    ) -> Replayed | None:
        session = await runner.open(context)
        if isinstance(session, Breakdown):
            return _cannot(
                f"de koppeling startte niet: {session.message}",
                f"the integration did not start: {session.message}",
            )
        try:
            return await self._operations(session, context, steps)
        finally:
            await session.finish(timeout_s=5.0)

    async def _operations(
        self, session: Session, context: RunContext, steps: Sequence[OperationStep]
    ) -> Replayed | None:
        """Return why it cannot have passed, None when only the traffic is left to be judged."""
        for step, told in zip(steps, self._recorded.recording.triggers, strict=True):
            if told.runs > 1:
                return _cannot(
                    f"{told.operation} liep {told.runs} keer tegelijk; in welke volgorde zij "
                    "vraagt staat niet vast",
                    f"{told.operation} ran {told.runs} times at once; in which order it asks is "
                    "not fixed",
                )
            call = OperationCall(operation=told.operation, input=told.input, context=context)
            answer = await session.trigger(call, timeout_s=step.timeout_s or _STEP_LIMIT_S)
            if isinstance(answer, Breakdown):
                if told.ok is None:
                    continue
                return _other(
                    f"{told.operation}: {answer.message}", f"{told.operation}: {answer.message}"
                )
            if answer.ok is not told.ok:
                return _other(
                    f"{told.operation}: ok is {answer.ok}, eerst {told.ok}",
                    f"{told.operation}: ok is {answer.ok}, it was {told.ok}",
                )
            result = {
                "ok": answer.ok,
                "output": answer.output,
                "error": answer.error,
                "told": is_told(answer),
                "silent": not answer.ok and not is_told(answer),
            }
            ended = self._expectation(step, result)
            if ended is not None:
                return ended
        return None

    def _expectation(self, step: OperationStep, result: dict[str, object]) -> Replayed | None:
        try:
            expected = evaluate(step.expect, self._names(), self._functions())
            found = match(expected, result)
        except ConfigurationError:
            if "output" not in step.expect and "error" not in step.expect:
                return None
            return _cannot(
                "wat verwacht wordt hangt af van wat ERP1 gaf",
                "what is expected depends on what ERP1 gave",
            )
        if not found:
            return None
        if any(kind != "token" for kind, _ in self._recorded.recording.redacted):
            return _cannot(
                "de uitkomst is anders, maar in de opname zijn gegevens vervangen",
                "the result is another, but data in the recording was replaced",
            )
        return Replayed(
            outcome=Outcome.FAILED,
            note=Text(
                nl=f"{step.operation}: de uitkomst is niet wat verwacht wordt",
                en=f"{step.operation}: the result is not what is expected",
            ),
            differences=(),
        )

    def _functions(self) -> Functions:
        seed = f"{self._recorded.seed}/{self._planned.manifest.id}/{self._planned.id}"
        return Functions(random=random.Random(seed), clock=self._clock)  # noqa: S311 - test data

    def _names(self) -> dict[str, object]:
        if self._recorded.seed is None and self._planned.scenario.values:
            message = "the seed of the run is not known"
            raise ConfigurationError(message)
        return names_at_start(
            self._planned,
            environment=self._recorded.erp.environment,
            release=self._release,
            run_id=self._recorded.run_id,
            functions=self._functions(),
        )


def _judged(replay: Replay) -> Replayed:
    if replay.unmatched:
        first = replay.unmatched[0]
        near = f" ({first.nearest})" if first.nearest else ""
        return Replayed(
            outcome=Outcome.FAILED,
            note=Text(
                nl=f"{first.request} staat niet zo in de opname{near}",
                en=f"{first.request} is not in the recording like this{near}",
            ),
            differences=first.differences,
        )
    if replay.missing:
        missing = ", ".join(replay.missing)
        return _other(f"niet meer gevraagd: {missing}", f"no longer asked for: {missing}")
    return Replayed(
        outcome=Outcome.PASSED,
        note=Text(
            nl="verstuurt precies wat de gecertificeerde versie verstuurde",
            en="sends exactly what the certified version sent",
        ),
    )


def _other(nl: str, en: str) -> Replayed:
    return Replayed(outcome=Outcome.FAILED, note=Text(nl=nl, en=en))


def _cannot(nl: str, en: str) -> Replayed:
    return Replayed(outcome=Outcome.INCONCLUSIVE, note=Text(nl=nl, en=en))
