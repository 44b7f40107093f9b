"""Read the answer of an integration as what it must be."""

import json
import re
from typing import Any, TypeVar

from koppeling_harness.aside import CHUNK, LeftOffError, in_process
from koppeling_harness.document import load_json
from koppeling_harness.errors import DocumentError
from koppeling_harness.model.operation import OperationResult
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


async def read_result(answer: bytes, *, of: str) -> OperationResult | Breakdown | None:
    """Return what an operation answered in JSON; None when that is no JSON object.

    A long answer is read by another process, so that nobody waits for it.
    """
    if len(answer) <= CHUNK:
        return result_of(answer, of)
    try:
        return await in_process(result_of, answer, of)
    except LeftOffError as error:
        return not_read(of, error)


def result_of(answer: bytes, of: str) -> OperationResult | Breakdown | None:
    """Return what an operation answered in JSON; None when that is no JSON object."""
    try:
        said = json.loads(answer)
    except (ValueError, RecursionError):
        return None
    return read_answer(OperationResult, said, of=of) if isinstance(said, dict) else None


def not_read(of: str, error: LeftOffError) -> Breakdown:
    """Return that an answer was too much to be read."""
    return Breakdown(
        kind=BreakdownKind.NO_ANSWER,
        message=f"{of} gave an answer that was too much to be read: {error}",
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
