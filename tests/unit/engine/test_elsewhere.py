"""What is wrong with ordinary use is held against the scenario that is about it."""

import pytest

from koppeling_harness.engine.elsewhere import _ABOUT, held_elsewhere
from koppeling_harness.model.finding import Finding
from koppeling_harness.model.scenario import ForEach
from koppeling_harness.model.shape import Text
from koppeling_harness.model.verdict import Severity
from koppeling_harness.scenario.load import load_scenarios
from koppeling_harness.scenario.packs import packs_folder
from koppeling_harness.scenario.plan import PlannedScenario
from support.exchanges import Tape
from support.scenarios import a_manifest, a_scenario

TEXT = Text(nl="geen header", en="no header")


def held(
    code: str = "INTEGRATION-ID",
    *,
    exchange: int | None = 1,
    scenario: str = "reading.no-rows",
    for_each: ForEach | None = ForEach.READING,
    tape: Tape | None = None,
    asked: bool = True,
) -> Finding:
    """Return what becomes of a finding about an exchange."""
    planned = PlannedScenario(
        scenario=a_scenario(scenario, for_each=for_each),
        manifest=a_manifest(),
        release="Profit 8",
        beside=frozenset(_ABOUT.values()) if asked else frozenset(),
    )
    found = Finding(
        code=code,
        level=Severity.ERROR,
        message=TEXT.en,
        where="exchange 1",
        hint="",
        text=TEXT,
        exchange=exchange,
    )
    exchanges = (tape or Tape().read(turn=1)).exchanges
    [kept] = held_elsewhere(planned, [found], exchanges)
    return kept


def test_it_is_a_warning_where_something_else_is_asked_and_says_where_it_counts():
    kept = held()

    assert kept.level is Severity.WARNING
    assert kept.message == "no header; counts in identity.integration-id"


@pytest.mark.parametrize(
    "given",
    [
        {"scenario": "identity.integration-id"},
        {"scenario": "connectors.nothing-orange"},
        {"scenario": "own", "for_each": None},
        {"code": "PAGING-INCOMPLETE"},
        {"exchange": None},
        {"asked": False},  # of nobody, in a list of one's own
        {"exchange": 2, "tape": Tape().read(turn=1, fault="reset", status=None).read(turn=1)},
        {"exchange": 2, "tape": Tape().read(turn=1).read(turn=2)},
    ],
)
def test_it_is_an_error_where_it_is_asked_and_where_ordinary_use_would_not_show_it(given):
    assert held(**given).level is Severity.ERROR


def test_what_a_fault_strikes_first_was_sent_as_in_ordinary_use():
    tape = Tape().read(turn=1).read(turn=1, fault="status", status=503)

    assert held(exchange=2, tape=tape).level is Severity.WARNING


@pytest.mark.parametrize(("code", "name"), _ABOUT.items())
def test_the_scenario_that_it_counts_in_is_required_of_every_operation(code, name):
    [found] = [each for each in load_scenarios([packs_folder()]) if each.scenario == name]

    assert (found.level, found.for_each) == ("required", ForEach.OPERATIONS)
    assert found.faults == found.given == ()
    assert code in str(found) or code == "INTEGRATION-ID"
