"""How far a run is: a bar on a terminal, plain lines elsewhere, always on stderr."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

from koppeling_harness.model.run import ScenarioResult
from koppeling_harness.model.verdict import Outcome
from koppeling_harness.scenario.plan import PlannedScenario
from koppeling_harness.workflow.certify import Progress as Callbacks

_PLAIN_STEPS = 10


class RunProgress:
    """Shows the progress of one run; a context manager."""

    def __init__(self) -> None:
        self._console = Console(stderr=True)
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self._console,
            transient=True,
            disable=not self._console.is_terminal,
        )
        self._task: TaskID | None = None
        self._total = self._done = self._wrong = 0

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.stop()

    def callbacks(self) -> Callbacks:
        """Return what the workflow calls."""
        return Callbacks(on_collected=self._collected, on_result=self._result)

    def _collected(self, count: int) -> None:
        self._total, self._done, self._wrong = count, 0, 0
        if self._task is not None:  # one run after the other
            self._bar.remove_task(self._task)
        self._task = self._bar.add_task("certifying", total=count)

    def _result(self, _planned: PlannedScenario, result: ScenarioResult) -> None:
        self._done += 1
        self._wrong += result.outcome is not Outcome.PASSED
        wrong = f", {self._wrong} not passed" if self._wrong else ""
        if self._task is not None and self._console.is_terminal:
            self._bar.update(self._task, advance=1, description=f"certifying{wrong}")
            return
        every = max(1, self._total // _PLAIN_STEPS)
        if self._done % every == 0 or self._done == self._total:
            line = f"certifying: {self._done} of {self._total} scenarios{wrong}"
            self._console.print(line, highlight=False)
