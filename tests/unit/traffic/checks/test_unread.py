"""A read that failed is not a read without rows."""

import json

import pytest

from koppeling_harness.model.exchange import TriggerRecord
from koppeling_harness.traffic.checks import check_exchanges
from support.exchanges import PROFIT_8, READS, Tape, a_manifest

CODE = "READ-FAILED-AS-EMPTY"
PAGE = {"skip": 0, "take": 1000, "orderbyfieldids": "EmployeeId"}
LOST = {"status": None, "response_body": None}
DOWN = {"status": 503, "response_body": None}


def keys(*values: str, **more: object) -> dict[str, object]:
    """Return a query for rows by their keys."""
    return {
        "filterfieldids": ";".join(["EmployeeId"] * len(values)),
        "filtervalues": ";".join(values),
        "operatortypes": ";".join(["1"] * len(values)),
    } | more


def since(day: str) -> dict[str, object]:
    return PAGE | {"filterfieldids": "Modified", "filtervalues": day, "operatortypes": "2"}


def objected(
    tape: Tape, *, ok: bool | None = True, turns: int = 1, gave_output: bool = True
) -> list[int | None]:
    """Return the exchanges that are objected to, where each turn was answered `ok`."""
    told = TriggerRecord(
        operation="sync", input=None, ok=ok, told=ok is False, gave_output=gave_output
    )
    found = check_exchanges(
        tape.exchanges, manifest=a_manifest(), release=PROFIT_8, triggers=[told] * turns
    )
    return [each.exchange for each in found if each.code == CODE]


def read(tape: Tape, query: dict[str, object] = PAGE, *, turn: int = 1, **values: object) -> Tape:
    return tape.read(query=query, turn=turn, **values)


FAILED = [
    LOST,
    DOWN,
    {"status": 500, "response_body": '{"externalMessage": "geblokkeerd"}'},
    {"status": 401, "response_body": None},
    {"status": 403, "response_body": None},
    {"response_body": "<html>Log in</html>"},
    {"response_body": '{"rows": [{"Emp'},
    {"response_body": '{"error": "niet nu"}'},
    {"response_headers": (("Content-Length", "9000"),), "response_size": 20},
]


@pytest.mark.parametrize("failed", FAILED)
def test_success_after_a_read_that_failed_is_objected_to(failed):
    assert objected(read(Tape(), **failed)) == [1]


def test_who_looks_at_no_row_of_a_whole_answer_and_says_nothing_of_any_is_not_held_to_it():
    unreadable = {"response_body": '{"rows": [{"Emp'}

    assert objected(read(Tape(), **unreadable), gave_output=False) == []
    assert objected(read(Tape(), **DOWN), gave_output=False) == [1]


@pytest.mark.parametrize("failed", FAILED)
def test_a_read_that_was_made_again_is_fine(failed):
    assert objected(read(read(Tape(), **failed).wait(2))) == []


@pytest.mark.parametrize("ok", [False, None])
def test_who_does_not_say_that_all_went_well_is_not_held_to_it(ok):
    assert objected(read(Tape(), **DOWN), ok=ok) == []


def test_an_answer_without_rows_is_an_answer():
    assert objected(read(Tape(), rows=0)) == []


def test_rows_of_another_connector_are_not_those_that_failed():
    tape = read(Tape(), **DOWN).read("Projects", query=PAGE, turn=1)

    assert objected(tape) == [1]


def test_rows_of_another_turn_come_too_late():
    assert objected(read(read(Tape(), **DOWN), turn=2), turns=2) == [1]


def test_rows_that_came_before_say_nothing_of_the_read_that_failed():
    assert objected(read(read(Tape()), **DOWN)) == [2]


@pytest.mark.parametrize(
    ("again", "is_fine"),
    [
        ([({"skip": 1000, "take": 100}, 40)], True),
        ([({"skip": 1000, "take": 100}, 100), ({"skip": 1100, "take": 900}, 3)], True),
        ([({"skip": 1000, "take": 100}, 100)], False),
        ([({"skip": 0, "take": 1000}, 1000)], False),
        ([({"skip": 0, "take": 1000}, 12)], True),
        ([({"skip": -1, "take": -1}, 2000)], True),
        ([(keys("-1", skip=0, take=10), 0)], False),
    ],
)
def test_smaller_pages_count_when_together_they_cover_it(again, is_fine):
    tape = read(Tape(), {"skip": 1000, "take": 1000}, **LOST)
    for query, rows in again:
        read(tape, query, rows=rows)

    assert (objected(tape) == []) is is_fine


def test_pages_that_were_asked_side_by_side_past_the_end_are_not_missed():
    tape = read(Tape(), {"skip": 0, "take": 100}, rows=5, started_s=0.0, duration_s=1.0)

    assert objected(read(tape, {"skip": 100, "take": 100}, started_s=0.1, **LOST)) == []


@pytest.mark.parametrize(
    ("query", "is_fine"),
    [(since("2026-01-01"), True), (since("2026-03-01"), False), (PAGE, True)],
)
def test_a_wider_filter_covers_a_narrower_one(query, is_fine):
    tape = read(read(Tape(), since("2026-02-01"), **DOWN), query)

    assert (objected(tape) == []) is is_fine


def test_keys_may_be_looked_up_one_by_one_after_all():
    tape = read(Tape(), keys("1", "2", take=2), **DOWN)
    for key in ("1", "2"):
        assert objected(tape) == [1]
        read(tape, keys(key, take=1), rows=1)

    assert objected(tape) == []


def test_the_finding_says_what_came_and_what_was_said():
    told = TriggerRecord(operation="sync", input=None, ok=True)
    (found,) = (
        each
        for each in check_exchanges(
            read(Tape(), **DOWN).exchanges,
            manifest=a_manifest(),
            release=PROFIT_8,
            triggers=[told],
        )
        if each.code == CODE
    )

    assert "`sync` said that it succeeded, although 503 came" in found.message
    assert READS in found.where


class TestPassedOver:
    """A later page that failed is read the next time that all goes well."""

    NEXT = PAGE | {"skip": 1000}

    def passed_over(self, tape: Tape, *said: bool) -> list[int | None]:
        told = [TriggerRecord(operation="sync", input=None, ok=ok, told=not ok) for ok in said]
        found = check_exchanges(
            tape.exchanges, manifest=a_manifest(), release=PROFIT_8, triggers=told
        )
        return [each.exchange for each in found if each.code == "PAGE-PASSED-OVER"]

    def broken_off(self, query: dict[str, object] = PAGE) -> Tape:
        """Return a tape of which the first page came, and the second did not."""
        rows = [
            {"EmployeeId": f"{n:06}", "Modified": f"2026-01-01T00:{n // 60:02}:{n % 60:02}Z"}
            for n in range(1000)
        ]
        tape = read(Tape(), query, response_body=json.dumps({"rows": rows}))
        return read(tape, query | {"skip": 1000}, **LOST)

    def test_changes_since_the_newest_that_came_are_not_all_that_was_left(self):
        tape = read(self.broken_off(), since("2026-01-01T00:10:00"), turn=2)

        assert self.passed_over(tape, False, True) == [2]

    def test_who_begins_anew_passes_over_nothing(self):
        tape = read(self.broken_off(), rows=1000, turn=2)

        assert self.passed_over(read(tape, self.NEXT, turn=2), False, True) == []

    def test_who_reads_the_page_that_failed_passes_over_nothing(self):
        assert self.passed_over(read(self.broken_off(), self.NEXT, turn=2), False, True) == []

    def test_who_sorts_by_what_it_goes_on_from_misses_nothing(self):
        by_date = PAGE | {"orderbyfieldids": "Modified"}
        since_last = since("2026-01-01T00:16:39") | {"orderbyfieldids": "Modified"}

        assert (
            self.passed_over(read(self.broken_off(by_date), since_last, turn=2), False, True) == []
        )

    def test_what_is_sorted_by_a_key_is_not_gone_on_with_by_a_date(self):
        since_last = since("2026-01-01T00:16:39")

        assert self.passed_over(read(self.broken_off(), since_last, turn=2), False, True) == [2]

    @pytest.mark.parametrize(("key", "expected"), [("000999", []), ("005000", [2])])
    def test_who_goes_on_after_the_last_key_misses_nothing(self, key, expected):
        after = PAGE | {"filterfieldids": "EmployeeId", "operatortypes": "4"}
        last = after | {"filtervalues": "000999"}
        rows = [{"EmployeeId": f"{n:06}"} for n in range(1000)]
        tape = read(read(Tape(), response_body=json.dumps({"rows": rows})), last, **LOST)

        tape = read(tape, after | {"filtervalues": key}, turn=2)

        assert self.passed_over(tape, False, True) == expected

    def test_who_says_that_it_did_not_succeed_may_come_back(self):
        tape = read(self.broken_off(), since("2026-01-01T00:10:00"), turn=2)

        assert self.passed_over(tape, False, False) == []

    def test_another_connector_says_nothing_of_it(self):
        tape = self.broken_off().read("Projects", query=PAGE, turn=2)

        assert self.passed_over(tape, False, True) == []

    def test_after_a_page_that_was_not_full_there_is_nothing_to_be_missed(self):
        tape = read(read(Tape(), rows=700), self.NEXT, **LOST)

        assert self.passed_over(read(tape, since("2026-01-01"), turn=2), False, True) == []
