import json

import pytest

from support.exchanges import Tape
from support.judging import codes, of

SINCE = {"filterfieldids": "Modified", "operatortypes": 2}


def shown(*moments: str) -> list[dict[str, object]]:
    return [{"EmployeeId": str(at), "Modified": each} for at, each in enumerate(moments)]


def test_more_cells_than_150_000_per_call_are_objected_to():
    # three declared fields
    assert of("CELLS-PER-CALL", Tape().read(query={"take": 50_001})) == [1]
    assert of("CELLS-PER-CALL", Tape().read(query={"take": 50_000})) == []


def test_the_fields_of_an_undeclared_connector_are_counted_in_its_rows():
    rows = [{f"F{at}": at for at in range(20)}]

    assert of("CELLS-PER-CALL", Tape().read("Andere", rows=rows, query={"take": 7501})) == [1]
    assert of("CELLS-PER-CALL", Tape().read("Andere", rows=rows, query={"take": 7500})) == []


def test_reading_everything_twice_is_objected_to_where_changes_can_be_asked():
    assert of("FULL-READ-REPEATED", Tape().read().read()) == [2]


def test_reading_changes_the_second_time_is_fine():
    tape = Tape().read().read(query=SINCE | {"filtervalues": "2026-10-31T00:00:00"})

    assert codes(tape) == []


def test_a_full_read_after_one_that_failed_is_fine():
    assert of("FULL-READ-REPEATED", Tape().read(status=503).wait(5).read()) == []


def test_a_full_read_after_an_answer_that_arrived_broken_is_fine():
    assert of("FULL-READ-REPEATED", Tape().read(fault="half_body").read()) == []


def test_beginning_anew_after_a_page_that_broke_off_is_fine():
    first = {"skip": 0, "take": 3, "orderbyfieldids": "EmployeeId"}
    second = first | {"skip": 3}
    for broken in (
        {"response_headers": (("Content-Length", "9999"),)},
        {"status": None},
        {"response_body": '{"rows":[{"Emp'},
        {"fault": "half_body"},
    ):
        tape = Tape().read(query=first).read(query=second, **broken).read(query=first)
        assert of("FULL-READ-REPEATED", tape) == []


def test_what_broke_off_of_another_connector_is_no_reason_to_begin_anew():
    tape = Tape().read().read("Andere", response_body='{"rows":[{"Emp').read()

    assert of("FULL-READ-REPEATED", tape) == [3]


def test_beginning_anew_without_a_reason_is_objected_to():
    first = {"skip": 0, "take": 3, "orderbyfieldids": "EmployeeId"}
    tape = Tape().read(query=first).read(query=first | {"skip": 3}).read(query=first)

    assert of("FULL-READ-REPEATED", tape) == [3]


def test_reading_from_exactly_the_last_value_shown_is_objected_to():
    for value in ("2026-11-01T10:00:00", "2026-11-01T10:00:01"):
        tape = Tape().read().read(query=SINCE | {"filtervalues": value})
        assert of("STEP-BACK", tape) == [2]


def test_stepping_back_is_fine():
    tape = Tape().read(rows=shown("2026-11-01T10:00:00Z"))
    tape.read(query=SINCE | {"filtervalues": "2026-11-01T09:59:59"})

    assert of("STEP-BACK", tape) == []


def test_reading_from_the_moment_of_the_last_reading_is_fine():
    tape = Tape().read(rows=shown("2026-11-01T10:00:00Z"))
    tape.read(query=SINCE | {"filtervalues": "2026-11-24T21:00:00"})

    assert of("STEP-BACK", tape) == []


def test_the_latest_value_of_several_pages_counts():
    query = {"orderbyfieldids": "EmployeeId"}
    tape = Tape().read(rows=shown("2026-11-02T10:00:00Z"), query=query)
    tape.read(rows=shown("2026-11-01T10:00:00Z"), query=query | {"skip": 1, "take": 1})
    tape.read(query=SINCE | {"filtervalues": "2026-11-02T10:00:00"})

    assert of("STEP-BACK", tape) == [3]


def test_the_filter_is_read_from_json_too():
    field = {"@FieldId": "Modified", "@OperatorType": "4", "#text": "2026-11-01T10:00:00"}
    query = {"filterjson": json.dumps({"Filters": {"Filter": {"@FilterId": "1", "Field": field}}})}

    assert of("STEP-BACK", Tape().read().read(query=query)) == [2]


def test_a_query_of_more_than_2049_characters_is_objected_to():
    assert of("QUERY-LENGTH", Tape().call(query="x" * 2049)) == [1]
    assert of("QUERY-LENGTH", Tape().call(query="x" * 2048)) == []


def at_once(count: int) -> Tape:
    tape = Tape()
    for at in range(count):
        tape.call(started_s=at / 1000, duration_s=1.0)
    return tape


def test_five_calls_at_once_are_fine():
    assert codes(at_once(5)) == []


def test_six_calls_at_once_are_warned_of():
    assert codes(at_once(6)) == ["PARALLEL-5"]


def test_nine_calls_at_once_are_an_error():
    assert codes(at_once(9)) == ["PARALLEL-8", "PARALLEL-5"]


def test_calls_one_after_another_are_not_at_once():
    tape = Tape()
    for _ in range(20):
        tape.call()

    assert codes(tape) == []


def test_a_filter_that_leaves_out_nothing_is_a_whole_read_again():
    long_ago = SINCE | {"filtervalues": "1900-01-01T00:00:00"}
    rows = shown("2026-01-01T00:00:00Z", "2026-11-01T10:00:00Z")

    def again(value: str) -> Tape:
        return (
            Tape()
            .read(query=long_ago, rows=rows, turn=1)
            .read(query=SINCE | {"filtervalues": value}, rows=rows, turn=2)
        )

    assert of("FULL-READ-REPEATED", again("1900-01-01T00:00:00")) == [2]
    assert of("FULL-READ-REPEATED", again("2026-10-31T00:00:00")) == []
    assert of("FULL-READ-REPEATED", again("2026-01-02T00:00:00")) == []  # it leaves a row out


def test_a_step_back_before_rows_of_one_day_is_no_whole_read():
    rows = shown("2026-11-01T09:59:00Z", "2026-11-01T10:00:00Z")
    since = SINCE | {"filtervalues": "2026-10-31T00:00:00"}
    tape = Tape().read(rows=rows, turn=1).read(query=since, rows=rows, turn=2)

    assert of("FULL-READ-REPEATED", tape) == []


@pytest.mark.parametrize(("said", "expected"), [([True, True], [2]), ([False, True], [])])
def test_who_did_not_succeed_reads_everything_again(said, expected):
    """What of another connector never came is no reason to keep half of it."""
    tape = Tape().read(turn=1).read(turn=2)

    assert of("FULL-READ-REPEATED", tape, said=said) == expected
