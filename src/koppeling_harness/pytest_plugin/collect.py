"""Scenario files and scenarios as pytest's collectors and items."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest

from koppeling_harness.clock import SystemClock, today
from koppeling_harness.errors import HarnessError
from koppeling_harness.hosting.session import Results
from koppeling_harness.model.run import ScenarioResult
from koppeling_harness.model.scenario import Scenario
from koppeling_harness.model.verdict import Level, Outcome
from koppeling_harness.place import Place
from koppeling_harness.plugin.discover import Integration
from koppeling_harness.pytest_plugin.session_certification import certification
from koppeling_harness.report.result_text import headline, render
from koppeling_harness.scenario.load import load_scenario
from koppeling_harness.scenario.plan import PlannedScenario, plan

_TOLD = pytest.StashKey[bool]()
"""Whether it was told that no scenario can be carried out at all."""


class ScenarioFailed(AssertionError):  # noqa: N818 - pytest and Allure call an AssertionError a failure
    """The integration did not do what the scenario expects."""


class NoVerdict(Exception):  # noqa: N818 - it is not an error of the harness
    """The scenario could not be judged; pytest shows it as an error, never as a failure."""


class ScenarioFile(pytest.File):
    """One `*.scenario.yaml`: an item for each integration and operation that it applies to."""

    def collect(self) -> Iterable[pytest.Item]:
        """Yield the items.

        Raises:
            CollectError: The file has problems; all of them are in the message.
        """
        if self.config.stash.get(_TOLD, False):
            return
        try:
            session = certification(self.config)
        except HarnessError as error:
            self.config.stash[_TOLD] = True  # of every file it would be the same
            raise self.CollectError(error.render()) from None
        try:
            scenario = load_scenario(self.path)
        except HarnessError as error:
            raise self.CollectError(error.render()) from None
        for integration in _meant(self.path, session.integrations):
            for planned in _plan_of(scenario, integration, session.order.release):
                name = planned.manifest.id
                if planned.operation is not None:
                    name = f"{name}[{planned.operation.name}]"
                yield ScenarioItem.from_parent(self, name=name, planned=planned)


def _meant(path: Path, integrations: Sequence[Integration]) -> Sequence[Integration]:
    """Return the integration whose own folder a scenario file lies in, or else all."""
    file = path.resolve()
    for each in integrations:
        if file.is_relative_to(each.folder.resolve()):
            return (each,)
    return integrations


def _plan_of(
    scenario: Scenario, integration: Integration, release: str
) -> tuple[PlannedScenario, ...]:
    return plan([scenario], integration.manifest, release=release, as_of=today(SystemClock()))


class ScenarioItem(pytest.Item):
    """One scenario for one integration."""

    def __init__(self, *, planned: PlannedScenario, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.planned = planned
        self.result: ScenarioResult | None = None
        self.add_marker("koppeling")
        self.add_marker(planned.level.value)

    def setup(self) -> None:
        """Run the scenario, if the loop has not done so, and stop here without a verdict.

        Raises:
            NoVerdict: It is inconclusive, or required and not run.
        """
        if self.result is None:
            results = Results()
            certification(self.config).run([self.planned], results)
            [(_, self.result)] = results.of([self.planned])
        assert self.result is not None  # noqa: S101 - the engine reports every scenario
        outcome = self.result.outcome
        if outcome is Outcome.NOT_RUN and self.result.level is not Level.REQUIRED:
            pytest.skip(headline(self.result))
        if outcome in {Outcome.INCONCLUSIVE, Outcome.NOT_RUN}:
            raise NoVerdict(self.result)

    def runtest(self) -> None:
        """Say what became of the scenario.

        Raises:
            ScenarioFailed: The integration did not do what was expected.
        """
        assert self.result is not None  # noqa: S101 - setup has seen to it
        if self.result.outcome is Outcome.FAILED:
            raise ScenarioFailed(self.result)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Return what a person reads: a headline first, details after."""
        if isinstance(excinfo.value, (ScenarioFailed, NoVerdict)) and self.result is not None:
            return render(self.result)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return file, line (from 0) and name."""
        line = Place.read(self.planned.scenario.place).line
        return self.path, max(line - 1, 0), f"{self.planned.manifest.id}: {self.planned.id}"
