"""What is to be run for every integration."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from koppeling_harness.model.scenario import Scenario
from koppeling_harness.plugin.discover import Integration
from koppeling_harness.scenario.load import file_of
from koppeling_harness.scenario.plan import PlannedScenario, plan


def plan_all(
    integrations: Sequence[Integration],
    pack: Sequence[Scenario],
    own: Mapping[str, tuple[Scenario, ...]],
    *,
    release: str,
) -> dict[str, tuple[PlannedScenario, ...]]:
    """Return the scenarios of each integration that has any, by its id.

    Args:
        integrations: All of them.
        pack: Scenarios that are meant for all. One that lies in the folder of an integration is
            that integration's alone, as it is when pytest collects it.
        own: Scenarios of each integration itself.
        release: Label of the Profit release.
    """
    owners = _Owners(integrations)
    planned: dict[str, tuple[PlannedScenario, ...]] = {}
    for each in integrations:
        name = each.manifest.id
        meant = [scenario for scenario in pack if owners.of(scenario) in {None, name}]
        there = {scenario.place for scenario in meant}
        meant += [scenario for scenario in own[name] if scenario.place not in there]
        many = plan(meant, each.manifest, release=release)
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
