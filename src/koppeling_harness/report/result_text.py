"""One result as text for a terminal: a headline, findings, what was printed."""

from collections.abc import Iterable

from koppeling_harness.model.finding import Finding
from koppeling_harness.model.run import ScenarioResult
from koppeling_harness.report.clean import clean, for_terminal


def render(result: ScenarioResult) -> str:
    """Return a result as text for a terminal: a headline, then each finding."""
    lines = [headline(result), ""]
    for finding in result.findings:
        lines += _finding_lines(finding)
    if result.log:
        printed = clean(result.log).splitlines()[-20:]
        lines += ["", "what the integration printed:", *_indented(each[:1000] for each in printed)]
    return for_terminal("\n".join(lines))


def headline(result: ScenarioResult) -> str:
    """Return title, outcome, cause and the first message, on one line."""
    first = result.findings[0].message if result.findings else ""
    cause = f" ({result.cause})" if result.cause else ""
    return for_terminal(_line(f"{result.title.en}: {result.outcome}{cause}: {first}"))


def _finding_lines(finding: Finding) -> list[str]:
    lines = [_line(f"{finding.where}: {finding.level} {finding.code}: {finding.message}")]
    for each in finding.differences:
        lines += _indented(
            [
                _line(f"at       {each.path or '.'}"),
                _line(f"expected {each.expected}"),
                _line(f"found    {each.actual}"),
            ]
        )
    if finding.hint:
        lines += _indented([_line(f"hint: {finding.hint}")])
    if finding.curl:
        lines += _indented([_line(finding.curl)])
    return [*lines, *_indented([_line(f"more: koppeling explain {finding.code}")])]


def _line(text: str) -> str:
    return " ".join(clean(text).split("\n"))[:2000]


def _indented(lines: Iterable[str]) -> list[str]:
    return [f"    {line}" for line in lines]
