from datetime import date

import pytest

from koppeling_harness.model.registration import Waiver
from koppeling_harness.model.verdict import Cause, Outcome
from koppeling_harness.rules.verdict import settled, verdict, with_waivers
from support.records import a_failure, a_result

DAY = date(2026, 11, 25)
UNREACHABLE = a_failure("x", operation=None, outcome=Outcome.INCONCLUSIVE, cause=Cause.ENVIRONMENT)
PASSED = a_result("x")
FAILED = a_failure("x", operation=None)


def test_one_attempt_is_what_it_is():
    assert settled([PASSED], run_ids=["r"]) == PASSED


@pytest.mark.parametrize(
    ("attempts", "outcome", "on_retry"),
    [
        ([UNREACHABLE, PASSED], Outcome.INCONCLUSIVE, True),
        ([FAILED, PASSED], Outcome.FAILED, True),
        ([UNREACHABLE, FAILED], Outcome.FAILED, False),
        ([UNREACHABLE, UNREACHABLE], Outcome.INCONCLUSIVE, False),
        ([PASSED, PASSED], Outcome.PASSED, False),
    ],
)
def test_the_worst_attempt_counts_and_passed_on_retry_is_a_mark(attempts, outcome, on_retry):
    found = settled(attempts, run_ids=["first", "second"])

    assert (found.outcome, found.passed_on_retry) == (outcome, on_retry)
    assert [(each.outcome, each.run_id) for each in found.attempts] == [
        (attempts[0].outcome, "first"),
        (attempts[1].outcome, "second"),
    ]


def test_attempts_of_attempts_stay_in_sight():
    first = settled([UNREACHABLE, PASSED], run_ids=["a", "a"])
    found = settled([first, PASSED], run_ids=["a", "b"])

    assert [each.run_id for each in found.attempts] == ["a", "a", "b"]
    assert found.passed_on_retry
    assert found.outcome is Outcome.INCONCLUSIVE


def test_passed_on_retry_does_not_count_as_passed():
    found = settled([UNREACHABLE, PASSED], run_ids=["a", "a"])
    judged = verdict([found], required=["x"], release="Profit 8", as_of=DAY)

    assert judged.outcome is Outcome.INCONCLUSIVE
    assert (judged.required.executed, judged.required.passed) == (1, 0)


def test_a_waiver_marks_what_it_covers_and_the_mark_is_enough():
    waiver = Waiver(
        id="W1",
        scenario="x",
        releases=("Profit 8",),
        reason="Wordt hersteld",
        owner="O. Wner",
        approved_by="R. Viewer",
        until=date(2026, 12, 31),
    )
    marked = with_waivers([FAILED, PASSED], [waiver], release="Profit 8", as_of=DAY)
    judged = verdict(marked[:1], required=["x"], release="Profit 8", as_of=DAY)

    assert [each.waiver for each in marked] == ["W1", ""]
    assert (judged.outcome, judged.waived) == (Outcome.PASSED, 1)
    assert with_waivers([FAILED], [waiver], release="Profit 9", as_of=DAY) == (FAILED,)
