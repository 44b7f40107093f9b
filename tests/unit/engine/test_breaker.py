"""An operation that only hangs is not tried for ever, and one that once answers always is."""

import pytest

from koppeling_harness.engine.breaker import HANGS, Breaker
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


def planned(operation: str = "sync", name: str = "voorbeeld") -> PlannedScenario:
    scenario = a_scenario(when=(OperationStep(operation=operation),))
    return PlannedScenario(scenario=scenario, manifest=a_manifest(name=name), operation=None)


def after(*results):
    breaker = Breaker()
    for each in results:
        breaker.note(planned(), each)
    return breaker


def test_after_three_hangs_and_nothing_else_the_rest_is_not_run():
    refused = after(*[HUNG] * HANGS).refusal(planned())

    assert refused is not None
    assert (refused.outcome, refused.cause) == (Outcome.NOT_RUN, Cause.INTEGRATION)
    assert refused.finding.code == "ONLY-HANGS"
    assert "sync" in refused.finding.message


@pytest.mark.parametrize("other", [a_result(), FAILED])
def test_an_operation_that_answered_once_is_always_tried(other):
    assert after(HUNG, other, *[HUNG] * HANGS).refusal(planned()) is None


def test_what_the_environment_did_is_no_answer_of_the_operation():
    assert after(UNREACHABLE, *[HUNG] * HANGS).refusal(planned()) is not None


def test_other_operations_and_other_integrations_are_tried():
    breaker = after(*[HUNG] * HANGS)

    assert breaker.refusal(planned("other")) is None
    assert breaker.refusal(planned(name="another")) is None
    assert after(*[HUNG] * (HANGS - 1)).refusal(planned()) is None
