from pathlib import Path

from koppeling_harness.traffic.checks import RULES
from koppeling_harness.workflow.authoring.rules import rule_catalogue
from support.rules_page import rules_page

PAGE = Path(__file__).parents[4] / "docs" / "reference" / "traffic-rules.md"


def test_the_page_of_the_documentation_is_what_the_catalogue_says():
    assert PAGE.read_text(encoding="utf-8") == rules_page()


def test_the_catalogue_holds_every_rule():
    assert [rule.code for rule in rule_catalogue().rules] == [rule.code for rule in RULES]


def test_a_rule_that_does_not_hold_for_a_release_is_left_out():
    codes = {rule.code for rule in rule_catalogue("Profit 6").rules}

    assert "AUTH-PLAIN" not in codes
    assert "AUTH-HEADER" in codes
