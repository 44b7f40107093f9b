import json

import pytest

from koppeling_harness.rules.removal import REMOVALS, answered_keys, removal_of, written_keys


def body(root, *elements):
    each = list(elements)
    return json.dumps({root: {"Element": each if len(each) > 1 else each[0]}}).encode()


def test_keys_are_found_beside_the_fields_and_among_them():
    beside = body("KnSubject", {"@SbId": 7, "Fields": {"Ds": "x"}})
    among = body("PtProject", {"Fields": {"PrId": "P1", "Ds": "x"}})

    assert written_keys("KnSubject", beside) == ({"SbId": "7"},)
    assert written_keys("ptproject", among) == ({"PrId": "P1"},)


def test_of_several_elements_each_has_its_keys():
    several = body("PtProject", {"Fields": {"PrId": "P1"}}, {"Fields": {"Ds": "numbered"}})

    assert written_keys("PtProject", several) == ({"PrId": "P1"}, {})


@pytest.mark.parametrize(
    "answer",
    [
        {"results": {"PtRealization": {"XpRe": "r", "Id": "301"}}},
        {"results": {"PtRealization": [{"XpRe": "r", "Id": 301}]}},
        {"Id": "301"},
    ],
)
def test_keys_are_taken_from_an_answer_with_and_without_its_wrapping(answer):
    assert answered_keys("PtRealization", json.dumps(answer).encode()) == ({"Id": "301"},)


@pytest.mark.parametrize("text", [b"", b"{", b"[1]", b'"x"', b'{"PtProject": 1}', b"\xff"])
def test_what_is_no_body_of_afas_names_nothing(text):
    assert written_keys("PtProject", text) == ()
    assert not any(answered_keys("PtProject", text))


def test_values_are_escaped_in_the_path_that_deletes():
    removal = removal_of("PtProject")

    assert removal.delete_path({"PrId": "A/1 b"}) == (
        "/connectors/PtProject/PtProject/@PrId/A%2F1%20b"
    )


def test_an_entry_is_deleted_by_administration_journal_and_number():
    path = removal_of("FiEntries").delete_path({"UnId": "1", "JoCo": "50", "EnNo": "7"})

    assert path == "/connectors/FiEntries/FiEntryPar/UnId,JoCo/1,50/FiEntries/@EnNo/7"


def test_what_is_made_harmless_is_only_what_cannot_be_deleted():
    assert all(not each.path for each in REMOVALS.values() if each.neutral)
