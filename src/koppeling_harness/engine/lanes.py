"""Share lanes out between integrations, so that none waits for another's processes."""

import asyncio
import dataclasses
from collections.abc import Callable, Collection, Mapping, Sequence

from koppeling_harness.scenario.plan import PlannedScenario

Expected = Callable[[PlannedScenario], float]
"""Tells how long a scenario is expected to take, in seconds."""

USUAL_S = 0.3
"""How long a scenario takes of which nothing is known; most take less."""

_STARTING_S = 0.2
"""No further process of an integration is started that spares less than this: to start one takes as
long, and 0.2 to 0.4 s of processor time (measured for Python, Node and PHP)."""
_AHEAD = 2
"""So many scenarios may be in flight for each process: while one works, the next gets ready."""


def usual(_planned: PlannedScenario) -> float:
    """Expect the same of every scenario."""
    return USUAL_S


@dataclasses.dataclass(slots=True)
class _Share:
    """What is left to do for one integration, and what is done for it now."""

    room: int
    """How many processes it may have."""
    own_room: int
    waiting: list[tuple[float, PlannedScenario]]
    """Seconds expected, and scenario; the longest last."""
    left_s: float
    in_flight: int = 0
    processes: int = 0
    """How many scenarios were in flight at most: so many processes run, or can be started."""
    starting_s: float = _STARTING_S
    first: int = 0
    """How many of those that wait are such as others wait for; they come first."""
    is_awaited: bool = False
    """Whether somebody beside the lanes waits for them."""

    @property
    def load_s(self) -> float:
        """How long its processes need for what is left; of one that has none yet, one would."""
        return self.left_s / max(1, self.processes)

    @property
    def spared_s(self) -> float:
        """By how much sooner all is done with one process more."""
        return self.load_s / (max(1, self.processes) + 1)

    @property
    def has_room(self) -> bool:
        """Whether one more can be in flight without waiting for long."""
        return self.in_flight < _AHEAD * self.room

    def take(self) -> PlannedScenario:
        """Return its longest scenario, which is in flight from now on."""
        seconds, planned = self.waiting.pop()
        self.left_s -= seconds
        self.in_flight += 1
        self.first = max(0, self.first - 1)
        self.processes = max(self.processes, min(self.in_flight, self.room))
        return planned


class Lanes:
    """Gives each lane that is free the scenario with which the run is over soonest.

    A process that runs already goes first: to start one takes longer than most scenarios. When
    none is free another integration begins, the one with the most to do; but one that alone would
    take longer than all lanes together need gets a further process before that. Within an
    integration the longest scenario goes first, after those that others wait for; where one beside
    the lanes waits for them (`begin_with`), they go before everything. None of this changes what
    becomes of a scenario: each has an environment of its own, and values that follow from its name.

    Args:
        planned: What is to be carried out.
        first: Where in it those stand that others of the same integration wait for.
        count: How many lanes there are.
        room: How many processes each integration may have, by its id.
        expected: Tells how long a scenario takes.
        is_triggered: Tells whether an integration was told to do anything yet, by its id.
            Scenarios that only ask ERP1 need no process, and so as many lanes as there are.
    """

    def __init__(
        self,
        planned: Sequence[PlannedScenario],
        *,
        count: int,
        room: Mapping[str, int],
        first: Collection[int] = (),
        expected: Expected = usual,
        is_triggered: Callable[[str], bool] = lambda _name: True,
    ) -> None:
        self._is_triggered = is_triggered
        self._changed = asyncio.Event()
        self.count = min(count, len(planned))
        by_integration: dict[str, list[tuple[float, PlannedScenario]]] = {}
        begins = {id(planned[at]) for at in first}
        for each in reversed(planned):  # those of equal length are taken in the order given
            by_integration.setdefault(each.manifest.id, []).append((expected(each), each))
        self._shares = {
            name: _Share(
                room=room[name],
                own_room=room[name],
                waiting=sorted(many, key=lambda each: (id(each[1]) in begins, each[0])),
                left_s=sum(seconds for seconds, _ in many),
                first=sum(id(each) in begins for _, each in many),
            )
            for name, many in reversed(by_integration.items())
        }
        self.expected_s = self._expected_s()
        """How long the run takes at least, if each scenario takes what is expected of it."""

    async def next(self) -> PlannedScenario | None:
        """Return the scenario for a lane that is free, once there is one; None when all are out."""
        while any(each.waiting for each in self._shares.values()):
            planned = self.take()
            if planned is not None:
                return planned
            self._changed.clear()
            await self._changed.wait()
        self._changed.set()  # for those that wait beside it
        return None

    def begin_with(self, name: str) -> None:
        """Begin with what others of an integration wait for: one beside the lanes does.

        That one takes long by itself; who begins with it late ends late.
        """
        share = self._shares.get(name)
        if share is not None and share.first:
            share.is_awaited = True
            self._changed.set()

    def take(self) -> PlannedScenario | None:
        """Return the scenario for a lane that is free; None when there is none for it now."""
        left = [each for each in self._shares.values() if each.waiting]
        chosen = (
            _awaited(left)
            or _with_free_process(left)
            or self._with_new_process(left)
            or _getting_ready(left)
        )
        return chosen.take() if chosen else None

    def give_back(self, planned: PlannedScenario) -> None:
        """Take note that a scenario is over."""
        name = planned.manifest.id
        share = self._shares[name]
        share.in_flight -= 1
        if self._is_triggered(name):
            share.room, share.starting_s = share.own_room, _STARTING_S
        else:
            share.room, share.starting_s = self.count, 0.0
        self._changed.set()

    def _with_new_process(self, left: Sequence[_Share]) -> _Share | None:
        together_s = sum(each.left_s for each in left) / self.count if left else 0.0
        begun = _heaviest([each for each in left if 0 < each.processes < each.room])
        if begun is not None and begun.spared_s <= begun.starting_s:
            begun = None
        if begun is not None and begun.load_s > together_s:
            return begun
        fresh = _heaviest([each for each in left if not each.processes])
        return begun if fresh is None else fresh

    def _expected_s(self) -> float:
        shares = self._shares.values()
        if not shares:
            return 0.0
        longest_s = max(max(seconds for seconds, _ in each.waiting) for each in shares)
        alone_s = max(each.left_s / min(each.room, self.count) for each in shares)
        return max(longest_s, alone_s, sum(each.left_s for each in shares) / self.count)


def begun_first(
    planned: Sequence[PlannedScenario], *, count: int, expected: Expected = usual
) -> Sequence[str]:
    """Return the integrations that so many lanes begin with, by id: those with the most to do."""
    work_s: dict[str, float] = {}
    for each in planned:
        work_s[each.manifest.id] = work_s.get(each.manifest.id, 0.0) + expected(each)
    return sorted(work_s, key=lambda name: -work_s[name])[:count]


def _heaviest(shares: Sequence[_Share]) -> _Share | None:
    return max(shares, key=lambda each: each.load_s, default=None)


def _awaited(left: Sequence[_Share]) -> _Share | None:
    """Return one of which others wait; no more lanes than its processes can soon take up."""
    return _heaviest([each for each in left if each.is_awaited and each.first and each.has_room])


def _with_free_process(left: Sequence[_Share]) -> _Share | None:
    return _heaviest([each for each in left if each.in_flight < each.processes])


def _getting_ready(left: Sequence[_Share]) -> _Share | None:
    """Return one for which a scenario can get ready while its processes work on others."""
    return _heaviest([each for each in left if each.room <= each.in_flight and each.has_room])
