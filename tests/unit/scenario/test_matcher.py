import pytest

from koppeling_harness.errors import ConfigurationError
from koppeling_harness.scenario.matcher import match
from koppeling_harness.scenario.pick import cut


def differences(expected, actual):
    return [(each.path, each.expected, each.actual) for each in match(expected, actual)]


MATCHING = [
    (1, 1.0),
    ({"a": 1}, {"a": 1, "b": 2}),
    ([1, {"a": 1}], [1, {"a": 1, "b": 2}]),
    ({"$any": True}, None),
    ({"$type": "string"}, ""),
    ({"$type": "integer"}, 3),
    ({"$type": "number"}, 3.5),
    ({"$type": "boolean"}, False),
    ({"$type": "null"}, None),
    ({"$type": "list"}, []),
    ({"$type": "mapping"}, {}),
    ({"$regex": "^[0-9]{4}$"}, "0012"),
    ({"$regex": "^(?:ab)+x"}, "ababx"),
    ({"$regex": "b$"}, "a" * 100_000 + "b"),
    ({"$not": {"$regex": "b.*c"}}, "a" * 100_000),
    ({"$decimal": "7.50"}, 7.5),
    ({"$decimal": "7.50"}, "7.5000"),
    ({"$decimal": "-0.5"}, "-.5"),
    ({"$decimal": 7}, "7.0"),
    ({"$decimal": "7.50", "tolerance": "0.01"}, "7.51"),
    ({"$date": "2026-11-02"}, "2026-11-02T08:30:00Z"),
    ({"$date": "2026-11-02T08:30:00"}, "2026-11-02T08:30:00Z"),
    ({"$date": "2026-11-02T08:30:00Z"}, "2026-11-02T08:30:00+01:00"),
    ({"$date": "2026-11-02T08:30:00", "tolerance_s": 2}, "2026-11-02T08:29:58"),
    ({"$date": "2026-11-02", "tolerance_s": 60}, "2026-11-02T00:01:00"),
    ({"$length": 2}, [1, 2]),
    ({"$length": {"min": 2}}, "abc"),
    ({"$length": {"min": 1, "max": 3}}, {"a": 1}),
    ({"$min": 1, "$max": 3}, 3),
    ({"$contains": "erklo"}, "Overklok erklo"),
    ({"$contains": 2}, [1, 2]),
    ({"$contains": {"a": 1}}, [{"a": 2}, {"a": 1, "b": 1}]),
    ({"$contains": "a"}, {"a": 1}),
    ({"$contains": {"a": 1}}, {"a": 1, "b": 2}),
    ({"$unordered": [1, 2, 2]}, [2, 1, 2]),
    ({"$unordered": [{"$any": True}, 1]}, [1, 5]),
    ({"$unordered": [{"$min": 1}, {"$min": 2}, {"$min": 3}]}, [3, 2, 1]),
    ({"a": {"$absent": True}}, {"b": 1}),
    ({"a": {"$one_of": [{"$absent": True}, 1]}}, {}),
    ({"a": {"$one_of": [{"$absent": True}, 1]}}, {"a": 1}),
    ({"$each": {"a": {"$type": "string"}}}, [{"a": "x"}, {"a": "y"}]),
    ({"$some": {"a": 1}}, [{"a": 2}, {"a": 1}]),
    ({"$not": 5}, 6),
    ({"a": {"$not": {"$absent": True}}}, {"a": None}),
    ({"$one_of": [200, {"$regex": "x"}]}, "axb"),
    ({"$exact": {"a": {"b": [1]}}}, {"a": {"b": [1]}}),
    ({"$distinct": True}, [1, "1", {"a": 1}]),
    ({"$distinct": "id"}, [{"id": 1, "x": 1}, {"id": 2, "x": 1}, {}, {}]),
]


@pytest.mark.parametrize(("expected", "actual"), MATCHING)
def test_it_matches(expected, actual):
    assert match(expected, actual) == ()


DIFFERING = [
    ("1", 1, ("", '"1" (string)', "1 (integer)")),
    (True, 1, ("", "true (boolean)", "1 (integer)")),
    (1, True, ("", "1 (integer)", "true (boolean)")),
    (None, "", ("", "null (null)", '"" (string)')),
    ("a", "b", ("", '"a"', '"b"')),
    ({"a": {"b": 1}}, {"a": {"b": 2}}, ("a.b", "1", "2")),
    ({"a": 1}, {}, ("a", "1", "nothing there")),
    ({"a": 1}, [1], ("", '{"a": 1} (mapping)', "[1] (list)")),
    ([1], {"a": 1}, ("", "[1] (list)", '{"a": 1} (mapping)')),
    ([1, 2], [1], ("", "a list of 2: [1, 2]", "a list of 1: [1]")),
    ([1, 2], [1, 3], ("1", "2", "3")),
    ({"rows": [{"Qu": 1}]}, {"rows": [{"Qu": 2}]}, ("rows.0.Qu", "1", "2")),
    ({"a": {"$any": True}}, {}, ("a", "anything", "nothing there")),
    ({"$type": "integer"}, True, ("", "type integer", "true (boolean)")),
    ({"$type": "string"}, None, ("", "type string", "null (null)")),
    ({"$regex": "^a"}, "ba", ("", "text of the form ^a", '"ba" (string)')),
    ({"$regex": "^1"}, 1, ("", "text of the form ^1", "1 (integer)")),
    ({"$decimal": "7.50"}, 7.51, ("", "the decimal 7.50", "7.51 (number)")),
    ({"$decimal": "7.50"}, "7,50", ("", "the decimal 7.50", '"7,50" (string)')),
    ({"$decimal": "1"}, True, ("", "the decimal 1", "true (boolean)")),
    ({"$decimal": "1"}, "NaN", ("", "the decimal 1", '"NaN" (string)')),
    (
        {"$decimal": "7.50", "tolerance": "0.01"},
        "7.52",
        ("", "the decimal 7.50 ± 0.01", '"7.52" (string)'),
    ),
    (
        {"$date": "2026-11-02"},
        "2026-11-03T00:00:00Z",
        ("", "the date 2026-11-02", '"2026-11-03T00:00:00Z" (string)'),
    ),
    (
        {"$date": "2026-11-02T08:00:00", "tolerance_s": 1},
        "2026-11-02T08:00:02",
        ("", "the date 2026-11-02T08:00:00 ± 1 s", '"2026-11-02T08:00:02" (string)'),
    ),
    ({"$date": "2026-11-02"}, 20261102, ("", "the date 2026-11-02", "20261102 (integer)")),
    ({"$date": "2026-11-02"}, "gisteren", ("", "the date 2026-11-02", '"gisteren" (string)')),
    ({"$length": 2}, [1], ("", "length 2", "[1] (list)")),
    ({"$length": {"min": 2}}, "a", ("", "length 2 or more", '"a" (string)')),
    ({"$length": {"max": 1}}, "ab", ("", "length 0 to 1", '"ab" (string)')),
    ({"$length": 1}, 1, ("", "length 1", "1 (integer)")),
    ({"$min": 1}, 0, ("", "a number of at least 1", "0 (integer)")),
    ({"$min": 0}, "1", ("", "a number of at least 0", '"1" (string)')),
    ({"$max": 1.5}, 2, ("", "a number of at most 1.5", "2 (integer)")),
    ({"$contains": "x"}, "abc", ("", 'something that contains "x"', '"abc"')),
    ({"$contains": 3}, [1, 2], ("", "something that contains 3", "[1, 2]")),
    ({"$contains": "b"}, {"a": 1}, ("", 'something that contains "b"', '{"a": 1}')),
    ({"$contains": {"a": 2}}, {"a": 1}, ("a", "2", "1")),
    ({"$contains": 1}, 1, ("", "something that contains 1", "1")),
    ({"$unordered": [1]}, [1, 2], ("", "a list of 1: [1]", "a list of 2: [1, 2]")),
    ({"$unordered": [1, 1]}, [1, 2], ("", "an element for 1", "[1, 2]")),
    ({"$unordered": [1]}, "1", ("", "in any order [1]", '"1" (string)')),
    ({"a": {"$absent": True}}, {"a": None}, ("a", "nothing there", "null (null)")),
    ({"$each": {"a": 1}}, [{"a": 1}, {"a": 2}], ("1.a", "1", "2")),
    ({"$each": 1}, [], ("", "at least one element, each 1", "[]")),
    ({"$some": 1}, [], ("", "an element like 1", "[]")),
    ({"$some": 1}, 1, ("", "an element like 1", "1")),
    ({"$not": {"$regex": "a"}}, "a", ("", "not text of the form a", '"a"')),
    ({"a": {"$not": 5}}, {}, ("a", "not 5", "nothing there")),
    ({"a": {"$not": {"$absent": True}}}, {}, ("a", 'not {"$absent": true}', "nothing there")),
    ({"$one_of": [200, 201]}, 500, ("", "one of [200, 201]", "500 (integer)")),
    ({"a": {"$one_of": [1]}}, {}, ("a", "one of [1]", "nothing there")),
    ({"$exact": {"a": 1}}, {"a": 1, "b": 2}, ("b", "nothing there", "2")),
    (
        {"$exact": {"a": [{"$any": True}, {}]}},
        {"a": [1, {"b": 2}]},
        ("a.1.b", "nothing there", "2"),
    ),
    ({"$exact": [{"$one_of": [{"a": 1}]}]}, [{"a": 1, "b": 2}], ("0", None, None)),
    ({"$distinct": True}, [1, 1], ("", "a list without equal elements", "[1, 1] (list)")),
    (
        {"$distinct": "a.b"},
        [{"a": {"b": 1}}] * 2,
        ("", "a list without equal elements in a.b", None),
    ),
    ({"$distinct": True}, "ab", ("", "a list without equal elements", '"ab" (string)')),
]


@pytest.mark.parametrize(("expected", "actual", "difference"), DIFFERING)
def test_it_differs_and_says_where_what_was_expected_and_what_was_found(
    expected, actual, difference
):
    (found,) = differences(expected, actual)

    for said, wanted in zip(found, difference, strict=True):
        assert wanted is None or said == wanted


def test_several_matchers_in_one_mapping_must_all_hold():
    assert len(match({"$type": "string", "$regex": "^x", "$length": 1}, "ab")) == 2


def test_every_place_that_differs_is_told():
    found = differences({"a": 1, "b": {"c": 2}, "d": 3}, {"a": 0, "b": {"c": 0}, "d": 3})

    assert [path for path, _, _ in found] == ["a", "b.c"]


def test_of_very_many_differences_the_rest_is_counted():
    found = match(list(range(100)), [-1] * 100)

    assert len(found) == 26
    assert found[-1].actual == "75 more"


def test_long_values_are_cut_off():
    (difference,) = match("a", "b" * 500)

    assert len(difference.actual) == 80


@pytest.mark.parametrize(
    ("expected", "message", "hint"),
    [
        ({"$regx": "a"}, "unknown matcher `$regx`", "`$regex`"),
        ({"$any": True, "name": 1}, "unknown key beside a matcher `name`", ""),
        ({"$min": 1, "tolerance": "1"}, "`tolerance`", ""),
        ({"$any": False}, "expected `$any` to be true", ""),
        ({"$absent": "yes"}, "expected `$absent` to be true", ""),
        ({"$type": "text"}, "expected `$type` to be one of string", ""),
        ({"$type": []}, "expected `$type` to be one of string", ""),
        ({"$regex": 3}, "expected `$regex` to be a pattern", ""),
        ({"$regex": "("}, "regular expression", ""),
        ({"$regex": "a" * 501}, "at most 500 characters", ""),
        ({"$regex": "(a+)+b"}, "repeats a group", "forever"),
        ({"$regex": "(a|a)*b"}, "repeats a group", "forever"),
        ({"$regex": "((a*))*"}, "repeats a group", "forever"),
        ({"$regex": "(x(a{2,})y){1,}"}, "repeats a group", "forever"),
        ({"$decimal": 7.5}, "as quoted text, found the number 7.5", "Quote it"),
        ({"$decimal": "zeven"}, 'a decimal such as "7.50"', ""),
        ({"$decimal": "1", "tolerance": "-1"}, "zero or more", ""),
        ({"$date": "2-11-2026"}, "a date such as", ""),
        ({"$date": 2026}, "a date such as", ""),
        ({"$date": "2026-11-02", "tolerance_s": "1"}, "a number of seconds", ""),
        ({"$length": "2"}, "a count", ""),
        ({"$length": {"mn": 2}}, "a count", ""),
        ({"$length": -1}, "a count", ""),
        ({"$min": "1"}, "expected `$min` to be a number", ""),
        ({"$one_of": 1}, "expected `$one_of` to be a list", ""),
        ({"$unordered": 1}, "expected `$unordered` to be a list", ""),
        ({"$distinct": 1}, "true or a path", ""),
    ],
)
def test_a_matcher_that_makes_no_sense_is_a_configuration_error(expected, message, hint):
    with pytest.raises(ConfigurationError) as caught:
        match(expected, "x")

    assert message in caught.value.message
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    "pattern", ["(ab)+", "[(a+)*]+", r"\(a+\)+", "(a[*|]b)+", "(a+)(b+)", "(a|b)"]
)
def test_a_pattern_that_cannot_run_away_is_allowed(pattern):
    match({"$regex": pattern}, "x")


def test_a_value_is_told_whole_when_asked_and_cut_off_afterwards():
    (told,) = match("x", "y" * 300, whole=True)

    assert "y" * 300 in told.actual
    assert cut(told.actual) == f'"{"y" * 76}...'
    assert [each.actual for each in match("x", "y" * 300)] == [cut(told.actual)]
