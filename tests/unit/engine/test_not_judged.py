"""What was seen and not judged is neither a pass nor a failure."""

from datetime import date

import pytest

from koppeling_harness.engine.scenario_end import Course, outcome_of
from koppeling_harness.model.exchange import Recording
from koppeling_harness.model.verdict import Cause, Outcome, Severity
from koppeling_harness.scenario.plan import PlannedScenario
from support.records import a_finding
from support.scenarios import a_manifest, a_scenario

PLANNED = PlannedScenario(scenario=a_scenario(), manifest=a_manifest(), operation=None)


def outcome(*findings):
    course = Course(findings=list(findings))
    made = outcome_of(PLANNED, course, Recording(exchanges=()), day=date(2026, 11, 30))
    return made[:2], [each.finding.code for each in course.stops]


@pytest.mark.parametrize(
    ("code", "level"),
    [
        ("BODY-NOT-JUDGED", Severity.INFORMATION),
        ("NOT-JUDGED", Severity.INFORMATION),
        ("NOT-JUDGED", Severity.ERROR),
    ],
)
def test_a_scenario_in_which_not_all_was_judged_is_not_run(code, level):
    found = a_finding(code, level=level)

    assert outcome() == ((Outcome.PASSED, None), [])
    assert outcome(found) == ((Outcome.NOT_RUN, Cause.CONFIGURATION), ["NOT-JUDGED"])


def test_what_was_judged_and_found_wrong_counts_all_the_same():
    found = a_finding("BODY-NOT-JUDGED", level=Severity.INFORMATION)

    assert outcome(a_finding("STRUCT-27"), found)[0] == (Outcome.FAILED, Cause.INTEGRATION)
