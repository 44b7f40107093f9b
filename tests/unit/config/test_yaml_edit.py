import pytest

from koppeling_harness.config.yaml_edit import append_item, flow
from koppeling_harness.document import read_yaml

ITEM = {"id": "Q2", "date": "2026-11-23", "reason": "goed, klaar"}
LINE = '{id: Q2, date: 2026-11-23, reason: "goed, klaar"}'


def appended(text):
    source = read_yaml(text, name="x.yaml")
    edited = append_item(text, source, "list", ITEM)
    after = read_yaml(edited, name="y.yaml").data
    assert after == {**source.data, "list": [*(source.data.get("list") or []), ITEM]}
    return edited


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a: 1\n", f"a: 1\nlist:\n  - {LINE}\n"),
        ("a: 1", f"a: 1\nlist:\n  - {LINE}\n"),
        ("list:\nb: 2\n", f"list:\n  - {LINE}\nb: 2\n"),
        ("list:", f"list:\n  - {LINE}\n"),
        ("list: null  # none yet\nb: 2\n", f"list:  # none yet\n  - {LINE}\nb: 2\n"),
        ("list: []   # none yet\nb: 2\n", f"list:   # none yet\n  - {LINE}\nb: 2\n"),
        ("list: [ ]\n", f"list:\n  - {LINE}\n"),
        ("list: [\n]\n", f"list: [\n{LINE}]\n"),
        ('{"a": 1, "list": []}\n', f'{{"a": 1, "list": [{LINE}]}}\n'),
        ('{"a": 1}\n', f'{{"a": 1, "list": [{LINE}]}}\n'),
        ("list: [{id: Q1}]\n", f"list: [{{id: Q1}}, {LINE}]\n"),
        (
            "list: [{id: \"]\"}, {id: 'it''s ]'}] # ]\n",
            f"list: [{{id: \"]\"}}, {{id: 'it''s ]'}}, {LINE}] # ]\n",
        ),
        ("list: [{id: it's}]\n", f"list: [{{id: it's}}, {LINE}]\n"),
        ("list: [\n  {id: Q1},  # one ]\n]\n", f"list: [\n  {{id: Q1}},  # one ]\n{LINE}]\n"),
        (
            'list: [\n  {id: "a ] # b"},  # one\n]\n',
            f'list: [\n  {{id: "a ] # b"}},  # one\n{LINE}]\n',
        ),
        ("list: [{id: 'a #'} ]\n", f"list: [{{id: 'a #'}} , {LINE}]\n"),
        ("list:\n  - {id: Q1}\n", f"list:\n  - {{id: Q1}}\n  - {LINE}\n"),
        ("list:\n- id: Q1\n  x: 1", f"list:\n- id: Q1\n  x: 1\n- {LINE}\n"),
        (
            "list:\n  - id: Q1   # first\n    x: 1\n    # about x\n\n# about b\nb: 2\n",
            f"list:\n  - id: Q1   # first\n    x: 1\n    # about x\n  - {LINE}\n\n"
            "# about b\nb: 2\n",
        ),
        ("list:\n  -\n    id: Q1\nb: 2\n", f"list:\n  -\n    id: Q1\n  - {LINE}\nb: 2\n"),
        (
            "list:\n  - id: |\n      # no comment\n\nb: 2\n",
            f"list:\n  - id: |\n      # no comment\n  - {LINE}\n\nb: 2\n",
        ),
        ("list:\r\n  - {id: Q1}\r\nb: 2\r\n", f"list:\r\n  - {{id: Q1}}\r\n  - {LINE}\r\nb: 2\r\n"),
    ],
)
def test_an_item_is_added_and_every_other_character_stays(before, after):
    assert appended(before) == after


@pytest.mark.parametrize(
    "text",
    [
        "plain",
        "a: b",
        "# x",
        "true",
        "null",
        "1.10",
        "0012",
        "- x",
        "{",
        "it's",
        'say "hi"',
        "é, ü",
        "a\nb",
        "",
        " x ",
        "2026-11-23",
        "*a",
        "&b",
        "!c",
        "[",
        "NO",
        "~",
    ],
)
def test_every_text_is_read_back_as_it_was(text):
    value = {"id": text, "scope": [text, "b"]}

    assert read_yaml(flow(value), name="x.yaml").data == value
