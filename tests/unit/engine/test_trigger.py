"""What comes of a call to an integration, for each way in which it can end."""

import asyncio
from dataclasses import dataclass, field

import pytest

from koppeling_harness.clock import SystemClock
from koppeling_harness.document import load_yaml
from koppeling_harness.engine.stop import Stop
from koppeling_harness.engine.trigger import Trigger
from koppeling_harness.model.manifest import Manifest
from koppeling_harness.model.operation import OperationResult, RunContext
from koppeling_harness.model.scenario import OperationStep
from koppeling_harness.model.shape import Release
from koppeling_harness.model.verdict import Cause, Outcome
from koppeling_harness.plugin.breakdown import Breakdown, BreakdownKind
from support.tiny import MANIFEST

CONTEXT = RunContext(
    integration="tiny",
    scenario="s",
    base_url="http://127.0.0.1:1/T1/ProfitRestServices",
    token="<token/>",
    integration_id="12345_1",
    release=Release(label="Profit 8", version="8.0.1"),
    work_dir="work",
)


@dataclass
class Session:
    """A session of an integration that answers what a test wants."""

    answer: object
    log: str = ""
    webhook_url: str | None = None
    checks_traffic: bool = False
    ended: Breakdown | None = None
    calls: list[str] = field(default_factory=list)

    async def trigger(self, call, *, timeout_s):
        self.calls.append(call.operation)
        return self.answer

    async def check_traffic(self, exchanges):
        return self.answer

    async def finish(self, *, timeout_s):
        return self.ended


@dataclass
class Runner:
    opens: object
    opened: int = 0

    beside: tuple[object, ...] = ()

    async def open(self, context):
        self.opened += 1
        return self.opens

    async def open_beside(self, session, context):
        return self.beside[0]


async def nothing(*_):
    """Look at no text: they are short."""


async def no_exchanges():
    return ()


def triggered(opens, operation="read", redact=str):
    trigger = Trigger(
        Runner(opens),
        manifest=load_yaml(Manifest, MANIFEST.format(id="tiny"), name="koppeling.yaml"),
        context=CONTEXT,
        clock=SystemClock(),
        redact=redact,
        look=nothing,
    )
    step = OperationStep(operation=operation, place="a.yaml:7:5")
    return trigger, asyncio.run(trigger.operation(step, timeout_s=1))


OF_THE_INTEGRATION = (Outcome.FAILED, Cause.INTEGRATION)
ENDS = {
    BreakdownKind.RAISED: ("PLUGIN-RAISED", *OF_THE_INTEGRATION),
    BreakdownKind.HUNG: ("PLUGIN-HUNG", *OF_THE_INTEGRATION),
    BreakdownKind.CRASHED: ("PLUGIN-CRASHED", *OF_THE_INTEGRATION),
    BreakdownKind.NO_ANSWER: ("PLUGIN-NO-ANSWER", *OF_THE_INTEGRATION),
    BreakdownKind.NOT_STARTED: (*("PLUGIN-NOT-STARTED", Outcome.NOT_RUN, Cause.CONFIGURATION),),
    BreakdownKind.OUTPUT_FLOOD: ("OUTPUT-FLOOD", *OF_THE_INTEGRATION),
}


def test_every_way_in_which_a_call_can_end_is_held_here():
    assert set(ENDS) == set(BreakdownKind)


@pytest.mark.parametrize("kind", BreakdownKind)
@pytest.mark.parametrize("at_the_opening", [True, False])
def test_a_call_that_breaks_down_has_the_outcome_and_cause_of_its_kind(kind, at_the_opening):
    down = Breakdown(kind=kind, message="token 1234", hint="token 1234", log="log 1234")
    opens = down if at_the_opening else Session(answer=down)
    trigger, made = triggered(opens, redact=lambda text: text.replace("1234", "*"))

    assert isinstance(made, Stop)
    code, outcome, cause = ENDS[kind]
    if outcome is Outcome.NOT_RUN and not at_the_opening:
        outcome = Outcome.INCONCLUSIVE  # something of it was asked, and may have been done
    assert (made.finding.code, made.outcome, made.cause) == (code, outcome, cause)
    assert made.finding.where == "a.yaml:7:5"
    assert (made.finding.message, made.finding.hint) == ("token *", "token *")
    assert [each.ok for each in trigger.triggers] == ([] if at_the_opening else [None])
    assert trigger.log == ("log 1234" if at_the_opening else "")


def test_a_session_that_did_not_start_is_not_asked_anything():
    down = Breakdown(kind=BreakdownKind.NOT_STARTED, message="no such program")
    trigger, made = triggered(down)

    assert isinstance(made, Stop)
    assert (made.outcome, made.cause) == (Outcome.NOT_RUN, Cause.CONFIGURATION)
    assert asyncio.run(trigger.finish()) is None
    assert asyncio.run(trigger.check_traffic(no_exchanges)) == ()


def test_traffic_is_not_got_ready_for_an_integration_without_checks_of_its_own():
    trigger, _ = triggered(Session(answer=OperationResult(ok=True)))

    async def no_traffic():
        raise AssertionError

    assert asyncio.run(trigger.check_traffic(no_traffic)) == ()


def test_an_operation_that_the_manifest_lacks_is_never_triggered():
    session = Session(answer=OperationResult())
    _, made = triggered(session, operation="write")

    assert isinstance(made, Stop)
    assert (made.outcome, made.cause) == (Outcome.INCONCLUSIVE, Cause.CONFIGURATION)
    assert "write is not in the manifest (there are: read)" in made.finding.message
    assert session.calls == []


def test_what_an_operation_gives_is_what_expectations_see():
    trigger, made = triggered(Session(answer=OperationResult(ok=False, error="no", output=[1])))

    assert isinstance(made, dict)
    assert (made["ok"], made["output"], made["error"]) == (False, [1], "no")
    assert made["duration_s"] >= 0
    assert [each.ok for each in trigger.triggers] == [False]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (OperationResult(), False),
        (OperationResult(error="vol"), False),
        (OperationResult(ok=False), False),
        (OperationResult(ok=False, error="TypeError: fetch failed"), False),
        (OperationResult(ok=False, error="Profit is vol"), True),
    ],
)
def test_whether_the_user_was_told_is_seen_and_kept(answer, told):
    trigger, made = triggered(Session(answer=answer))

    assert isinstance(made, dict)
    assert made["told"] is told
    assert [each.told for each in trigger.triggers] == [told]


def test_how_a_session_ends_counts_unless_the_call_broke_down_before():
    ended = Breakdown(kind=BreakdownKind.CRASHED, message="gone")
    trigger, _ = triggered(Session(answer=OperationResult(), ended=ended))
    made = asyncio.run(trigger.finish())
    assert made is not None
    assert (made.outcome, made.cause, made.finding.where) == (
        *OF_THE_INTEGRATION,
        "koppeling_finish",
    )

    hung = Breakdown(kind=BreakdownKind.HUNG, message="slow")
    trigger, _ = triggered(Session(answer=hung, ended=ended))
    assert asyncio.run(trigger.finish()) is None


def test_all_operations_of_a_scenario_go_to_one_session():
    runner = Runner(Session(answer=OperationResult()))
    trigger = Trigger(
        runner,
        manifest=load_yaml(Manifest, MANIFEST.format(id="tiny"), name="koppeling.yaml"),
        context=CONTEXT,
        clock=SystemClock(),
        redact=str,
        look=nothing,
    )
    step = OperationStep(operation="read", place="a.yaml:7:5")

    async def twice():
        for _ in range(2):
            await trigger.operation(step, timeout_s=1)

    asyncio.run(twice())

    assert (runner.opened, runner.opens.calls) == (1, ["read", "read"])


@pytest.mark.parametrize(
    ("one", "other", "outcome"),
    [
        (OperationResult(), OperationResult(), (True, False)),
        (OperationResult(), OperationResult(ok=False, error="er loopt er al een"), (False, False)),
        (OperationResult(ok=False, error="bezig"), OperationResult(ok=False), (False, True)),
    ],
)
def test_of_runs_at_the_same_time_the_result_is_of_the_one_that_went_worst(one, other, outcome):
    runner = Runner(Session(answer=one), beside=(Session(answer=other, log="the other"),))
    trigger = Trigger(
        runner,
        manifest=load_yaml(Manifest, MANIFEST.format(id="tiny"), name="koppeling.yaml"),
        context=CONTEXT,
        clock=SystemClock(),
        redact=str,
        look=nothing,
    )
    step = OperationStep(operation="read", place="a.yaml:7:5", at_once=2)
    made = asyncio.run(trigger.operation(step, timeout_s=1))

    assert (made["ok"], made["silent"]) == outcome
    ((runs, ok),) = [(each.runs, each.ok) for each in trigger.triggers]
    assert (runs, ok) == (2, outcome[0])
    assert "the other" in trigger.log
    assert asyncio.run(trigger.finish()) is None
