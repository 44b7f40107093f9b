"""That a pattern of a scenario never holds up a run, and finds what `re` finds."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koppeling_harness.errors import ConfigurationError
from koppeling_harness.scenario.allowance import Allowance
from koppeling_harness.scenario.matcher import match, may_take_a_while
from koppeling_harness.scenario.pattern import pattern_of

SLOW = [
    (r"^.*.*.*.*.*=x$", "a" * 9_000 + "="),
    (r"a*a*a*a*a*[^a!]", "a" * 4_000 + "!"),
    (r".*,.*,.*,.*,.*;z", "," * 3_000 + ";y"),
    (r"x*x*x*x*x*\b\B", "x" * 5_000),
]


@pytest.mark.parametrize(("pattern", "text"), SLOW)
def test_a_pattern_that_never_ends_is_ended(pattern, text):
    began = time.monotonic()
    told = ""
    try:
        assert pattern_of(pattern).is_in(text, Allowance(patterns_s=0.2)) is False
    except ConfigurationError as error:
        told = error.message
    assert told == "" or f"took too long on a text of {len(text)} characters" in told
    assert time.monotonic() - began < 5


def test_all_patterns_of_one_comparison_share_one_limit():
    texts = ["a" * 4_000 + "!"] * 1_000
    expected = {"$each": {"$not": {"$regex": "a*a*a*a*a*[^a!]"}}}

    began = time.monotonic()
    with pytest.raises(ConfigurationError, match="took too long"):
        match(expected, texts, Allowance(patterns_s=0.2))

    assert time.monotonic() - began < 5


def test_a_comparison_of_very_many_members_is_ended():
    many = [{"a": each} for each in range(20_000)]
    with pytest.raises(ConfigurationError, match=r"took more than 0\.2 s"):
        match({"$unordered": many[::-1]}, many, Allowance(limit_s=0.2))


def test_a_comparison_can_be_ended_from_elsewhere():
    allowance = Allowance()
    allowance.end()
    many = [{"a": each} for each in range(1_000)]
    with pytest.raises(ConfigurationError):
        match({"$unordered": many}, many, allowance)


@pytest.mark.parametrize(
    ("expected", "result", "slow"),
    [
        ({"a": {"$regex": "^[0-9]+$"}}, {}, False),
        ({"a": [{"$not": {"$regex": "a.*b.*c"}}]}, {}, True),
        ({"$regex": "(?:ab)+"}, "", True),
        ({}, {"rows": [{"a": 1}] * 6_000}, True),
        ({}, {"rows": [{"a": 1}] * 100}, False),
    ],
)
def test_what_may_take_a_while_is_known_before(expected, result, slow):
    assert may_take_a_while(expected, result) is slow


@given(
    st.sampled_from(
        [
            r"a.*b",
            r"^\w+-\d+$",
            r"(?:a|b)c*d*",
            r"\bx+y+\b",
            r"(?i)geblokkeerd|blocked",
            r"[^,]*,.*$",
        ]
    ),
    st.text(alphabet="abcdxy,- 12\n", max_size=40),
)
def test_the_same_is_found_as_by_the_standard_library(pattern, text):
    assert pattern_of(pattern).is_in(text, Allowance()) is (re.search(pattern, text) is not None)
