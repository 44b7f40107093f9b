"""One result as text for a terminal: a headline, findings, what was printed."""

from collections.abc import Iterable

from koppeling_harness.model.finding import Finding
from koppeling_harness.model.run import ScenarioResult


def render(result: ScenarioResult) -> str:
    """Return a result as text for a terminal: a headline, then each finding."""
    lines = [headline(result), ""]
    for finding in result.findings:
        lines += _finding_lines(finding)
    if result.log:
        lines += ["", "what the integration printed:", *_indented(result.log.splitlines()[-20:])]
    return "\n".join(lines)


def headline(result: ScenarioResult) -> str:
    """Return title, outcome, cause and the first message, on one line."""
    first = result.findings[0].message if result.findings else ""
    cause = f" ({result.cause})" if result.cause else ""
    return f"{result.title.en}: {result.outcome}{cause}: {first}"


def _finding_lines(finding: Finding) -> list[str]:
    lines = [f"{finding.where}: {finding.level} {finding.code}: {finding.message}"]
    for each in finding.differences:
        lines += _indented(
            [f"at       {each.path or '.'}", f"expected {each.expected}", f"found    {each.actual}"]
        )
    if finding.hint:
        lines += _indented([f"hint: {finding.hint}"])
    if finding.curl:
        lines += _indented([finding.curl])
    return [*lines, *_indented([f"more: koppeling explain {finding.code}"])]


def _indented(lines: Iterable[str]) -> list[str]:
    return [f"    {line}" for line in lines]
