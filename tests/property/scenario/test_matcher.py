"""Laws that hold for all expectations, whatever stands in them."""

from hypothesis import given
from hypothesis import strategies as st

from koppeling_harness.scenario.matcher import match

KEYS = st.text(alphabet="abcXYZ-_.0", max_size=3)
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_everything_matches_itself_and_itself_exactly(value):
    assert match(value, value) == ()
    assert match({"$exact": value}, value) == ()


@given(VALUES, VALUES)
def test_either_a_value_matches_or_its_negation_does(expected, actual):
    assert bool(match(expected, actual)) != bool(match({"$not": expected}, actual))


@given(st.dictionaries(KEYS, VALUES, max_size=4), st.dictionaries(KEYS, VALUES, max_size=4))
def test_a_mapping_matches_every_larger_one(smaller, more):
    assert match(smaller, {**more, **smaller}) == ()


@given(st.lists(VALUES, max_size=5).flatmap(lambda v: st.tuples(st.just(v), st.permutations(v))))
def test_in_any_order_means_every_permutation(pair):
    values, permuted = pair

    assert match({"$unordered": values}, permuted) == ()


@given(st.lists(VALUES, min_size=1, max_size=5), VALUES)
def test_one_of_matches_what_one_of_them_matches(several, actual):
    matches_one = any(not match(each, actual) for each in several)

    assert bool(match({"$one_of": several}, actual)) != matches_one


@given(st.lists(VALUES, min_size=1, max_size=5), VALUES)
def test_some_and_each_are_opposites(elements, wanted):
    some_match = not match({"$some": wanted}, elements)
    each_differs = not match({"$each": {"$not": wanted}}, elements)

    assert some_match != each_differs


@given(VALUES, VALUES)
def test_every_difference_is_one_short_line(expected, actual):
    for difference in match(expected, actual):
        text = f"{difference.path}{difference.expected}{difference.actual}"
        assert "\n" not in difference.expected + difference.actual
        assert len(text) < 400
