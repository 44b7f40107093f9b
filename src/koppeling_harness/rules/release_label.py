"""Labels of releases that are probably meant by what was typed."""

import difflib
from collections.abc import Iterable


def meant_release(typed: str, known: Iterable[str]) -> str:
    """Return the known label that was probably meant, such as `Profit 8` by `profit8` or `8`.

    Args:
        typed: What names no release.
        known: Labels that do.

    Returns:
        The label; empty when none is near.
    """
    spelt = {_bare(each): each for each in known}
    bare = _bare(typed)
    numbers = {each.removeprefix("profit"): label for each, label in spelt.items()}
    near = difflib.get_close_matches(bare, spelt, n=1, cutoff=0.8)
    digits = "".join(filter(str.isdigit, bare))
    if bare in spelt or bare in numbers:
        return spelt.get(bare) or numbers[bare]
    return spelt[near[0]] if near and (not digits or digits in near[0]) else ""


def did_you_mean(typed: str, known: Iterable[str]) -> str:
    """Return the hint that names the release that was meant; empty when none is near."""
    meant = meant_release(typed, known)
    return f"Did you mean {meant!r}?" if meant else ""


def _bare(label: str) -> str:
    return "".join(label.casefold().split()).replace("-", "").replace("_", "")
