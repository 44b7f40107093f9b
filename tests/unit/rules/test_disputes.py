from dataclasses import replace

import pytest

from koppeling_harness.model.dispute import Dispute
from koppeling_harness.model.finding import Finding
from koppeling_harness.model.run import ExchangeRecord, ScenarioResult
from koppeling_harness.model.shape import Text
from koppeling_harness.model.verdict import Cause, Level, Outcome, Severity
from koppeling_harness.rules.disputes import disputed, joined

RESULT = ScenarioResult(
    scenario="reading.second-time",
    title=Text(nl="Lezen", en="Read"),
    level=Level.REQUIRED,
    operation="sync",
    outcome=Outcome.FAILED,
    cause=Cause.INTEGRATION,
    findings=(
        Finding(code="READ-ALL", level=Severity.ERROR, message="m", where="exchange 2", exchange=2),
        Finding(code="OTHER", level=Severity.ERROR, message="m", where="x"),
    ),
    exchanges=(
        ExchangeRecord(
            number=1, method="GET", path="/connectors/Eigen_A", status=200, duration_s=0.1
        ),
        ExchangeRecord(
            number=2, method="GET", path="/connectors/Eigen_B?skip=0", status=200, duration_s=0.1
        ),
    ),
)


def dispute(code="READ-ALL", where="Eigen_B"):
    return Dispute(code=code, where=where, reason=Text(nl="Omdat", en="Because"))


@pytest.mark.parametrize(
    ("one", "found"),
    [
        (dispute(), True),
        (dispute(where="eigen_b"), True),
        (dispute(where="Eigen_A"), False),
        (dispute(where="reading.second-time"), True),
        (dispute(where="reading.second-time[sync]"), True),
        (dispute(where="reading.second-time[other]"), False),
        (dispute(code="OTHER"), False),
        (dispute(code="OTHER", where="reading.second-time"), True),
    ],
)
def test_a_dispute_is_about_findings_of_its_code_at_its_connector_or_scenario(one, found):
    [said] = disputed([one], [RESULT])
    assert said.results == (("reading.second-time[sync]",) if found else ())
    assert said.reason == one.reason


def test_the_shards_of_a_run_are_told_together():
    first, second = disputed([dispute()], [RESULT]), disputed([dispute()], [])
    assert joined([second, first]) == first
    other = (replace(first[0], results=("a", "reading.second-time[sync]")),)
    assert joined([first, other])[0].results == ("reading.second-time[sync]", "a")
