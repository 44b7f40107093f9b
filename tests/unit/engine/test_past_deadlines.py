"""A scenario whose calls sign in by what AFAS has ended: it fails, from the day after the last."""

from datetime import date

import pytest

from koppeling_harness.engine.scenario_end import Course, outcome_of
from koppeling_harness.model.exchange import Recording
from koppeling_harness.model.verdict import Cause, Outcome, Severity
from koppeling_harness.traffic.checks.access import schemes_of
from support.exchanges import HEADERS, Tape
from unit.engine.test_not_judged import PLANNED

LAST, AFTER = date(2027, 8, 31), date(2027, 9, 1)
BEARER = {**HEADERS, "Authorization": "Bearer [token:0123abcd]"}


def judged(tape, day):
    course = Course()
    outcome, cause, _ = outcome_of(
        PLANNED, course, Recording(exchanges=tuple(tape.exchanges)), day=day
    )
    return outcome, cause, [each.code for each in course.findings]


@pytest.mark.parametrize(
    ("headers", "day", "codes"),
    [
        (HEADERS, LAST, []),
        (HEADERS, AFTER, ["DEADLINE-PAST"]),
        (BEARER, AFTER, []),
    ],
)
def test_a_classic_token_is_held_against_it_from_the_day_after_its_last(headers, day, codes):
    outcome, cause, found = judged(Tape().call(request_headers=headers), day)

    assert found == codes
    assert (outcome is Outcome.FAILED) == bool(codes)
    assert cause is (Cause.INTEGRATION if codes else cause)


def test_it_says_what_ended_when_and_what_to_do():
    course = Course()
    outcome_of(PLANNED, course, Recording(exchanges=tuple(Tape().call().exchanges)), day=AFTER)

    [finding] = course.findings
    assert finding.level is Severity.ERROR
    assert "stopped on 1 September 2027" in finding.message
    assert "Sign in by OAuth" in finding.hint
    assert finding.text is not None
    assert "stopte op 1 september 2027" in finding.text.nl


def test_what_is_no_call_with_a_token_signs_in_by_nothing():
    tape = Tape().call(path="/oauth/token").call(method="OPTIONS").call(request_headers=BEARER)

    assert schemes_of(tape.exchanges) == ("bearer",)
