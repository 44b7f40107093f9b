"""Plans: what is open, what a run shows, and what a plan is for."""

import pytest

from koppeling_harness.model.decisions import Decisions, Plan
from koppeling_harness.model.status import Status
from koppeling_harness.rules.plans import plan_problems
from support.registrations import (
    PASSED,
    a_registration,
    a_run,
    a_waiver,
    an_assessment,
    day,
    status_of,
)


def a_plan(what="Q1", due="2026-12-10", **more):
    return Plan(for_=what, owner="Bouw", steps=("herstellen",), due=day(due), **more)


def judged(*plans, runs=PASSED, registration=None):
    word = Decisions(of="voorbeeld", plans=plans)
    return status_of(registration or a_registration(an_assessment()), runs=runs, word=word)


def test_a_plan_is_a_duty_until_its_last_day_and_asks_for_attention_after_it():
    before, after = judged(a_plan()), judged(a_plan(due="2026-11-20"))
    (duty,) = [each for each in before.actions if each.key == "plan:Q1"]

    assert (duty.due, duty.who) == (day("2026-12-10"), "partner")
    assert before.status is Status.IN_ORDER
    assert after.status is Status.ATTENTION
    assert "PLAN-OVERDUE" in {each.code for each in after.flags}


RETRY = ("other", "retry[push]")


@pytest.mark.parametrize(
    ("run", "is_open"),
    [
        ({"asked": RETRY}, False),
        ({"asked": RETRY, "failed": ("other",)}, False),
        ({"asked": RETRY, "failed": ("retry[push]",)}, True),
        ({"asked": RETRY, "unproven": ("retry[push]",), "not_run": 1}, True),
        ({"asked": RETRY, "not_run": 1}, True),
        ({"asked": RETRY, "inconclusive": 1}, True),
        ({"asked": RETRY, "part": ("keyword",)}, True),
        ({"asked": ("other",)}, True),
    ],
)
def test_a_run_that_carried_it_out_without_the_failure_shows_that_a_plan_is(run, is_open):
    known = a_run("Profit 8", "2026-11-10", run_id="R", **run)
    registration = a_registration(an_assessment(), waivers=(a_waiver("retry"),))
    for what in ("retry", "W1"):
        status = judged(a_plan(what, verified_by="R"), runs=[known], registration=registration)
        assert any(each.key == f"plan:{what}" for each in status.actions) is is_open


@pytest.mark.parametrize(
    ("shown", "is_open"), [("Q2", False), ("Q1", True), ("Q0", True), ("R", True)]
)
def test_a_plan_for_an_assessment_is_carried_out_by_a_later_one(shown, is_open):
    registration = a_registration(
        an_assessment("rood", "2026-05-14"),
        an_assessment("groen", "2026-10-01", name="Q2"),
        an_assessment("groen", "2024-05-14", name="Q0"),
    )
    known = a_run("Profit 8", "2026-11-10", run_id="R", asked=RETRY)
    status = judged(a_plan(verified_by=shown), runs=[known], registration=registration)
    assert any(each.key == "plan:Q1" for each in status.actions) is is_open


def test_a_run_that_nobody_knows_shows_nothing():
    assert any(each.key == "plan:Q1" for each in judged(a_plan(verified_by="gone")).actions)


def test_a_plan_is_for_something_that_is_known_and_once():
    registration = a_registration(an_assessment())
    plans = [a_plan("Q1"), a_plan("retry[push]"), a_plan("rety"), a_plan("Q1")]
    found = list(plan_problems(plans, registration, ["retry"]))

    assert [each.path for each in found] == [("plans", 2, "for"), ("plans", 3, "for")]
    assert "Did you mean retry?" in found[0].text.en
