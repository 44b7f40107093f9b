"""Parts of a result that every form of report tells alike."""

from collections.abc import Callable

from koppeling_harness.model.run import ScenarioResult, Verdict
from koppeling_harness.report.clean import one_line

Form = Callable[[str, str, ScenarioResult], str]
"""Gives what a file says of a result; takes the id of the integration, the label of the release,
and the result."""


def verdict_line(verdict: Verdict) -> str:
    """Return the verdict in one English line: `3 of 5 required scenarios executed and passed`."""
    count = verdict.required
    return f"{count.passed} of {count.total} required scenarios executed and passed"


def suite_name(integration: str, release: str) -> str:
    """Return the name of a suite, which is that of no other: the integration and the release."""
    return one_line(f"{integration} on {release}")
