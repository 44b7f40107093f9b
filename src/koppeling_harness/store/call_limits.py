"""At most so many calls at once and a day, over all runs that share a folder.

Kept in files with locks of the operating system, so that a run that is killed leaves nothing
occupied. Each slot counts the calls that went through it in a file of its own, a byte a call: who
holds the slot is alone with it, on whatever machine.
"""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from filelock import BaseFileLock, FileLock, Timeout

from koppeling_harness.clock import Clock, today
from koppeling_harness.errors import ErpUnavailableError

_LONGEST_PAUSE_S = 0.03
_PATIENCE = 8
"""Environment errors in a row after which nothing is asked any more."""


class FileGate:
    """Slots, a budget a day, and a circuit breaker for one environment.

    Args:
        folder: Shared by all runs against the environment; made when absent.
        max_parallel: Calls at once.
        budget: Calls a day; None for no limit.
        clock: Tells the day.

    Raises:
        ErpUnavailableError: The folder cannot be made.
    """

    def __init__(
        self, folder: Path, *, max_parallel: int, budget: int | None, clock: Clock
    ) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _unusable(folder, error) from error
        self._slots = [folder / f"slot-{number}.lock" for number in range(1, max_parallel + 1)]
        self._room = asyncio.Semaphore(max_parallel)
        self._folder = folder
        self._budget = budget
        self._clock = clock
        self._in_a_row = 0

    @property
    def is_open(self) -> bool:
        """Whether calls are let through: not after too many environment errors in a row."""
        return self._in_a_row < _PATIENCE

    def spent(self) -> int:
        """Return how many calls were made today, by all who share the folder."""
        return sum(_size(each) for each in self._folder.glob(f"calls-{self._day()}-slot-*"))

    def answered(self, *, usable: bool) -> None:
        """Note whether a call met an environment that is usable."""
        self._in_a_row = 0 if usable else self._in_a_row + 1

    @asynccontextmanager
    async def call(self) -> AsyncIterator[None]:
        """Hold one of the slots while a call is under way.

        Raises:
            ErpUnavailableError: The budget of the day is spent, or the circuit is broken.
        """
        async with self._room:
            if not self.is_open:
                message = f"{_PATIENCE} calls in a row met an environment that is not usable"
                raise ErpUnavailableError(message, hint="Nothing more is asked of it in this run.")
            slot = await self._slot()
            try:
                self._spend(slot)
                yield
            finally:
                slot.release()

    async def _slot(self) -> BaseFileLock:
        locks = [FileLock(path, thread_local=False) for path in self._slots]
        while True:
            for lock in locks:
                try:
                    lock.acquire(blocking=False)
                except Timeout:
                    continue
                except (OSError, NotImplementedError) as error:
                    raise _unusable(self._folder, error) from error
                return lock
            await asyncio.sleep(random.uniform(0.005, _LONGEST_PAUSE_S))  # noqa: S311 - a pause

    def _spend(self, slot: BaseFileLock) -> None:
        """Count a call, also where no budget was set yet: it may be set later in the day."""
        try:
            if self._budget is None:
                self._count(slot)
                return
            with FileLock(self._folder / "budget.lock"):
                if self.spent() >= self._budget:
                    message = f"the budget of {self._budget} calls a day is spent"
                    raise ErpUnavailableError(
                        message, hint="Go on tomorrow with --resume, or raise `budget`."
                    )
                self._count(slot)
        except (OSError, NotImplementedError) as error:
            raise _unusable(self._folder, error) from error

    def _count(self, slot: BaseFileLock) -> None:
        name = Path(slot.lock_file).stem
        path = self._folder / f"calls-{self._day()}-{name}"
        if not path.exists():
            for old in self._folder.glob(f"calls-*-{name}"):
                old.unlink(missing_ok=True)
        with path.open("ab") as file:
            file.write(b".")

    def _day(self) -> str:
        return today(self._clock).isoformat()


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0  # of yesterday, and just taken away


def _unusable(folder: Path, error: Exception) -> ErpUnavailableError:
    message = f"{folder}: calls cannot be counted there: {error}"
    return ErpUnavailableError(
        message, hint="See who may write there, and whether that file system has locks."
    )
