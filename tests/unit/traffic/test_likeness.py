import pytest

from koppeling_harness.traffic.likeness import Meanings, body_differences, differences
from support.exchanges import HEADERS, Tape


def one(tape: Tape):
    (exchange,) = tape.exchanges
    return exchange


def test_the_order_of_parameters_and_members_says_nothing():
    was = one(Tape().write({"EmId": "1", "Qu": 7.5}, query="skip=0&take=10"))
    now = one(Tape().write({"Qu": 7.5, "EmId": "1"}, query="take=10&skip=0"))

    assert differences(was, now, Meanings()) == ()


def test_every_difference_has_its_place():
    was = one(Tape().write({"EmId": "1", "Qu": 7.5}, query="skip=0&take=10"))
    now = one(
        Tape().write(
            {"EmId": "2", "Ds": "x"},
            query="take=10&orderbyfieldids=EmId",
            request_headers=HEADERS | {"IntegrationId": "9", "Content-Type": "text/plain"},
        )
    )
    found = {each.path: (each.expected, each.actual) for each in differences(was, now, Meanings())}

    assert found == {
        "query orderbyfieldids": ("(absent)", "EmId"),
        "query skip": ("0", "(absent)"),
        "header integrationid": ("12345_67890", "9"),
        "header content-type": ("application/json;charset=utf-8", "text/plain"),
        "body.PtRealization.Element.Fields.Ds": ("(absent)", '"x"'),
        "body.PtRealization.Element.Fields.EmId": ("1", "2"),
        "body.PtRealization.Element.Fields.Qu": ("7.5", "(absent)"),
    }


def test_a_placeholder_stands_for_any_text_and_always_for_the_same():
    meanings = Meanings()

    assert meanings.matches("/x/[email:0123abcd]", "/x/[email:99999999]")
    assert meanings.matches(
        "to [email:0123abcd], [email:0123abcd]", "to " + ", ".join(["[email:99999999]"] * 2)
    )
    assert not meanings.matches("[email:0123abcd]", "someone else")
    assert not meanings.matches("[email:76543210]", "[email:99999999]")


def test_a_number_may_stand_where_the_recording_has_a_placeholder():
    assert body_differences('{"Qu": "[field:0123abcd]"}', '{"Qu": 7.5}', Meanings()) == ()


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ('{"a": 1}', '{"a": "1"}'),
        ('{"a": true}', '{"a": 1}'),
        ('{"a": []}', '{"a": [1]}'),
        ('{"a": null}', "{}"),
        ("[1, 2]", "[2, 1]"),
        ("<a/>", "<b/>"),
        (None, "x"),
    ],
)
def test_another_body_is_a_difference(was, now):
    assert body_differences(was, now, Meanings())


def test_one_and_one_point_nought_are_the_same_number():
    assert body_differences("[1, 2.50]", "[1.0, 2.5]", Meanings()) == ()
