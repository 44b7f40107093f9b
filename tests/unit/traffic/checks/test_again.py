"""Whether what a read asked was read after all, whatever way a program goes about it."""

import pytest

from koppeling_harness.traffic.checks.again import follows_full, read_again, reads_on
from koppeling_harness.traffic.checks.call import Call
from support.exchanges import Tape, rows_of


def page(skip, take=3, **more):
    return {"skip": skip, "take": take, "orderbyfieldids": "EmployeeId", **more}


def where(fields, values, operators):
    return {"filterfieldids": fields, "filtervalues": values, "operatortypes": operators}


def calls(tape):
    return [Call(each) for each in tape.exchanges]


def again(tape, failed=1):
    """Return the number of the call with which all was read that one had asked."""
    found = read_again(calls(tape)[failed - 1], calls(tape))
    return None if found is None else found.exchange.number


LOST = {"status": None, "response_body": None}


def test_the_same_read_again_reads_it():
    assert again(Tape().read(query=page(0), **LOST).read(query=page(0))) == 2
    assert again(Tape().read(query=page(0), **LOST)) is None
    assert again(Tape().read(query=page(0), **LOST).read(query=page(0), status=503)) is None


def test_a_read_of_another_connector_does_not():
    assert again(Tape().read("Een", query=page(0), **LOST).read("Ander", query=page(0))) is None


def test_what_was_read_before_it_was_asked_does_not():
    assert again(Tape().read(query=page(0)).read(query=page(0), **LOST), failed=2) is None


def test_smaller_pages_that_cover_it_do():
    tape = Tape().read(query=page(0, 4), **LOST)
    tape.read(query=page(0, 2), rows=rows_of(2))
    assert again(tape) is None
    assert again(tape.read(query=page(2, 2), rows=rows_of(2))) == 3


def test_smaller_pages_that_leave_a_hole_do_not():
    tape = Tape().read(query=page(0, 4), **LOST)
    tape.read(query=page(0, 1), rows=rows_of(1)).read(query=page(2, 2), rows=rows_of(2))

    assert again(tape) is None


def test_a_page_further_on_that_came_before_it_is_no_hole():
    tape = Tape().read(query=page(0, 2), **LOST).read(query=page(6, 2), rows=rows_of(2))

    assert again(tape.read(query=page(0, 2), rows=rows_of(2))) == 3


def test_a_page_that_was_not_full_covers_all_that_is_left():
    tape = Tape().read(query=page(0, 100), **LOST).read(query=page(0, 4), rows=rows_of(3))

    assert again(tape) == 2


def test_a_page_that_asks_for_nothing_covers_nothing():
    tape = Tape().read(query=page(0, 4), **LOST).read(query=page(0, 0), rows=[])

    assert again(tape) is None


@pytest.mark.parametrize(
    ("asked", "wider", "is_read"),
    [
        (("Modified", "2026-03-01", 2), ("Modified", "2026-02-01", 2), True),
        (("Modified", "2026-03-01", 2), ("Modified", "2026-04-01", 2), False),
        (("Modified", "2026-03-01", 3), ("Modified", "2026-04-01", 3), True),
        (("Modified", "2026-03-01", 3), ("Modified", "2026-02-01", 3), False),
        (("Number", "10", 4), ("Number", "9", 4), True),
        (("Number", "9", 5), ("Number", "10", 5), True),
        (("Number", "10", 5), ("Number", "9", 5), False),
        (("Number", "10", 4), ("Number", "9", 5), False),
        (("Number", "10", 4), ("Other", "9", 4), False),
        (("Number", "10", 1), ("Number", "9", 1), False),
        (("Number", "10", 6), ("Number", "9", 6), False),
    ],
)
def test_a_filter_that_lets_through_more_reads_it_and_one_that_lets_less_does_not(
    asked, wider, is_read
):
    tape = Tape().read(query=where(*asked), **LOST).read(query=where(*wider))

    assert again(tape) == (2 if is_read else None)


def test_without_a_filter_all_is_read():
    assert again(Tape().read(query=where("Number", "10", 1), **LOST).read()) == 2
    assert again(Tape().read(**LOST).read(query=where("Number", "10", 1))) is None


def test_a_key_is_read_among_others_and_some_keys_one_by_one():
    two = where("Number,Number", "10,11", "1,1")
    one, other, third = (where("Number", each, 1) for each in ("10", "11", "12"))

    assert again(Tape().read(query=one, **LOST).read(query=two)) == 2
    assert again(Tape().read(query=two, **LOST).read(query=one)) is None
    assert again(Tape().read(query=two, **LOST).read(query=other).read(query=one)) == 3
    assert again(Tape().read(query=two, **LOST).read(query=one).read(query=third)) is None


def test_fewer_values_of_one_field_that_are_no_keys_ask_less():
    two = where("Name,Name", "a,b", "6,6")
    one = where("Name", "a", 6)

    assert again(Tape().read(query=two, **LOST).read(query=one)) is None


def test_the_page_after_a_full_one_can_have_more():
    def follows(tape):
        return follows_full(calls(tape)[-1], calls(tape))

    assert follows(Tape().read(query=page(0), rows=rows_of(3)).read(query=page(3)))
    assert not follows(Tape().read(query=page(0), rows=rows_of(2)).read(query=page(3)))
    assert not follows(Tape().read(query=page(0), rows=rows_of(3)).read(query=page(6)))
    assert not follows(Tape().read(query=page(0), rows=rows_of(3)).read("Ander", query=page(3)))
    assert not follows(Tape().read(query=page(0), rows=rows_of(3), status=503).read(query=page(3)))


def test_who_goes_on_from_the_last_value_that_came_reads_on():
    rows = [{"EmployeeId": str(each)} for each in range(1, 4)]
    tape = Tape().read(query=page(0), rows=rows).read(query=page(3), **LOST)

    def on(value, operator):
        later = Tape()
        later.exchanges.extend(tape.exchanges)
        later.read(query=page(0, **where("EmployeeId", value, operator)), turn=2)
        return reads_on(calls(later)[1], calls(later))

    assert on("3", 2)
    assert on("2", 4)
    assert not on("4", 2)
    assert not on("3", 3)
    assert not reads_on(calls(tape)[1], calls(tape))
