"""Plan: the scenarios that say something about an integration on a release."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import assert_never

from koppeling_harness.model.manifest import Manifest, Operation
from koppeling_harness.model.operation import OperationKind, OperationTrigger
from koppeling_harness.model.requirement import Reach
from koppeling_harness.model.result_id import ResultId
from koppeling_harness.model.run import DECLARED, NotAsked
from koppeling_harness.model.scenario import Applies, ForEach, Scenario
from koppeling_harness.model.verdict import Level
from koppeling_harness.rules.witnessed import witnessed_by
from koppeling_harness.scenario.packed import unpacked
from koppeling_harness.value import dataclass

_AS_EVER = "-"
"""What an operation is when its manifest says nothing of it, and so takes nothing away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One more time that a scenario is carried out, about one connector.

    Attributes:
        number: Counts from 2: the first round is the scenario as it is written.
        connector: What it is about, as the manifest spells it.
        in_doubt: Whether the answer to the first write is lost, so that the integration looks.
        again: Whether it is told twice: who tells that it is uncertain looks the next time.
        seen: How many exchanges the rounds before it had: its own are counted on from there.
    """

    number: int
    connector: str
    in_doubt: bool = False
    again: bool = False
    seen: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedScenario:
    """One scenario for one integration, and for one of its operations when it is generic."""

    scenario: Scenario
    manifest: Manifest
    operation: Operation | None = None
    release: str = ""
    """Label of the Profit release that it is carried out on."""
    required_from: date | None = None
    """From when it is required, where that is later; until then it is recommended."""
    round: Round | None = None
    """Which further round it is; None: as it is written."""
    beside: frozenset[str] = frozenset()
    """Ids of the scenarios that every operation is asked, of those that it was planned with."""

    @property
    def level(self) -> Level:
        """How much it weighs here, on the day for which it was planned."""
        later = self.required_from is not None and self.scenario.level is Level.REQUIRED
        return Level.RECOMMENDED if later else self.scenario.level

    @property
    def id(self) -> ResultId:
        """The scenario's id; of a generic one with the operation, `paging.complete[sync-hours]`."""
        operation = self.operation.name if self.operation else None
        return ResultId(self.scenario.scenario, operation)

    def unpacked(self) -> "PlannedScenario":
        """Return it with all of its steps, ready to be carried out."""
        scenario = unpacked(self.scenario)
        return PlannedScenario(
            scenario=scenario,
            manifest=self.manifest,
            operation=self.operation,
            release=self.release,
            required_from=self.required_from,
            round=self.round,
            beside=self.beside,
        )


def plan(
    scenarios: Iterable[Scenario],
    manifest: Manifest,
    *,
    release: str,
    as_of: date | None = None,
) -> tuple[PlannedScenario, ...]:
    """Return what is to be run for one integration, in the order of the scenarios.

    Args:
        scenarios: Those of the packs, and the integration's own.
        manifest: The integration.
        release: Label of the Profit release.
        as_of: The day for which it is planned: what counts later is recommended until then. None:
            everything counts.
    """
    scenarios = [*scenarios]
    everywhere = frozenset(
        each.scenario for each in scenarios if each.for_each is ForEach.OPERATIONS
    )
    return tuple(
        replace(_dated(each, as_of), beside=everywhere)
        for scenario in scenarios
        if _applies(scenario, manifest) and is_for_release(scenario, release)
        for each in _planned(scenario, manifest, release)
    )


def _dated(planned: PlannedScenario, as_of: date | None) -> PlannedScenario:
    """Return a scenario with the day from which it counts, where that is later."""
    operation, for_each = planned.operation, planned.scenario.for_each
    if as_of is None or operation is None:
        return planned
    looks_up = for_each is ForEach.READING and operation.writes
    reach = Reach.LOOKING_UP if looks_up else Reach.ALL
    asked = [each.of(reach) for each in witnessed_by(planned.scenario.scenario)]
    days = [None if each is None or each.counts(as_of) else each.required_from for each in asked]
    later = [day for day in days if day is not None]
    if not later or len(later) < len(days):  # it counts by now for one of its requirements
        return planned
    return replace(planned, required_from=min(later))


def is_for_release(scenario: Scenario, release: str) -> bool:
    """Return whether a scenario means a release, by its label."""
    return not scenario.applies.releases or release in scenario.applies.releases


def _applies(scenario: Scenario, manifest: Manifest) -> bool:
    applies = scenario.applies
    if applies.integration not in {None, manifest.id}:
        return False
    if applies.oauth not in {None, manifest.oauth is not None}:
        return False
    if not any(_is_meant(each, applies) for each in manifest.operations):
        return False
    if not applies.connectors:
        return True
    declared = {each.lower() for each in manifest.connectors}
    return all(each.lower() in declared for each in applies.connectors)


def _is_meant(operation: Operation, applies: Applies) -> bool:
    return _is_of_kind(operation, applies) and not _declared_away(operation, applies)


def _is_of_kind(operation: Operation, applies: Applies) -> bool:
    return applies.kind is None or applies.kind in operation.kinds


def _declared_away(operation: Operation, applies: Applies) -> str:
    """Return by which words of the manifest an operation is not meant; empty when it is."""
    if applies.trigger and operation.trigger not in applies.trigger:
        if operation.trigger is OperationTrigger.SCHEDULE:
            return _AS_EVER
        return f"trigger: {operation.trigger.value}"
    if applies.idempotent not in {None, operation.idempotent}:
        return _AS_EVER if operation.idempotent else "idempotent: false"
    return ""


def declared_away(
    scenarios: Iterable[Scenario], manifest: Manifest, *, release: str
) -> Iterator[NotAsked]:
    """Yield what is required of others and not of an integration, by what it says of itself.

    Args:
        scenarios: Those of the packs.
        manifest: The integration.
        release: Label of the Profit release.
    """
    for scenario in scenarios:
        if scenario.level is not Level.REQUIRED or scenario.for_each is None:
            continue
        if scenario.applies.integration or not is_for_release(scenario, release):
            continue
        if scenario.applies.oauth not in {None, manifest.oauth is not None}:
            continue
        for operation in manifest.operations:
            words = _declared_away(operation, scenario.applies)
            meant = _is_of_kind(operation, scenario.applies)
            if words not in {"", _AS_EVER} and meant and _is_of(operation, scenario.for_each):
                name = ResultId(scenario.scenario, operation.name)
                yield NotAsked(id=name, why=f"{DECLARED}{words}")


def _planned(scenario: Scenario, manifest: Manifest, release: str) -> Iterator[PlannedScenario]:
    if scenario.for_each is None:
        yield PlannedScenario(scenario=scenario, manifest=manifest, release=release)
        return
    for operation in manifest.operations:
        if _is_meant(operation, scenario.applies) and _is_of(operation, scenario.for_each):
            yield PlannedScenario(
                scenario=scenario, manifest=manifest, operation=operation, release=release
            )


def _is_of(operation: Operation, which: ForEach) -> bool:
    match which:
        case ForEach.OPERATIONS:
            return True
        case ForEach.READS:
            return bool(operation.reads) and not operation.writes
        case ForEach.READING:
            return bool(operation.reads)
        case ForEach.WRITES | ForEach.WRITING:
            return bool(operation.writes)
        case ForEach.FETCHING:
            return OperationKind.FETCHES in operation.kinds
        case _:
            assert_never(which)
