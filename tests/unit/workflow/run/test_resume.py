from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from koppeling_harness.errors import UsageError
from koppeling_harness.model.order import Order
from koppeling_harness.model.run import ScenarioResult
from koppeling_harness.model.run_journal import RunBegin
from koppeling_harness.model.verdict import Level, Outcome
from koppeling_harness.plugin.discover import Integration
from koppeling_harness.scenario.plan import PlannedScenario
from koppeling_harness.store.run_journal import BrokenRun
from koppeling_harness.version import __version__
from koppeling_harness.workflow.run.continuation import continuation_of, refuse_beside_resume
from support.scenarios import a_manifest, a_scenario, an_operation

MANIFEST = a_manifest(an_operation("sync"))
BEGIN = RunBegin(
    run_id="r1",
    started_at=datetime(2026, 11, 25, tzinfo=UTC),
    seed=7,
    harness=__version__,
    lock_digest="lock",
    digests={MANIFEST.id: "digest"},
    order=Order(plugins=("plugins",), packs=(), release="Profit 8", concurrency=8),
)


def planned(name):
    return PlannedScenario(scenario=a_scenario(name), manifest=MANIFEST)


def result(name, outcome=Outcome.PASSED):
    return ScenarioResult(
        scenario=name,
        title=a_scenario(name).title,
        level=Level.REQUIRED,
        operation=None,
        outcome=outcome,
        cause=None,
    )


def broken(**begin):
    return BrokenRun(
        begin=replace(BEGIN, **begin),
        results={(MANIFEST.id, "a"): result("a")},
        half_done=frozenset({(MANIFEST.id, "b")}),
        breaks=(),
    )


def gone_on(run, *, digest="digest", lock="lock"):
    integration = Integration(manifest=MANIFEST, folder=Path(), digest=digest, scenarios=None)
    return continuation_of(run, [integration], lock_digest=lock)


def test_results_are_kept_in_the_order_of_the_plan_and_the_half_done_one_is_marked():
    continuation = gone_on(broken())
    plan = [planned(name) for name in ("a", "b", "c")]
    now = [(each, result(each.id)) for each in (plan[2], plan[1])]

    whole = continuation.completed(now, plan)

    assert [(each.id, found.resumed) for each, found in whole] == [
        ("a", False),
        ("b", True),
        ("c", False),
    ]
    assert [continuation.is_kept(each) for each in plan] == [True, False, False]


@pytest.mark.parametrize(
    ("run", "changed", "note"),
    [
        (broken(), {"digest": "other"}, "its files changed since the break"),
        (broken(), {"lock": "other"}, "the required scenarios: changed since the break"),
        (broken(harness="0.0.1"), {}, "the harness: changed since the break"),
    ],
)
def test_results_are_not_kept_when_what_they_depend_on_has_changed(run, changed, note):
    continuation = gone_on(run, **changed)

    assert continuation.kept == {}
    assert note in continuation.notes[0]


def test_a_run_goes_on_as_it_was_asked_for_and_in_no_other_way():
    refuse_beside_resume({"-k": "", "--env": ""})
    with pytest.raises(UsageError, match="without -k, --env"):
        refuse_beside_resume({"-k": "x", "--env": "demo", "--shard": ""})
