import random

import pytest

from koppeling_harness.errors import ConfigurationError
from koppeling_harness.scenario.expression import Functions, evaluate, parse
from support.clock import FixedClock

NAMES = {
    "values": {"ref": "UP-1", "count": 3, "deep": [{"id": "a"}, {"id": "b"}]},
    "project": "P0001",
    "found": {"Btw-nummer": "NL001", "open": True, "none": None, "hours": 7.5},
}


NOW = FixedClock("2026-06-30T22:30:05Z")
"""A summer evening that is the next day in Amsterdam."""


def filled(value, *, seed=1):
    return evaluate(value, NAMES, Functions(random=random.Random(seed), clock=NOW))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("${project}", "P0001"),
        ("${ project }", "P0001"),
        ("${values.count}", 3),
        ("${values.deep}", [{"id": "a"}, {"id": "b"}]),
        ("${values.deep.1.id}", "b"),
        ("${found.Btw-nummer}", "NL001"),
        ("${found.open}", True),
        ("${found.none}", None),
        ("UP ${project}/${values.count}", "UP P0001/3"),
        ("${project}${project}", "P0001P0001"),
        ("is ${found.open}, ${found.none}, ${found.hours}", "is true, null, 7.5"),
        ("$${project}", "${project}"),
        ("a $${b} ${project}", "a ${b} P0001"),
        ("$$${project}", "$${project}"),
        ("costs 3 $", "costs 3 $"),
        ("${repeat('ab', 3)}", "ababab"),
        ('${repeat("a,b)", 2)}', "a,b)a,b)"),
        ("${repeat(project, 2)}", "P0001P0001"),
        ("${base64('é')}", "w6k="),
        ("${today()}", "2026-07-01"),
        ("${today(-1)}", "2026-06-30"),
        ("${now()}", "2026-07-01T00:30:05"),
        ("${now(-3600)}", "2026-06-30T23:30:05"),
    ],
)
def test_an_expression_gives_what_it_refers_to(text, expected):
    assert filled(text) == expected


def test_values_inside_lists_and_mappings_are_filled_in_and_keys_are_not():
    value = {"${project}": ["${project}", {"a": ("${values.count}",)}], "n": 1}

    assert filled(value) == {"${project}": ["P0001", {"a": [3]}], "n": 1}


def test_generated_values_have_their_form():
    functions = Functions(random=random.Random(7), clock=NOW)

    def give(text):
        return evaluate(text, {}, functions)

    keys = [give("${unique(8)}") for _ in range(200)]
    assert len(set(keys)) == 200
    assert all(key.isalnum() and key.islower() and key[0].isalpha() for key in keys)
    assert {len(key) for key in keys} == {8}
    assert give("${uuid()}").count("-") == 4
    assert {give("${number(2, 3)}") for _ in range(50)} == {2, 3}
    assert len(give("${text(300)}")) == 300


def test_the_same_seed_gives_the_same_values():
    text = "${unique(8)} ${uuid()} ${number(1, 1000)} ${text(5)}"

    assert filled(text, seed=5) == filled(text, seed=5)
    assert filled(text, seed=5) != filled(text, seed=6)


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("${proyect}", "there is no `proyect`", "`project`"),
        ("${nowhere}", "there is no `nowhere`", "`save`"),
        ("${values.rf}", "`values` has ref, count, deep", "`ref`"),
        ("${values.deep.2.id}", "`values.deep` is a list of 2", ""),
        ("${values.deep.x}", "`values.deep` is a list of 2", "position"),
        ("${project.x}", '`project` is "P0001"', ""),
        ("${", "expected a name at character 3, found the end", "$${"),
        ("${project", "expected `}`", "$${"),
        ("${a b}", "expected `}` at character 5, found `b}`", "$${"),
        ("${project.}", "expected a key", ""),
        ("${repeat('a' 2)}", "expected `,` or `)`", ""),
        ("${repeat('a', )}", "expected a number, a quoted text or a name", ""),
        ("${__import__('os')}", "there is no function `__import__`", ""),
        ("${uniqeu(3)}", "there is no function `uniqeu`", "`unique`"),
        ("${unique()}", "expected `unique(length)`, found 0 arguments", ""),
        ("${uuid(1)}", "expected `uuid()`, found 1 arguments", ""),
        (
            "${unique('8')}",
            'expected a whole number as `length` of `unique(length)`, found "8"',
            "",
        ),
        ("${repeat(2, 2)}", "expected text as `text`", ""),
        ("${unique(found.open)}", "expected a whole number", ""),
        ("${unique(0)}", "expected 1 to 1000000 characters, found 0", ""),
        ("${text(2000000)}", "expected 0 to 1000000 characters", ""),
        ("${repeat('ab', 600000)}", "expected 0 to 1000000 characters", ""),
        ("${number(3, 2)}", "expected the lowest first", ""),
        ("${today(999999)}", "at most a hundred years", ""),
    ],
)
def test_what_cannot_be_filled_in_is_a_configuration_error_that_says_why(text, message, hint):
    with pytest.raises(ConfigurationError) as caught:
        filled(text)

    assert message in caught.value.message
    assert hint in caught.value.hint


def test_when_every_unique_key_is_given_it_says_so():
    functions = Functions(random=random.Random(1), clock=NOW)

    with pytest.raises(ConfigurationError, match="has given every key"):
        evaluate(["${unique(1)}"] * 27, {}, functions)


def test_a_text_without_expression_is_one_literal():
    assert parse("just text") == ("just text",)
    assert parse("") == ("",)
