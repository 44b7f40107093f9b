import json
from dataclasses import replace

import pytest

from koppeling_harness.model.run import RequiredCount, Shard, Verdict
from koppeling_harness.model.verdict import Cause, Outcome
from koppeling_harness.report.ctrf import render_ctrf
from koppeling_harness.rules.verdict import settled
from support.records import a_failure, a_result, a_run, a_set_aside, an_integration, every_outcome


def results(record) -> dict:
    return json.loads(render_ctrf(record))["results"]


@pytest.mark.parametrize(
    ("outcome", "cause", "status"),
    [
        (Outcome.PASSED, None, "passed"),
        (Outcome.FAILED, Cause.INTEGRATION, "failed"),
        (Outcome.FAILED, Cause.HARNESS, "other"),
        (Outcome.INCONCLUSIVE, Cause.ENVIRONMENT, "other"),
        (Outcome.NOT_RUN, None, "skipped"),
    ],
)
def test_only_what_the_integration_does_wrong_is_failed(outcome, cause, status):
    test, *_ = results(a_run(an_integration(a_failure(outcome=outcome, cause=cause))))["tests"]

    assert (test["status"], test["rawStatus"]) == (status, outcome)


def test_the_summary_counts_the_tests():
    report = results(every_outcome())
    summary = report["summary"]

    assert summary["tests"] == len(report["tests"]) == 8
    assert [summary[key] for key in ("passed", "failed", "skipped", "pending", "other")] == [
        3,
        1,
        1,
        0,
        3,
    ]
    assert summary["duration"] == 4500


def test_a_test_says_where_and_what():
    test, *_ = results(a_run(an_integration(a_failure())))["tests"]

    assert test["filePath"] == "scenarios/hours/push.scenario.yaml"
    assert test["line"] == 1
    assert test["message"] == "EXPECT: rows.0.Qu is 7.5, expected 8.0"
    assert [step["status"] for step in test["steps"]] == ["passed", "failed"]


def test_an_integration_that_was_set_aside_is_told():
    (test,) = results(a_run(a_set_aside()))["tests"]

    assert (test["name"], test["status"]) == ("verdict", "other")
    assert "unknown key" in test["message"]


@pytest.mark.parametrize(("others", "status"), [((), "other"), ((a_result(),), "skipped")])
def test_what_may_be_missing_is_skipped_unless_nobody_was_judged(others, status):
    judged = [an_integration(*others)] if others else []
    aside = a_set_aside(id="php", missing=("php",), missing_allowed=True)
    *_, test = results(a_run(*judged, aside))["tests"]

    assert (test["name"], test["status"]) == ("verdict", status)


def test_what_was_skipped_does_not_hide_the_verdict():
    verdict = Verdict(
        outcome=Outcome.NOT_RUN, required=RequiredCount(total=1, executed=0, passed=0)
    )
    skipped = a_result(outcome=Outcome.NOT_RUN)
    *_, test = results(a_run(an_integration(skipped, verdict=verdict)))["tests"]

    assert test["message"] == "0 of 1 required scenarios executed and passed"


def test_an_inconclusive_or_unfinished_step_is_never_passed():
    step = a_failure().steps[0]
    steps = (replace(step, outcome=Outcome.INCONCLUSIVE), replace(step, outcome=Outcome.NOT_RUN))
    test, *_ = results(a_run(an_integration(a_failure(steps=steps))))["tests"]

    assert [each["status"] for each in test["steps"]] == ["other", "skipped"]


def test_the_same_record_gives_the_same_report_and_another_one_another_id():
    one, other = every_outcome(), a_run(an_integration(a_result()))

    assert render_ctrf(one) == render_ctrf(every_outcome())
    assert json.loads(render_ctrf(one))["reportId"] != json.loads(render_ctrf(other))["reportId"]


def test_a_scenario_keeps_its_id_from_run_to_run():
    first = results(a_run(an_integration(a_result())))["tests"][0]
    later = results(a_run(an_integration(a_failure(), a_result()), run_id="later"))["tests"][1]

    assert first["testId"] == later["testId"]


def test_marks_stand_beside_the_outcome_and_passed_on_retry_is_flaky_and_not_passed():
    unreachable = a_failure(outcome=Outcome.INCONCLUSIVE, cause=Cause.ENVIRONMENT)
    retried = settled([unreachable, a_result(unreachable.scenario)], run_ids=["r1", "r2"])
    record = a_run(an_integration(retried, a_failure(waiver="W1")), shard=Shard(index=1, total=3))
    report = results(record)
    first, second = report["tests"][:2]

    assert (first["status"], first["rawStatus"]) == ("other", "passed_on_retry")
    assert (first["flaky"], first["retries"], report["summary"]["flaky"]) == (True, 1, 1)
    assert [each["run_id"] for each in first["extra"]["koppeling.result"]["attempts"]] == [
        "r1",
        "r2",
    ]
    assert "flaky" not in second
    assert second["extra"]["koppeling.result"]["waiver"] == "W1"
    assert report["extra"]["koppeling.run"]["shard"] == "1/3"


def test_a_test_has_the_release_in_its_suite_and_in_its_id():
    older = a_run(an_integration(a_result()))
    older = replace(older, erp=replace(older.erp, label="Profit 7"))
    [one], [other] = (results(each)["tests"] for each in (older, a_run(an_integration(a_result()))))

    assert one["suite"] == ["urenportaal on Profit 7"]
    assert other["suite"] == ["urenportaal on Profit 8"]
    assert one["testId"] != other["testId"]
