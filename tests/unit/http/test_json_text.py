"""JSON is read strictly, and what is none is told as what it is."""

import json
from decimal import Decimal

import pytest

from koppeling_harness.http.json_text import MOST_DEPTH, NotJsonError, read_json


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (b"", "empty"),
        (b"  \r\n", "empty"),
        (b'{"a":NaN}', "no JSON (NaN)"),
        (b'{"a":-Infinity}', "no JSON (-Infinity)"),
        (b'{"a":1,"a":2}', "JSON in which 'a' stands twice in one object"),
        (b'{"x":{"a":1,"b":2,"\\u0061":3}}', "JSON in which 'a' stands twice in one object"),
        (b'{"a":"abc\\ud83d"}', "JSON with half a character (\\ud83d)"),
        (b'{"\\uDE00":1}', "JSON with half a character (\\ude00)"),
        (b'\xef\xbb\xbf{"a":1}', "JSON with a byte order mark before it"),
        ('{"a":1}'.encode("utf-16"), "UTF-16 (byte 0xff, 0)"),
        ('{"a":1}'.encode("utf-16-le"), "UTF-16 or binary"),
        ('{"a":"é"}'.encode("latin-1"), "no UTF-8 (byte 0xe9, 6)"),
        (b"[" * 65 + b"]" * 65, f"JSON of more than {MOST_DEPTH} levels"),
        (b"[" * 100_000, f"JSON of more than {MOST_DEPTH} levels"),
    ],
)
def test_what_is_no_json_is_told_as_what_it_is(text, found):
    with pytest.raises(NotJsonError) as caught:
        read_json(text)

    assert caught.value.found.en == found
    assert caught.value.found.nl


@pytest.mark.parametrize(
    "text", ["{'a':1}", '{"a":1,}', '{"a":1} x', "a", '{"a":01}', '{"a":"\n"}']
)
def test_what_no_reader_takes_is_not_taken(text):
    with pytest.raises(NotJsonError, match="no JSON"):
        read_json(text)


@pytest.mark.parametrize(
    "data",
    [
        {"a": [1, 2.5, -3e10, True, None, "é😀\u0000"]},
        {"a": {"a": {"a": 1}}, "A": 2},
        [[[]]],
        10**300,
        "x",
    ],
)
def test_json_is_read_as_it_was_meant(data):
    for is_ascii in (True, False):
        assert read_json(json.dumps(data, ensure_ascii=is_ascii)) == data
        assert read_json(json.dumps(data, ensure_ascii=is_ascii).encode()) == data


@pytest.mark.parametrize("text", ["1e400", "-" + "9" * 5000])
def test_a_number_that_no_double_holds_is_read_all_the_same(text):
    assert str(read_json(text)).lower() == str(Decimal(text)).lower()


def test_as_many_levels_as_may_be_are_read():
    assert read_json("[" * MOST_DEPTH + "]" * MOST_DEPTH)
