import json

import pytest

from koppeling_harness.errors import DocumentError
from koppeling_harness.model.change import Breaking, Side
from koppeling_harness.watch.compare import compare
from koppeling_harness.watch.openapi import read_openapi
from support.updates import (
    OPENAPI,
    a_field,
    a_release,
    an_object,
    needs_openapi,
    said,
    with_objects,
)


def fields(required=(), **each):
    return {"type": "object", "required": list(required), "properties": each}


def body(root, own, **objects):
    """The schema of a body: a root object with its fields, and sub-objects with theirs."""
    below = {
        name: {"properties": {"Element": {"properties": {"Fields": inner}}}}
        for name, inner in objects.items()
    }
    element = {"properties": {"Fields": own, "Objects": {"properties": below}}}
    return {"properties": {root: {"properties": {"Element": element}}}}


def a_file(path, *, post=None, put=None, rows=None, paths=None, version="8.0.1"):
    """Write an OpenAPI file with the UpdateConnector KnX and the GetConnector Profit_X."""
    found = dict(paths or {})
    schemas = {}
    for verb, schema in (("post", post), ("put", put)):
        if schema is not None:
            name = f"KnX_{verb.upper()}"
            schemas[name] = schema
            content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}
            found.setdefault("/connectors/KnX", {})[verb] = {"requestBody": {"content": content}}
    if rows is not None:
        row = {"properties": {"rows": {"items": {"properties": rows}}}}
        answer = {"200": {"content": {"application/json": {"schema": row}}}}
        found["/connectors/Profit_X"] = {"get": {"responses": answer}}
    document = {
        "openapi": "3.0.0",
        "info": {"version": version},
        "paths": found,
        "components": {"schemas": schemas},
    }
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def compared(tmp_path, old, new):
    one, other = a_file(tmp_path / "old.json", **old), a_file(tmp_path / "new.json", **new)
    return compare(read_openapi([one], name="old"), read_openapi([other], name="new"))


TEXT = {"type": "string", "format": "", "maxLength": 10}


def test_bodies_are_compared_per_operation_and_equal_changes_told_once(tmp_path):
    old = body("KnX", fields(Ds=TEXT))
    new = body("KnX", fields(required=["Ds"], Ds={**TEXT, "maxLength": 20}))
    found = compared(tmp_path, {"post": old, "put": old}, {"post": new, "put": {**new}})

    assert [(each.kind.value, each.operations) for each in found.changes] == [
        ("became_required", ("POST", "PUT")),
        ("length_increased", ("POST", "PUT")),
    ]
    only_post = compared(tmp_path, {"post": old, "put": old}, {"post": new, "put": old})
    assert {each.operations for each in only_post.changes} == {("POST",)}


def test_sub_objects_lists_and_decimals_are_read(tmp_path):
    link = fields(VaIt={"type": "string", "format": "", "enum": ["1", "2"]})
    price = fields(Pr={"type": "number", "format": "float", "multipleOf": 0.01})
    old = body("AfasRoot", price, KnLink=link)
    new = body(
        "AfasRoot",
        fields(Pr={"type": "number", "format": "float", "multipleOf": 0.0001}),
        KnLink=fields(VaIt={"type": "string", "format": "", "enum": ["2", "3"]}),
    )

    assert said(compared(tmp_path, {"post": old}, {"post": new}).changes) == [
        ("KnX", "KnLink.VaIt", "enum_value_removed", "1", ""),
        ("KnX", "KnLink.VaIt", "enum_value_added", "", "3"),
        ("KnX", "Pr", "decimals_increased", "2", "4"),
    ]


def test_rows_of_a_getconnector_are_compared_for_who_reads(tmp_path):
    found = compared(
        tmp_path,
        {"rows": {"Name": {"type": "string"}, "Age": {"type": "integer"}}},
        {"rows": {"Age": {"type": "string"}}},
    )

    assert said(found.changes) == [
        ("Profit_X", "Age", "type_changed", "int", "string"),
        ("Profit_X", "Name", "field_removed", "string", ""),
    ]
    assert {each.side for each in found.changes} == {Side.READS}


def test_a_path_that_goes_is_an_endpoint_of_its_connector(tmp_path):
    one = body("KnX", fields(Ds=TEXT))
    path = {"/connectors/KnX/KnX/@Id/{Id}": {"delete": {}}}

    assert said(compared(tmp_path, {"post": one, "paths": path}, {"post": one}).changes) == [
        ("KnX", "", "endpoint_removed", "/connectors/KnX/KnX/@Id/{Id}", "")
    ]


def test_a_connector_that_comes_whole_is_one_change_whatever_its_endpoints(tmp_path):
    new = {"paths": {"/connectors/KnNew": {"post": {}}, "/connectors/KnNew/@Id": {"delete": {}}}}

    assert said(compared(tmp_path, {}, new).changes) == [("KnNew", "", "connector_added", "", "")]


def test_a_snapshot_and_files_are_compared_in_what_both_tell(tmp_path):
    snapshot = a_release(
        get={"Own_Get": [a_field("A")], "Profit_X": [a_field("Modified", type="date")]},
        update={
            "KnX": with_objects(
                [a_field("Ds", length=10), a_field("Code", values="AB")],
                an_object("KnLink", a_field("ToEm")),
            )
        },
    )
    file = a_file(
        tmp_path / "new.json",
        post=body(
            "KnX",
            fields(
                required=["Ds", "New"],
                Ds={**TEXT, "maxLength": 20},
                New=TEXT,
                Code={"type": "string", "enum": ["B"]},
            ),
        ),
        rows={"Modified": {"type": "string"}},
        paths={"/connectors/KnOther": {"post": {}}},
    )
    found = compare(snapshot, read_openapi([file], name="new"))

    assert said(found.changes) == [
        ("KnX", "KnLink", "object_removed", "KnLink", ""),
        ("KnX", "Code", "enum_value_removed", "A", ""),
        ("KnX", "Ds", "length_increased", "10", "20"),
        ("KnX", "New", "field_added", "", "string"),
    ]
    assert found.changes[1].breaking is Breaking.POSSIBLY, "the code tables may be others"
    notes = " ".join(each.en for each in found.not_compared)
    assert "1 own GetConnectors" in notes
    assert "1 connectors that only" in notes
    assert "Required fields were not compared" in notes


def test_a_supplied_connector_that_files_lack_may_be_gone(tmp_path):
    file = a_file(tmp_path / "new.json", post=body("KnX", fields(Ds=TEXT)))
    found = compare(
        a_release(get={"Profit_Gone": [a_field("A")]}), read_openapi([file], name="new")
    )

    assert [(each.connector, each.breaking) for each in found.changes] == [
        ("Profit_Gone", Breaking.POSSIBLY)
    ]


def test_every_file_that_cannot_be_read_is_told(tmp_path):
    (tmp_path / "a.json").write_text("{}")
    (tmp_path / "b.json").write_text("no JSON")

    with pytest.raises(DocumentError) as caught:
        read_openapi([tmp_path / each for each in ("a.json", "b.json", "c.json")], name="x")

    assert [each.where.rpartition("/")[2][:6] for each in caught.value.problems] == [
        "a.json",
        "b.json",
        "c.json",
    ]


@needs_openapi
@pytest.mark.slow
def test_afas_own_files_are_read_whole_and_differ_from_themselves_in_nothing():
    found = read_openapi(sorted(OPENAPI.glob("*.json")), name="6.6.9")

    assert found.about.version == "6.6.9"
    assert len(found.connectors) > 200
    subject = found.connectors[Side.WRITES, "knsubject"]
    assert subject.bodies["POST"]["KnSubjectLink.ToEm"].type == "boolean"
    assert compare(found, found).changes == ()
