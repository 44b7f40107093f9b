"""The texts of the pages, in both languages, from one file."""

import json
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import files

from koppeling_harness.model.shape import Text


class Language(StrEnum):
    """The language in which a page opens; the other one is in it too."""

    NL = "nl"
    EN = "en"


@cache
def texts() -> Mapping[str, Text]:
    """Return the catalogue: key and text. Words of enums have the key `enum.member`."""
    source = files("koppeling_harness.report").joinpath("texts.json").read_text(encoding="utf-8")
    return {key: Text(nl=text["nl"], en=text["en"]) for key, text in json.loads(source).items()}


def in_language(text: Text, language: Language) -> str:
    """Return the text in one language."""
    return text.nl if language is Language.NL else text.en
