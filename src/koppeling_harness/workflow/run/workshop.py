"""Workshop of `koppeling run --watch`: integrations, scenarios and ERP1, kept warm."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Self

from koppeling_harness.clock import Clock, today
from koppeling_harness.config.manifest import MANIFEST
from koppeling_harness.engine.engine import Engine, Setting
from koppeling_harness.engine.observer import Observer
from koppeling_harness.errors import ConfigurationError, HarnessError
from koppeling_harness.hosting.host import EmulatedErp
from koppeling_harness.model.order import Order
from koppeling_harness.model.scenario import Scenario
from koppeling_harness.plugin.discover import Integration
from koppeling_harness.plugin.session import IntegrationRunner
from koppeling_harness.scenario.load import load_scenario
from koppeling_harness.scenario.plan import PlannedScenario, plan
from koppeling_harness.traffic.redactor import Redactor
from koppeling_harness.value import dataclass
from koppeling_harness.workflow.run.integrations import find_integrations

SUFFIX = ".scenario.yaml"

_APART = frozenset({"reports", "node_modules", "__pycache__"})
"""Folders below an integration's whose files are no part of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """What a save asks for.

    Attributes:
        planned: Scenarios to run.
        problems: What is wrong with the files that were saved.
        renewed: Ids of integrations of which `planned` holds everything there is.
    """

    planned: tuple[PlannedScenario, ...] = ()
    problems: tuple[str, ...] = ()
    renewed: frozenset[str] = frozenset()


class Workshop:
    """The integrations and scenarios of an order, and what runs them; a context manager.

    Args:
        order: What is meant.
        clock: Tells the time.
    """

    def __init__(self, order: Order, *, clock: Clock) -> None:
        self._order = order
        self._packs = tuple(map(Path, order.packs))
        self._clock = clock
        self._integrations: dict[str, Integration] = {}
        self._runners: dict[str, IntegrationRunner] = {}
        redactor = Redactor(secrets.token_bytes(32))
        self._erp = EmulatedErp(
            release=order.release, redactor=redactor, clock=clock, imports=order.imports
        )
        self._engine = Engine(
            environments=self._erp,
            runners=self._runners,
            clock=clock,
            setting=Setting(
                run_id=f"watch-{secrets.token_hex(4)}",
                seed=secrets.randbits(32) if order.seed is None else order.seed,
                concurrency=order.concurrency,
            ),
        )

    async def __aenter__(self) -> Self:
        await self._erp.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        for runner in self._runners.values():
            await runner.close()
        await self._erp.__aexit__()

    @property
    def places(self) -> tuple[Path, ...]:
        """Where files are that touch something, when they are saved."""
        return (*self._packs, *(each.folder for each in self._integrations.values()))

    async def open(self) -> Touched:
        """Find the integrations; return every scenario.

        Raises:
            HarnessError: There is none, one that was named cannot be loaded, or there is no such
                folder of scenarios.
        """
        for place in self._packs:
            if not place.exists():
                message = f"{place}: expected a folder or file with scenarios, found nothing"
                raise ConfigurationError(message)
        found = find_integrations(self._order)
        for each in found.integrations:
            await self._take(each)
        touched = self._all_of(found.integrations)
        problems = [f"{each.where}: {each.problem}" for each in found.set_aside]
        return Touched(planned=touched.planned, problems=(*problems, *touched.problems))

    async def touched(self, saved: Iterable[Path]) -> Touched:
        """Return what some saved files touch, with their integrations started afresh.

        A scenario of the packs touches that scenario for every integration, one of an
        integration's own that scenario, and any other file of an integration all of it.
        """
        paths = {each.resolve() for each in saved}
        scenarios = sorted(each for each in paths if each.name.endswith(SUFFIX))
        others = paths.difference(scenarios)
        changed = [
            each
            for each in self._integrations.values()
            if any(_is_part(path, each.folder) for path in others)
        ]
        problems: list[str] = []
        for each in changed:
            problems += await self._again(each)
        names = {each.manifest.id for each in changed}
        whole = self._all_of([self._integrations[name] for name in sorted(names)])
        some = self._plan(path for path in scenarios if path.is_file())
        planned = [each for each in some.planned if each.manifest.id not in names]
        return Touched(
            planned=(*planned, *whole.planned) if not problems else tuple(planned),
            problems=(*problems, *some.problems, *whole.problems),
            renewed=frozenset() if problems else frozenset(names),
        )

    async def run(self, planned: Sequence[PlannedScenario], observer: Observer) -> None:
        """Carry out scenarios, and tell an observer what becomes of each."""
        await self._engine.run(planned, observer)

    async def _take(self, integration: Integration) -> None:
        name = integration.manifest.id
        old = self._runners.get(name)
        self._integrations[name] = integration
        self._runners[name] = IntegrationRunner(integration)
        if old is not None:
            await old.close()

    async def _again(self, integration: Integration) -> list[str]:
        """Read an integration again after a save; return what is wrong with it."""
        order = replace(
            self._order, plugins=(str(integration.folder),), only=(), entry_points=False
        )
        try:
            found = find_integrations(order)
        except HarnessError as error:
            return [error.render()]
        problems = [f"{each.problem}\n{each.hint}".strip() for each in found.set_aside]
        for each in found.integrations:
            if each.manifest.id != integration.manifest.id:
                return [f"{each.folder / MANIFEST}: the id changed; start --watch again"]
            await self._take(each)
        return problems

    def _all_of(self, integrations: Sequence[Integration]) -> Touched:
        own = [each.scenarios for each in integrations if each.scenarios is not None]
        files = [path for place in (*self._packs, *own) for path in _files(place)]
        found = self._plan(files)
        names = {each.manifest.id for each in integrations}
        planned = tuple(each for each in found.planned if each.manifest.id in names)
        return Touched(planned=planned, problems=found.problems)

    def _plan(self, files: Iterable[Path]) -> Touched:
        planned: list[PlannedScenario] = []
        problems: list[str] = []
        for path in files:
            integrations = self._integrations_for(path)
            if not integrations:
                continue
            try:
                scenario = load_scenario(path)
            except HarnessError as error:
                problems.append(error.render())
                continue
            planned += self._planned(scenario, integrations)
        return Touched(planned=tuple(planned), problems=tuple(problems))

    def _planned(
        self, scenario: Scenario, integrations: Sequence[Integration]
    ) -> Iterable[PlannedScenario]:
        return (
            each
            for integration in integrations
            for each in plan(
                [scenario],
                integration.manifest,
                release=self._order.release,
                as_of=today(self._clock),
            )
        )

    def _integrations_for(self, path: Path) -> Sequence[Integration]:
        """Return whom a scenario file is for: the one whose own it is, or all when of the packs."""
        for each in self._integrations.values():
            if each.scenarios is not None and path.resolve().is_relative_to(
                each.scenarios.resolve()
            ):
                return [each]
        packs = [each.resolve() for each in self._packs]
        if any(path.resolve().is_relative_to(each) for each in packs):
            return list(self._integrations.values())
        return []


def _is_part(path: Path, folder: Path) -> bool:
    """Return whether a file is part of an integration, and no output or scenario of it."""
    home = folder.resolve()
    if not path.is_relative_to(home):
        return False
    inside = path.relative_to(home).parts[:-1]
    return not any(each in _APART or each.startswith(".") for each in inside)


def _files(place: Path) -> list[Path]:
    return [place] if place.is_file() else sorted(place.rglob(f"*{SUFFIX}"))
