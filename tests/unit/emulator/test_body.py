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
