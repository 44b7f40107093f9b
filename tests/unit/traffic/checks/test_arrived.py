"""What once arrived as it stood in the input has to do so again."""

import pytest

from koppeling_harness.model.exchange import TriggerRecord
from koppeling_harness.model.snapshot import MetainfoField, UpdateMetainfo
from koppeling_harness.traffic.checks import check_exchanges
from koppeling_harness.traffic.checks.arrived import rooms
from support.exchanges import PROFIT_8, Tape, a_manifest

CODE = "ARRIVES-OTHERWISE"
INPUT = {"text": "Metselwerk begane grond", "hours": 7.75, "day": "2026-11-02", "item": "300"}
SENT = {"Ds": "Metselwerk begane grond", "Qu": 7.75, "DaTi": "2026-11-02", "ItCd": "300"}


def told(ok: bool | None, **values: object) -> TriggerRecord:
    return TriggerRecord(operation="sync", input=INPUT | values, ok=ok)


def objected(
    given: dict[str, object],
    sent: dict[str, object],
    *,
    ok: bool | None = True,
    first: dict[str, object] = SENT,
    room: int = 0,
    before: dict[str, object] | None = None,
) -> list[str]:
    """Return what is objected to, where the second time `given` was sent as `sent`."""
    tape = Tape().write(first, turn=1, erp_status=201)
    tape.write(SENT | sent, turn=2, erp_status=201)
    field = MetainfoField(field_id="Ds", data_type="string", length=room)
    found = check_exchanges(
        tape.exchanges,
        manifest=a_manifest(),
        release=PROFIT_8,
        triggers=[told(True, **(before or {})), told(ok, **given)],
        definitions={"ptrealization": UpdateMetainfo(id="PtRealization", fields=(field,))},
    )
    return [each.message for each in found if each.code == CODE]


TEXT = "Façade afgewerkt 😀"
RIGHT = [
    ({"text": TEXT}, {"Ds": TEXT}),
    ({"text": TEXT}, {"Ds": f"Dagstaat: {TEXT}"}),
    ({"text": "Façade hersteld"}, {"Ds": "Fac\u0327ade hersteld"}),
    ({"hours": 4.35}, {"Qu": 4.35}),
    ({"hours": 4.35}, {"Qu": "4.350"}),
    ({"hours": "4.35"}, {"Qu": 4.35}),
    ({"day": "2024-02-29"}, {"DaTi": "2024-02-29"}),
    ({"day": "2024-02-29"}, {"DaTi": "2024-02-29T00:00:00"}),
    ({"day": "2026-06-30T22:30:00Z"}, {"DaTi": "2026-07-01"}),
    ({"item": "301"}, {"ItCd": "302"}),
]


@pytest.mark.parametrize(("given", "sent"), RIGHT)
def test_what_arrives_as_it_was_meant_is_not_objected_to(given, sent):
    assert objected(given, sent) == []


LONG = ("Metselwerk " * 30)[:270] + "tot het eind"

WRONG = [
    ({"text": TEXT}, {"Ds": "Fa?ade afgewerkt ?"}),
    ({"text": TEXT}, {"Ds": "Facade afgewerkt"}),
    ({"text": TEXT}, {"Ds": TEXT.encode().decode("latin-1")}),
    ({"text": TEXT}, {"Ds": TEXT[:10]}),
    ({"text": TEXT}, {"Ds": ""}),
    ({"hours": 4.35}, {"Qu": 4.3}),
    ({"hours": 4.35}, {"Qu": 4.3499999999999996447}),
    ({"hours": 4.35}, {"Qu": "4,35"}),
    ({"hours": 4.35}, {"Qu": 4}),
    ({"day": "2024-02-29"}, {"DaTi": "2024-03-01"}),
    ({"day": "2024-02-29"}, {"DaTi": "29-02-2024"}),
    ({"day": "2026-06-30T22:30:00Z"}, {"DaTi": "2026-06-30"}),
    ({"day": "2026-07-01T00:30:00+02:00"}, {"DaTi": "2026-06-30"}),
]


@pytest.mark.parametrize(("given", "sent"), WRONG)
def test_what_arrives_otherwise_is_objected_to(given, sent):
    if sent == {"Qu": 4.3499999999999996447}:
        sent = {"Qu": "4.3499999999999996447"}
    (message,) = objected(given, sent)

    assert "with another value it arrived there whole (exchange 1)" in message


@pytest.mark.parametrize("ok", [False, None])
def test_who_says_that_it_did_not_succeed_is_not_objected_to(ok):
    assert objected({"text": TEXT}, {"Ds": "Fa?ade"}, ok=ok) == []


def test_what_is_worked_out_of_the_input_is_not_judged():
    first = SENT | {"Ds": "Regel 1", "Qu": 465, "DaTi": "2026-11-09"}

    assert objected({"text": TEXT, "hours": 4.35, "day": "2024-02-29"}, first, first=first) == []


def test_a_text_that_is_cut_where_its_field_ends_is_not_objected_to():
    assert objected({"text": TEXT}, {"Ds": TEXT[:10]}, room=10) == []
    assert objected({"text": TEXT}, {"Ds": TEXT[:7]}, room=10) != []


@pytest.mark.parametrize(
    ("cut", "is_right"),
    [
        (LONG[:255], True),
        (LONG[:240] + "…", True),
        (LONG[:240] + " (UP-2026-1)", True),
        (LONG[:100], False),
        (LONG.encode()[:150].decode(), False),
        ("Regel zonder die tekst " * 11, False),
        ("", False),
    ],
)
def test_a_text_that_is_too_long_is_cut_off_near_the_end_of_its_field(cut, is_right):
    assert (objected({"text": LONG}, {"Ds": cut}, room=255) == []) is is_right


def test_a_text_that_fits_arrives_whole():
    assert objected({"text": LONG[:250]}, {"Ds": LONG[:249]}, room=255) != []
    assert objected({"text": LONG[:255]}, {"Ds": LONG[:254]}, room=255) != []


def test_what_was_not_written_again_says_nothing():
    tape = Tape().write(SENT, turn=1, erp_status=201)
    triggers = [told(True), told(True, text=TEXT)]
    found = check_exchanges(
        tape.exchanges, manifest=a_manifest(), release=PROFIT_8, triggers=triggers
    )

    assert CODE not in {each.code for each in found}


@pytest.mark.parametrize(
    ("sent", "room", "left"),
    [
        (INPUT["text"], 255, 255),
        (f"Dagstaat: {INPUT['text']}", 255, 245),  # what it puts beside it takes room as well
        (INPUT["text"], 0, None),  # a memo
        ("Regel 1", 255, None),  # it did not go there as such
    ],
)
def test_the_room_of_a_text_is_that_of_the_field_that_it_went_to(sent, room, left):
    tape = Tape().write(SENT | {"Ds": sent}, turn=1, erp_status=201)
    field = MetainfoField(field_id="Ds", data_type="string", length=room)
    known = {"ptrealization": UpdateMetainfo(id="PtRealization", fields=(field,))}

    found = rooms(tape.exchanges, [told(True)], known)

    assert found == ({} if left is None else {("text",): left})


@pytest.mark.parametrize(
    ("hours", "is_right"), [("6.85", True), ("13.20", True), ("6.25", False), ("4.3", False)]
)
def test_what_is_added_up_with_others_of_the_same_name_arrived(hours, is_right):
    """Lines of one day are booked in one, and with other days each for itself."""
    lines = [{"uren": "4.35"}, {"uren": "2.50"}, {"uren": "6.35"}, {"pauze": "1.90"}]

    found = objected(
        {"hours": None, "lines": lines}, {"Qu": hours}, before={"lines": [{"uren": "7.75"}]}
    )

    assert (found == []) is is_right


@pytest.mark.parametrize(("written", "is_right"), [("Overleg", True), ("Reistijd", False)])
def test_of_a_line_that_is_not_written_no_value_arrives_otherwise(written, is_right):
    """Whether it may be left out is another question."""
    lines = [{"text": "Overleg", "dag": "2026-11-03"}, {"text": "Reistijd", "dag": "2026-11-04"}]
    before = {"lines": [lines[0], {"text": "Reistijd", "dag": "2026-11-02"}]}

    found = objected(
        {"day": None, "text": None, "lines": lines},
        {"Ds": written, "DaTi": "2026-11-03"},
        before=before | {"day": None, "text": None},
    )

    assert (found == []) is is_right
