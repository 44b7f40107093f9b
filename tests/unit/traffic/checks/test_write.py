import pytest

from support.exchanges import HEADERS, READS, WRITE_HEADERS, Tape
from support.judging import codes, judged, of


def test_a_write_as_afas_asks_is_fine():
    assert codes(Tape().write()) == []
    assert codes(Tape().write(method="DELETE", request_body=None, request_size=0)) == []


def test_a_write_without_charset_is_warned_of():
    headers = WRITE_HEADERS | {"Content-Type": "application/json"}

    assert codes(Tape().write(request_headers=headers)) == ["CHARSET-MISSING"]
    assert codes(Tape().write(request_headers=HEADERS)) == ["CHARSET-MISSING"]


@pytest.mark.parametrize(
    "value", ["application/json; charset=iso-8859-1", "text/json;CHARSET=cp1252"]
)
def test_another_charset_is_an_error(value):
    assert codes(Tape().write(request_headers=WRITE_HEADERS | {"Content-Type": value})) == [
        "CHARSET-WRONG"
    ]


@pytest.mark.parametrize(
    "value", ['application/json;charset="UTF-8"', "application/json; charset=utf8"]
)
def test_the_charset_may_be_written_otherwise(value):
    assert codes(Tape().write(request_headers=WRITE_HEADERS | {"Content-Type": value})) == []


@pytest.mark.parametrize("body", [None, "{", "[]", "a=b", '"text"'])
def test_a_body_that_is_no_json_object_is_objected_to(body):
    tape = Tape().write(request_body=body, request_size=len(body or ""))

    assert of("BODY-INVALID", tape) == [1]


def test_a_body_that_was_recorded_in_part_is_not_judged():
    body = '{"PtRealization":\n[truncated: 9000000 bytes in all]'

    assert of("BODY-INVALID", Tape().write(request_body=body)) == []


def test_a_body_over_75_mb_is_objected_to():
    limit = 75 * 1024 * 1024

    assert of("BODY-TOO-LARGE", Tape().write(request_size=limit + 1)) == [1]
    assert of("BODY-TOO-LARGE", Tape().write(request_size=limit)) == []


def test_a_decimal_comma_is_warned_of():
    assert of("DECIMAL-COMMA", Tape().write({"Qu": "7,50"})) == [1]
    assert of("DECIMAL-COMMA", Tape().write({"Qu": "7.50"})) == []
    assert of("DECIMAL-COMMA", Tape().write({"Qu": "7,5 uur"})) == []


def test_a_local_date_is_warned_of():
    assert of("DATE-FORMAT", Tape().write({"DaTi": "24-11-2026"})) == [1]
    assert of("DATE-FORMAT", Tape().write({"DaTi": "2026-11-24"})) == []


@pytest.mark.parametrize(
    "value",
    [
        "2026-11-24T10:00:00Z",
        "2026-11-24T10:00:00.123",
        "2026-11-24T10:00:00+01:00",
        "2026-11-24T10:00Z",
    ],
)
def test_a_date_in_a_filter_that_afas_refuses_is_objected_to(value):
    query = {"filterfieldids": "Modified", "filtervalues": value, "operatortypes": 2}

    assert of("FILTER-DATE", Tape().read(query=query)) == [1]


def test_dutch_wall_clock_time_in_a_filter_is_fine():
    query = {"filterfieldids": "Modified", "filtervalues": "2026-11-24T10:00:00"}

    assert codes(Tape().read(query=query)) == []


def test_a_filter_in_the_path_is_judged_too():
    tape = Tape().call(path=f"/connectors/{READS}/Modified/2026-11-24T10:00:00Z")

    assert of("FILTER-DATE", tape) == [1]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('{"PtRealization":{"Element":{"Fields":{"Ds":NaN}}}}', "no JSON (NaN)"),
        ('{"PtRealization":1,"PtRealization":2}', "stands twice in one object"),
        ('{"PtRealization":{"Element":{"Fields":{"Ds":"abc\\ud83d"}}}}', "half a character"),
        ("[]", "not a JSON object"),
        ("", "empty"),
        ("\ufeff{}", "byte order mark"),
    ],
)
def test_a_body_that_is_no_json_object_is_told_as_what_it_is(body, said):
    tape = Tape().write(request_body=body or None, request_size=len(body))
    (found,) = [each for each in judged(tape) if each.code == "BODY-INVALID"]

    assert said in found.message


def test_a_body_that_is_no_text_is_told_as_what_was_found():
    tape = Tape().write(request_body=None, request_size=9, request_unread="UTF-16")
    (found,) = [each for each in judged(tape) if each.code == "BODY-INVALID"]

    assert found.message.startswith("the body is UTF-16;")
