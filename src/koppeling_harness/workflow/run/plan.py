"""The plan of a run: the integrations, and the scenarios of each."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import date
from pathlib import Path

from koppeling_harness.errors import NothingToRunError
from koppeling_harness.model.run import NotAsked
from koppeling_harness.model.scenario import Scenario
from koppeling_harness.plugin.discover import Discovery, Integration
from koppeling_harness.scenario.load import file_of, load_scenarios
from koppeling_harness.scenario.lock import lock_for
from koppeling_harness.scenario.packed import PackedScenario
from koppeling_harness.scenario.plan import PlannedScenario, declared_away, plan
from koppeling_harness.value import dataclass
from koppeling_harness.workflow.run.integrations import (
    WithRuntimes,
    find_integrations,
    kept_readings,
    own_scenarios,
)
from koppeling_harness.workflow.run.prepared_order import PreparedOrder
from koppeling_harness.workflow.run.scope import not_asked_here, own_ids


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPlan:
    """The plan of a run.

    Attributes:
        discovery: The integrations, and those that were set aside.
        by_integration: The scenarios of each integration that has any, by its id.
        lock_digest: SHA-256 over the list of required scenarios of the release.
        required: How many scenarios that list names.
        not_asked: What is required of others and not of each integration: it cannot be carried
            out where it is run, or its manifest takes it away.
        own: By integration, the ids of what is its own, and on no list.
    """

    discovery: Discovery
    by_integration: Mapping[str, tuple[PlannedScenario, ...]]
    lock_digest: str
    required: int
    not_asked: Mapping[str, tuple[NotAsked, ...]] = field(default_factory=dict)
    own: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def scenarios(self) -> tuple[PlannedScenario, ...]:
        """The scenarios of every integration."""
        return tuple(each for many in self.by_integration.values() for each in many)

    def is_set_aside(self, planned: PlannedScenario) -> bool:
        """Return whether a scenario cannot be carried out where the run is."""
        aside = self.not_asked.get(planned.manifest.id, ())
        return any(each.id == planned.id for each in aside)


def plan_runs(
    many: Sequence[PreparedOrder], *, as_of: date, elsewhere: WithRuntimes | None = None
) -> tuple[RunPlan, ...]:
    """Return for each order the plan that it asks for, before anything of it is selected.

    Args:
        many: Orders that differ in their release alone: integrations and scenario files are read
            once.
        as_of: The day of the run.
        elsewhere: See `find_integrations`.

    Raises:
        NothingToRunError: No integration, or no scenario that applies to one.
        ConfigurationError: An integration that was asked for by name cannot be loaded.
        DocumentError: Scenario files have problems.
    """
    first = many[0]
    discovery = find_integrations(first.order, first.rerun, elsewhere)
    pack = load_scenarios(tuple(map(Path, first.order.packs)), kept_in=kept_readings())
    discovery, own = own_scenarios(discovery, first.order)
    plans = tuple(_plan(each, discovery, pack, own, as_of) for each in many)
    if not discovery.set_aside and not any(each.by_integration for each in plans):
        releases = ", ".join(each.order.release for each in many)
        message = f"no scenario applies to any integration on {releases}"
        raise NothingToRunError(message, hint="See `koppeling scenarios list`.")
    return plans


def _plan(
    prepared: PreparedOrder,
    discovery: Discovery,
    pack: Sequence[PackedScenario],
    own: Mapping[str, tuple[Scenario, ...]],
    as_of: date,
) -> RunPlan:
    order = prepared.order
    lock = lock_for(tuple(map(Path, order.packs)), pack, release=order.release)
    planned = plan_all(discovery.integrations, pack, own, release=order.release, as_of=as_of)
    return RunPlan(
        discovery=discovery,
        by_integration=planned,
        lock_digest=lock.digest(order.release),
        required=len(lock.required(order.release)),
        not_asked=_not_asked(prepared, discovery, pack, planned),
        own={name: own_ids(many, own.get(name, ()), pack) for name, many in planned.items()},
    )


def _not_asked(
    prepared: PreparedOrder,
    discovery: Discovery,
    pack: Sequence[PackedScenario],
    planned: Mapping[str, Sequence[PlannedScenario]],
) -> dict[str, tuple[NotAsked, ...]]:
    """Return by integration what it takes away itself, and what cannot be carried out there."""
    owners = _Owners(discovery.integrations)
    shared = [scenario for scenario in pack if owners.of(scenario) is None]
    here = not_asked_here(planned) if prepared.real is not None else {}
    return {
        each.manifest.id: (
            *here.get(each.manifest.id, ()),
            *declared_away(shared, each.manifest, release=prepared.order.release),
        )
        for each in discovery.integrations
    }


def plan_all(
    integrations: Sequence[Integration],
    pack: Sequence[Scenario],
    own: Mapping[str, tuple[Scenario, ...]],
    *,
    release: str,
    as_of: date | None = None,
) -> dict[str, tuple[PlannedScenario, ...]]:
    """Return the scenarios of each integration that has any, by its id.

    Args:
        integrations: All of them.
        pack: Scenarios that are meant for all. One that lies in the folder of an integration is
            that integration's alone, as it is when pytest collects it.
        own: Scenarios of each integration itself.
        release: Label of the Profit release.
        as_of: The day of the run.
    """
    owners = _Owners(integrations)
    planned: dict[str, tuple[PlannedScenario, ...]] = {}
    for each in integrations:
        name = each.manifest.id
        meant = [scenario for scenario in pack if owners.of(scenario) in {None, name}]
        there = {scenario.place for scenario in meant}
        meant += [scenario for scenario in own[name] if scenario.place not in there]
        many = plan(meant, each.manifest, release=release, as_of=as_of)
        if many:
            planned[name] = many
    return planned


class _Owners:
    """Tells in whose folder a scenario lies; scenarios of one folder are asked for once."""

    def __init__(self, integrations: Sequence[Integration]) -> None:
        self._folders = {each.manifest.id: each.folder.resolve() for each in integrations}
        self._known: dict[str, str | None] = {}

    def of(self, scenario: Scenario) -> str | None:
        file = file_of(scenario)
        folder = file[: file.rfind("/") + 1]
        if folder not in self._known:
            whole = Path(folder).resolve()
            found = (name for name, each in self._folders.items() if whole.is_relative_to(each))
            self._known[folder] = next(found, None)
        return self._known[folder]
