import pytest

from koppeling_harness.emulator.filters import Condition, read_compact, read_json, split_names
from koppeling_harness.emulator.messages import Refusal


def shape(alternatives):
    return [[each.field for each in group] for group in alternatives]


def test_a_comma_is_and_and_a_semicolon_is_or():
    assert shape(read_compact("A,B;C", "1,2;3", "1,1;1")) == [["A", "B"], ["C"]]


def test_left_to_right_spreads_what_follows_over_the_alternatives():
    found = read_compact("A;B,C", "1;2,3", "1;1,1", left_to_right=True)

    assert shape(found) == [["A", "C"], ["B", "C"]]


def test_empty_values_keep_their_place():
    found = read_compact("A,B", ",2", "8,1")

    assert found == [
        [Condition(field="A", operator=8, value=""), Condition(field="B", operator=1, value="2")]
    ]


@pytest.mark.parametrize(
    ("fields", "values", "operators"),
    [
        ("A,B", "1", "1,1"),
        ("A,B", "1;2", "1,1"),
        ("A", "1", "1,1"),
        ("A", "1", "16"),
        ("A", "1", "0"),
    ],
)
def test_parameters_of_other_shapes_and_unknown_operators_are_refused(fields, values, operators):
    with pytest.raises(Refusal):
        read_compact(fields, values, operators)


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '{"Filters":{}}',
        '{"Filters":{"Filter":[{"Field":{}}]}}',
        '{"Filters":{"Filter":[{"Field":[]}]}}',
        '{"Filters":{"Filter":[{"Field":{"@FieldId":["A"],"@OperatorType":1}}]}}',
        '{"Filters":{"Filter":[{"Field":{"@FieldId":"A","@OperatorType":1,"#text":{}}}]}}',
    ],
)
def test_json_of_another_shape_is_refused(text):
    with pytest.raises(Refusal):
        read_json(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("null", ""),
        ("true", "true"),
        ("1.50", "1.50"),
        ("1e3", "1000"),
        ('" x"', " x"),
        ("7", "7"),
    ],
)
def test_a_value_of_the_json_form_is_what_json_says(text, value):
    field = f'{{"@FieldId":"A","@OperatorType":"1","#text":{text}}}'
    ((found,),) = read_json('{"Filters":{"Filter":{"Field":' + field + "}}}")

    assert found.value == value


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("A,B", ["A", "B"]),
        ("['a,b'],C", ["['a,b']", "C"]),
        ("['x'y'] , -['a;b']", ["['x'y']", "-['a;b']"]),
        ("['a'],['b']", ["['a']", "['b']"]),
        ("A , B", ["A", "B"]),
    ],
)
def test_a_name_in_brackets_is_one_name(text, names):
    assert split_names(text) == (names, [","] * (len(names) - 1))
