import pytest

from koppeling_harness.model.change import Breaking, Side
from koppeling_harness.watch.compare import compare
from support.updates import a_field, a_release, an_object, classes, said, with_objects

B, P, C = Breaking.BREAKING, Breaking.POSSIBLY, Breaking.COMPATIBLE


def written(before, after):
    """What changes for who writes to KnX, when its fields go from one to the other."""
    return compare(a_release(update={"KnX": before}), a_release(update={"KnX": after})).changes


def read(before, after):
    """What changes for who reads from GetX."""
    return compare(a_release(get={"GetX": before}), a_release(get={"GetX": after})).changes


def test_a_release_compared_with_itself_has_no_differences():
    release = a_release(
        get={"GetX": [a_field("A")]},
        update={"KnX": with_objects([a_field("A")], an_object("KnY", a_field("B")))},
        endpoints=["/reportconnector"],
    )

    assert compare(release, release).changes == ()


@pytest.mark.parametrize(
    ("before", "after", "kind", "hurts_writer", "hurts_reader"),
    [
        ({"length": 80}, {"length": 120}, "length_increased", C, P),
        ({"length": 120}, {"length": 80}, "length_decreased", B, C),
        ({"length": 80}, {"length": 0}, "length_increased", C, P),
        ({"length": 0}, {"length": 80}, "length_decreased", B, C),
        ({"values": "AB"}, {"values": "A"}, "enum_value_removed", B, C),
        ({"values": "A"}, {"values": "AB"}, "enum_value_added", C, P),
        ({"values": "A"}, {}, "values_unrestricted", C, P),
        ({}, {"values": "A"}, "values_restricted", P, C),
        ({"type": "int"}, {"type": "string"}, "type_changed", B, B),
        ({"mandatory": False}, {"mandatory": True}, "became_required", B, C),
        ({"mandatory": True}, {"mandatory": False}, "became_optional", C, C),
        (
            {"type": "decimal", "decimals": 2},
            {"type": "decimal", "decimals": 0},
            "decimals_decreased",
            P,
            P,
        ),
        (
            {"type": "decimal", "decimals": 2},
            {"type": "decimal", "decimals": 4},
            "decimals_increased",
            C,
            P,
        ),
    ],
)
def test_a_change_of_a_field_is_classed_for_who_writes_and_who_reads(
    before, after, kind, hurts_writer, hurts_reader
):
    for change, expected in (
        (written([a_field("A", **before)], [a_field("A", **after)]), hurts_writer),
        (read([a_field("A", **before)], [a_field("A", **after)]), hurts_reader),
    ):
        assert [(each.path, each.kind, each.breaking) for each in change] == [("A", kind, expected)]


def test_a_field_that_goes_breaks_and_one_that_comes_does_not_unless_it_must_be_sent():
    changes = written(
        [a_field("Old")], [a_field("New"), a_field("Must", mandatory=True, type="int")]
    )

    assert classes(changes) == {"Old": B, "Must": B, "New": C}
    assert ("KnX", "Must", "required_field_added", "", "int") in said(changes)
    assert classes(read([a_field("Old")], [a_field("New")])) == {"Old": B, "New": C}


def test_an_object_that_comes_or_goes_whole_is_one_change():
    without = [a_field("A")]
    person = an_object("KnPerson", a_field("Nm"), a_field("EmAd"))
    contact = {**an_object("KnContact"), "objects": [person]}
    whole = with_objects([a_field("A")], contact)

    assert said(written(without, whole)) == [("KnX", "KnContact", "object_added", "", "KnContact")]
    assert said(written(whole, without)) == [
        ("KnX", "KnContact", "object_removed", "KnContact", "")
    ]
    assert classes(written(whole, without)) == {"KnContact": B}


def test_a_field_in_a_sub_object_has_the_path_of_a_manifest():
    def of_length(length):
        return with_objects([a_field("A")], an_object("KnLink", a_field("ToEm", length=length)))

    assert said(written(of_length(15), of_length(20))) == [
        ("KnX", "KnLink.ToEm", "length_increased", "15", "20")
    ]


def test_connectors_that_come_and_go_are_told_once():
    old = a_release(get={"GetX": [a_field("A")]}, update={"KnX": [a_field("A")]})
    new = a_release(get={"GetX": [a_field("A")], "GetY": [a_field("A")]})
    changes = compare(old, new).changes

    assert said(changes) == [
        ("GetY", "", "connector_added", "", ""),
        ("KnX", "", "connector_removed", "", ""),
    ]
    assert [each.side for each in changes] == [Side.READS, Side.WRITES]


def test_ids_of_connectors_are_the_same_whatever_their_case():
    assert (
        compare(
            a_release(get={"GetX": [a_field("A")]}), a_release(get={"getx": [a_field("A")]})
        ).changes
        == ()
    )


def test_other_endpoints_are_compared_when_both_releases_tell_them():
    report = ["/reportconnector"]

    found = compare(a_release(endpoints=[]), a_release(endpoints=report))
    assert said(found.changes) == [
        ("/reportconnector", "", "endpoint_added", "", "/reportconnector")
    ]
    untold = compare(a_release(endpoints=None), a_release(endpoints=report))
    assert untold.changes == ()
    assert [each.en[:9] for each in untold.not_compared] == ["Endpoints"]


def test_changes_stand_by_connector_and_the_heaviest_first():
    old = a_release(update={"B": [a_field("Gone"), a_field("Old")], "A": [a_field("Gone")]})
    new = a_release(update={"B": [a_field("New"), a_field("Old", length=5)], "A": []})

    assert [(each.connector, each.breaking) for each in compare(old, new).changes] == [
        ("A", B),
        ("B", B),
        ("B", B),
        ("B", C),
    ]
