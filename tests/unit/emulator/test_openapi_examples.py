"""What the request examples of an OpenAPI file say beyond its schemas."""

from typing import Any

from koppeling_harness.emulator.openapi_examples import read_examples


def operations(*bodies: Any, verb: str = "post") -> dict[str, Any]:
    examples = {str(number): {"value": body} for number, body in enumerate(bodies)}
    return {verb: {"requestBody": {"content": {"application/json": {"examples": examples}}}}}


def body(**element: Any) -> dict[str, Any]:
    return {"Root": {"Element": element}}


def test_what_one_insert_leaves_out_or_empty_is_not_always_sent():
    whole = body(**{"@Key": 1, "Fields": {"A": "x", "B": "", "C": "z"}})
    less = body(**{"@Key": 2, "Fields": {"A": "x", "B": "y"}})

    assert read_examples(operations(whole, less)).always == {"Root": {"key", "a"}}


def test_changes_and_deletions_say_nothing_of_inserts():
    insert = body(Fields={"A": 1, "B": 2})
    changes = [
        body(**{"@Action": "update", "Fields": {"A": 1}}),
        body(Fields={"@action": "delete", "A": 1}),
        body(Fields=""),
    ]

    assert read_examples(operations(insert, *changes)).always == {"Root": {"a", "b"}}
    assert read_examples(operations(body(Fields={"A": 1}), verb="put")).always == {}


def test_keys_and_fields_are_those_of_any_example_at_any_depth():
    line = {"Line": {"Element": [{"@No": 1, "Fields": {"Qu": 2}}]}}
    custom = "U" + "A" * 32
    shown = read_examples(
        operations(body(Fields={"A": 1, custom: 2, "U001": 3}, Objects=[line]), verb="put")
    )

    assert shown.keys == {"Line": ("No",)}
    assert {name: list(found) for name, found in shown.sent.items()} == {
        "Root": ["A"],
        "Line": ["Qu"],
    }
