"""Read the answer of an integration as what it must be."""

import json
import re
from typing import Any, TypeVar

from koppeling_harness.document import load_json
from koppeling_harness.errors import DocumentError
from koppeling_harness.plugin.breakdown import Breakdown, BreakdownKind

T = TypeVar("T")

_HALF = re.compile(
    r"(?<!\\)((?:\\\\)*)(?:(\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})"
    r"|\\(u[dD][89a-fA-F][0-9a-fA-F]{2}))"
)


def read_answer(cls: type[T], plain: Any, *, of: str) -> T | Breakdown:
    """Return plain JSON values as a value of a model type.

    Args:
        cls: The model type.
        plain: What the integration gave.
        of: What it was asked to do.
    """
    try:
        return load_json(cls, _whole_characters(json.dumps(plain)), name=of)
    except (DocumentError, RecursionError) as error:
        return Breakdown(
            kind=BreakdownKind.NO_ANSWER,
            message=f"{of} returned a {cls.__name__} that does not fit: {error}",
        )


def _whole_characters(text: str) -> str:
    r"""Return JSON in which half a character is written out: `abc\\ud83d`.

    Languages with UTF-16 inside give one when a text was cut within a character. It is no text
    that can be written, nor one that can be compared; what it was stays to be seen.
    """
    if "\\ud" not in text and "\\uD" not in text:
        return text
    return _HALF.sub(
        lambda match: match.group() if match.group(2) else f"{match.group(1)}\\\\{match.group(3)}",
        text,
    )
