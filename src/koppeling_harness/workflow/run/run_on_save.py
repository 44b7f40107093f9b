"""`koppeling run --watch`: run again what a saved file touches, with everything kept warm.

ERP1, the imports and the integrations' processes stay as they are between two saves, so that the
result of a scenario is there in a fraction of a second. Nothing is written and no verdict is given:
that is what a run without `--watch` is for.
"""

import asyncio
import contextlib
import importlib.util
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from koppeling_harness.clock import Clock
from koppeling_harness.engine.observer import Observer
from koppeling_harness.errors import ConfigurationError
from koppeling_harness.model.order import Order
from koppeling_harness.model.run import ScenarioResult
from koppeling_harness.model.verdict import Outcome
from koppeling_harness.report.result_text import render
from koppeling_harness.scenario.plan import PlannedScenario
from koppeling_harness.workflow.run.prepared_order import with_defaults
from koppeling_harness.workflow.run.workshop import Touched, Workshop

Tell = Callable[[str], None]
Saves = AsyncIterator[frozenset[Path]]
"""The files of each save, or of several that came at once."""

_FEW = 12
"""Up to so many results are each told; of more only what did not pass."""


async def follow(workshop: Workshop, saves: Saves, tell: Tell) -> None:
    """Run everything once, then after each save what it touches, until the saves end.

    A save breaks off what is under way: what it touches comes first, and the rest after it.

    Args:
        workshop: Opened.
        saves: The files of each save.
        tell: Is told what a person should read.
    """
    first = await workshop.open()
    due = _Due(workshop, tell)
    due.put(first)
    try:
        async for saved in saves:
            await due.stop()
            due.put(await workshop.touched(saved))
    finally:
        await due.stop()


class _Due:
    """The scenarios that are still to be run, and the task that does."""

    def __init__(self, workshop: Workshop, tell: Tell) -> None:
        self._workshop = workshop
        self._tell = tell
        self._waiting: dict[tuple[str, str], PlannedScenario] = {}
        self._task: asyncio.Task[None] | None = None

    def put(self, touched: Touched) -> None:
        """Run what was touched before what is waiting; tell the problems at once."""
        for problem in touched.problems:
            self._tell(problem)
        first = {_key(each): each for each in touched.planned}
        rest = {
            key: each
            for key, each in self._waiting.items()
            if key not in first and key[0] not in touched.renewed
        }
        self._waiting = {**first, **rest}
        self._task = asyncio.create_task(self._run()) if self._waiting else None

    async def stop(self) -> None:
        """Break off what is under way; it stays due."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        planned = list(self._waiting.values())
        if len(planned) > _FEW:
            self._tell(f"running {len(planned)} scenarios")
        telling = _Telling(self._waiting, self._tell, every=len(planned) <= _FEW)
        await self._workshop.run(planned, telling)
        self._tell(f"{telling.passed} of {len(planned)} passed; waiting for a save (Ctrl-C ends)")


class _Telling(Observer):
    """Tells what became of scenarios that were due, and takes them from the list.

    Args:
        due: What is due.
        tell: Is told what a person should read.
        every: Whether results that passed are told too.
    """

    def __init__(
        self, due: dict[tuple[str, str], PlannedScenario], tell: Tell, *, every: bool
    ) -> None:
        self._due = due
        self._tell = tell
        self._every = every
        self.passed = 0

    def scenario_ended(self, planned: PlannedScenario, result: ScenarioResult) -> None:
        """Tell a result."""
        self._due.pop(_key(planned), None)
        self.passed += result.outcome is Outcome.PASSED
        if self._every or result.outcome is not Outcome.PASSED:
            self._tell(_result_text(planned, result))


def _key(planned: PlannedScenario) -> tuple[str, str]:
    return planned.manifest.id, planned.id


def _result_text(planned: PlannedScenario, result: ScenarioResult) -> str:
    line = f"{result.outcome} {planned.manifest.id}: {planned.id} ({result.duration_s:.2f} s)"
    return line if result.outcome is Outcome.PASSED else f"{line}\n{render(result)}"


def watch_and_run(order: Order, *, clock: Clock, tell: Tell) -> None:
    """Run everything, then what each save touches, until interrupted.

    Raises:
        KeyboardInterrupt: Ctrl-C; everything that was started has ended.
        ConfigurationError: The package that notices saves is not installed.
        HarnessError: There is nothing to run; see `Workshop.open`.
    """
    if importlib.util.find_spec("watchfiles") is None:
        message = "--watch needs the package watchfiles, which is not installed"
        hint = "Install it: pip install 'koppeling-harness[watch]'."
        raise ConfigurationError(message, hint=hint)
    asyncio.run(_watch_and_run(with_defaults(order), clock, tell))


async def _watch_and_run(order: Order, clock: Clock, tell: Tell) -> None:
    async with Workshop(order, clock=clock) as workshop:
        await follow(workshop, _saves(workshop), tell)


async def _saves(workshop: Workshop) -> Saves:
    """Yield the files of each save that may touch something, for ever."""
    from watchfiles import awatch  # noqa: PLC0415 - an extra: only --watch needs it

    async for changes in awatch(*workshop.places, step=20, rust_timeout=500):
        yield frozenset(Path(name) for _, name in changes)
