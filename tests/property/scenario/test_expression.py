"""Whatever text comes, an expression gives a value or says what is wrong with it."""

import random

from hypothesis import example, given
from hypothesis import strategies as st

from koppeling_harness.clock import SystemClock
from koppeling_harness.errors import ConfigurationError
from koppeling_harness.scenario.expression import Functions, evaluate

PIECES = st.sampled_from(
    ["${", "$${", "}", "(", ")", "a", ".", ",", "'", '"', "1", "-", " ", "unique", "repeat", "\n"]
)
TEXTS = st.lists(PIECES | st.text(max_size=3), max_size=12).map("".join)


def functions():
    return Functions(random=random.Random(1), clock=SystemClock())


@given(TEXTS)
@example("${repeat('a', 99999999999999999)}")
@example("$${")
def test_any_text_is_filled_in_or_refused(text):
    try:
        evaluate(text, {"a": {"a": "x"}}, functions())
    except ConfigurationError:
        refused = True
    else:
        refused = False

    assert "${" in text or not refused


@given(st.text())
def test_a_text_is_itself_when_its_expressions_are_escaped(text):
    escaped = text.replace("${", "$${")

    assert evaluate(escaped, {}, functions()) == text
