"""JUnit XML, in the two dialects that matter.

There is no official specification. *Strict* keeps to what Jenkins' xUnit plugin validates
(`junit-10.xsd`); *pytest* is what pytest writes and most other tools read, with properties, file
and line per test case.

A suite is one integration on one release, and both stand in its name and in the class name of each
test case: GitLab and others take the first of several with one name and leave out the rest
(docs.gitlab.com: unit test reports). It never looks better than its verdict: when the verdict is
not `passed` and no test case says so, a last one named `verdict` does. What lacks a program that is
known to be missing is skipped, as the exit code has it: unless nobody could be judged.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC
from enum import StrEnum
from functools import partial
from typing import assert_never

from koppeling_harness.model.finding import Finding
from koppeling_harness.model.run import IntegrationRecord, RunRecord, ScenarioResult
from koppeling_harness.model.verdict import Cause, Outcome
from koppeling_harness.place import Place
from koppeling_harness.report.clean import clean, one_line
from koppeling_harness.report.result import Form, suite_name, verdict_line
from koppeling_harness.rules.verdict import result_id


class JunitDialect(StrEnum):
    """Which tools the file is for."""

    STRICT = "strict"
    PYTEST = "pytest"


def render_junit(record: RunRecord, dialect: JunitDialect = JunitDialect.STRICT) -> bytes:
    """Return the run as a JUnit XML file, UTF-8."""
    return "".join(junit_pieces(record, dialect)).encode()


def junit_pieces(
    record: RunRecord,
    dialect: JunitDialect = JunitDialect.STRICT,
    case_of: Form | None = None,
) -> Iterator[str]:
    """Yield piece by piece what `render_junit` returns, each test case whole.

    Args:
        record: The run.
        dialect: Which tools the file is for.
        case_of: Gives what `junit_case` does in that dialect.
    """
    case_of = case_of or partial(junit_case, dialect=dialect)
    tags = [_verdict_tag(each, record) for each in record.integrations]
    counts = [_counts(each, tag) for each, tag in zip(record.integrations, tags, strict=True)]
    root = {"name": "koppeling"}
    for key, tag in (("tests", None), ("failures", "failure"), ("errors", "error")):
        root[key] = str(sum(each[tag] if tag else each.total() for each in counts))
    root["time"] = _time((record.finished_at - record.started_at).total_seconds())
    yield '<?xml version="1.0" encoding="utf-8"?>'
    if not counts:
        yield f"{_leaf(0, 'testsuites', root)}\n"
        return
    yield f"{_opening(0, 'testsuites', root)}>"
    for each, tag, count in zip(record.integrations, tags, counts, strict=True):
        name = suite_name(each.id, record.erp.label)
        yield f"{_opening(1, 'testsuite', _suite(name, each, record, count))}>"
        yield _properties(2, _suite_properties(each, record))
        for result in each.results:
            yield case_of(each.id, record.erp.label, result)
        if _hides(each):
            yield _verdict_case(name, each, tag)
        yield "\n </testsuite>"
    yield "\n</testsuites>\n"


def _suite(
    name: str, each: IntegrationRecord, record: RunRecord, counts: Counter[str]
) -> dict[str, str]:
    return {
        "name": name,
        "tests": str(counts.total()),
        "failures": str(counts["failure"]),
        "errors": str(counts["error"]),
        "skipped": str(counts["skipped"]),
        "time": _time(sum(result.duration_s for result in each.results)),
        "timestamp": f"{record.started_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}",
    }


def _counts(each: IntegrationRecord, verdict_tag: str) -> Counter[str]:
    """Return how many test cases a suite has, by the tag that says what is wrong."""
    counts = Counter(_tag(result) for result in each.results)
    if _hides(each):
        counts[verdict_tag] += 1
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


def junit_case(
    integration: str, release: str, result: ScenarioResult, *, dialect: JunitDialect
) -> str:
    """Return a result as a test case.

    Args:
        integration: Its id.
        release: Its label.
        result: The result.
        dialect: Which tools the file is for.
    """
    case = {
        "classname": suite_name(integration, release),
        "name": one_line(result_id(result)),
        "time": _time(result.duration_s),
    }
    metadata = _metadata(result)
    lines: list[str] = []
    children: list[str] = []
    match dialect:
        case JunitDialect.STRICT:
            lines += [f"[[PROPERTY|{name}={value}]]" for name, value in metadata.items()]
        case JunitDialect.PYTEST:
            place = Place.read(result.place)
            if place.file:
                case["file"] = one_line(place.file)
            if place.line:
                case["line"] = str(place.line)
            children.append(_properties(3, metadata))
        case _:
            assert_never(dialect)
    if _tag(result):
        children.append(_problem(result))
    if result.log:
        lines.append(clean(result.log))
    if lines:
        children.append(_leaf(3, "system-out", {}, "\n".join(lines)))
    return _parent(2, "testcase", case, children)


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


def _problem(result: ScenarioResult) -> str:
    kind = str(result.outcome)
    if result.outcome is Outcome.FAILED:
        kind = str(result.cause or Cause.INTEGRATION)
    if result.passed_on_retry:  # readers count `flakyFailure` and its like as passed; it is not
        kind = "passed_on_retry"
    text = "\n\n".join(_details(finding) for finding in result.findings)
    return _leaf(3, _tag(result), {"type": kind, "message": _headline(result)}, text)


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


def _verdict_tag(each: IntegrationRecord, record: RunRecord) -> str:
    if each.missing_allowed and not record.judged_nobody:
        return "skipped"
    return "failure" if each.verdict.outcome is Outcome.FAILED else "error"


def _verdict_case(name: str, each: IntegrationRecord, tag: str) -> str:
    kind = str(Cause.CONFIGURATION) if each.problem else str(each.verdict.outcome)
    message = one_line(each.problem) if each.problem else verdict_line(each.verdict)
    problem = {"type": kind, "message": message}
    case = {"classname": name, "name": "verdict", "time": "0.000"}
    child = _leaf(3, tag, problem, clean(each.problem))
    return _parent(2, "testcase", case, [child])


def _properties(level: int, values: Mapping[str, str]) -> str:
    properties = [
        _leaf(level + 1, "property", {"name": name, "value": one_line(value)})
        for name, value in values.items()
    ]
    return _parent(level, "properties", {}, properties)


def _parent(level: int, tag: str, attributes: Mapping[str, str], children: Sequence[str]) -> str:
    """Return an element with at least one other in it, on lines of its own."""
    return f"{_opening(level, tag, attributes)}>{''.join(children)}\n{' ' * level}</{tag}>"


def _leaf(level: int, tag: str, attributes: Mapping[str, str], text: str = "") -> str:
    """Return an element with nothing but text in it, on a line of its own."""
    opening = _opening(level, tag, attributes)
    return f"{opening}>{_escaped(text)}</{tag}>" if text else f"{opening} />"


def _opening(level: int, tag: str, attributes: Mapping[str, str]) -> str:
    """Return the start of an element, up to its `>`; each value is one line.

    `xml.etree` writes the same bytes, in three times the time.
    """
    opening = f"\n{' ' * level}<{tag}"
    for name, value in attributes.items():
        quoted = _escaped(value).replace('"', "&quot;")
        opening += f' {name}="{quoted}"'
    return opening


def _escaped(text: str) -> str:
    # not `xml.sax.saxutils`, whose import loads `urllib.request` and takes 0.05 s
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _time(seconds: float) -> str:
    """Return seconds with three decimals, the most that the strict dialect allows."""
    return f"{max(seconds, 0):.3f}"
