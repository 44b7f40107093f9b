import re
from pathlib import Path

import pytest

import koppeling_harness.report as report
from koppeling_harness.model.impact import ImpactClass
from koppeling_harness.model.listing import PLACES
from koppeling_harness.model.proof import ProofState
from koppeling_harness.model.recheck import Basis, Movement, Whose
from koppeling_harness.model.registration import AssessmentKind, Colour, DecisionKind, Ground
from koppeling_harness.model.run import ErpKind
from koppeling_harness.model.shape import Text
from koppeling_harness.model.status import Role
from koppeling_harness.model.verdict import Cause, Level, Outcome, Severity
from koppeling_harness.report.texts import Language, in_language, texts
from koppeling_harness.rules.criteria import Known
from koppeling_harness.rules.urgency import Topic

TEMPLATES = Path(report.__file__).parent / "templates"
ENUMS = {
    "outcome": Outcome,
    "tested": Outcome,
    "level": Level,
    "cause": Cause,
    "severity": Severity,
    "proof": ProofState,
    "erp": ErpKind,
    "kind": AssessmentKind,
    "decision": DecisionKind,
    "ground": Ground,
    "movement": Movement,
    "whose": Whose,
    "basis": Basis,
    "necessity": ImpactClass,
    "release_role": Role,
    "topic": Topic,
    "known": Known,
    "listing": (*PLACES, "to_remove", "to_place", "to_decide", "unknown"),
    "trend.colour": Colour,
    "colours": ("governs", "earlier", "pending", "without_effect"),
}


def used() -> set[str]:
    """Every key that a template names, whole or by its first part."""
    source = "\n".join(each.read_text(encoding="utf-8") for each in TEMPLATES.glob("*.jinja"))
    keys = set(re.findall(r'\bt(?:_svg)?\("([a-z_.]+)"[,)]', source))
    for key in re.findall(r'\bn\([^"]+, "([a-z_.]+)"[,)]', source):
        keys |= {f"{key}.one", f"{key}.many"}
    keys |= {"listing.difference"}  # of the listing as text
    text = Path(report.__file__).with_name("recheck_text.py").read_text(encoding="utf-8")
    keys |= set(re.findall(r'\b_text\("([a-z_.]+)"', text))
    for part in re.findall(r'\bt\("([a-z_.]+)\." ~', source):
        keys |= {f"{part}.{member}" for member in ENUMS[part]}
    return keys


def test_every_text_that_a_template_names_is_in_the_catalogue():
    assert used() - texts().keys() == set()


def test_every_text_of_the_catalogue_is_used():
    assert texts().keys() - used() == set()


@pytest.mark.parametrize("key", texts())
def test_a_text_has_the_same_blanks_in_both_languages(key):
    text = texts()[key]

    assert sorted(re.findall(r"\{\w+\}", text.nl)) == sorted(re.findall(r"\{\w+\}", text.en))
    assert text.nl.strip()
    assert text.en.strip()


def test_a_text_is_picked_by_language():
    text = Text(nl="ja", en="yes")

    assert [in_language(text, each) for each in Language] == ["ja", "yes"]
