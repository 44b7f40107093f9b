import pytest

from koppeling_harness.engine.codes import PLUGIN_NOT_STARTED
from koppeling_harness.model.run import RequiredCount
from koppeling_harness.model.verdict import Cause, Outcome
from koppeling_harness.rules.verdict import verdict, with_waivers
from support.records import a_failure, a_finding
from support.registrations import a_result, a_waiver, day


def judged(
    *results, required=("login", "retry"), waivers=(), release="Profit 8", as_of="2026-11-23"
):
    return verdict(results, required=required, waivers=waivers, release=release, as_of=day(as_of))


def test_every_required_scenario_passed_is_passed():
    found = judged(a_result("login"), a_result("retry"))

    assert (found.outcome, found.waived) == ("passed", 0)
    assert found.required == RequiredCount(total=2, executed=2, passed=2, proven=0)


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        (("passed", "failed"), "failed"),
        (("inconclusive", "failed"), "failed"),
        (("not_run", "failed"), "failed"),
        (("passed", "inconclusive"), "inconclusive"),
        (("passed", "not_run"), "not_run"),
        (("inconclusive", "not_run"), "not_run"),
    ],
)
def test_the_outcome_of_two_required_scenarios(outcomes, expected):
    login, retry = outcomes

    assert judged(a_result("login", login), a_result("retry", retry)).outcome == expected


def test_a_required_scenario_without_a_result_is_not_run():
    found = judged(a_result("login"))

    assert found.outcome == "not_run"
    assert found.required == RequiredCount(total=2, executed=1, passed=1, proven=0)


def test_nothing_executed_is_never_passed():
    assert judged(required=()).outcome == "not_run"


def test_what_never_started_was_not_executed():
    never = a_failure(
        "retry",
        operation=None,
        outcome=Outcome.INCONCLUSIVE,
        cause=Cause.CONFIGURATION,
        findings=(a_finding(PLUGIN_NOT_STARTED.code),),
        exchanges=(),
    )
    found = judged(a_result("login"), never)

    assert found.outcome == "inconclusive"
    assert found.required == RequiredCount(total=2, executed=1, passed=1, proven=0)


def test_what_is_not_required_does_not_count():
    assert (
        judged(a_result("login"), a_result("extra", "failed"), required=["login"]).outcome
        == "passed"
    )


def test_an_operation_counts_by_its_own_id():
    found = judged(
        a_result("retry", operation="push"),
        a_result("retry", "failed", operation="sync"),
        required=["retry[push]"],
    )

    assert found.outcome == "passed"


def test_what_passed_at_a_second_try_did_not_pass():
    assert (
        judged(a_result("login", "failed"), a_result("login"), required=["login"]).outcome
        == "failed"
    )


def test_a_waived_failure_passes_and_is_counted_apart():
    found = judged(a_result("login"), a_result("retry", "failed"), waivers=[a_waiver("retry")])

    assert (found.outcome, found.waived) == ("passed", 1)
    assert found.required == RequiredCount(total=2, executed=2, passed=1, proven=0)


@pytest.mark.parametrize(
    ("as_of", "expected"), [("2026-12-31", "passed"), ("2027-01-01", "failed")]
)
def test_a_waiver_holds_through_its_last_day(as_of, expected):
    found = judged(
        a_result("login"), a_result("retry", "failed"), waivers=[a_waiver("retry")], as_of=as_of
    )

    assert found.outcome == expected


def test_a_waiver_for_another_release_does_not_count():
    found = judged(
        a_result("login"),
        a_result("retry", "failed"),
        waivers=[a_waiver("retry", releases=("Profit 7",))],
    )

    assert found.outcome == "failed"


@pytest.mark.parametrize("code", ["NOT-PROVEN", "FAULT-NOT-FIRED"])
def test_what_ran_and_proves_nothing_can_be_waived(code):
    bare = a_failure(
        "retry",
        operation=None,
        outcome=Outcome.NOT_RUN,
        cause=Cause.CONFIGURATION,
        findings=(a_finding(code),),
    )
    (marked,) = with_waivers([bare], [a_waiver()], release="Profit 8", as_of=day("2026-11-23"))

    assert marked.waiver == "W1"
    assert judged(a_result("login"), bare).outcome == "not_run"
    for found in (
        judged(a_result("login"), bare, waivers=[a_waiver()]),
        judged(a_result("login"), marked),
    ):
        assert (found.outcome, found.waived) == ("passed", 1)


@pytest.mark.parametrize("outcome", ["inconclusive", "not_run"])
def test_what_was_never_judged_cannot_be_waived(outcome):
    found = judged(a_result("login"), a_result("retry", outcome), waivers=[a_waiver("retry")])

    assert (found.outcome, found.waived) == (outcome, 0)
