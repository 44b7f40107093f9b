import pytest

from koppeling_harness.report.result import full_name, split_place, verdict_line
from support.records import a_result, an_integration


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("scenarios/a.scenario.yaml:12:3", ("scenarios/a.scenario.yaml", 12)),
        ("scenarios/a.scenario.yaml:12", ("scenarios/a.scenario.yaml", 12)),
        ("scenarios/a.scenario.yaml", ("scenarios/a.scenario.yaml", None)),
        (r"C:\packs\a.scenario.yaml:12:3", (r"C:\packs\a.scenario.yaml", 12)),
        ("a:1:b:12", ("a:1:b", 12)),
        ("1:2:3:4", ("1:2", 3)),
        (":12", (":12", None)),
        ("", ("", None)),
    ],
)
def test_a_place_is_split_into_file_and_line(place, expected):
    assert split_place(place) == expected


def test_a_generic_scenario_is_named_with_its_operation():
    assert full_name(a_result("retry.after", operation="push")) == "retry.after[push]"
    assert full_name(a_result("retry.after")) == "retry.after"


def test_the_verdict_counts_what_was_required():
    assert verdict_line(an_integration(a_result()).verdict) == (
        "1 of 1 required scenarios executed and passed"
    )
