"""CTRF, the Common Test Report Format: one JSON file that many test dashboards read.

Statuses: a scenario that could not be judged, or that failed by something else than the
integration, is `other` with the exact outcome in `rawStatus`; `failed` is only the integration's.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator
from typing import Any, assert_never
from uuid import NAMESPACE_URL, uuid5

from koppeling_harness.document import Json, dump_json, laid_out_pieces
from koppeling_harness.model.run import IntegrationRecord, RunRecord, ScenarioResult
from koppeling_harness.model.verdict import Cause, Outcome
from koppeling_harness.place import Place
from koppeling_harness.report.clean import clean, one_line
from koppeling_harness.report.result import Form, suite_name, verdict_line
from koppeling_harness.rules.verdict import result_id

_STATUSES = ("passed", "failed", "skipped", "pending", "other")


def ctrf_test(integration: str, release: str, result: ScenarioResult) -> str:
    """Return a result as a test of CTRF, on one line.

    Args:
        integration: Its id.
        release: Its label.
        result: The result.
    """
    return dump_json(_test(integration, release, result))


def render_ctrf(record: RunRecord) -> bytes:
    """Return the run as a CTRF report, UTF-8.

    The same record gives the same bytes; another record gets another `reportId`.
    """
    digest = hashlib.sha256(dump_json(record, indent=1).encode())
    return "".join(ctrf_pieces(record, digest)).encode()


def ctrf_pieces(
    record: RunRecord,
    digest: "hashlib._Hash",
    test_of: Form = ctrf_test,
) -> Iterator[str]:
    """Yield piece by piece what `render_ctrf` returns, each line of a test whole.

    Args:
        record: The run.
        digest: SHA-256 over its record as a file; complete when the first piece is asked for.
        test_of: Gives what `ctrf_test` does.
    """
    counts: Counter[str] = Counter()
    for each in record.integrations:
        counts.update(_status(result) for result in each.results)
        if _hides(each):
            counts[_verdict_status(each, record)] += 1
    report = {
        "reportFormat": "CTRF",
        "specVersion": "0.0.0",
        "reportId": _uuid(digest.hexdigest()),
        "timestamp": record.finished_at.isoformat(),
        "generatedBy": "koppeling-harness",
        "results": {
            "tool": {"name": "koppeling-harness", "version": record.harness.version},
            "summary": {
                "tests": counts.total(),
                **{status: counts[status] for status in _STATUSES},
                "flaky": sum(
                    bool(result.attempts) and result.passed_on_retry
                    for each in record.integrations
                    for result in each.results
                ),
                "suites": len(record.integrations),
                "start": _ms(record.started_at.timestamp()),
                "stop": _ms(record.finished_at.timestamp()),
                "duration": _ms((record.finished_at - record.started_at).total_seconds()),
            },
            "tests": (
                Json(test) for each in record.integrations for test in _tests(each, record, test_of)
            ),
            "environment": {
                "reportName": record.run_id,
                "testEnvironment": f"{record.erp.environment}, {record.erp.label}",
            },
            "extra": {
                "koppeling.run": {
                    "run_id": record.run_id,
                    "erp_kind": record.erp.kind,
                    "profitversion": record.erp.version,
                    "scenario_lock": record.scenario_lock.digest,
                    "shard": f"{record.shard.index}/{record.shard.total}" if record.shard else None,
                    "verdicts": {each.id: each.verdict.outcome for each in record.integrations},
                }
            },
        },
    }
    yield from laid_out_pieces(report, levels=3)
    yield "\n"


def _tests(each: IntegrationRecord, record: RunRecord, test_of: Form) -> Iterator[str]:
    for result in each.results:
        yield test_of(each.id, record.erp.label, result)
    if _hides(each):
        yield dump_json(_verdict_test(each, record))


def _hides(each: IntegrationRecord) -> bool:
    """Return whether no test says that an integration did not pass."""
    return each.verdict.outcome is not Outcome.PASSED and all(
        _status(result) in {"passed", "skipped"} for result in each.results
    )


def _test(integration: str, release: str, result: ScenarioResult) -> dict[str, Any]:
    place = Place.read(result.place)
    findings = result.findings
    test: dict[str, Any] = {
        "name": one_line(result_id(result)),
        "status": _status(result),
        "duration": _ms(result.duration_s),
        "testId": _uuid(f"{release}/{integration}/{result_id(result)}"),
        "suite": [suite_name(integration, release)],
        "rawStatus": "passed_on_retry" if result.passed_on_retry else result.outcome,
        "tags": [result.level],
        "steps": [
            {"name": one_line(step.name), "status": _step_status(step.outcome)}
            for step in result.steps
        ],
        "extra": {
            "koppeling.result": {
                "title": {"nl": clean(result.title.nl), "en": clean(result.title.en)},
                "cause": result.cause,
                "proves": list(result.proves),
                "codes": [finding.code for finding in findings],
                "waiver": result.waiver or None,
                "carried_from": result.carried_from or None,
                "attempts": [
                    {"outcome": each.outcome, "cause": each.cause, "run_id": each.run_id}
                    for each in result.attempts
                ],
            }
        },
    }
    if result.attempts:
        test |= {"retries": len(result.attempts) - 1, "flaky": result.passed_on_retry}
    if findings:
        test["message"] = one_line(f"{findings[0].code}: {findings[0].message}")
        test["trace"] = clean(
            "\n".join(f"{finding.where}: {finding.code}: {finding.message}" for finding in findings)
        )
    if place.file:
        test["filePath"] = one_line(place.file)
    if place.line:
        test["line"] = place.line
    return test


def _verdict_test(each: IntegrationRecord, record: RunRecord) -> dict[str, Any]:
    """Return a test that says what no other does: this integration did not pass."""
    release = record.erp.label
    return {
        "name": "verdict",
        "status": _verdict_status(each, record),
        "duration": 0,
        "testId": _uuid(f"{release}/{each.id}/verdict"),
        "suite": [suite_name(each.id, release)],
        "rawStatus": each.verdict.outcome,
        "message": one_line(each.problem) if each.problem else verdict_line(each.verdict),
    }


def _verdict_status(each: IntegrationRecord, record: RunRecord) -> str:
    if each.missing_allowed and not record.judged_nobody:
        return "skipped"
    return "failed" if each.verdict.outcome is Outcome.FAILED else "other"


def _status(result: ScenarioResult) -> str:
    match result.outcome:
        case Outcome.PASSED:
            return "passed"
        case Outcome.FAILED:
            return "failed" if result.cause in {None, Cause.INTEGRATION} else "other"
        case Outcome.INCONCLUSIVE:
            return "other"
        case Outcome.NOT_RUN:
            return "skipped"
        case _:
            assert_never(result.outcome)


def _step_status(outcome: Outcome) -> str:
    match outcome:
        case Outcome.PASSED | Outcome.FAILED:
            return outcome.value
        case Outcome.INCONCLUSIVE:
            return "other"
        case Outcome.NOT_RUN:
            return "skipped"
        case _:
            assert_never(outcome)


def _uuid(name: str) -> str:
    shown = f"koppeling:{name}".encode("utf-8", "backslashreplace")  # a name may be no text
    return str(uuid5(NAMESPACE_URL, shown.decode()))


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
