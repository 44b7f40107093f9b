import pytest

from koppeling_harness.emulator.body import read_body
from koppeling_harness.emulator.messages import Refusal


def test_keys_beside_fields_count_as_fields_and_the_action_does_not():
    name, (element,) = read_body(
        {"KnSubject": {"Element": {"@SbId": 5, "@action": "Delete", "Fields": {"Ds": "x"}}}}
    )

    assert name == "KnSubject"
    assert element.fields == {"SbId": 5, "Ds": "x"}
    assert element.keys == ("SbId",)
    assert element.action == "delete"


def test_an_absent_sub_object_is_no_line():
    _, (element,) = read_body(
        {"A": {"Element": {"Fields": {}, "Objects": [{"B": {"Element": None}}]}}}
    )

    assert element.objects == [("B", [])]


def test_empty_text_stands_for_content_that_is_not_there():
    _, (element,) = read_body(
        {"A": {"Element": {"@Id": 1, "Fields": "", "Objects": {"B": None, "C": {"Element": ""}}}}}
    )
    _, (other,) = read_body({"A": {"Element": {"Fields": {"X": ""}, "Objects": ""}}})

    assert (element.fields, element.objects) == ({"Id": 1}, [("B", []), ("C", [])])
    assert (other.fields, other.objects) == ({"X": ""}, [])


def test_an_object_may_be_a_list_of_elements_one_by_one():
    _, elements = read_body({"A": [{"Element": {"Fields": {"X": 1}}}, {"Element": {"@X": 2}}]})

    assert [each.fields for each in elements] == [{"X": 1}, {"X": 2}]


def test_text_left_over_from_xml_counts_for_nothing():
    _, (element,) = read_body(
        {"A": {"Element": {"#text": "s\r\n\t", "Fields": {"#text": [">"], "X": 1}}}}
    )

    assert element.fields == {"X": 1}


@pytest.mark.parametrize(
    "body",
    [
        None, [], {}, {"A": 1}, {"A": {}}, {"A": {"Element": []}}, {"A": {"Element": [1]}},
        {"A": {"Element": {"Fields": 1}}}, {"A": {"Element": {"Else": 1}}},
        {"A": {"Element": {"@Action": "merge"}}}, {"A": {"Element": {}}, "B": {"Element": {}}},
    ],
)  # fmt: skip
def test_what_has_not_the_shape_of_a_body_is_refused(body):
    with pytest.raises(Refusal):
        read_body(body)
