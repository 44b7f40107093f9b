import gc
import random
import weakref

import pytest

from koppeling_harness.clock import SystemClock
from koppeling_harness.scenario.functions import SIGNATURES, Functions


@pytest.fixture
def functions():
    return Functions(random=random.Random(1), clock=SystemClock())


def test_every_function_that_expressions_may_call_is_there(functions):
    arguments = {
        "unique": [8],
        "number": [1, 9],
        "text": [3],
        "repeat": ["a", 2],
        "base64": ["a"],
        "meant": ["two words", "accents"],
    }

    assert all(functions.call(name, arguments.get(name, [])) for name in SIGNATURES)


def test_an_input_for_another_time_has_other_keys_and_other_values(functions):
    key = functions.call("unique", [8])
    given = {"ref": f"A-{key}", "text": "twee woorden"}
    meant = functions.call("meant", [given, "accents"])

    assert meant["ref"].startswith("A-")
    assert meant["ref"] != given["ref"]
    assert meant["text"] != given["text"]


def test_what_a_scenario_used_goes_as_soon_as_nobody_uses_it_any_more():
    one = Functions(random=random.Random(1), clock=SystemClock())
    one.call("unique", [8])
    watched = weakref.ref(one)

    gc.disable()
    try:
        del one
        assert watched() is None
    finally:
        gc.enable()
