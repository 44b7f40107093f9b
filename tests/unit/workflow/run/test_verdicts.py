from itertools import combinations

import pytest

from koppeling_harness.errors import ExitCode, first_that_holds
from koppeling_harness.model.verdict import Cause, Level, Outcome
from koppeling_harness.workflow.run.verdicts import run_exit_code
from support.records import a_failure, a_result, a_run, a_set_aside, an_integration

ORDER = [ExitCode(each) for each in (2, 14, 1, 3, 12, 11, 10, 13, 16, 0)]

PASSED = an_integration(a_result())
FAILED = an_integration(a_failure(), id="failed")
ENVIRONMENT = an_integration(
    a_failure(outcome=Outcome.INCONCLUSIVE, cause=Cause.ENVIRONMENT), id="environment"
)
CONFIGURATION = an_integration(
    a_failure(outcome=Outcome.INCONCLUSIVE, cause=Cause.CONFIGURATION), id="configuration"
)
HARNESS = an_integration(a_failure(outcome=Outcome.INCONCLUSIVE, cause=Cause.HARNESS), id="harness")
NOT_RUN = an_integration(a_result(), required_ids=("left", "structure.integration-id"), id="not")
LAPSED = an_integration(
    a_result(), a_failure("extra", level=Level.RECOMMENDED), lapsed_waivers=("W1",), id="lapsed"
)
ASIDE = a_set_aside()
ALLOWED = a_set_aside(id="known", problem_kind="missing_runtime", missing_allowed=True)


@pytest.mark.parametrize(("one", "other"), list(combinations(ORDER, 2)))
def test_of_two_things_that_are_true_the_first_in_the_order_is_said(one, other):
    assert first_that_holds({other, one}) is one


@pytest.mark.parametrize(
    ("integrations", "code"),
    [
        ([PASSED], 0),
        ([PASSED, ALLOWED], 0),
        ([PASSED, ASIDE], 12),
        ([PASSED, ASIDE, ALLOWED], 12),
        ([ASIDE], 10),
        ([ALLOWED], 10),
        ([FAILED, ASIDE], 1),
        ([FAILED, HARNESS], 1),
        ([HARNESS, NOT_RUN], 3),
        ([NOT_RUN, ENVIRONMENT], 12),
        ([ENVIRONMENT, CONFIGURATION], 11),
        ([CONFIGURATION, PASSED], 10),
        ([CONFIGURATION, ASIDE], 12),
        ([LAPSED, PASSED], 13),
        ([LAPSED, CONFIGURATION], 10),
    ],
)
def test_the_exit_code_of_a_run_is_the_first_of_what_holds(integrations, code):
    assert run_exit_code(a_run(*integrations)) == code
    assert run_exit_code(a_run(*integrations), interrupted=True) == 2
