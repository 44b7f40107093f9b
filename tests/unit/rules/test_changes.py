from itertools import product

import pytest

from koppeling_harness.model.change import Breaking, ChangeKind, Side
from koppeling_harness.model.impact import ImpactClass
from koppeling_harness.rules.changes import (
    AFAS_SAYS,
    BREAKING,
    IMPACT,
    KIND,
    NOT_LISTED,
    effect,
    impact_class,
    soften,
    weigh_listing,
)


@pytest.mark.parametrize(("kind", "side"), [*product(ChangeKind, Side)])
def test_every_kind_has_an_effect_on_who_writes_and_who_reads(kind, side):
    breaking, why = effect(kind, side)

    assert breaking in Breaking
    assert why.nl != why.en


def test_every_member_has_its_word():
    assert set(KIND) == set(ChangeKind)
    assert set(BREAKING) == set(Breaking)
    assert set(IMPACT) == set(ImpactClass)


def test_a_removed_value_hurts_who_writes_and_a_longer_field_who_reads():
    removed, longer = ChangeKind.ENUM_VALUE_REMOVED, ChangeKind.LENGTH_INCREASED

    assert effect(removed, Side.WRITES)[0] is Breaking.BREAKING
    assert effect(removed, Side.READS)[0] is Breaking.COMPATIBLE
    assert effect(longer, Side.WRITES)[0] is Breaking.COMPATIBLE
    assert effect(longer, Side.READS)[0] is Breaking.POSSIBLY


def test_the_listing_of_afas_makes_a_change_heavier_and_never_lighter():
    compatible = effect(ChangeKind.FIELD_ADDED, Side.WRITES)
    breaking = effect(ChangeKind.FIELD_REMOVED, Side.WRITES)

    assert weigh_listing(compatible, listed_breaking=True) == (Breaking.POSSIBLY, AFAS_SAYS)
    assert weigh_listing(compatible, listed_breaking=False) == compatible
    assert weigh_listing(breaking, listed_breaking=False) == breaking


def test_what_cannot_be_sure_is_at_most_possibly_breaking():
    assert soften(effect(ChangeKind.CONNECTOR_REMOVED, Side.READS), NOT_LISTED) == (
        Breaking.POSSIBLY,
        NOT_LISTED,
    )
    added = effect(ChangeKind.FIELD_ADDED, Side.READS)
    assert soften(added, NOT_LISTED) == added


@pytest.mark.parametrize(
    ("touched", "expected"),
    [
        ((), ImpactClass.NONE),
        ((Breaking.COMPATIBLE,), ImpactClass.NONE),
        ((Breaking.COMPATIBLE, Breaking.POSSIBLY), ImpactClass.ADVISED),
        ((Breaking.POSSIBLY, Breaking.BREAKING), ImpactClass.REQUIRED),
    ],
)
def test_what_is_to_be_done_follows_from_the_heaviest(touched, expected):
    assert impact_class(frozenset(touched)) is expected
