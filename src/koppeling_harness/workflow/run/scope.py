"""Scope of a run per integration, as its record says it."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from koppeling_harness.model.order import Order
from koppeling_harness.model.run import NotAsked, ScenarioResult, Scope
from koppeling_harness.model.scenario import Scenario
from koppeling_harness.model.verdict import Level
from koppeling_harness.rules.scope import OWN_LIST, scope_of
from koppeling_harness.rules.verdict import result_id
from koppeling_harness.scenario.plan import PlannedScenario
from koppeling_harness.scenario.shared import shared_problems
from koppeling_harness.workflow.run.prepared_order import PreparedOrder


def scope(
    prepared: PreparedOrder,
    planned: Sequence[PlannedScenario],
    results: Sequence[ScenarioResult],
    not_asked: Sequence[NotAsked],
    *,
    interrupted: bool,
    own_list: bool,
) -> Scope:
    """Return how much of what is asked of one integration was carried out.

    Args:
        prepared: What was asked of the run.
        planned: All that applies to the integration.
        results: What became of it.
        not_asked: What could not be carried out there.
        interrupted: Whether the run was ended early.
        own_list: Whether the list it was held against did not come with the program.
    """
    there = {result_id(each) for each in results} | {each.id for each in not_asked}
    lacks = any(each.id not in there for each in planned)
    order = prepared.order
    return scope_of(
        (
            ("keyword", bool(order.keyword) and lacks),
            ("named_scenarios", order.scenarios is not None or _names_files(order)),
            ("shard", order.shard is not None),
            ("rerun", prepared.rerun is not None),
            ("interrupted", interrupted and lacks),
            ("in_process", order.in_process),
            (OWN_LIST, own_list),
        )
    )


def not_asked_here(
    planned: Mapping[str, Sequence[PlannedScenario]],
) -> dict[str, tuple[NotAsked, ...]]:
    """Return by integration what is required and cannot be carried out in an environment.

    One that others use too is never put into another state: what needs that is shown by the
    emulator.
    """
    return {name: tuple(_not_shared(many)) for name, many in planned.items()}


def own_ids(
    planned: Sequence[PlannedScenario], own: Sequence[Scenario], pack: Sequence[Scenario]
) -> frozenset[str]:
    """Return the ids of what is an integration's own, and on no list."""
    places = {each.place for each in own} - {each.place for each in pack}
    return frozenset(each.id for each in planned if each.scenario.place in places)


def _not_shared(planned: Sequence[PlannedScenario]) -> Iterator[NotAsked]:
    for each in planned:
        if each.level is Level.REQUIRED or each.required_from is not None:
            problems = shared_problems(each.scenario)
            if problems:
                why = f"not in a shared environment: {problems[0].message}"
                yield NotAsked(id=each.id, why=why)


def _names_files(order: Order) -> bool:
    return any(Path(each).is_file() for each in order.packs)
