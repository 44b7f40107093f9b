"""Places in files are values: shown as text, and never cut out of it but in one place."""

import copy
import pickle

import pytest

from koppeling_harness.errors import Problem, in_file_order
from koppeling_harness.place import Place


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (Place("a.yaml", 3, 5), "a.yaml:3:5"),
        (Place("a.yaml", 3), "a.yaml:3"),
        (Place("a.yaml"), "a.yaml"),
        (Place("a:b/x:1.yaml", 3, 5), "a:b/x:1.yaml:3:5"),
        (Place(r"C:\x\a.yaml", 3, 5), r"C:\x\a.yaml:3:5"),
        (Place("a\nb.yaml", 3, 5), "a\nb.yaml:3:5"),
    ],
)
def test_a_place_is_its_text_and_is_read_from_it_again(place, text):
    assert place == text
    assert f"{place}: wrong" == f"{text}: wrong"
    again = Place.read(text)
    assert (again.file, again.line, again.column) == (place.file, place.line, place.column)
    assert Place.read(place) is place


@pytest.mark.parametrize("text", ["exchange 3: POST PtRealization", "x:007", "", "a:b/p", ":3"])
def test_a_text_that_shows_no_line_is_the_name_of_the_whole(text):
    found = Place.read(text)

    assert (found, found.file, found.line, found.column) == (text, text, 0, 0)


def test_a_place_lasts_through_copies():
    place = Place("a:1", 2, 3)

    for each in (copy.deepcopy(place), pickle.loads(pickle.dumps(place))):
        assert (each, each.file, each.line, each.column) == (place, "a:1", 2, 3)


def test_problems_stand_in_the_order_of_the_file_and_each_once():
    late, early, whole = (
        Problem(where=Place("a:9/b", 10, 1), message="late"),
        Problem(where=Place("a:9/b", 9, 12), message="early"),
        Problem(where="a:99", message="of the whole file"),
    )
    assert in_file_order([late, early, late, whole]) == [whole, early, late]
