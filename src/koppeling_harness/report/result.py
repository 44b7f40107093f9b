"""What every form of report says alike about a result."""

import re
from collections.abc import Callable

from koppeling_harness.model.run import ScenarioResult, Verdict

Form = Callable[[str, ScenarioResult], str]
"""Gives what a file says of a result; takes the id of the integration, and the result."""

_PLACE = re.compile(r"(?P<file>.[^:]*(?::[^:]*)*?)(?::(?P<line>\d+))?(?::\d+)?$", re.DOTALL)


def full_name(result: ScenarioResult) -> str:
    """Return the scenario's id, with the operation of a generic one: `retry.after[push-hours]`."""
    return f"{result.scenario}[{result.operation}]" if result.operation else result.scenario


def split_place(place: str) -> tuple[str, int | None]:
    """Return file and line of `file:line` or `file:line:column`; the line is None when absent."""
    match = _PLACE.match(place)
    if match is None:
        return "", None
    line = match["line"]
    return match["file"], int(line) if line else None


def verdict_line(verdict: Verdict) -> str:
    """Return the verdict in one English line: `3 of 5 required scenarios executed and passed`."""
    count = verdict.required
    return f"{count.passed} of {count.total} required scenarios executed and passed"
