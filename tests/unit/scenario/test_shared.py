from pathlib import Path

import pytest

from koppeling_harness.document import load_yaml
from koppeling_harness.model.scenario import Scenario
from koppeling_harness.scenario.load import load_scenarios
from koppeling_harness.scenario.shared import shared_problems

HEAD = """
scenario: a.b
title: {nl: a, en: a}
level: required
proves: [x]
"""


def problems(text):
    return [each.message for each in shared_problems(load_yaml(Scenario, HEAD + text, name="s"))]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("when: [{operation: o, expect: {output: {read: 16}}}]", "expects a number"),
        ("when: [{operation: o, expect: {output: [{n: 1}]}}]", "expects a number"),
        (
            "when: [{operation: o}]\nthen: [{get: Profit_Projects, expect: {count: 20}}]",
            "expects rows of Profit_Projects",
        ),
        (
            "given: [{insert: PtProject, fields: {PrId: P1}}]\nwhen: [{operation: o}]",
            "makes a PtProject with a fixed PrId",
        ),
        (
            "given: [{update: KnPerson, keys: {BcCo: '1'}, fields: {Nm: x}}]\n"
            "when: [{operation: o}]",
            "changes a row of KnPerson",
        ),
        (
            "given: [{delete: PtProject, keys: {PrId: '500001'}}]\nwhen: [{operation: o}]",
            "changes a row of PtProject",
        ),
        ("values: {many: \"${repeat('x', 99)}\"}\nwhen: [{operation: o}]", "makes many rows"),
        ("when: [{clock: +1d}, {operation: o}]", "which only the emulated one can"),
        ("when: [{webhook: subject.created}, {operation: o}]", "delivers a webhook itself"),
        ("shared: false\nwhen: [{operation: o}]", "an environment of its own"),
    ],
)
def test_what_counts_on_an_environment_of_its_own_is_told(text, message):
    [found] = problems(text)

    assert message in found


@pytest.mark.parametrize(
    "text",
    [
        "when: [{operation: o, expect: {ok: true, output: {read: {$min: 1}}}}]",
        "values: {m: '${unique(8)}'}\nwhen: [{operation: o}]\n"
        "then: [{get: Profit_Projects, where: {Description: '${values.m}'}, expect: {count: 1}}]",
        "given: [{insert: PtProject, fields: {PrId: '${unique(8)}'}}]\nwhen: [{operation: o}]",
        "when: [{operation: o, expect: {output: {read: 0}}}]\n"
        "faults: [{fault: empty_rows, of: {method: GET}}]",
        "shared: true\nwhen: [{operation: o, expect: {output: {read: 16}}}]",
    ],
)
def test_what_asserts_on_its_own_rows_shapes_and_invariants_survives(text):
    assert problems(text) == []


def test_of_the_packs_only_what_fills_or_changes_the_environment_does_not_survive():
    packs = load_scenarios([Path(__file__).parents[3] / "scenarios"])

    assert {each.scenario for each in packs if shared_problems(each)} == {
        "authentication.token-ends-halfway",
        "oauth.a-month-later",
        "oauth.an-hour-later",
        "oauth.secret-renewed",
        "oauth.token-ends-while-reading",
        "oauth.two-customers",
        "oauth.without-a-classic-token",
        "reading.more-than-one-page",
        "reading.next-page-fails",
        "reading.rows-added-meanwhile",
    }
