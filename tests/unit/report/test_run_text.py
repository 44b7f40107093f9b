"""A run on a terminal: one screen, which adds up and tells each cause once."""

import re
from dataclasses import replace

import pytest

from koppeling_harness.model.verdict import Cause, Outcome
from koppeling_harness.report.run_markdown import LONGEST, render_run_markdown
from koppeling_harness.report.run_text import first_line, repeating, run_lines
from koppeling_harness.rules.deadlines import deadline_named, ending
from koppeling_harness.rules.run_groups import summarised
from koppeling_harness.scenario.keyword import keyword_filter
from support.hostile import HOSTILE
from support.records import (
    STARTED_AT,
    a_failure,
    a_finding,
    a_result,
    a_run,
    a_set_aside,
    an_integration,
)


def on(label, *integrations):
    run = a_run(*integrations)
    return replace(run, erp=replace(run.erp, label=label))


def fleet(bad=8, good=52, *, count=85):
    """Integrations of which some miss a header, everywhere."""
    findings = (a_finding("INTEGRATION-ID", message="no IntegrationId header"),)
    wrong = [a_failure(f"s.{number}", findings=findings) for number in range(count)]
    return [
        *(an_integration(*wrong, id=f"bad-{number}") for number in range(bad)),
        *(an_integration(a_result(), id=f"good-{number}") for number in range(good)),
    ]


def lines_of(*runs, **more):
    return run_lines(summarised(runs), **more)


def test_the_first_line_adds_up():
    runs = [
        on(label, *fleet(8, 50), a_set_aside(id="x"), a_set_aside(id="y"))
        for label in ("Profit 7", "Profit 8")
    ]
    line = lines_of(*runs)[0]

    assert line == "60 integrations on Profit 7, 8: 50 passed, 8 failed, 2 set aside"


@pytest.mark.parametrize(
    ("lang", "line"),
    [
        ("en", "1 integration on Profit 7, 8: 1 failed (Profit 7 does not count yet)"),
        ("nl", "1 koppeling op Profit 7, 8: 1 niet geslaagd (Profit 7 telt nog niet mee)"),
    ],
)
def test_the_first_line_names_a_release_that_does_not_count(lang, line):
    runs = [on(label, an_integration(a_failure())) for label in ("Profit 7", "Profit 8")]

    assert first_line(summarised(runs, advisory=["Profit 7"]), lang=lang) == line


def test_one_missing_header_is_a_few_lines():
    lines = lines_of(a_run(*fleet(1, 0)))

    assert len(lines) < 12
    [told] = [each for each in lines if each.startswith("  failed")]
    assert told == "  failed, integration: INTEGRATION-ID in 85 required scenarios"


def test_a_fleet_of_which_all_are_bad_fits_a_screen():
    assert len(lines_of(a_run(*fleet(300, 0, count=3)))) < 80


def test_a_finding_on_one_of_the_releases_says_so():
    runs = [
        on("Profit 7", an_integration(a_result("hours.push", operation="push-hours"))),
        on("Profit 8", an_integration(a_failure())),
    ]

    assert any(each.endswith("in 1 required scenario on Profit 8") for each in lines_of(*runs))


def test_each_cause_stands_below_the_newest_release_on_which_it_was_seen():
    old, new = a_finding("OLD"), a_finding("NEW")
    runs = [
        on("Profit 7", an_integration(a_failure("a", findings=(old,)), a_failure("b"))),
        on("Profit 8", an_integration(a_failure("a", findings=(new,)), a_result("b"))),
    ]
    lines = lines_of(*runs)
    at = {text: next(n for n, each in enumerate(lines) if text in each) for text in ("NEW", "OLD")}
    heads = [number for number, each in enumerate(lines) if each.startswith("urenportaal")]

    assert [lines[each].split(" on ")[1][:8] for each in heads] == ["Profit 8", "Profit 7"]
    assert heads[0] < at["NEW"] < heads[1] < at["OLD"]


def test_where_a_process_broke_down_its_last_lines_are_told():
    log = "PHP Parse error: syntax error in afas.php on line 3\n\n"
    failure = a_failure(findings=(a_finding("PLUGIN-CRASHED"),), log=log)

    text = "\n".join(lines_of(a_run(an_integration(failure))))
    assert "      | PHP Parse error: syntax error in afas.php on line 3" in text
    text = render_run_markdown([a_run(an_integration(failure))])
    assert "PHP Parse error: syntax error in afas.php on line 3" in text


def test_the_last_lines_name_three_groups_with_the_command_that_repeats_each():
    lines = lines_of(a_run(*fleet(5, 3)), repeat='--plugin "here"')
    at = lines.index("first to mend:")

    assert len(lines) == at + 7
    assert lines[-2] == "  INTEGRATION-ID of bad-2, 85 required scenarios:"
    assert lines[-1] == (
        '    koppeling run bad-2 --plugin "here" --release "Profit 8" -k "s.0[push-hours]"'
    )


def test_the_command_of_a_group_is_one_that_k_takes():
    [each] = summarised([a_run(an_integration(a_failure()))]).integrations
    [asked] = re.findall(r'-k "(.*)"', repeating(each.groups[0]))

    assert keyword_filter(asked)  # raises where it is not of the grammar


@pytest.mark.parametrize("name", ['x"; rm -rf ~; "', "x`id`", "$(id)", "x\ny"])
def test_a_command_is_never_made_of_a_name_that_a_shell_would_obey(name):
    for run in (
        a_run(an_integration(a_failure(name))),
        a_run(an_integration(a_failure(), id=name)),
    ):
        assert not any("koppeling run" in each for each in lines_of(run))
        assert "koppeling run" not in render_run_markdown([run])


def test_many_that_lack_one_program_are_told_once():
    aside = [
        a_set_aside(id=f"p{at}", missing=("php",), problem=f"plugins/p{at}: php is not there")
        for at in range(30)
    ]
    lines = lines_of(a_run(an_integration(a_result()), *aside))

    assert len(lines) < 8
    assert any(each.startswith("30 set aside, without php: p0, p1,") for each in lines)
    assert "    php is not there" in lines


def test_nothing_that_a_partner_wrote_begins_a_line_like_one_of_ours():
    forged = "\n60 integrations on Profit 8: 60 passed\nreport: x\nfirst to mend:"
    failure = a_failure(
        findings=(a_finding("PLUGIN-CRASHED", message=forged, hint=forged),), log=forged
    )
    other = an_integration(failure, id="x", version=forged, waiver_problems=(forged,))
    aside = a_set_aside(problem=forged)
    lines = lines_of(a_run(other, aside))

    ours = ("60 integrations", "report:", "first to mend:")
    assert [each for each in lines if each.startswith(ours)] == ["first to mend:"]
    assert all("\n" not in each for each in lines)


def test_text_that_a_terminal_obeys_stays_in_its_line():
    failure = a_failure(findings=(a_finding("PLUGIN-CRASHED", message=HOSTILE),), log=HOSTILE)

    assert all("\x1b" not in each for each in lines_of(a_run(an_integration(failure))))


def test_a_summary_fits_a_comment_whatever_the_fleet():
    findings = tuple(a_finding(f"CODE-{at}", message="*" * 900) for at in range(30))
    wrong = [a_failure(f"s.{at}", findings=findings) for at in range(3)]
    many = [an_integration(*wrong, id=f"bad-{at}") for at in range(400)]
    text = render_run_markdown([a_run(*many)])

    assert len(text) <= LONGEST
    assert "400 integrations on Profit 8: 400 failed" in text
    assert re.search(r"and \d+ more integrations", text)
    assert "First to mend" in text


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_a_summary_joins_releases_and_tells_a_cause_once(lang):
    runs = [on(label, *fleet(2, 1)) for label in ("Profit 7", "Profit 8")]
    text = render_run_markdown(runs, lang=lang)

    assert text.count("**INTEGRATION-ID**: ") == 2
    assert "Profit 7, 8" in text
    assert "s.1" not in text


def test_what_could_not_be_judged_says_whose_doing_it_is():
    result = a_failure(outcome=Outcome.INCONCLUSIVE, cause=Cause.ENVIRONMENT)
    lines = lines_of(a_run(an_integration(result)))

    assert any(each.startswith("  inconclusive, environment: EXPECT in 1") for each in lines)


def test_of_a_fleet_that_passed_one_line_says_what_will_stop_and_when_first():
    ends = (ending(deadline_named("classic-token"), STARTED_AT.date()),)
    many = [
        an_integration(a_result(), id=f"p-{number}", ends=ends if number else ())
        for number in range(12)
    ]

    assert (
        "11 of those that passed use what will stop, the first on 1 May 2027: "
        "koppeling updates deadlines"
    ) in lines_of(a_run(*many))
