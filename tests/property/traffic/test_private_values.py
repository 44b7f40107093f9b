"""Private values are found exactly where a look at every word of a text finds them."""

import itertools
import re

from hypothesis import given
from hypothesis import strategies as st

from koppeling_harness.traffic.private_values import PrivateValues

WORDS = ("jan", "Jan", "JANSEN", "Zoë", "zoë", "06", "0612", "345678", "12345678", "x", "\u212aees")
BETWEEN = (" ", "  ", "-", "_", ", ", "\n", "", "\ufffd", " " * 81, "\x00", "é")
VALUES = ("Jan Jansen", "Zoë Jansen", "0612 345678", "0612-345678", "12345678", "Kees x jan")

texts = st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(BETWEEN)), max_size=12).map(
    lambda parts: "".join(itertools.chain(*parts))
)


def looked_at_every_word(values: PrivateValues, text: str) -> list[tuple[int, int, str]]:
    words = [(m.start(), m.end(), m.group().casefold()) for m in re.finditer(r"[^\W_]+", text)]
    found: list[tuple[int, int, str]] = []
    for at, (start, _, word) in enumerate(words):
        for wanted in values._by_word.get(word, ()):
            there = words[at : at + len(wanted.words)]
            gaps = [later[0] - earlier[1] for earlier, later in itertools.pairwise(there)]
            if tuple(each for _, _, each in there) == wanted.words and all(
                gap <= 80 for gap in gaps
            ):
                found.append((start, there[-1][1], wanted.value))
        begun, last = "", start
        for first, end, each in words[at:]:
            begun = begun + each if first - last <= 3 else ""
            last = end
            if not any(joined.startswith(begun) for joined in values._joined) or not begun:
                break
            found += [(start, end, value) for value in values._joined.get(begun, ())]
    return found


@given(st.sets(st.sampled_from(VALUES), min_size=1), texts)
def test_values_are_found_where_a_look_at_every_word_finds_them(wanted, text):
    values = PrivateValues()
    for each in sorted(wanted):
        values.add(each)

    assert list(values.find(text)) == looked_at_every_word(values, text)
