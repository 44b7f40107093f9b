"""Which scenarios look at data."""

from pathlib import Path

import pytest

from koppeling_harness.scenario.load import load_scenarios
from koppeling_harness.scenario.looking import looks


@pytest.mark.parametrize(
    ("expected", "is_looking"),
    [
        ("ok: {$any: true}", False),
        ("ok: true", False),
        ("output: {$any: true}", False),
        ("output: {count: 3}", True),
    ],
)
def test_how_an_operation_ended_is_no_look_at_data(tmp_path, expected, is_looking):
    path = Path(tmp_path, "a.scenario.yaml")
    path.write_text(
        "scenario: own.arrives\n"
        "title: {nl: Alles komt aan, en: All arrives}\n"
        "level: required\n"
        "proves: [docs.afas.help/profit/en/get-connector]\n"
        "when:\n"
        f"  - operation: sync\n    expect: {{{expected}}}\n",
        encoding="utf-8",
    )
    (scenario,) = load_scenarios([path])

    assert looks(scenario) is is_looking
