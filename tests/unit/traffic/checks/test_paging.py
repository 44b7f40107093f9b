import pytest

from support.exchanges import READS, Tape, rows_of
from support.judging import codes, of

SORT = {"orderbyfieldids": "EmployeeId"}


def page(skip: int, take: int = 100, **more: str) -> dict[str, object]:
    return {"skip": skip, "take": take, **SORT, **more}


def test_pages_read_to_the_end_in_order_are_fine():
    tape = Tape().read(rows=100, query=page(0)).read(rows=rows_of(150)[100:], query=page(100))

    assert codes(tape) == []


def test_an_empty_last_page_is_fine():
    tape = Tape().read(rows=100, query=page(0)).read(rows=0, query=page(100))

    assert codes(tape) == []


def test_reading_the_last_page_again_is_fine():
    tape = Tape().read(rows=100, query=page(0))
    tape.read(rows=0, query=page(100)).read(rows=0, query=page(100))

    assert codes(tape) == []


def test_one_short_page_needs_no_sort():
    assert codes(Tape().read(rows=99)) == []


def test_pages_without_a_sort_are_objected_to():
    tape = Tape().read(rows=100, query={"skip": 0, "take": 100})
    tape.read(rows=0, query={"skip": 100, "take": 100})

    assert of("PAGING-UNSORTED", tape) == [1]


def test_a_single_page_from_the_middle_without_a_sort_is_objected_to():
    assert of("PAGING-UNSORTED", Tape().read(query={"skip": 100})) == [1]


def test_a_full_page_that_nothing_follows_is_objected_to():
    assert of("PAGING-INCOMPLETE", Tape().read(rows=100)) == [1]
    assert of("PAGING-INCOMPLETE", Tape().read(rows=20, query={"take": 20})) == [1]


def test_the_next_page_counts_whatever_its_answer_was():
    tape = Tape().read(rows=100, query=page(0)).read(query=page(100), status=401)

    assert of("PAGING-INCOMPLETE", tape) == []


def test_a_page_of_an_earlier_reading_does_not_count():
    tape = Tape().read(rows=100, query=page(0)).read(rows=1, query=page(100))
    tape.read(rows=100, query=page(0))

    assert of("PAGING-INCOMPLETE", tape) == [3]


def test_pages_that_are_asked_at_once_may_arrive_in_any_order():
    tape = Tape().read(rows=5, query=page(100), started_s=0.0, duration_s=1.0)
    tape.read(rows=100, query=page(0), started_s=0.5, duration_s=1.0)

    assert of("PAGING-INCOMPLETE", tape) == []


def test_one_row_that_is_looked_up_is_fine():
    assert of("PAGING-INCOMPLETE", Tape().read(rows=1, query={"take": 1})) == []


def test_the_first_hits_of_a_search_are_fine():
    query = {"take": 10, "filterfieldids": "Name", "filtervalues": "jan", "operatortypes": 6}

    assert of("PAGING-INCOMPLETE", Tape().read(rows=10, query=query)) == []


def test_reading_on_from_the_last_key_is_fine():
    after = {"filterfieldids": "EmployeeId", "filtervalues": "99", "operatortypes": 4, **SORT}
    tape = Tape().read(rows=100, query=SORT).read(rows=3, query=after)

    assert of("PAGING-INCOMPLETE", tape) == []


def test_reading_on_from_another_key_is_not():
    after = {"filterfieldids": "EmployeeId", "filtervalues": "77", "operatortypes": 4, **SORT}
    tape = Tape().read(rows=100, query=SORT).read(rows=3, query=after)

    assert of("PAGING-INCOMPLETE", tape) == [1]


def test_a_page_that_was_recorded_in_part_is_not_judged():
    body = '{"rows":[{"EmployeeId":"1"},\n[truncated: 9000000 bytes in all]'

    assert of("PAGING-INCOMPLETE", Tape().read(response_body=body)) == []


def test_everything_in_one_call_is_objected_to():
    assert of("READ-ALL", Tape().read(query={"skip": -1, "take": -1})) == [1]
    assert of("READ-ALL", Tape().read(query={"skip": 0, "take": -1})) == [1]


def test_skipping_far_is_objected_to():
    assert of("DEEP-SKIP", Tape().read(query=page(100_001))) == [1]
    assert of("DEEP-SKIP", Tape().read(query=page(100_000))) == []


def test_page_after_page_of_a_few_rows_is_objected_to():
    tape = Tape()
    for skip in range(0, 50, 10):
        tape.read(rows=rows_of(50)[skip : skip + 10], query=page(skip, 10))

    assert of("TAKE-TINY", tape.read(rows=0, query=page(50, 10))) == [4]


def test_two_small_pages_are_fine():
    tape = Tape().read(rows=10, query=page(0, 10)).read(rows=2, query=page(10, 10))

    assert of("TAKE-TINY", tape) == []


def test_a_sort_field_that_the_rows_do_not_have_is_objected_to():
    assert of("PERF-45", Tape().read(query={"orderbyfieldids": "-Modified,Nr"})) == [1]
    assert of("PERF-45", Tape().read(query={"orderbyfieldids": "-modified"})) == []


def test_where_the_sort_was_refused_the_manifest_says_what_the_rows_would_have():
    refused = {"status": 500, "response_body": '{"externalMessage": "Nr bestaat niet"}'}

    assert of("PERF-45", Tape().read(query={"orderbyfieldids": "Nr"}, **refused)) == [1]
    assert of("PERF-45", Tape().read(query={"orderbyfieldids": "Name"}, **refused)) == []
    assert of("PERF-45", Tape().read(query={"orderbyfieldids": "Nr"}, rows=0)) == []


def test_a_sort_value_on_both_sides_of_a_page_border_is_told():
    by_date = {"orderbyfieldids": "Modified"}
    tape = Tape().read(rows=100, query={"take": 100, **by_date})
    tape.read(rows=3, query={"skip": 100, "take": 100, **by_date})

    assert of("PERF-46", tape) == [2]


def test_a_sort_value_on_both_sides_of_the_first_row_is_told_too():
    tape = Tape().read(rows=[{"EmployeeId": "1", "Name": "A"}], query=page(0, 1))
    tape.read(rows=[{"EmployeeId": "1", "Name": "B"}], query=page(1, 1))

    assert of("PERF-46", tape) == [2]


def test_a_row_that_moved_over_the_border_meanwhile_is_no_second_one_with_its_sort_value():
    tape = Tape().read(rows=[{"EmployeeId": "1", "Name": "A"}], query=page(0, 1))
    tape.read(rows=[{"EmployeeId": "1", "Name": "A"}], query=page(1, 1))

    assert of("PERF-46", tape) == []


def test_a_unique_sort_is_fine():
    tape = Tape().read(rows=100, query=page(0)).read(rows=rows_of(103)[100:], query=page(100))

    assert of("PERF-46", tape) == []


def test_connectors_are_judged_apart():
    tape = Tape().read(rows=100, query=page(0)).read("Andere", rows=1, query=page(100))

    assert [(code, READS) for code in codes(tape) if code == "PAGING-INCOMPLETE"] != []


def test_a_next_page_of_one_row_does_not_read_to_the_end():
    sham = Tape().read(rows=100, query=page(0)).read(rows=1, query=page(100, 1))
    looked = sham.read(rows=3, query=page(100))

    assert of("PAGING-INCOMPLETE", Tape().read(rows=1, query={"take": 1})) == []
    assert of("PAGING-INCOMPLETE", looked) == []
    sham = Tape().read(rows=100, query=page(0)).read(rows=1, query=page(100, 1))
    assert of("PAGING-INCOMPLETE", sham) == [2]


def test_a_page_that_is_sorted_otherwise_than_the_one_before_is_objected_to():
    by_name = page(100) | {"orderbyfieldids": "Name"}
    tape = Tape().read(rows=100, query=page(0)).read(rows=3, query=by_name)
    same = Tape().read(rows=100, query=page(0)).read(rows=3, query=page(100))

    assert of("PAGING-UNSORTED", tape) == [2]
    assert of("PAGING-UNSORTED", same) == []


@pytest.mark.parametrize(
    ("values", "is_whole"), [(("0", "1", "2"), True), (("0", "1", "x"), False)]
)
def test_a_row_for_each_key_that_was_asked_is_all_there_is(values, is_whole):
    asked = {
        "take": 3,
        "filterfieldids": ";".join(["EmployeeId"] * 3),
        "filtervalues": ";".join(values),
        "operatortypes": "1;1;1",
    }

    assert (of("PAGING-INCOMPLETE", Tape().read(rows=3, query=asked)) == []) is is_whole


def test_a_page_over_a_connection_of_its_own_may_come_before_the_one_before_it():
    order = {"orderbyfieldids": "EmployeeId"}
    tape = Tape().read(rows=1, query=order | {"skip": 100}, connection=2)

    assert of("PAGING-INCOMPLETE", tape.read(rows=100, query=order, connection=1)) == []


def test_a_page_that_is_read_again_is_followed_by_one_that_was_asked_beside_it():
    """Four pages at once, and the first of them has to wait for maintenance."""
    at_once = {"duration_s": 0.05, "started_s": 1.0}
    tape = Tape().read(query=page(0), status=503, response_body=None, connection=1, **at_once)
    tape.read(rows=rows_of(150)[100:], query=page(100), connection=2, **at_once)
    tape.read(rows=100, query=page(0), connection=1, duration_s=0.05, started_s=2.1)

    assert of("PAGING-INCOMPLETE", tape) == []


def test_what_was_read_before_a_first_page_is_not_what_follows_it():
    tape = Tape().read(rows=50, query=page(100), started_s=1.0, duration_s=0.05, connection=2)
    tape.read(rows=100, query=page(0), started_s=2.1, duration_s=0.05, connection=1)

    assert of("PAGING-INCOMPLETE", tape) == [2]
