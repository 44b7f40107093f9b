"""An operation that only hangs is not tried for ever, and one that once answers always is."""

import asyncio

import pytest

from koppeling_harness.engine.breaker import TRIED_FIRST, Breaker
from koppeling_harness.model.fault import Fault, FaultKind
from koppeling_harness.model.scenario import OperationStep
from koppeling_harness.model.verdict import Cause, Outcome
from koppeling_harness.scenario.plan import PlannedScenario
from support.records import a_finding, a_result
from support.scenarios import a_manifest, a_scenario

HUNG = a_result(
    outcome=Outcome.FAILED, cause=Cause.INTEGRATION, findings=(a_finding("PLUGIN-HUNG"),)
)
FAILED = a_result(
    outcome=Outcome.FAILED, cause=Cause.INTEGRATION, findings=(a_finding("EXPECTATION"),)
)
UNREACHABLE = a_result(outcome=Outcome.INCONCLUSIVE, cause=Cause.ENVIRONMENT)


def planned(scenario: str, operation: str = "sync", name: str = "voorbeeld") -> PlannedScenario:
    scenario = a_scenario(scenario, when=(OperationStep(operation=operation),))
    return PlannedScenario(scenario=scenario, manifest=a_manifest(name=name), operation=None)


def of_example(scenario: str, *, operation: str = "sync", faults: tuple = ()) -> PlannedScenario:
    manifest = a_manifest()
    return PlannedScenario(
        scenario=a_scenario(scenario, faults=faults),
        manifest=manifest,
        operation=manifest.operation(operation),
    )


def refusal(breaker, planned):
    async def soon():
        async with asyncio.timeout(0.1):
            return await breaker.refusal(planned)

    return asyncio.run(soon())


OWN = [planned(each) for each in ("a", "b", "c", "d", "e")]
"""Of which none carries out the operation's example."""


def after(*results):
    """A breaker that knows of those that came to an end, whichever was first."""
    breaker = Breaker()
    assert breaker.expect([*OWN, planned("f", "other"), planned("g", name="another")]) == {0, 1, 2}
    for each, result in reversed(list(zip(OWN, results, strict=False))):
        breaker.note(each, result)
    return breaker


def test_after_the_first_three_in_the_plan_hung_the_rest_is_not_run():
    refused = refusal(after(*[HUNG] * TRIED_FIRST), OWN[3])

    assert refused is not None
    assert (refused.outcome, refused.cause) == (Outcome.NOT_RUN, Cause.INTEGRATION)
    assert refused.finding.code == "ONLY-HANGS"
    assert "sync gave no answer in its first 3 scenarios (a, b, c)" in refused.finding.message


def test_the_others_wait_until_the_first_three_have_ended():
    breaker = after(HUNG, HUNG)

    assert [refusal(breaker, each) for each in OWN[:3]] == [None, None, None]
    with pytest.raises(TimeoutError):
        refusal(breaker, OWN[4])


@pytest.mark.parametrize("other", [a_result(), FAILED])
def test_an_operation_that_answered_once_in_the_first_three_is_always_tried(other):
    assert refusal(after(HUNG, other, HUNG, HUNG, HUNG), OWN[4]) is None


def test_what_the_environment_did_is_no_answer_of_the_operation():
    assert refusal(after(UNREACHABLE, HUNG, HUNG), OWN[3]) is not None


def test_other_operations_and_other_integrations_are_tried():
    breaker = after(*[HUNG] * TRIED_FIRST)

    assert refusal(breaker, planned("f", "other")) is None
    assert refusal(breaker, planned("g", name="another")) is None


FAULTY, FIRST, OTHER = (
    of_example("disturbed", faults=(Fault(fault=FaultKind.STATUS, status=500),)),
    of_example("first"),
    of_example("other"),
)
PUSH = of_example("first", operation="push")


@pytest.mark.parametrize("waits", [FAULTY, OTHER])
def test_the_example_of_each_operation_is_tried_first_and_the_others_wait_for_it(waits):
    breaker = Breaker()

    assert breaker.expect([FAULTY, FIRST, OTHER, PUSH]) == {1}  # nothing waits for the only one
    assert refusal(breaker, FIRST) is None
    assert refusal(breaker, PUSH) is None
    with pytest.raises(TimeoutError):
        refusal(breaker, waits)


@pytest.mark.parametrize("result", [a_result(), FAILED, UNREACHABLE])
def test_an_example_that_answers_lets_the_others_be_tried(result):
    breaker = Breaker()
    breaker.expect([FAULTY, FIRST, OTHER])
    breaker.note(FIRST, result)

    assert [refusal(breaker, each) for each in (FAULTY, OTHER)] == [None, None]


def test_when_the_example_hangs_the_others_are_not_run():
    breaker = Breaker()
    breaker.expect([FAULTY, FIRST, OTHER])
    breaker.note(FIRST, HUNG)
    breaker.note(OTHER, a_result())  # it ran in an earlier run, whatever it says

    refused = refusal(breaker, FAULTY)
    assert refused is not None
    assert (refused.outcome, refused.cause) == (Outcome.NOT_RUN, Cause.INTEGRATION)
    assert "its example (first[sync])" in refused.finding.message


def test_who_waited_for_an_example_of_a_run_that_was_left_off_waits_no_longer():
    breaker = Breaker()
    breaker.expect([FAULTY, FIRST, OTHER])
    breaker.expect([FAULTY])

    assert refusal(breaker, FAULTY) is None
