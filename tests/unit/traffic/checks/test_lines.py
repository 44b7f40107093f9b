"""A line of the input that is told as done was written, or found."""

import pytest

from koppeling_harness.model.exchange import TriggerRecord
from koppeling_harness.traffic.checks import check_exchanges
from support.exchanges import PROFIT_8, Tape, a_manifest

ONE = {"ref": "UP-2026-aaaa1111", "employee": "000001003", "hours": "7.75", "text": "Overleg"}
TWO = {"ref": "UP-2026-bbbb2222", "employee": "000001003", "hours": "0.25", "text": "Reistijd"}


def told(*lines: dict[str, str], ok: bool = True) -> TriggerRecord:
    return TriggerRecord(operation="push", input={"entries": [*lines]}, ok=ok)


def found(
    tape: Tape, *triggers: TriggerRecord, said: tuple[str, ...] = ()
) -> list[tuple[str, str, str]]:
    """Return code, level and message of what is found of lines."""
    findings = check_exchanges(
        tape.exchanges,
        manifest=a_manifest(),
        release=PROFIT_8,
        triggers=triggers or (told(ONE, TWO),),
        said=said,
    )
    return [
        (each.code, each.level.value, each.message)
        for each in findings
        if each.code.startswith("LINE-")
    ]


def objected(tape: Tape, *triggers: TriggerRecord) -> list[str]:
    return [message for code, _, message in found(tape, *triggers) if code == "LINE-LEFT-OUT"]


def wrote(tape: Tape, *, turn: int = 1, **fields: object) -> Tape:
    return tape.write(dict(fields), turn=turn, erp_status=201)


def test_a_line_that_was_left_out_is_told_for_there_may_be_a_reason():
    ((code, level, message),) = found(wrote(Tape(), EmId="000001003", Qu="7.75", Ds="Overleg"))

    assert (code, level) == ("LINE-LEFT-OUT", "warning")
    assert "of the 2 lines of the input `entries[1]` was never written" in message


@pytest.mark.parametrize(
    "second",
    [
        {"Ds": "Reistijd", "Qu": "0.25"},
        {"Ds": "reistijd (UP-2026-BBBB 2222)", "Qu": "0.25"},
        {"Ds": "Urenportaal UP-2026-bbbb2222", "Qu": "0.25"},
    ],
)
def test_every_line_that_arrives_in_some_form_is_fine(second):
    tape = wrote(wrote(Tape(), Ds="Overleg", Qu="7.75"), **second)

    assert objected(tape) == []


def test_lines_that_are_added_up_are_not_left_out():
    assert objected(wrote(Tape(), Ds="Overleg", Qu="8.00")) == []


def test_what_is_there_already_need_not_be_written():
    query = {"filterfieldids": "Ds", "filtervalues": "UP-2026-bbbb2222", "operatortypes": "1"}
    tape = Tape().read(query=query, rows=1, turn=1)
    nothing = Tape().read(query=query, rows=0, turn=1)

    assert objected(wrote(tape, Ds="Overleg", Qu="7.75")) == []
    assert len(objected(wrote(nothing, Ds="Overleg", Qu="7.75"))) == 1


def test_what_never_stands_in_a_body_shows_nothing():
    assert objected(wrote(Tape(), Ds="Uren van de dag", Qu="4")) == []


def test_who_says_that_it_did_not_succeed_is_not_objected_to():
    assert objected(wrote(Tape(), Ds="Overleg", Qu="7.75"), told(ONE, TWO, ok=False)) == []


@pytest.mark.parametrize("ok", [True, False])
def test_the_same_once_more_may_be_known(ok):
    tape = wrote(wrote(Tape(), Ds="Reistijd"), turn=2, Ds="Overleg")

    assert objected(tape, told(ONE, TWO, ok=ok), told(ONE, TWO))[int(ok) :] == []


def test_a_turn_with_a_fault_is_judged_by_others():
    tape = wrote(Tape(), Ds="Overleg").write({"Ds": "x"}, turn=1, fault="reset", status=None)

    assert objected(tape) == []


ONE_ANEW = ONE | {"ref": "UP-2026-cccc3333"}
TWO_ANEW = TWO | {"ref": "UP-2026-dddd4444"}


def first_of_a_key(order: str = "turned", method: str = "POST", **more: object) -> Tape:
    """Return what is written by who keeps the first line of an employee, whichever that is."""
    second = {"Ds": "Reistijd", "Qu": "0.25"} if order == "turned" else {"Ds": "Overleg"}
    kept = {"method": method, "erp_status": 201}
    tape = Tape().write({"Ds": "Overleg", "Qu": "7.75"} | more, turn=1, **kept)
    return tape.write(second | more, turn=2, **kept)


def test_a_line_that_is_written_when_it_stands_elsewhere_is_lost():
    turns = told(ONE, TWO), told(TWO_ANEW, ONE_ANEW)
    ((code, level, message),) = found(first_of_a_key(), *turns)

    assert (code, level) == ("LINE-LOST", "error")
    assert "`entries[1]` was never written and found nowhere, others were, and with the lines" in (
        message
    )
    assert "(exchange 2)" in message


@pytest.mark.parametrize(
    ("tape", "second"),
    [
        (first_of_a_key("same"), told(TWO_ANEW, ONE_ANEW)),  # never written, wherever it stands
        (first_of_a_key(method="PUT"), told(TWO_ANEW, ONE_ANEW)),  # of one record the last holds
        (first_of_a_key(MatchPer="0"), told(TWO_ANEW, ONE_ANEW)),
        (first_of_a_key(), told(TWO_ANEW | {"hours": "0.50"}, ONE_ANEW)),  # another line
        (first_of_a_key(), told(TWO_ANEW, ONE_ANEW, ok=False)),
    ],
)
def test_what_may_have_a_reason_is_never_an_error(tape, second):
    levels = {level for _, level, _ in found(tape, told(ONE, TWO), second)}

    assert levels <= {"warning"}


@pytest.mark.parametrize(
    ("answer", "is_told"),
    [
        ('{"booked": ["UP-2026-aaaa1111"], "skipped": ["UP-2026-bbbb2222"]}', True),
        ('[{"ref": "UP-2026-aaaa1111", "is": "booked"}, '
         '{"ref": "UP-2026-bbbb2222", "is": "skipped"}]', True),
        ('{"message": "UP-2026-bbbb2222 was booked before"}', True),
        ('{"booked": ["UP-2026-aaaa1111", "UP-2026-bbbb2222"]}', False),
        ('{"booked": 2}', False),
        ("", False),
    ],
)  # fmt: skip
def test_a_line_of_which_the_answer_says_something_else_is_told(answer, is_told):
    tape = wrote(Tape(), Ds="Overleg", Qu="7.75")

    assert (found(tape, said=(f"{answer}\n",)) == []) is is_told
