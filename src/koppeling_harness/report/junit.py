"""JUnit XML, in the two dialects that matter.

There is no official specification. *Strict* keeps to what Jenkins' xUnit plugin validates
(`junit-10.xsd`); *pytest* is what pytest writes and most other tools read, with properties, file
and line per test case.

A suite is one integration. It never looks better than its verdict: when the verdict is not
`passed` and no test case says so, a last one named `verdict` does.
"""

from datetime import UTC
from enum import StrEnum
from typing import assert_never
from xml.etree import ElementTree as ET

from koppeling_harness.model.finding import Finding
from koppeling_harness.model.run import IntegrationRecord, RunRecord, ScenarioResult
from koppeling_harness.model.verdict import Cause, Outcome
from koppeling_harness.report.clean import clean, one_line
from koppeling_harness.report.result import full_name, split_place, verdict_line


class JunitDialect(StrEnum):
    """Which tools the file is for."""

    STRICT = "strict"
    PYTEST = "pytest"


def render_junit(record: RunRecord, dialect: JunitDialect = JunitDialect.STRICT) -> bytes:
    """Return the run as a JUnit XML file, UTF-8."""
    suites = [_suite(each, record, dialect) for each in record.integrations]
    root = ET.Element("testsuites", name="koppeling")
    for key in ("tests", "failures", "errors"):
        root.set(key, str(sum(int(suite.get(key, "0")) for suite in suites)))
    root.set("time", _time((record.finished_at - record.started_at).total_seconds()))
    root.extend(suites)
    ET.indent(root, " ")
    text = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'.encode()


def _suite(each: IntegrationRecord, record: RunRecord, dialect: JunitDialect) -> ET.Element:
    cases = [_case(each, result, dialect) for result in each.results]
    if each.verdict.outcome is not Outcome.PASSED and not _tells(cases):
        cases.append(_verdict_case(each))
    suite = ET.Element("testsuite", name=one_line(each.id), tests=str(len(cases)))
    for key, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(key, str(sum(case.find(tag) is not None for case in cases)))
    suite.set("time", _time(sum(result.duration_s for result in each.results)))
    suite.set("timestamp", f"{record.started_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}")
    properties = ET.SubElement(suite, "properties")
    for name, value in _suite_properties(each, record).items():
        _property(properties, name, value)
    suite.extend(cases)
    return suite


def _tells(cases: list[ET.Element]) -> bool:
    """Return whether any test case says that something is wrong; a skipped one does not."""
    return any(case.find(tag) is not None for case in cases for tag in ("failure", "error"))


def _suite_properties(each: IntegrationRecord, record: RunRecord) -> dict[str, str]:
    count = each.verdict.required
    return {
        "run_id": record.run_id,
        "harness": record.harness.version,
        "erp": f"{record.erp.kind} {record.erp.environment}",
        "release": record.erp.label,
        "profitversion": record.erp.version,
        "scenario_lock": record.scenario_lock.digest,
        "integration_version": each.version,
        "integration_digest": each.digest,
        "verdict": each.verdict.outcome,
        "required": f"{count.passed} of {count.total}",
        **({"shard": f"{record.shard.index} of {record.shard.total}"} if record.shard else {}),
    }


def _case(each: IntegrationRecord, result: ScenarioResult, dialect: JunitDialect) -> ET.Element:
    case = ET.Element("testcase", classname=one_line(each.id), name=one_line(full_name(result)))
    case.set("time", _time(result.duration_s))
    metadata = _metadata(result)
    match dialect:
        case JunitDialect.STRICT:
            lines = [f"[[PROPERTY|{name}={value}]]" for name, value in metadata.items()]
        case JunitDialect.PYTEST:
            lines = []
            file, line = split_place(result.place)
            if file:
                case.set("file", one_line(file))
            if line is not None:
                case.set("line", str(line))
            properties = ET.SubElement(case, "properties")
            for name, value in metadata.items():
                _property(properties, name, value)
        case _:
            assert_never(dialect)
    problem = _problem(result)
    if problem is not None:
        case.append(problem)
    if result.log:
        lines.append(clean(result.log))
    if lines:
        ET.SubElement(case, "system-out").text = "\n".join(lines)
    return case


def _metadata(result: ScenarioResult) -> dict[str, str]:
    metadata = {"level": result.level.value, "title": one_line(result.title.en)}
    if result.cause is not None:
        metadata["cause"] = result.cause.value
    if result.proves:
        metadata["proves"] = one_line(", ".join(result.proves))
    if result.waiver:
        metadata["waiver"] = one_line(result.waiver)
    if result.carried_from:
        metadata["carried_from"] = one_line(result.carried_from)
    if result.attempts:
        metadata["attempts"] = ", ".join(each.outcome for each in result.attempts)
    return metadata


def _problem(result: ScenarioResult) -> ET.Element | None:
    match result.outcome:
        case Outcome.PASSED:
            return None
        case Outcome.NOT_RUN:
            tag, kind = "skipped", "not_run"
        case Outcome.INCONCLUSIVE:
            tag, kind = "error", "inconclusive"
        case Outcome.FAILED:
            ours = result.cause in {None, Cause.INTEGRATION}
            tag = "failure" if ours else "error"
            kind = str(result.cause or Cause.INTEGRATION)
        case _:
            assert_never(result.outcome)
    if result.passed_on_retry:  # readers count `flakyFailure` and its like as passed; it is not
        kind = "passed_on_retry"
    element = ET.Element(tag, type=kind, message=_headline(result))
    element.text = "\n\n".join(_details(finding) for finding in result.findings) or None
    return element


def _headline(result: ScenarioResult) -> str:
    """Return one line: readers of the file show, or pick, only one."""
    if not result.findings:
        return f"{result.outcome}: {result.cause}" if result.cause else str(result.outcome)
    finding = result.findings[0]
    return one_line(f"{finding.code}: {finding.message}")


def _details(finding: Finding) -> str:
    lines = [f"{finding.code} ({finding.level}): {finding.message}", f"at {finding.where}"]
    lines += [
        f"  {each.path or '(result)'}: expected {each.expected}, found {each.actual}"
        for each in finding.differences
    ]
    if finding.curl:
        lines.append(f"repeat: {finding.curl}")
    if finding.hint:
        lines.append(f"hint: {finding.hint}")
    lines.append(f"more: koppeling explain {finding.code}")
    return clean("\n".join(lines))


def _verdict_case(each: IntegrationRecord) -> ET.Element:
    case = ET.Element("testcase", classname=one_line(each.id), name="verdict", time="0.000")
    tag = "failure" if each.verdict.outcome is Outcome.FAILED else "error"
    kind = str(Cause.CONFIGURATION) if each.problem else str(each.verdict.outcome)
    message = one_line(each.problem) if each.problem else verdict_line(each.verdict)
    element = ET.SubElement(case, tag, type=kind, message=message)
    if each.problem:
        element.text = clean(each.problem)
    return case


def _property(properties: ET.Element, name: str, value: str) -> None:
    ET.SubElement(properties, "property", name=name, value=one_line(value))


def _time(seconds: float) -> str:
    """Return seconds with three decimals, the most that the strict dialect allows."""
    return f"{max(seconds, 0):.3f}"
