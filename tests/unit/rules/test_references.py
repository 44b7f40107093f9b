"""Names that stand for something else are resolved; one that names nothing is told."""

import pytest

from koppeling_harness.rules.references import KnownNames, reference_facts, reference_problems
from support.registrations import a_registration, a_waiver, an_assessment

KNOWN = KnownNames(
    releases={"Profit 7", "Profit 8"},
    scenarios={"writing.lost-answer", "reading.paging"},
    integrations={"voorbeeld"},
)


def problems(registration, known=KNOWN):
    return {
        ".".join(map(str, each.path)): each.text for each in reference_problems(registration, known)
    }


def told(registration, known=KNOWN):
    return {each.flag for each in reference_facts(registration, known)}


@pytest.mark.parametrize(
    ("releases", "near"), [(("profit 8",), "Profit 8"), (("Profit 8", "Profit8"), "Profit 8")]
)
def test_a_release_that_is_none_is_told_with_the_one_that_is_meant(releases, near):
    found = problems(a_registration(waivers=(a_waiver("reading.paging", releases=releases),)))

    (text,) = found.values()
    assert (f"Did you mean {near}?" in text.en, f"Bedoelde u {near}?" in text.nl) == (True, True)


def test_a_release_like_none_is_told_too():
    assert problems(a_registration(waivers=(a_waiver("reading.paging", releases=("X",)),)))


def test_a_scenario_that_is_nearly_one_is_told():
    found = problems(a_registration(waivers=(a_waiver("writing.lost-answr[push]"),)))

    assert "Did you mean writing.lost-answer?" in found["waivers.0.scenario"].en


def test_a_scenario_like_none_may_be_the_partner_s_own_and_is_told():
    registration = a_registration(waivers=(a_waiver("own.thing"),))

    assert problems(registration) == {}
    assert told(registration) == {"WAIVER-NAMES-NOTHING"}


def test_a_scope_that_is_nearly_this_integration_is_told():
    found = problems(a_registration(an_assessment(scope=("voorbeedl",))))

    assert "Did you mean voorbeeld?" in found["assessments.0.scope.0"].en


def test_a_scope_of_another_integration_may_be():
    assert problems(a_registration(an_assessment(scope=("heel-anders",)))) == {}


def test_an_integration_of_which_there_is_no_run_but_nearly_is_told():
    registration = a_registration(an_assessment(), integration="voorbeelt")

    assert told(registration) == {"INTEGRATION-UNKNOWN"}
    assert told(a_registration(integration="heel-anders")) == set()


def test_what_is_known_has_nothing_to_tell():
    registration = a_registration(
        an_assessment(scope=("ander", "voorbeeld")), waivers=(a_waiver("reading.paging[pull]"),)
    )

    assert problems(registration) == {}
    assert told(registration) == set()


@pytest.mark.parametrize(
    ("scenario", "is_told"),
    [
        ("writing.lost-answer[push]", False),
        ("writing.lost-answer", False),
        ("writing.lost-answer[bananas]", True),
        ("reading.paging[push]", True),
        ("reading.paging", False),
    ],
)
def test_an_operation_that_no_run_asked_is_told(scenario, is_told):
    asked = {"voorbeeld": ["writing.lost-answer[push]", "reading.paging"]}
    known = KnownNames(scenarios=KNOWN.scenarios, integrations=asked, asked=asked)

    found = told(a_registration(waivers=(a_waiver(scenario),)), known)

    assert found == ({"WAIVER-NAMES-NOTHING"} if is_told else set())
