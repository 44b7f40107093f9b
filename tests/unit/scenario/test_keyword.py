import pytest

from koppeling_harness.errors import UsageError
from koppeling_harness.model.verdict import Level
from koppeling_harness.scenario.keyword import keyword_filter
from koppeling_harness.scenario.plan import PlannedScenario
from support.scenarios import a_manifest, a_scenario, an_operation

PUSH = PlannedScenario(
    scenario=a_scenario(
        "writing.refusal", place="scenarios/writing/told.scenario.yaml:2:1", level=Level.RECOMMENDED
    ),
    manifest=a_manifest(name="urenportaal"),
    operation=an_operation("push-hours"),
)


@pytest.mark.parametrize(
    ("text", "is_meant"),
    [
        ("", True),
        ("refusal", True),
        ("REFUSAL", True),
        ("writing/told", False),
        ("told.scenario.yaml", True),
        ("urenportaal[push-hours]", True),
        ("recommended", True),
        ("required", False),
        ("not reading", True),
        ("reading or told", True),
        ("told and reading", False),
        ("not not told", True),
        ("told and not (reading or refusal)", False),
        ("reading and told or refusal", True),
    ],
)
def test_an_expression_means_what_it_does_in_pytest(text, is_meant):
    assert keyword_filter(text)(PUSH) is is_meant


@pytest.mark.parametrize("text", ["and", "told and", "(told", "told)", "told told", "not", "a & b"])
def test_what_is_no_expression_is_said(text):
    with pytest.raises(UsageError, match="-k"):
        keyword_filter(text)


def test_what_lies_above_the_working_folder_names_no_scenario():
    planned = PlannedScenario(
        scenario=a_scenario(place="/home/me/packs/writing/one.scenario.yaml:1:1"),
        manifest=a_manifest(),
    )

    assert keyword_filter("writing")(planned)
    assert not keyword_filter("home")(planned)
