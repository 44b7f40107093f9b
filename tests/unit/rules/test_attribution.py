from itertools import product

import pytest

from koppeling_harness.model.recheck import Basis, Cell, Movement, Table, Whose
from koppeling_harness.model.shape import Text
from koppeling_harness.model.verdict import Cause, Outcome
from koppeling_harness.rules.attribution import movement, whose_change

P, F, N = Outcome.PASSED, Outcome.FAILED, None
UNREACHABLE = Cell(outcome=Outcome.INCONCLUSIVE, cause=Cause.ENVIRONMENT, basis=Basis.LIVE)


def a_cell(outcome: Outcome | None) -> Cell:
    return Cell(outcome=outcome, basis=Basis.LIVE if outcome else Basis.NONE)


def a_table(certified_old, certified_new, present_old, present_new, /, **changes) -> Table:
    return Table(
        **{
            "old_release": "Profit 7",
            "new_release": "Profit 8",
            "certified_version": "1.0.0",
            "present_version": "1.1.0",
            "certified_old": a_cell(certified_old),
            "certified_new": a_cell(certified_new),
            "present_old": a_cell(present_old),
            "present_new": a_cell(present_new),
            "same_integration": False,
            "same_release": False,
            **changes,
        }
    )


@pytest.mark.parametrize(
    ("certified_new", "present_old", "whose"),
    [
        (P, F, Whose.INTEGRATION),
        (F, P, Whose.PROFIT),
        (F, F, Whose.BOTH),
        (P, P, Whose.BOTH),
        (N, P, Whose.CANNOT_TELL),
        (N, F, Whose.CANNOT_TELL),
        (P, N, Whose.CANNOT_TELL),
        (F, N, Whose.CANNOT_TELL),
        (N, N, Whose.CANNOT_TELL),
    ],
)
def test_two_versions_on_two_releases_say_whose_change_it_is(certified_new, present_old, whose):
    assert whose_change(a_table(P, certified_new, present_old, F)).whose is whose


@pytest.mark.parametrize(
    ("certified_new", "present_old", "at_least"),
    [
        (N, P, Whose.PROFIT),
        (N, F, Whose.INTEGRATION),
        (P, N, Whose.INTEGRATION),
        (F, N, Whose.PROFIT),
        (N, N, None),
        (P, F, None),
        (F, F, None),
    ],
)
def test_where_one_column_is_known_it_says_what_changed_at_least(
    certified_new, present_old, at_least
):
    found = whose_change(a_table(P, certified_new, present_old, F))

    assert found.at_least is at_least
    assert at_least is None or "at least" in found.why.en.lower()


def test_nothing_is_known_at_least_where_it_did_not_pass_or_fail():
    assert whose_change(a_table(N, N, F, F)).at_least is None
    assert whose_change(a_table(P, N, F, Outcome.INCONCLUSIVE)).at_least is None


def test_what_cannot_be_told_says_what_is_missing():
    note = Text(nl="geef de map", en="give the folder")
    table = a_table(P, N, N, F, certified_new=Cell(note=note))
    missing = [each.en for each in whose_change(table).missing]

    assert missing == [
        "the present version on Profit 7: was not carried out",
        "the certified version on Profit 8: give the folder",
    ]


@pytest.mark.parametrize(("certified_new", "present_old"), list(product([P, F, N], repeat=2)))
def test_an_environment_that_cannot_be_used_is_blamed_whatever_else_is_known(
    certified_new, present_old
):
    table = a_table(P, certified_new, present_old, F, present_new=UNREACHABLE)

    assert whose_change(table).whose is Whose.ENVIRONMENT


def test_what_no_longer_passes_where_nothing_changed_is_not_blamed_on_the_two():
    assert whose_change(a_table(F, F, F, F)).whose is Whose.ENVIRONMENT
    same = a_table(P, F, F, F, same_integration=True, same_release=True)
    assert whose_change(same).whose is Whose.ENVIRONMENT


def test_a_scenario_that_never_passed_cannot_be_attributed():
    found = whose_change(None)

    assert found.whose is Whose.CANNOT_TELL
    assert "earlier run" in found.missing[0].en


def test_an_outcome_that_the_harness_could_not_judge_cannot_be_attributed():
    broken = Cell(outcome=Outcome.INCONCLUSIVE, cause=Cause.CONFIGURATION, basis=Basis.LIVE)
    found = whose_change(a_table(P, F, P, F, present_new=broken))

    assert found.whose is Whose.CANNOT_TELL
    assert "inconclusive (configuration)" in found.missing[0].en


@pytest.mark.parametrize(
    ("before", "now", "found"),
    [
        (P, P, Movement.STILL_PASSING),
        (P, F, Movement.NEWLY_FAILING),
        (P, Outcome.INCONCLUSIVE, Movement.NEWLY_FAILING),
        (F, P, Movement.NEWLY_PASSING),
        (F, F, Movement.STILL_FAILING),
        (None, F, Movement.NEWLY_FAILING),
        (None, P, Movement.STILL_PASSING),
        (P, Outcome.NOT_RUN, Movement.NOT_RUN),
        (F, Outcome.NOT_RUN, Movement.NOT_RUN),
    ],
)
def test_what_became_of_a_scenario_follows_from_before_and_now(before, now, found):
    assert movement(before, now) is found
