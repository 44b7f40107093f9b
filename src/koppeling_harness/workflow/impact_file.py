"""Read what `koppeling updates impact --json` printed: what an update makes necessary."""

import json
from collections.abc import Mapping
from pathlib import Path

from koppeling_harness.errors import DocumentError, Problem

CLASSES = ("none", "advised", "required")


def read_impact(path: Path) -> Mapping[str, str]:
    """Return by integration what the update makes necessary: none, advised or required.

    Raises:
        DocumentError: It is not such a file.
    """
    try:
        found = json.loads(path.read_bytes())
        classes = {str(each["integration"]): str(each["class"]) for each in found}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DocumentError([_problem(path, f"{type(error).__name__}: {error}")]) from None
    wrong = {each for each in classes.values() if each not in CLASSES}
    if wrong:
        raise DocumentError([_problem(path, f"class {', '.join(sorted(wrong))}")])
    return classes


def _problem(path: Path, found: str) -> Problem:
    message = (
        "expected a list of objects with `integration` and `class` "
        f"({', '.join(CLASSES)}), found {found}"
    )
    return Problem(
        where=str(path), message=message, hint="Write it with `koppeling updates impact --json`."
    )
