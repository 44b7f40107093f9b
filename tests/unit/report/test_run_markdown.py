from dataclasses import replace

from koppeling_harness.model.run import Shard
from koppeling_harness.report.run_markdown import GROUPS_AT_MOST, render_run_markdown
from support.records import a_failure, a_finding, a_result, a_run, an_integration, every_outcome


def test_each_integration_has_its_row_and_what_is_wrong_its_line():
    text = render_run_markdown([every_outcome()], lang="nl")

    assert "| **urenportaal** 3.2.0 | Profit 8 | niet geslaagd | 1 / 5 | 4 / 5 |" in text
    assert "| **kapot** | Profit 8 | niet gedraaid (overgeslagen) | - | - |" in text
    assert "(retry.after-503" in text
    assert "ERP-UNAVAILABLE" in text
    assert text.endswith("veranderen nooit een kleur.\n")


def test_names_and_messages_make_no_markup():
    integration = an_integration(a_failure("<b>[x](http://y)"), id="@all", title=None)
    text = render_run_markdown([a_run(integration)])

    assert "\\@all" in text
    assert "http://" not in text
    assert "<b>" not in text.replace("\\<b\\>", "")


def test_a_shard_says_that_it_is_no_verdict():
    record = replace(every_outcome(), shard=Shard(index=2, total=3))

    assert "Part 2 of 3: only the merged run is a verdict." in render_run_markdown([record])


def test_a_mark_is_told_beside_the_outcome():
    retried = a_failure("x", passed_on_retry=True)
    waived = a_failure("y", waiver="W-1")
    text = render_run_markdown([a_run(an_integration(retried, waived))])

    assert "passed on retry" in text
    assert "waived by W-1" in text


def test_of_an_integration_with_many_findings_some_are_told():
    many = [
        a_failure(f"s{number}", findings=(a_finding(f"C{number}"),))
        for number in range(GROUPS_AT_MOST + 5)
    ]
    text = render_run_markdown([a_run(an_integration(a_result(), *many))])

    assert "and 5 more" in text
    assert text.count("\n- **C") == GROUPS_AT_MOST + 3  # and those to mend first
