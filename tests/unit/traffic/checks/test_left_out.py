"""Rows that came and are seen nowhere after it, just at the borders of pages."""

import json

import pytest

from koppeling_harness.model.exchange import TriggerRecord
from koppeling_harness.traffic.checks import check_exchanges
from koppeling_harness.traffic.checks.rule import Logged
from support.exchanges import PROFIT_8, Tape, a_manifest

TAKE = 40
KEYS = [f"{number:06}" for number in range(1, 94)]
PAGES = [KEYS[:40], KEYS[40:80], KEYS[80:]]
LAST = {page[-1] for page in PAGES[:2]}


def pages(tape: Tape | None = None, size: int = TAKE) -> Tape:
    tape = tape or Tape()
    for skip in range(0, len(KEYS), size):
        rows = [{"EmployeeId": key, "Name": "[field:0123abcd]"} for key in KEYS[skip : skip + size]]
        query = {"skip": skip, "take": size, "orderbyfieldids": "EmployeeId"}
        tape.read(query=query, rows=rows, turn=1)
    return tape


def objected(
    kept: list[str], tape: Tape | None = None, *, ok: bool = True, said: str = ""
) -> list[str]:
    """Return what is objected to where these keys stand in a file of the work folder."""
    found = check_exchanges(
        (tape or pages()).exchanges,
        manifest=a_manifest(),
        release=PROFIT_8,
        logged=(
            Logged(name="kept.json", text=json.dumps({key: {} for key in kept}), is_log=False),
        ),
        triggers=[TriggerRecord(operation="sync", input=None, ok=ok)],
        said=(said,),
    )
    return [each.message for each in found if each.code == "ROWS-LEFT-OUT"]


def without(left_out: set[str]) -> list[str]:
    return [key for key in KEYS if key not in left_out]


@pytest.mark.parametrize(
    ("left_out", "which"),
    [
        (LAST, "the last row of every full page"),
        ({page[-1] for page in PAGES}, "the last row of every page"),
        ({page[0] for page in PAGES[1:]}, "the first row of every next page"),
        ({page[0] for page in PAGES}, "the first row of every page"),
        ({*PAGES[2]}, "the whole last page"),
        ({*PAGES[0]}, "the whole first page"),
    ],
)
def test_what_is_lost_at_the_border_of_a_page_is_objected_to(left_out, which):
    (message,) = objected(without(left_out))

    assert f"of the 93 rows of Uren_Medewerkers {len(left_out)} are seen nowhere" in message
    assert which in message


@pytest.mark.parametrize(
    "left_out",
    [
        set(),
        {*KEYS},  # it keeps none of them
        {KEYS[3]},  # somebody it does not need
        {*KEYS[::2]},
        {*LAST, KEYS[3]},
        {*KEYS[:60]},
    ],
)
def test_rows_that_it_may_not_need_are_its_own_affair(left_out):
    assert objected(without(left_out)) == []


def test_what_is_answered_or_sent_is_seen_too():
    tape = pages()
    for key in LAST:
        tape.write({"EmId": key, "Qu": 7.5}, turn=1)

    assert objected(without(LAST), tape) == []
    assert objected(without(LAST), said=json.dumps(sorted(LAST))) == []


def test_to_read_on_after_a_row_is_not_to_use_it():
    tape = Tape()
    for page, before in zip(PAGES, ["", *(each[-1] for each in PAGES)], strict=False):
        query = {"take": TAKE, "orderbyfieldids": "EmployeeId"}
        if before:
            query |= {"filterfieldids": "EmployeeId", "filtervalues": before, "operatortypes": 4}
        tape.read(query=query, rows=[{"EmployeeId": key} for key in page], turn=1)

    assert len(objected(without(LAST), tape)) == 1


def test_a_row_that_came_on_another_page_too_is_not_lost():
    """The first row of a next page is dropped, and the page after it begins a row sooner."""
    tape = Tape()
    for skip in (0, 40, 79):
        rows = [{"EmployeeId": key} for key in KEYS[skip : skip + TAKE]]
        query = {"skip": skip, "take": TAKE, "orderbyfieldids": "EmployeeId"}
        tape.read(query=query, rows=rows, turn=1)

    (message,) = objected(without({KEYS[40]}), tape)

    assert "the first row of every next page" in message


def test_who_says_that_it_did_not_succeed_may_keep_what_it_likes():
    assert objected(without(LAST), ok=False) == []


def test_one_row_of_one_border_may_stand_there_by_chance():
    assert objected([*KEYS[:59], *KEYS[60:]], pages(size=60)) == []


def test_one_page_has_no_border():
    assert objected(KEYS[:-1], pages(size=100)) == []
