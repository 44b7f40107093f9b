"""Labels of fields, in Dutch and English.

AFAS publishes its OpenAPI files in English, and leaves part of the labels in them Dutch; the other
language of each is our own translation. What a real environment shows may be worded otherwise: a
field is known by its id.
"""

import re
from collections.abc import Mapping
from functools import cache
from importlib import resources

_MARK = re.compile(r"^\$\d+=")
"""A number that AFAS's generator left before some labels."""


def both_languages(label: str) -> tuple[str, str]:
    """Return a label in Dutch and in English; the same twice when one of them is not known."""
    plain = _MARK.sub("", label)
    dutch, english = _translations()
    key = plain.casefold()
    return dutch.get(key, plain), english.get(key, plain)


@cache
def _translations() -> tuple[Mapping[str, str], Mapping[str, str]]:
    text = resources.files(__package__).joinpath("data/labels.tsv").read_text("utf-8")
    pairs = [line.split("\t") for line in text.splitlines()]
    dutch = {english.casefold(): nl for english, nl in pairs}
    english: dict[str, str] = {}
    for en, nl in pairs:
        if nl.casefold() not in dutch:
            english.setdefault(nl.casefold(), en)
    return dutch, english
