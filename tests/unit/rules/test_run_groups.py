"""What a run found, one group for each integration, cause and finding."""

from dataclasses import replace

import pytest

from koppeling_harness.model.verdict import Cause, Level, Outcome, Severity
from koppeling_harness.rules.run_groups import joined_releases, summarised
from support.records import a_failure, a_finding, a_result, a_run, a_set_aside, an_integration


def on(label, *integrations):
    run = a_run(*integrations)
    return replace(run, erp=replace(run.erp, label=label))


def broken(scenario, code="INTEGRATION-ID", **changes):
    return a_failure(scenario, findings=(a_finding(code),), **changes)


def test_one_finding_in_many_scenarios_on_two_releases_is_one_group():
    results = [broken(f"s{number}") for number in range(5)]
    runs = [on(label, an_integration(*results)) for label in ("Profit 7", "Profit 8")]
    [each] = summarised(runs).integrations
    [group] = each.groups

    assert (group.code, group.releases) == ("INTEGRATION-ID", ("Profit 7", "Profit 8"))
    assert (len(group.scenarios), group.required) == (5, 5)


def test_a_finding_that_is_everywhere_hides_no_other():
    everywhere = a_finding("INTEGRATION-ID")
    results = [
        a_failure("a", findings=(everywhere,)),
        a_failure("b", findings=(everywhere, a_finding("PAGE-ORDER"))),
    ]
    [each] = summarised([a_run(an_integration(*results))]).integrations

    assert [(group.code, group.required) for group in each.groups] == [
        ("INTEGRATION-ID", 2),
        ("PAGE-ORDER", 1),
    ]


def test_two_scenarios_that_expect_something_have_two_causes():
    results = [broken("a", "EXPECTATION"), broken("b", "EXPECTATION")]
    [each] = summarised([a_run(an_integration(*results))]).integrations

    assert [group.scenarios for group in each.groups] == [("a[push-hours]",), ("b[push-hours]",)]


@pytest.mark.parametrize(
    "message", ["findings: `count` is 1, expected 0", "INTEGRATION-ID: no header (expected none)"]
)
def test_an_expectation_that_there_are_no_findings_is_not_told_beside_them(message):
    expected = a_finding("EXPECTATION", message=message)
    alone = a_failure("a", findings=(expected,))
    beside = a_failure("b", findings=(expected, a_finding("INTEGRATION-ID")))
    [each] = summarised([a_run(an_integration(alone, beside))]).integrations

    assert {group.code: group.scenarios for group in each.groups} == {
        "EXPECTATION": ("a[push-hours]",),
        "INTEGRATION-ID": ("b[push-hours]",),
    }


def test_what_follows_from_a_breakdown_is_not_told_beside_it():
    findings = (a_finding("PLUGIN-CRASHED"), a_finding("GIVE-UP-503"))
    [each] = summarised([a_run(an_integration(a_failure(findings=findings)))]).integrations

    assert [group.code for group in each.groups] == ["PLUGIN-CRASHED"]


def test_a_warning_beside_an_error_is_no_reason_for_the_outcome():
    findings = (a_finding("A"), a_finding("B", level=Severity.WARNING))
    [each] = summarised([a_run(an_integration(a_failure(findings=findings)))]).integrations

    assert [group.code for group in each.groups] == ["A"]


def test_failures_of_the_current_release_come_first():
    old = an_integration(broken("a"), broken("b"), id="older")
    new = an_integration(broken("a"), id="newer")
    fine = [an_integration(a_result(), id=name) for name in ("older", "newer")]
    runs = [on("Profit 7", old, fine[1]), on("Profit 8", fine[0], new)]

    assert [each.record.id for each in summarised(runs).integrations] == ["newer", "older"]


def test_of_one_integration_what_is_on_the_current_release_comes_first():
    before = on("Profit 7", an_integration(broken("a", "OLD"), broken("b", "OLD")))
    now = on("Profit 8", an_integration(broken("a", "NEW"), a_result("b")))
    [each] = summarised([before, now]).integrations

    assert [group.code for group in each.groups] == ["NEW", "OLD"]


def test_the_numbers_add_up_to_all_integrations_whatever_became_of_them():
    integrations = [
        an_integration(a_result(), id="passed"),
        an_integration(a_failure(), id="failed"),
        an_integration(
            a_failure(outcome=Outcome.INCONCLUSIVE, cause=Cause.ENVIRONMENT), id="inconclusive"
        ),
        an_integration(a_result(outcome=Outcome.NOT_RUN), id="not-run"),
        a_set_aside(id="aside"),
    ]
    summary = summarised([a_run(*integrations)])
    counts = [len(summary.having(each)) for each in (*Outcome, None)]

    assert counts == [1, 1, 1, 1, 1]
    assert sum(counts) == len(summary.integrations)


def test_the_worst_release_that_counts_is_the_outcome():
    fails, passes = an_integration(a_failure()), an_integration(a_result())
    runs = [on("Profit 9", fails), on("Profit 7", passes), on("Profit 8", passes)]

    assert summarised(runs).integrations[0].outcome is Outcome.FAILED
    [each] = summarised(runs, advisory=["Profit 9"]).integrations
    assert each.outcome is Outcome.PASSED
    assert each.groups[0].releases == ("Profit 9",)


def test_the_group_that_turns_most_required_scenarios_is_the_heaviest():
    recommended = [broken(f"r{at}", "MANY", level=Level.RECOMMENDED) for at in range(9)]
    one = an_integration(broken("a", "ONE"), *recommended, id="one")
    three = an_integration(*[broken(f"s{at}", "THREE") for at in range(3)], id="three")
    waived = an_integration(*[broken(f"s{at}", "W", waiver="W1") for at in range(5)], id="waived")

    heaviest = summarised([a_run(one, three, waived)]).heaviest
    assert [(each.code, each.required) for each in heaviest] == [("THREE", 3), ("ONE", 1)]


def test_releases_are_joined_without_saying_profit_twice():
    assert joined_releases(["Profit 9", "Profit 7", "Profit 8"]) == "Profit 9, 7, 8"
    assert joined_releases(["Profit 8"]) == "Profit 8"
    assert joined_releases(["A", "B"]) == "A, B"
