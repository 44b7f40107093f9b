"""Names that are nearly those of something known, in either of the programme's languages."""

import difflib
from collections.abc import Iterable

from koppeling_harness.model.shape import Text

_CUTOFF = 0.6


def nearest(name: str, known: Iterable[str], *, cutoff: float = _CUTOFF) -> str:
    """Return the known name that a name is most like; empty when it is like none."""
    by_plain = {each.casefold(): each for each in sorted(known)}
    found = difflib.get_close_matches(name.casefold(), list(by_plain), n=1, cutoff=cutoff)
    return by_plain[found[0]] if found else ""


def did_you_mean(name: str, known: Iterable[str]) -> Text:
    """Return a sentence that proposes the nearest known name, after a blank; else nothing."""
    near = nearest(name, known)
    if not near:
        return NOTHING
    return Text(nl=f" Bedoelde u {near}?", en=f" Did you mean {near}?")


NOTHING = Text(nl="", en="")
"""Where there is nothing to propose."""
