"""Plan: the scenarios that say something about an integration on a release."""

from collections.abc import Iterable, Iterator
from typing import assert_never

from koppeling_harness.model.manifest import Manifest, Operation
from koppeling_harness.model.operation import OperationKind
from koppeling_harness.model.result_id import ResultId
from koppeling_harness.model.scenario import Applies, ForEach, Scenario
from koppeling_harness.scenario.packed import unpacked
from koppeling_harness.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedScenario:
    """One scenario for one integration, and for one of its operations when it is generic."""

    scenario: Scenario
    manifest: Manifest
    operation: Operation | None = None
    release: str = ""
    """Label of the Profit release that it is carried out on."""

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
        )


def plan(
    scenarios: Iterable[Scenario], manifest: Manifest, *, release: str
) -> tuple[PlannedScenario, ...]:
    """Return what is to be run for one integration, in the order of the scenarios.

    Args:
        scenarios: Those of the packs, and the integration's own.
        manifest: The integration.
        release: Label of the Profit release.
    """
    return tuple(
        each
        for scenario in scenarios
        if _applies(scenario, manifest) and is_for_release(scenario, release)
        for each in _planned(scenario, manifest, release)
    )


def is_for_release(scenario: Scenario, release: str) -> bool:
    """Return whether a scenario means a release, by its label."""
    return not scenario.applies.releases or release in scenario.applies.releases


def _applies(scenario: Scenario, manifest: Manifest) -> bool:
    applies = scenario.applies
    if applies.integration not in {None, manifest.id}:
        return False
    if not any(_is_meant(each, applies) for each in manifest.operations):
        return False
    if not applies.connectors:
        return True
    declared = {each.lower() for each in manifest.connectors}
    return all(each.lower() in declared for each in applies.connectors)


def _is_meant(operation: Operation, applies: Applies) -> bool:
    return (applies.kind is None or applies.kind in operation.kinds) and (
        applies.idempotent in {None, operation.idempotent}
    )


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
        case ForEach.WRITES:
            return bool(operation.writes)
        case ForEach.FETCHING:
            return OperationKind.FETCHES in operation.kinds
        case _:
            assert_never(which)
