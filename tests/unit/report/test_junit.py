from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from koppeling_harness.errors import ExitCode
from koppeling_harness.model.run import RequiredCount, Shard, Verdict
from koppeling_harness.model.verdict import Cause, Outcome
from koppeling_harness.report.junit import JunitDialect, render_junit
from koppeling_harness.rules.verdict import settled
from koppeling_harness.workflow.run.verdicts import run_exit_code
from support.records import (
    a_failure,
    a_finding,
    a_result,
    a_run,
    a_set_aside,
    an_integration,
    every_outcome,
)


def suites(record, dialect=JunitDialect.STRICT) -> list[ET.Element]:
    return ET.fromstring(render_junit(record, dialect)).findall("testsuite")


def only_case(result) -> ET.Element:
    (suite,) = suites(a_run(an_integration(result)))
    return suite.findall("testcase")[0]


@pytest.mark.parametrize(
    ("outcome", "cause", "tag", "kind"),
    [
        (Outcome.FAILED, Cause.INTEGRATION, "failure", "integration"),
        (Outcome.FAILED, Cause.CONFIGURATION, "error", "configuration"),
        (Outcome.FAILED, Cause.ENVIRONMENT, "error", "environment"),
        (Outcome.FAILED, Cause.HARNESS, "error", "harness"),
        (Outcome.INCONCLUSIVE, Cause.ENVIRONMENT, "error", "inconclusive"),
        (Outcome.NOT_RUN, None, "skipped", "not_run"),
    ],
)
def test_each_outcome_has_its_element(outcome, cause, tag, kind):
    problem = only_case(a_failure(outcome=outcome, cause=cause)).find(tag)

    assert problem is not None
    assert problem.get("type") == kind


def test_what_passed_has_no_problem():
    assert [each.tag for each in only_case(a_result())] == ["system-out"]


def test_the_message_is_one_line_and_the_rest_is_in_the_text():
    finding = a_finding(message="first\nsecond", hint="do this")
    failure = only_case(a_failure(findings=(finding,))).find("failure")

    assert failure.get("message") == "EXPECT: first second"
    assert "rows.0.Qu: expected 8.0, found 7.5" in failure.text
    assert "hint: do this" in failure.text
    assert "koppeling explain EXPECT" in failure.text


def test_control_characters_are_written_out():
    case = only_case(a_failure(log="\x1b[31mrood\x00 \ufffe \U000e0041"))

    assert r"\x1b[31mrood\x00 \ufffe \U000e0041" in case.find("system-out").text


@pytest.mark.parametrize("dialect", JunitDialect)
def test_markup_in_names_and_texts_is_text(dialect):
    text = """<b a="1" c='2'>&amp; ]]>"""
    finding = a_finding(message=text, hint=text)
    result = a_failure(operation=text, findings=(finding,), log=text, waiver=text)
    (suite,) = suites(a_run(an_integration(result)), dialect)
    case = suite.find("testcase")

    assert case.get("name") == f"{result.scenario}[{text}]"
    assert case.find("failure").get("message") == f"EXPECT: {text}"
    assert f"hint: {text}" in case.find("failure").text
    assert case.find("system-out").text.endswith(text)


def test_counts_are_those_of_the_cases():
    suite, *_ = suites(every_outcome())
    cases = suite.findall("testcase")

    assert int(suite.get("tests")) == len(cases) == 6
    assert (suite.get("failures"), suite.get("errors"), suite.get("skipped")) == ("1", "2", "1")


def test_an_integration_that_was_set_aside_is_an_error_with_its_reason():
    (suite,) = suites(a_run(a_set_aside()))
    error = suite.find("testcase[@name='verdict']/error")

    assert error.get("type") == "configuration"
    assert "unknown key 'nmae'" in error.get("message")


def test_a_suite_of_skipped_cases_does_not_look_better_than_its_verdict():
    verdict = Verdict(
        outcome=Outcome.NOT_RUN, required=RequiredCount(total=1, executed=0, passed=0)
    )
    skipped = a_result(outcome=Outcome.NOT_RUN)
    (suite,) = suites(a_run(an_integration(skipped, verdict=verdict)))

    error = suite.find("testcase[@name='verdict']/error")
    assert error.get("message") == "0 of 1 required scenarios executed and passed"


def test_the_strict_dialect_carries_metadata_in_lines_of_output():
    output = only_case(a_result()).find("system-out").text

    assert "[[PROPERTY|level=required]]" in output
    assert "[[PROPERTY|proves=R18]]" in output


def test_the_pytest_dialect_has_file_line_and_properties():
    (suite,) = suites(a_run(an_integration(a_result())), JunitDialect.PYTEST)
    case = suite.find("testcase")

    assert case.get("file") == "scenarios/structure/integration-id.scenario.yaml"
    assert case.get("line") == "1"
    assert case.find("properties/property[@name='level']").get("value") == "required"


def test_the_suite_names_what_was_run_against():
    (suite,) = suites(a_run(an_integration(a_result())))
    properties = {each.get("name"): each.get("value") for each in suite.iter("property")}

    assert properties["release"] == "Profit 8"
    assert properties["required"] == "1 of 1"
    assert properties["scenario_lock"] == "51ab" * 16


def test_marks_stand_beside_the_outcome_and_passed_on_retry_is_an_error_of_its_own_type():
    unreachable = a_failure(outcome=Outcome.INCONCLUSIVE, cause=Cause.ENVIRONMENT)
    retried = settled([unreachable, a_result(unreachable.scenario)], run_ids=["r1", "r2"])
    record = a_run(an_integration(retried, a_failure(waiver="W1")), shard=Shard(index=1, total=3))
    (suite,) = suites(record, JunitDialect.PYTEST)
    first, second = (
        {each.get("name"): each.get("value") for each in case.iter("property")}
        for case in suite.findall("testcase")[:2]
    )

    assert suite.find("testcase/error").get("type") == "passed_on_retry"
    assert (first["attempts"], second["waiver"]) == ("inconclusive, passed", "W1")
    assert "attempts" not in second
    properties = {each.get("name"): each.get("value") for each in suite.find("properties")}
    assert properties["shard"] == "1 of 3"


def on(label, *integrations):
    run = a_run(*integrations)
    return replace(run, erp=replace(run.erp, label=label))


def test_no_two_test_cases_of_two_releases_have_one_name():
    """GitLab takes the first of several with one class and name, and leaves out the others."""
    cases = [
        (case.get("classname"), case.get("name"))
        for label in ("Profit 7", "Profit 8")
        for suite in suites(on(label, *every_outcome().integrations))
        for case in suite.iter("testcase")
    ]

    assert len(cases) == len(set(cases))


def test_a_suite_has_the_release_in_its_name_and_its_cases_in_their_class():
    """dorny/test-reporter shows the names of suites and cases, and no property."""
    (suite,) = suites(on("Profit 7", an_integration(a_result())))

    assert suite.get("name") == "urenportaal on Profit 7"
    assert suite.find("testcase").get("classname") == "urenportaal on Profit 7"


def test_a_class_name_has_no_dot_of_ours_by_which_jenkins_makes_packages():
    (suite,) = suites(on("Profit 7", an_integration(a_result())))

    assert "." not in suite.find("testcase").get("classname")


def test_the_counts_of_a_file_are_those_of_its_cases():
    """Azure and Jenkins believe the numbers at the suite."""
    root = ET.fromstring(render_junit(every_outcome()))
    for node in (root, *root.findall("testsuite")):
        cases = list(node.iter("testcase"))
        assert int(node.get("tests")) == len(cases)
        for name, tag in (("failures", "failure"), ("errors", "error")):
            assert int(node.get(name)) == sum(each.find(tag) is not None for each in cases)


@pytest.mark.parametrize(("allowed", "tag"), [(True, "skipped"), (False, "error")])
def test_what_lacks_a_program_is_an_error_unless_that_is_known_as_the_exit_code_has_it(
    allowed, tag
):
    aside = a_set_aside(missing=("php",), missing_allowed=allowed)
    run = a_run(an_integration(a_result()), aside)
    last = suites(run)[-1]

    assert [each.find(tag) is not None for each in last.iter("testcase")] == [True]
    assert (run_exit_code(run) is ExitCode.PASSED) == allowed


def test_a_run_in_which_nobody_was_judged_is_not_green_whatever_may_be_missing():
    run = a_run(a_set_aside(missing=("php",), missing_allowed=True))
    (suite,) = suites(run)

    assert [each.find("error") is not None for each in suite.iter("testcase")] == [True]
    assert suite.get("errors") == "1"
    assert run_exit_code(run) is ExitCode.CONFIGURATION
