from koppeling_harness.watch.metainfo import snapshot_of
from koppeling_harness.watch.notice import differences
from support.updates import a_field, said


def a_snapshot(version, *fields):
    body = {"fields": [a_field(each) for each in fields]}
    return snapshot_of({"version": version, "get": {"GetX": body}, "update": {}}, name="x")


def found(known, now):
    return differences(known, now, names=("known", "now"))


def test_another_version_is_a_difference_even_when_the_api_is_the_same():
    changes = found(a_snapshot("8.0.12", "A"), a_snapshot("9.0.3", "A"))

    assert changes is not None
    assert changes.changes == ()


def test_another_api_is_a_difference_even_when_the_version_is_the_same():
    changes = found(a_snapshot("8.0.12", "A"), a_snapshot("8.0.12", "B"))

    assert changes is not None
    assert [each[:3] for each in said(changes.changes)] == [
        ("GetX", "A", "field_removed"),
        ("GetX", "B", "field_added"),
    ]


def test_the_same_version_with_the_same_api_is_none():
    assert found(a_snapshot("8.0.12", "A"), a_snapshot("8.0.12", "A")) is None
