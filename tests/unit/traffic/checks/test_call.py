import json

import pytest

from koppeling_harness.traffic.checks.call import Call
from support.exchanges import READS, Tape


def read(**values) -> Call:
    return Call(Tape().read(**values).exchanges[0])


def test_fields_are_found_in_every_shape_that_afas_takes():
    body = {
        "Root": {
            "Element": [
                {"@Id": "1", "Fields": {"A": 1, "@Action": "insert"}},
                {
                    "Fields": [{"B": 2}],
                    "Objects": [{"Sub": {"Element": {"Fields": {"C": 3}, "Objects": {}}}}],
                },
                {
                    "Objects": {
                        "Sub": {"Element": {"Objects": {"Deep": {"Element": {"Fields": {"D": 4}}}}}}
                    }
                },
            ]
        }
    }
    call = Call(Tape().write(request_body=json.dumps(body)).exchanges[0])

    assert call.sent_fields == (
        ("A", 1),
        ("B", 2),
        ("Sub.C", 3),
        ("Sub.Deep.D", 4),
    )


def test_a_body_without_fields_has_none():
    for body in ("{}", '{"A":null}', '{"A":{"Element":[1,{"Fields":"x"}]}}', "[1]"):
        assert Call(Tape().write(request_body=body).exchanges[0]).sent_fields == ()


def test_skip_and_take_have_the_defaults_of_afas():
    assert (read().skip, read().take) == (0, 100)
    assert (read(query={"SKIP": "x"}).skip, read(query={"Take": "7"}).take) == (0, 7)


def test_both_ends_of_the_rows_are_read_without_the_rest():
    call = read(rows=[{"A": "{1}", "B": 1}, {"A": "{2}", "B": 2}, {"A": "{3}", "B": 3}])

    assert (call.first_row, call.last_row) == ({"A": "{1}", "B": 1}, {"A": "{3}", "B": 3})


def test_rows_laid_out_otherwise_are_read_alike():
    body = '{ "skip" : 0,\r\n"rows" : [ \r\n{ "A" : 1 }\r\n, { "A" : 2 }\r\n] }'
    call = read(response_body=body)

    assert (call.first_row, call.last_row, call.rows) == ({"A": 1}, {"A": 2}, [{"A": 1}, {"A": 2}])


@pytest.mark.parametrize("body", [None, "", "{", '{"rows":[]}', '{"rows":[{"A":', '{"rows":[[1]]}'])
def test_an_answer_without_rows_has_no_ends(body):
    call = read(response_body=body)

    assert (call.first_row, call.last_row) == ({}, {})


def test_the_three_notations_of_a_filter_are_read_alike():
    compact = read(query={"filterfieldids": "A,B", "filtervalues": "1,2", "operatortypes": "1,4"})
    fields = [
        {"@FieldId": "A", "@OperatorType": "1", "#text": "1"},
        {"@FieldId": "B", "@OperatorType": "4", "#text": "2"},
    ]
    whole = {"Filters": {"Filter": [{"@FilterId": "1", "Field": fields}]}}
    in_json = read(query={"filterjson": json.dumps(whole)})
    in_path = Call(Tape().call(path=f"/connectors/{READS}/A,B/1,2").exchanges[0])

    assert compact.filters == in_json.filters == (("A", "1", "1"), ("B", "2", "4"))
    assert in_path.filters == (("A", "1", "1"), ("B", "2", "1"))


def test_a_filter_that_is_not_json_is_none():
    assert read(query={"filterjson": "{"}).filters == ()
