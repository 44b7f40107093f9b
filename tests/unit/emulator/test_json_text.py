"""ERP1's own reader of JSON takes JSON in UTF-8 and nothing else."""

from decimal import Decimal

import pytest

from koppeling_harness.emulator.json_text import MOST_DEPTH, read_json
from support.erp1 import caller

NO_JSON = {
    "a member twice": b'{"KnSubject": {"Element": {"Fields": {"StId": 1, "Ds": "a", "Ds": "b"}}}}',
    "NaN": b'{"StId": NaN}',
    "Infinity": b'{"StId": Infinity}',
    "minus Infinity": b"[-Infinity]",
    "half a character": b'{"Ds": "abc\\ud83d"}',
    "its other half": b'{"Ds": "\\uDE00abc"}',
    "half a character in a name": b'{"\\ud83d": 1}',
    "a byte order mark": b'\xef\xbb\xbf{"Ds": "a"}',
    "UTF-16": '{"Ds": "a"}'.encode("utf-16"),
    "UTF-16 without a mark": '{"Ds": "a"}'.encode("utf-16-le"),
    "UTF-32": '{"Ds": "a"}'.encode("utf-32-be"),
    "Windows-1252": '{"Ds": "café"}'.encode("cp1252"),
    "a half character in UTF-8": b'{"Ds": "\xed\xa0\xbd"}',
    "too deep": b"[" * (MOST_DEPTH + 1) + b"]" * (MOST_DEPTH + 1),
    "far too deep": b'{"a":' * 100_000,
    "a control character": b'{"Ds": "a\x01b"}',
    "a comma at the end": b'{"Ds": "a",}',
    "single quotes": b"{'Ds': 'a'}",
    "a leading zero": b'{"StId": 01}',
    "something behind it": b'{"Ds": "a"} x',
    "nothing": b"",
}


@pytest.mark.parametrize("content", NO_JSON.values(), ids=NO_JSON)
def test_what_is_no_json_in_utf_8_is_refused(content):
    with pytest.raises(ValueError, match=r"."):
        read_json(content)


def test_what_is_no_json_is_answered_in_afas_s_form_and_leaves_nothing_behind():
    client = caller()
    before = client.get("Profit_Subjects", take=-1, skip=-1).rows

    for name, content in NO_JSON.items():
        reply = client.post("KnSubject", content)
        assert (reply.status, reply.content) == (400, b'{"message":"Invalid json"}'), name

    assert client.get("Profit_Subjects", take=-1, skip=-1).rows == before


@pytest.mark.parametrize(
    ("content", "value"),
    [
        (b'{"Ds": "abc\\ud83d\\ude00"}', {"Ds": "abc😀"}),
        ('{"Ds": "é"}'.encode(), {"Ds": "é"}),
        (b'{"Qu": 0.10}', {"Qu": Decimal("0.10")}),
        (b'{"Qu": 1e2, "n": -0}', {"Qu": Decimal("1e2"), "n": 0}),
        (b"12345678901234567890", Decimal(12345678901234567890)),
        (b'{"a": {"Ds": 1}, "b": {"Ds": 1}}', {"a": {"Ds": 1}, "b": {"Ds": 1}}),
        (b"[" * MOST_DEPTH + b"]" * MOST_DEPTH, None),
        (b'"' + b"[{" * 200 + b'"', "[{" * 200),
        (b" \r\n[null, true] \t", [None, True]),
    ],
)
def test_what_is_json_is_read(content, value):
    found = read_json(content)

    assert value is None or found == value


def test_a_json_filter_is_read_by_the_same_reader():
    client = caller()
    twice = '{"Filters":{"Filter":{"Field":{"@FieldId":"ProjectId","@FieldId":"UnitId",'
    twice += '"@OperatorType":1,"#text":"500001"}}}}'

    assert client.get("Profit_Projects", filterjson=twice).status == 500
    assert client.get("Profit_Projects", filterjson=twice.replace('"@FieldId":"UnitId",', "")).rows
