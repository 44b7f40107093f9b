"""What is told as done is done, and nothing is written on the word of a look that failed."""

import json

import pytest

from koppeling_harness.model.exchange import TriggerRecord
from koppeling_harness.traffic.checks import check_exchanges
from support.exchanges import PROFIT_8, READS, WRITES, Tape, a_manifest

DONE, UNSEEN = "WRITE-FAILED-AS-DONE", "WRITTEN-UNSEEN"
FIRST = {"EmId": "1", "DaTi": "2026-11-02", "Qu": 7.5, "Ds": "eerste regel"}
SECOND = {"EmId": "1", "DaTi": "2026-11-03", "Qu": 2.25, "Ds": "tweede regel"}
LOST = {"status": None, "erp_status": None, "fault": "reset"}
DOWN = {"status": 503, "erp_status": None, "fault": "status"}


def refused(message: str) -> dict[str, object]:
    return {
        "status": 500,
        "erp_status": 500,
        "response_body": json.dumps({"externalMessage": message}),
    }


NO_SUCH = refused("De ingevulde waarde bij 'Medewerker' bestaat niet.")


def write(tape: Tape, fields: dict[str, object] = FIRST, **values: object) -> Tape:
    return tape.write(fields, **({"erp_status": 201, "turn": 1} | values))


def batch(tape: Tape, *lines: dict[str, object], **values: object) -> Tape:
    body = json.dumps({WRITES: {"Element": [{"Fields": each} for each in lines]}})
    return write(tape, request_body=body, request_size=len(body), **values)


def look(tape: Tape, day: str = "2026-11-02", **values: object) -> Tape:
    query = {
        "filterfieldids": "EmId;DaTi",
        "filtervalues": f"1;{day}",
        "operatortypes": "1;1",
        "skip": 0,
        "take": 10,
        "orderbyfieldids": "EmId",
    }
    return tape.read(READS, query=query, **({"turn": 1} | values))


def objected(tape: Tape, code: str, *oks: bool | None) -> list[int | None]:
    """Return the exchanges that are objected to, where the turns were answered `oks`."""
    told = [TriggerRecord(operation="sync", input={"a": 1}, ok=ok) for ok in oks or (True,)]
    found = check_exchanges(tape.exchanges, manifest=a_manifest(), release=PROFIT_8, triggers=told)
    return [each.exchange for each in found if each.code == code]


@pytest.mark.parametrize("failed", [LOST, DOWN, NO_SUCH, {"status": 401, "erp_status": 401}])
def test_success_after_a_write_that_did_not_come_about_is_objected_to(failed):
    assert objected(write(Tape(), **failed), DONE) == [1]


@pytest.mark.parametrize("failed", [LOST, DOWN, NO_SUCH])
def test_a_line_beside_it_that_came_about_does_not_make_it_done(failed):
    tape = write(write(write(Tape()), SECOND, **failed), FIRST | {"Ds": "derde", "Qu": 1})

    assert objected(tape, DONE) == [2]


@pytest.mark.parametrize("ok", [False, None])
def test_who_tells_that_it_failed_or_broke_down_is_not_objected_to(ok):
    assert objected(write(Tape(), **LOST), DONE, ok) == []


def test_what_was_carried_out_and_whose_answer_was_lost_is_done():
    tape = write(Tape(), status=None, erp_status=201, fault="lost_answer")

    assert objected(tape, DONE) == []


@pytest.mark.parametrize("failed", [LOST, DOWN])
def test_what_was_written_after_all_is_done(failed):
    assert objected(write(look(write(Tape(), **failed), rows=[])), DONE) == []


def test_lines_of_a_batch_that_were_written_one_by_one_after_it_are_done():
    tape = batch(Tape(), FIRST, SECOND, **DOWN)

    assert objected(write(write(tape), SECOND), DONE) == []
    assert objected(write(batch(Tape(), FIRST, SECOND, **DOWN)), DONE) == [1]


def test_what_was_refused_and_then_sent_mended_is_done():
    assert objected(write(write(Tape(), **NO_SUCH), FIRST | {"EmId": "2"}), DONE) == []


def test_what_could_not_be_made_and_was_changed_instead_is_done():
    tape = write(write(Tape(), **NO_SUCH), {"Id": 4, "EmId": "1", "Qu": 7.5}, method="PUT")

    assert objected(tape, DONE) == []


def test_what_could_not_be_made_because_it_is_there_is_done():
    there = refused("De persoon bestaat al.")

    assert objected(write(Tape(), **there), DONE) == []
    assert objected(look(write(Tape(), **NO_SUCH), rows=1), DONE) == []
    assert objected(look(write(Tape(), **NO_SUCH), rows=0), DONE) == [1]
    assert objected(write(look(Tape(), rows=1), **NO_SUCH), DONE) == [2]
    assert objected(look(write(Tape(), **NO_SUCH), rows=1, turn=2), DONE) == [1]


def test_what_was_left_from_the_first_time_has_to_be_there_after_the_second():
    tape = write(Tape(), **LOST)

    assert objected(tape, DONE, False, True) == [1]
    assert objected(write(tape, turn=2), DONE, False, True) == []


@pytest.mark.parametrize(
    ("failed", "expected"), [(LOST, [1]), ({"status": 500, "erp_status": 500}, [])]
)
def test_a_row_that_could_not_be_deleted_is_gone_where_erp1_says_so(failed, expected):
    tape = Tape().call("DELETE", f"/connectors/{WRITES}/{WRITES}/Id/4", turn=1, **failed)

    assert objected(tape, DONE) == expected


FAILED = [
    {"status": None, "response_body": None},
    {"status": 500, "response_body": '{"externalMessage": "geblokkeerd"}'},
    {"response_body": "<html>Aanmelden</html>"},
    {"response_body": '{"externalMessage": "x"}'},
]


@pytest.mark.parametrize("failed", FAILED)
@pytest.mark.parametrize("ok", [True, False])
def test_writing_after_a_look_that_failed_is_objected_to(failed, ok):
    assert objected(write(look(Tape(), **failed)), UNSEEN, ok) == [2]


def test_writing_after_a_look_that_succeeded_in_the_end_is_not():
    failed = FAILED[0]

    assert objected(write(look(look(Tape(), **failed))), UNSEEN) == []
    assert objected(write(look(Tape())), UNSEEN) == []


def test_a_look_for_another_line_says_nothing_of_this_one():
    assert objected(write(look(Tape(), "2026-11-09", **FAILED[0])), UNSEEN) == []


def test_a_look_that_succeeds_only_after_the_write_came_too_late():
    tape = look(write(look(Tape(), **FAILED[0])))

    assert objected(tape, UNSEEN) == [2]
    assert objected(look(write(Tape()), **FAILED[0]), UNSEEN) == []
