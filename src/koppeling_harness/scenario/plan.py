"""Which scenarios say something about an integration on a release."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from koppeling_harness.model.manifest import Manifest, Operation
from koppeling_harness.model.scenario import Scenario


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedScenario:
    """One scenario for one integration, and for one of its operations when it is generic."""

    scenario: Scenario
    manifest: Manifest
    operation: Operation | None = None

    @property
    def id(self) -> str:
        """The scenario's id; of a generic one with the operation, `paging.complete[sync-hours]`."""
        if self.operation is None:
            return self.scenario.scenario
        return f"{self.scenario.scenario}[{self.operation.name}]"


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
        for each in _planned(scenario, manifest)
    )


def is_for_release(scenario: Scenario, release: str) -> bool:
    """Return whether a scenario means a release, by its label."""
    return not scenario.applies.releases or release in scenario.applies.releases


def _applies(scenario: Scenario, manifest: Manifest) -> bool:
    applies = scenario.applies
    if applies.integration not in {None, manifest.id}:
        return False
    if applies.kind is not None and all(
        applies.kind not in each.kinds for each in manifest.operations
    ):
        return False
    declared = {each.lower() for each in manifest.connectors}
    return all(each.lower() in declared for each in applies.connectors)


def _planned(scenario: Scenario, manifest: Manifest) -> Iterator[PlannedScenario]:
    kind = scenario.for_each
    if kind is None:
        yield PlannedScenario(scenario=scenario, manifest=manifest)
        return
    for operation in manifest.operations:
        if kind in operation.kinds:
            yield PlannedScenario(scenario=scenario, manifest=manifest, operation=operation)
