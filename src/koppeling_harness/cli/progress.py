"""Progress of what takes long: a bar on a terminal, plain lines elsewhere, always on stderr."""

import sys
from collections.abc import Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Self

from koppeling_harness.cli.say import say
from koppeling_harness.clock import Clock
from koppeling_harness.engine.observer import Observer
from koppeling_harness.model.run import ScenarioResult
from koppeling_harness.model.verdict import Outcome
from koppeling_harness.scenario.plan import PlannedScenario

if TYPE_CHECKING:
    from koppeling_harness.cli.progress_bar import ProgressBar

_PLAIN_STEPS = 10
_LONG_S = 1.0


class Counting:
    """Shows how many of how many are done, of work that takes over a second; a context manager.

    Args:
        doing: What is done.
        things: What is counted.
        clock: Tells how long it takes.
    """

    def __init__(self, doing: str, things: str, *, clock: Clock) -> None:
        self._doing = doing
        self._things = things
        self._clock = clock
        self._since_s = clock.elapsed_s()
        self._bar: ProgressBar | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, done: int, total: int) -> None:
        """Take up how far it is; say so once it takes long."""
        if self._bar is not None:
            self._bar.advance(self._doing)
        elif done < total and self._clock.elapsed_s() - self._since_s > _LONG_S:
            if sys.stderr.isatty():
                from koppeling_harness.cli.progress_bar import ProgressBar

                self._bar = ProgressBar()
                self._bar.begin(self._doing, total=total, done=done)
            else:
                self._since_s = self._clock.elapsed_s()
                say(f"{self._doing}: {done} of {total} {self._things}", err=True)


class RunProgress(Observer):
    """Shows the progress of one run; a context manager."""

    def __init__(self) -> None:
        self._bar: ProgressBar | None = None
        self._total = self._done = self._wrong = 0

    def __enter__(self) -> Self:
        if sys.stderr.isatty():  # elsewhere nobody waits for the bar's library
            from koppeling_harness.cli.progress_bar import ProgressBar

            self._bar = ProgressBar()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def started(self, planned: Sequence[PlannedScenario]) -> None:
        """Begin to count."""
        self._total, self._done, self._wrong = len(planned), 0, 0
        if self._bar is not None:
            self._bar.begin("certifying", total=self._total)

    def scenario_ended(self, planned: PlannedScenario, result: ScenarioResult) -> None:
        """Count a result, and show how far the run is."""
        self._done += 1
        self._wrong += result.outcome is not Outcome.PASSED
        wrong = f", {self._wrong} not passed" if self._wrong else ""
        if self._bar is not None:
            self._bar.advance(f"certifying{wrong}")
            return
        every = max(1, self._total // _PLAIN_STEPS)
        if self._done % every == 0 or self._done == self._total:
            say(f"certifying: {self._done} of {self._total} scenarios{wrong}", err=True)
