"""Drive pytest over scenario files from a program, quietly, and give back every result."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from koppeling_harness.errors import HarnessError
from koppeling_harness.model.run import ScenarioResult
from koppeling_harness.model.shape import Release
from koppeling_harness.pytest_plugin import entry
from koppeling_harness.pytest_plugin.certification import KEY, Certification, Request
from koppeling_harness.pytest_plugin.collect import ScenarioItem
from koppeling_harness.scenario.plan import PlannedScenario
from koppeling_harness.traffic import Redactor

_INI = Path(__file__).with_name("session.ini")
"""An empty configuration: what a user's own pytest is told to do must not change a verdict."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionOutcome:
    """What a session gave.

    Attributes:
        results: Each scenario that was carried out, with its result, in order of collection.
        interrupted: Whether it was ended early by Ctrl-C.
        release: The release that ERP1 said it runs; None when no scenario ran.
        redactor: Knows every secret of the session, to search what is written.
        environment: Id of the real environment that was run against; empty for the emulated one.
        notes: What was left behind in a real environment, and why.
    """

    results: tuple[tuple[PlannedScenario, ScenarioResult], ...]
    interrupted: bool
    release: Release | None
    redactor: Redactor
    environment: str = ""
    notes: tuple[str, ...] = ()


def run_session(
    request: Request,
    paths: Sequence[Path],
    *,
    keyword: str = "",
    on_collected: Callable[[int], None] = lambda _count: None,
) -> SessionOutcome:
    """Run the scenario files below some paths.

    Args:
        request: What is certified, and how.
        paths: Files and folders.
        keyword: As pytest's `-k`: only scenarios whose names match.
        on_collected: Called once with the number of scenarios that will run.

    Raises:
        HarnessError: pytest itself failed.
    """
    conductor = _Conductor(request, on_collected)
    arguments = [
        "--disable-plugin-autoload",
        "-c",
        str(_INI),
        f"--rootdir={Path.cwd()}",
        "--capture=no",
        "--assert=plain",
        "--noconftest",
        *(f"-pno:{name}" for name in ("cacheprovider", "logging", "warnings", "faulthandler")),
        *(["-k", keyword] if keyword else []),
        *(str(path) for path in paths),
    ]
    code = pytest.main(arguments, plugins=[entry, conductor])
    if code in {pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.USAGE_ERROR} or conductor.problems:
        problems = "\n".join(conductor.problems) or f"pytest ended with {code!r}"
        raise HarnessError(
            problems, hint="Report it, with what it says when KOPPELING_DEBUG=1 is set."
        )
    return SessionOutcome(
        results=conductor.results(),
        interrupted=code == pytest.ExitCode.INTERRUPTED,
        release=conductor.certification.release,
        redactor=conductor.certification.redactor,
        environment=conductor.certification.environment,
        notes=tuple(conductor.certification.notes),
    )


class _Conductor:
    """A pytest plugin that lays out the certification and keeps the terminal quiet."""

    def __init__(self, request: Request, on_collected: Callable[[int], None]) -> None:
        self.certification = Certification(request)
        self.problems: list[str] = []
        self._items: list[ScenarioItem] = []
        self._on_collected = on_collected

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        config.stash[KEY] = self.certification
        reporter = config.pluginmanager.get_plugin("terminalreporter")
        config.pluginmanager.unregister(reporter)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.problems.append(report.longreprtext)

    def pytest_internalerror(self, excrepr: object) -> bool:
        lines = str(excrepr).splitlines()
        self.problems.append(str(excrepr) if os.environ.get("KOPPELING_DEBUG") else lines[-1])
        return True  # said once, by whoever catches the error

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self._items = [item for item in session.items if isinstance(item, ScenarioItem)]
        self._on_collected(len(self._items))

    def results(self) -> tuple[tuple[PlannedScenario, ScenarioResult], ...]:
        return tuple((item.planned, item.result) for item in self._items if item.result)
