"""What counts as having been seen."""

from dataclasses import replace

import pytest

from koppeling_harness.model.exchange import TriggerRecord
from koppeling_harness.model.fault import CallFilter, CallKind
from koppeling_harness.model.proof import NO_MODIFIED_FIELD, Witness
from koppeling_harness.traffic.witness import seen, wrote
from support.exchanges import READS, WRITES, Tape, a_manifest
from support.judging import of

SORTED = {"orderbyfieldids": "EmployeeId"}


def states(witness: Witness, tape: Tape, **more: object) -> dict[str, str]:
    return {each.connector: each.state.value for each in seen(witness, tape.exchanges, **more)}


GIVEN = (TriggerRecord(operation="read", input={"of": ["1", "Licht"]}, ok=True),)


def pages(tape: Tape, triggers: tuple[TriggerRecord, ...] = GIVEN) -> str:
    return states(Witness.PAGE, tape, kind=CallKind.READS, triggers=triggers)[READS]


@pytest.mark.parametrize(
    ("tape", "state"),
    [
        (Tape().read(rows=3), "not_proven"),
        (Tape().read(rows=100), "not_proven"),
        (Tape().read(rows=100).read(rows=1, query={"skip": 100}), "proven"),
        (Tape().read(rows=0).read(rows=0, query={"skip": 100}), "not_proven"),
        (Tape().read(rows=100).read(rows=1, query={"skip": 200}), "not_proven"),
        (
            Tape()
            .read(rows=2, query={"take": 2})
            .read(
                rows=1,
                query={
                    "take": 2,
                    "filterfieldids": "EmployeeId",
                    "filtervalues": "1",
                    "operatortypes": "4",
                },
            ),
            "proven",
        ),
        (Tape().read(rows=1, query={"take": 1}), "not_applicable"),
        (
            Tape().read(rows=1, query={"filterfieldids": "EmployeeId", "filtervalues": "1"}),
            "not_applicable",
        ),
        (
            Tape().read(rows=2, query={"filterfieldids": "Name", "filtervalues": "1"}),
            "not_applicable",
        ),
        (
            Tape().read(rows=100, query={"filterfieldids": "Name", "filtervalues": "1"}),
            "not_proven",
        ),
        (
            Tape()
            .read(rows=1, query={"filterfieldids": "EmployeeId", "filtervalues": "1"})
            .read(rows=3),
            "not_proven",
        ),
    ],
    ids=[
        "a page that was not full",
        "a full page and nothing after it",
        "a second page",
        "a second page after an empty one",
        "not the next page",
        "read on from the last key",
        "the first row of all",
        "one row looked up",
        "several rows of one value",
        "a full page of one value",
        "looked up, and read besides",
    ],
)
def test_paging_is_seen_where_it_could_have_been_incomplete(tape, state):
    assert pages(tape) == state


def looking_up(value: str) -> dict[str, object]:
    return {"filterfieldids": "Name", "filtervalues": value}


@pytest.mark.parametrize(
    ("tape", "state"),
    [
        (Tape().read(rows=0, query=looking_up("Open")), "not_proven"),
        (Tape().read(rows=2, query=looking_up("Open")), "not_proven"),
        (Tape().read(rows=1, query=looking_up("Open")), "not_applicable"),
        (
            Tape().read(rows=2, query=looking_up("Open")).read(rows=2, query=looking_up("Open")),
            "not_proven",
        ),
        (Tape().read(rows=0, query=looking_up("LICHT")), "not_applicable"),
        (Tape().read(rows=0, query=looking_up("ORDER-Licht")), "not_applicable"),
        (
            Tape()
            .write(request_body='{"PtX": {"Element": {"Fields": {"Ds": "W-77"}}}}')
            .read(rows=0, query=looking_up("W-77")),
            "not_applicable",
        ),
    ],
    ids=["none", "two", "one", "its own answer", "given", "part given", "written"],
)
def test_a_filter_on_a_value_of_no_record_excuses_no_paging(tape, state):
    assert pages(tape) == state


def test_pages_that_are_asked_side_by_side_are_seen():
    tape = Tape().read(rows=1, query={"skip": 100}).read(rows=100)

    assert pages(tape) == "proven"


def test_each_connector_has_a_line_of_its_own():
    tape = Tape().read("Other", rows=0).read(rows=2)
    found = seen(Witness.ROWS, tape.exchanges, kind=CallKind.READS)

    assert [(each.connector, each.state.value, each.exchange) for each in found] == [
        ("Other", "not_proven", None),
        (READS, "proven", 2),
    ]


def test_rows_count_only_as_the_fault_left_them():
    plain = Tape().read(rows=2, fault="extra_field").read("Other", rows=2)

    assert states(Witness.ROWS, plain) == {READS: "proven", "Other": "not_proven"}


def test_a_write_counts_when_erp1_carried_it_out():
    assert states(Witness.WRITE, Tape().write(status=500, erp_status=500)) == {WRITES: "not_proven"}
    assert states(Witness.WRITE, Tape().write(erp_status=201)) == {WRITES: "proven"}
    assert not wrote(Tape().write(status=500, erp_status=500).exchanges)
    assert wrote(Tape().write(status=None, erp_status=201).exchanges)


def test_what_comes_after_a_fault_is_of_the_kind_that_it_struck():
    struck = CallFilter(kind=CallKind.WRITES)
    tape = Tape().write(status=503, fault="status").read()
    again = Tape().write(status=503, fault="status").write()

    assert states(Witness.AFTER_FAULT, tape, struck=struck)[WRITES] == "not_proven"
    assert states(Witness.AFTER_FAULT, again, struck=struck)[WRITES] == "proven"


def test_a_read_counts_as_repeated_in_a_later_turn_only():
    once = Tape().read(turn=1).read(turn=1)
    twice = Tape().read(turn=1).read(turn=2)
    other = Tape().read(turn=1).read("Other", turn=1).read("Other", turn=2)

    assert states(Witness.REPEAT, once)[READS] == "not_proven"
    assert states(Witness.REPEAT, twice)[READS] == "proven"
    assert states(Witness.REPEAT, other)[READS] == "not_applicable"


def test_a_fault_may_strike_the_call_that_asks_for_a_token():
    tape = Tape().call("POST", "/oauth/token", status=403, fault="status")
    (found,) = seen(Witness.FAULT, tape.exchanges)

    assert (found.connector, found.state.value, found.exchange) == ("", "proven", 1)


def since(moment: str) -> dict[str, object]:
    return {"filterfieldids": "Modified", "operatortypes": 2, "filtervalues": moment}


@pytest.mark.parametrize(
    ("query", "state"),
    [
        (since("2026-10-31T00:00:00"), "proven"),
        (since("2099-01-01T00:00:00"), "not_proven"),
        ({"filterfieldids": "EmployeeId", "filtervalues": "-1"}, "not_proven"),
        ({"filterfieldids": "Modified", "filtervalues": "2026-10-31T00:00:00"}, "not_proven"),
        ({"take": 1, "skip": 0, "filterfieldids": "Name", "operatortypes": 9}, "not_proven"),
    ],
    ids=["changes", "what is to come", "one that is not there", "one moment", "another field"],
)
def test_a_repeat_asks_what_was_modified_where_the_manifest_names_the_field(query, state):
    uses = a_manifest().get_connectors
    tape = Tape().read(turn=1).read(rows=0, query=query, turn=2)

    assert states(Witness.REPEAT, tape, uses=uses)[READS] == state


def test_a_whole_read_again_is_left_to_the_rule_against_it():
    tape = Tape().read(turn=1).read(turn=2)

    assert states(Witness.REPEAT, tape, uses=a_manifest().get_connectors)[READS] == "proven"
    assert of("FULL-READ-REPEATED", tape) == [2]


def test_a_whole_read_again_without_a_modified_field_rests_on_the_word_of_the_partner():
    (use, *_) = a_manifest().get_connectors
    (found,) = seen(
        Witness.REPEAT,
        Tape().read(turn=1).read(turn=2).exchanges,
        uses=[replace(use, modified_field=None)],
    )

    assert (found.state.value, found.why) == ("not_applicable", NO_MODIFIED_FIELD)


FELL = {"status": 503, "fault": "status"}


@pytest.mark.parametrize(
    ("query", "state"),
    [
        ({"skip": 0, "take": 100}, "proven"),
        ({"skip": 0, "take": 1000}, "proven"),
        (
            {"take": 10, "filterfieldids": "Id", "filtervalues": "-1", "operatortypes": "1"},
            "not_proven",
        ),
    ],
    ids=["the same", "one that covers it", "a sham call"],
)
def test_after_a_fault_the_struck_read_itself_must_be_answered(query, state):
    struck = CallFilter(kind=CallKind.READS)
    tape = Tape().read(query={"skip": 0, "take": 100}, **FELL).read(query=query, rows=2)

    assert states(Witness.AFTER_FAULT, tape, struck=struck) == {READS: state}


def test_of_a_connector_that_no_fault_struck_nothing_is_proven():
    struck = CallFilter(kind=CallKind.READS)
    tape = Tape().read(**FELL).read().read("Other")
    found = seen(Witness.AFTER_FAULT, tape.exchanges, struck=struck)

    assert [(each.connector, each.state.value) for each in found] == [
        (READS, "proven"),
        ("Other", "not_proven"),
    ]
    assert found[1].why is not None
    assert found[1].why.en == "not struck by the fault"


def test_changes_that_are_asked_by_a_field_that_was_not_declared_so_are_seen():
    (use, *_) = a_manifest().get_connectors
    tape = Tape().read(turn=1).read(rows=0, query=since("2026-10-31T00:00:00"), turn=2)

    found = states(Witness.REPEAT, tape, uses=[replace(use, modified_field=None)])
    assert found[READS] == "proven"


def test_a_row_that_was_looked_up_is_told_with_the_field_that_it_was_looked_up_by():
    tape = Tape().read(rows=1, query={"filterfieldids": "Name", "filtervalues": "Licht"})
    (found,) = seen(Witness.PAGE, tape.exchanges, kind=CallKind.READS, triggers=GIVEN)

    assert found.why is not None
    assert found.why.en == "looked up by equality on Name, and fewer rows came than were asked for"
