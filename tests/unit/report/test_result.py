from koppeling_harness.report.result import verdict_line
from support.records import a_result, an_integration


def test_the_verdict_counts_what_was_required():
    assert verdict_line(an_integration(a_result()).verdict) == (
        "1 of 1 required scenarios executed and passed"
    )
