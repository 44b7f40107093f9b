"""Time limits for integrations, that stand still while the harness itself is busy.

What an integration answers is read by the loop that carries everything out. While that loop works
on something else, or is not given the processor, an answer may have come long ago.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from weakref import WeakKeyDictionary

_BEAT_S = 0.05
"""So often it is looked whether the loop comes round."""
_LATE_S = 0.02
"""Later than this it was busy; less is what a timer may take."""


class _Beat:
    """Counts the seconds in which a loop did not come round, while anybody waits."""

    def __init__(self) -> None:
        self.busy_s = 0.0
        self.waiting = 0
        self._due_s = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        self.waiting += 1
        if self._timer is None:
            self._next()

    def end(self) -> None:
        self.waiting -= 1
        if not self.waiting and self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _next(self) -> None:
        loop = asyncio.get_running_loop()
        self._due_s = loop.time() + _BEAT_S
        self._timer = loop.call_at(self._due_s, self._look)

    def _look(self) -> None:
        self.look()
        self._next()

    def look(self) -> None:
        """Take into account that the loop comes round now, later than it should have."""
        now_s = asyncio.get_running_loop().time()
        late_s = now_s - self._due_s
        if late_s > _LATE_S:
            self.busy_s += late_s
            self._due_s = now_s


_beats: WeakKeyDictionary[asyncio.AbstractEventLoop, _Beat] = WeakKeyDictionary()


@contextlib.asynccontextmanager
async def patience(limit_s: float) -> AsyncIterator[None]:
    """Give what is done inside so much time, in which the loop came round.

    Args:
        limit_s: How long it may take.

    Raises:
        TimeoutError: It took longer.
    """
    loop = asyncio.get_running_loop()
    beat = _beats.setdefault(loop, _Beat())
    beat.begin()
    began_s, busy_s = loop.time(), beat.busy_s
    timer: asyncio.TimerHandle | None = None

    def look() -> None:
        nonlocal timer
        beat.look()
        left_s = limit_s - (loop.time() - began_s) + (beat.busy_s - busy_s)
        if left_s <= 0:
            limit.reschedule(loop.time())
        else:
            timer = loop.call_later(left_s, look)

    try:
        async with asyncio.timeout(None) as limit:
            timer = loop.call_later(max(0.0, limit_s), look)
            yield
    finally:
        if timer is not None:
            timer.cancel()
        beat.end()
