"""Laws of comparing releases and reading change tables, whatever is in them."""

from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from koppeling_harness.errors import DocumentError
from koppeling_harness.watch.change_table import read_change_table
from koppeling_harness.watch.compare import compare
from koppeling_harness.watch.metainfo import snapshot_of
from support.updates import a_field, a_release, an_object, with_objects

MIRROR = {
    "connector_added": "connector_removed",
    "object_added": "object_removed",
    "field_added": "field_removed",
    "required_field_added": "field_removed",
    "enum_value_added": "enum_value_removed",
    "length_increased": "length_decreased",
    "decimals_increased": "decimals_decreased",
    "became_required": "became_optional",
    "values_restricted": "values_unrestricted",
    "type_changed": "type_changed",
}
BACK = {**MIRROR, **{there: here for here, there in MIRROR.items() if here != "field_added"}}

names = st.sampled_from("ABC")
a_few_fields = st.lists(
    st.builds(
        a_field,
        names,
        type=st.sampled_from(["string", "int", "decimal"]),
        length=st.sampled_from([0, 5, 9]),
        mandatory=st.booleans(),
        decimals=st.sampled_from([0, 2]),
        values=st.sampled_from(["", "X", "XY"]),
    ),
    max_size=3,
    unique_by=lambda each: each["fieldId"],
)
bodies = st.builds(
    lambda fields, inner: with_objects(fields, *([an_object("KnSub", *inner)] if inner else [])),
    a_few_fields,
    a_few_fields,
)
releases = st.builds(
    lambda update, get: a_release(update=update, get=get),
    st.dictionaries(names, bodies, max_size=3),
    st.dictionaries(names, a_few_fields, max_size=2),
)


def kinds(changes) -> list[tuple[str, str, str]]:
    """Connector, path and kind, a field that must be sent as any other."""
    return sorted(
        (each.connector, each.path, each.kind.value.removeprefix("required_"))
        for each in changes.changes
    )


def back(found: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    there = {**BACK, "field_removed": "field_added"}
    return sorted((connector, path, there[kind]) for connector, path, kind in found)


@settings(max_examples=40)
@given(releases)
def test_a_release_does_not_differ_from_itself(release):
    assert compare(release, release).changes == ()


@settings(max_examples=40)
@given(releases, releases)
def test_the_way_back_is_the_way_there_reversed(one, other):
    assert kinds(compare(other, one)) == back(kinds(compare(one, other)))


@settings(max_examples=40)
@given(releases, releases)
def test_every_change_is_told_once(one, other):
    found = [(each.side, each.connector, each.path, each.kind, each.before, each.after)
             for each in compare(one, other).changes]  # fmt: skip

    assert len(found) == len(set(found))


sentences = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        [
            "endpoint added",
            "removed the request property 'K/Element/Fields/A'",
            "added new enum value(s) to the request property `K/Element/Fields/A`: `1`, `2`",
            "added new enum value(s) to the request property `K/Element/Fields/A`: ",
        ]
    ),
)


@given(st.lists(st.tuples(sentences, st.sampled_from(["K", "", "/connectors/K/L"])), min_size=1))
def test_no_row_of_a_table_is_lost(rows):
    lines = [f"{' '.join(text.split())}\t{connector}\tPOST" for text, connector in rows]
    found = read_change_table("description\tconnector\toperations\n" + "\n".join(lines), name="x")
    placed = {place for each in found.changes for place in each.places}
    unknown = {each.place for each in found.not_understood}

    assert found.rows == len(rows)
    assert placed | unknown == {f"x:{number}" for number in range(2, len(rows) + 2)}
    assert placed & unknown == set()


@given(st.text(alphabet="|-: \t\n#description connector`'/[]()\\", max_size=200))
def test_any_text_is_a_table_or_is_refused(text):
    with suppress(DocumentError):
        read_change_table(text, name="x")


plain = st.none() | st.integers() | st.text(max_size=5) | st.lists(st.none(), max_size=2)
members = st.sampled_from(["get", "update", "info", "fields", "endpoints", "taken_at", "values"])


@settings(max_examples=100)
@given(st.dictionaries(members, plain | st.dictionaries(members, plain, max_size=3), max_size=4))
def test_any_json_is_a_snapshot_or_is_refused(raw):
    with suppress(DocumentError):
        snapshot_of(raw, name="x")
