from dataclasses import replace

import pytest

from koppeling_harness.model.policy import Term
from koppeling_harness.model.registration import Colour
from koppeling_harness.rules.policy import AUDITOR, POLICIES, SLA, policy_problems, term


@pytest.mark.parametrize(
    ("policy", "months"),
    [
        (SLA, {"rood": (6, 6), "oranje": (12, 12), "groen": (36, 36)}),
        (AUDITOR, {"rood": (6, 6), "oranje": (15, 12), "groen": (36, 36)}),
    ],
)
def test_a_policy_says_what_each_colour_is_worth(policy, months):
    found = {colour: term(policy, colour) for colour in Colour}

    assert {
        colour: (each.valid_months, each.follow_up_months) for colour, each in found.items()
    } == months


def test_the_policies_that_come_with_the_harness_are_sound():
    assert [list(policy_problems(policy)) for policy in POLICIES.values()] == [[], []]


def test_equal_terms_are_sound():
    equal = Term(valid_months=12, follow_up_months=12)

    assert list(policy_problems(replace(SLA, red=equal, orange=equal, green=equal))) == []


def test_a_worse_colour_that_is_worth_more_and_a_late_follow_up_are_not():
    policy = replace(
        SLA,
        red=Term(valid_months=13, follow_up_months=6),
        green=Term(valid_months=36, follow_up_months=40),
    )

    assert [member for member, _ in policy_problems(policy)] == ["green", "red"]
