"""What an integration answered, read as what it must be."""

import json
from typing import Any, TypeVar

from koppeling_harness.document import load_json
from koppeling_harness.errors import DocumentError
from koppeling_harness.plugin.breakdown import Breakdown, BreakdownKind

T = TypeVar("T")


def read_answer(cls: type[T], plain: Any, *, of: str) -> T | Breakdown:
    """Return plain JSON values as a value of a model type.

    Args:
        cls: The model type.
        plain: What the integration gave.
        of: What it was asked to do.
    """
    try:
        return load_json(cls, json.dumps(plain), name=of)
    except (DocumentError, RecursionError) as error:
        return Breakdown(
            kind=BreakdownKind.NO_ANSWER,
            message=f"{of} returned a {cls.__name__} that does not fit: {error}",
        )
