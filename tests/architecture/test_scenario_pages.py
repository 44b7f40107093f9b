"""The pages about scenarios name every word of the language, and their examples are in order."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from koppeling_harness.model.fault import FaultKind
from koppeling_harness.model.scenario import VERBS, Applies, Scenario
from koppeling_harness.scenario.functions import SIGNATURES
from koppeling_harness.scenario.load import load_scenario
from koppeling_harness.scenario.matcher import MATCHERS
from koppeling_harness.scenario.value_matcher import OPTIONS

DOCS = Path(__file__).parents[2] / "docs"
REFERENCE = DOCS / "reference" / "scenario-language.md"
HOW_TO = DOCS / "how-to" / "write-a-scenario.md"
pytestmark = pytest.mark.skipif(not DOCS.is_dir(), reason="docs/ is not here")


def test_every_word_of_the_language_is_in_the_reference():
    text = REFERENCE.read_text(encoding="utf-8")
    words = [
        *VERBS,
        *FaultKind,
        *OPTIONS,
        *(each.name for each in fields(Scenario) if each.name != "place"),
        *(each.name for each in fields(Applies)),
    ]
    missing = [word for word in words if f"`{word}" not in text]
    missing += [name for name in MATCHERS if f"`{name}:" not in text]
    missing += [
        each.render(name) for name, each in SIGNATURES.items() if each.render(name) not in text
    ]

    assert missing == []


@pytest.mark.parametrize("page", [REFERENCE, HOW_TO], ids=lambda page: page.stem)
def test_every_scenario_in_a_page_is_in_order(page, tmp_path):
    blocks = re.findall(r"```yaml\n(scenario: .*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    for number, block in enumerate(blocks):
        path = tmp_path / f"{number}.scenario.yaml"
        path.write_text(block, encoding="utf-8")
        load_scenario(path)

    assert blocks
