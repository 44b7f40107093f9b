"""JUnit XML, in the two dialects that matter.

There is no official specification. *Strict* keeps to what Jenkins' xUnit plugin validates
(`junit-10.xsd`); *pytest* is what pytest writes and most other tools read, with properties, file
and line per test case.

A suite is one integration. It never looks better than its verdict: when the verdict is not
`passed` and no test case says so, a last one named `verdict` does.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
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
    return "".join(junit_pieces(record, dialect)).encode()


def junit_pieces(record: RunRecord, dialect: JunitDialect) -> Iterator[str]:
    """Yield piece by piece what `render_junit` returns, each test case whole."""
    counts = [_counts(each) for each in record.integrations]
    root = ET.Element("testsuites", name="koppeling")
    for key, tags in (("tests", None), ("failures", "failure"), ("errors", "error")):
        root.set(key, str(sum(each[tags] if tags else each.total() for each in counts)))
    root.set("time", _time((record.finished_at - record.started_at).total_seconds()))
    yield '<?xml version="1.0" encoding="utf-8"?>\n'
    if not counts:
        yield f"{_xml(root)}\n"
        return
    yield _opening(root)
    for each, count in zip(record.integrations, counts, strict=True):
        yield "\n " + _opening(_suite(each, record, count))
        yield "\n  " + _xml(_properties(_suite_properties(each, record)))
        for result in each.results:
            yield "\n  " + _xml(_case(each, result, dialect))
        if _hides(each):
            yield "\n  " + _xml(_verdict_case(each))
        yield "\n </testsuite>"
    yield "\n</testsuites>\n"


def _opening(element: ET.Element) -> str:
    """Return the opening tag of an element that has children."""
    return ET.tostring(element, encoding="unicode").removesuffix(" />") + ">"


def _xml(element: ET.Element) -> str:
    """Return an element as it stands in a suite."""
    ET.indent(element, " ", level=2)
    return ET.tostring(element, encoding="unicode")


def _suite(each: IntegrationRecord, record: RunRecord, counts: Counter[str]) -> ET.Element:
    suite = ET.Element("testsuite", name=one_line(each.id), tests=str(counts.total()))
    for key, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(key, str(counts[tag]))
    suite.set("time", _time(sum(result.duration_s for result in each.results)))
    suite.set("timestamp", f"{record.started_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}")
    return suite


def _counts(each: IntegrationRecord) -> Counter[str]:
    """Return how many test cases a suite has, by the tag that says what is wrong."""
    counts = Counter(_tag(result) for result in each.results)
    if _hides(each):
        counts[_verdict_tag(each)] += 1
    return counts


def _hides(each: IntegrationRecord) -> bool:
    """Return whether no test case says that something is wrong; a skipped one does not."""
    return each.verdict.outcome is not Outcome.PASSED and all(
        _tag(result) not in {"failure", "error"} for result in each.results
    )


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
            case.append(_properties(metadata))
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


def _tag(result: ScenarioResult) -> str:
    """Return the tag that says what is wrong; empty when nothing is."""
    match result.outcome:
        case Outcome.PASSED:
            return ""
        case Outcome.NOT_RUN:
            return "skipped"
        case Outcome.INCONCLUSIVE:
            return "error"
        case Outcome.FAILED:
            return "failure" if result.cause in {None, Cause.INTEGRATION} else "error"
        case _:
            assert_never(result.outcome)


def _problem(result: ScenarioResult) -> ET.Element | None:
    tag = _tag(result)
    if not tag:
        return None
    kind = str(result.outcome)
    if result.outcome is Outcome.FAILED:
        kind = str(result.cause or Cause.INTEGRATION)
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


def _verdict_tag(each: IntegrationRecord) -> str:
    return "failure" if each.verdict.outcome is Outcome.FAILED else "error"


def _verdict_case(each: IntegrationRecord) -> ET.Element:
    case = ET.Element("testcase", classname=one_line(each.id), name="verdict", time="0.000")
    kind = str(Cause.CONFIGURATION) if each.problem else str(each.verdict.outcome)
    message = one_line(each.problem) if each.problem else verdict_line(each.verdict)
    element = ET.SubElement(case, _verdict_tag(each), type=kind, message=message)
    if each.problem:
        element.text = clean(each.problem)
    return case


def _properties(values: Mapping[str, str]) -> ET.Element:
    properties = ET.Element("properties")
    for name, value in values.items():
        ET.SubElement(properties, "property", name=name, value=one_line(value))
    return properties


def _time(seconds: float) -> str:
    """Return seconds with three decimals, the most that the strict dialect allows."""
    return f"{max(seconds, 0):.3f}"
