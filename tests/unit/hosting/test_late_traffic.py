"""Who goes on after the end of a scenario did not pass it, and the record says what came."""

from koppeling_harness.hosting.late_traffic import Late, with_late
from koppeling_harness.model.exchange import Refused, RefusedFor
from koppeling_harness.model.run import ScenarioResult
from koppeling_harness.model.scenario import Scenario
from koppeling_harness.model.shape import Text
from koppeling_harness.model.verdict import Cause, Level, Outcome
from koppeling_harness.scenario.plan import PlannedScenario
from support.exchanges import PROFIT_8, Tape, a_manifest

LATE = Refused(kind=RefusedFor.LATE, found=Text(nl="te laat", en="too late"))


def planned(name: str) -> PlannedScenario:
    scenario = Scenario(
        scenario=name, title=Text(nl="a", en="b"), level=Level.REQUIRED, proves=("x",), when=()
    )
    return PlannedScenario(scenario=scenario, manifest=a_manifest())


def passed(name: str) -> ScenarioResult:
    return ScenarioResult(
        scenario=name,
        title=Text(nl="a", en="b"),
        level=Level.REQUIRED,
        operation=None,
        outcome=Outcome.PASSED,
        cause=None,
    )


def late(name: str) -> Late:
    tape = Tape().call(path="/connectors/X", query="skip=1", status=404, refused=LATE)
    return Late(planned=planned(name), exchange=tape.exchanges[0])


def test_what_comes_after_the_result_makes_it_failed():
    result = with_late(planned("one"), passed("one"), [late("one")], PROFIT_8)

    assert (result.outcome, result.cause) == (Outcome.FAILED, Cause.INTEGRATION)
    assert [each.code for each in result.findings] == ["TRAFFIC-AFTER-END"]
    assert late("one").call.path == "/connectors/X"


def test_another_scenario_is_not_held_to_it():
    assert with_late(planned("two"), passed("two"), [late("one")], PROFIT_8) == passed("two")
