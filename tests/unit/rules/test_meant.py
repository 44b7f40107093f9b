"""An example is changed where it is free, and nowhere else."""

from decimal import Decimal

import pytest

from koppeling_harness.rules.meant import VARIATIONS, day_of, free_values, varied

FIXED = {
    "code": "000001003",
    "ref": "UP-2026-abc12345",
    "count": 3,
    "whole": 8.0,
    "on": True,
    "none": None,
    "version": "1.2.3",
    "mail": "jan@voorbeeld.nl",
    "short": "a b",
}


@pytest.mark.parametrize("name", VARIATIONS)
def test_what_may_mean_anything_stays_as_it_is(name):
    assert varied(FIXED, VARIATIONS[name]) == FIXED
    assert list(free_values(FIXED)) == []


@pytest.mark.parametrize("name", ["accents", "borders"])
def test_what_is_free_is_changed_and_keeps_its_form(name):
    value = {
        "lines": [
            {"text": "Werk op locatie", "price": 24.95, "hours": "7.5", "day": "2026-11-02"},
            {"at": "2026-11-02T20:15:00Z", "here": "2026-11-02T20:15:00+01:00"},
        ]
    }
    changed = varied(value, VARIATIONS[name])
    first, second = changed["lines"]

    assert first["text"].startswith("Werk op locatie")
    assert len(first["text"]) > len("Werk op locatie")
    assert isinstance(first["price"], float)
    assert -Decimal(first["hours"]).as_tuple().exponent == 1
    assert first["day"] != "2026-11-02"
    assert second["at"].endswith("Z")
    assert second["here"][-6] == "+"
    assert second["at"][:10] != day_of(second["at"])
    assert [path for path, _ in free_values(changed)] == [path for path, _ in free_values(value)]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-02-29", "2024-02-29"),
        ("2026-06-30T22:30:00Z", "2026-07-01"),
        ("2026-12-31T23:30:00Z", "2027-01-01"),
        ("2026-07-01T00:30:00+02:00", "2026-07-01"),
        ("2026-07-01T00:30:00", "2026-07-01"),
        ("2026-13-01T00:30:00Z", ""),
        ("02-11-2026", ""),
        ("", ""),
    ],
)
def test_the_day_of_a_moment_is_that_of_amsterdam(text, day):
    assert day_of(text) == day


@pytest.mark.parametrize("name", ["accents", "borders"])
@pytest.mark.parametrize("amounts", [["121.00", "100.00", "21.00"], [10.5, 121.25, 100.5, 10.25]])
def test_what_was_the_sum_of_the_others_is_so_again(name, amounts):
    changed = [Decimal(str(each)) for each in varied(amounts, VARIATIONS[name])]

    assert max(changed) * 2 == sum(changed)
    assert changed != [Decimal(str(each)) for each in amounts]
    assert changed.index(max(changed)) == amounts.index(max(amounts, key=float))


def test_two_equal_amounts_need_no_sum():
    assert varied(["7.50", "7.50"], VARIATIONS["accents"]) == ["4.35", "4.35"]


def test_a_text_alone_is_too_long():
    given = {"text": "Werk op locatie", "hours": "7.5", "day": "2026-11-02", "code": "300"}
    changed = varied(given, VARIATIONS["too-long"])

    assert changed | {"text": ""} == given | {"text": ""}
    assert len(changed["text"]) == 280
    assert changed["text"].startswith("Werk op locatie")


def test_turned_lines_stand_the_other_way_round_and_nothing_else_changes():
    one = {"text": "Een regel", "parts": [{"n": 1}, {"n": 2}]}
    given = {"lines": [one, {"text": "Nog een"}], "codes": ["a", "b"], "of": {"rows": [{}, one]}}

    assert varied(given, VARIATIONS["turned"]) == {
        "lines": [{"text": "Nog een"}, one],
        "codes": ["a", "b"],
        "of": {"rows": [one, {}]},
    }


def test_a_text_fills_the_room_that_it_has_and_no_other_text_is_changed():
    given = {"lines": [{"text": "Werk op locatie", "other": "Nog een tekst"}], "day": "2026-11-02"}
    rooms = {("lines", 0, "text"): 40, ("lines", 0, "other"): 5}
    changed = varied(given, VARIATIONS["edge"], rooms)
    text = changed["lines"][0].pop("text")

    assert (len(text), text[:15], text[-1]) == (40, "Werk op locatie", "é")
    assert changed == {"lines": [{"other": "Nog een tekst"}], "day": "2026-11-02"}
    assert varied(given, VARIATIONS["edge"]) == given


@pytest.mark.parametrize("name", VARIATIONS)
def test_nothing_stays_nothing(name):
    assert varied({"hours": "0.00"}, VARIATIONS[name]) == {"hours": "0.00"}
