"""One scenario's way into an environment that others use too."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from koppeling_harness.engine import codes
from koppeling_harness.engine.clean_up import Undone
from koppeling_harness.engine.stop import Said, stop
from koppeling_harness.model.access import ErpAccess, ProxyAccess
from koppeling_harness.model.exchange import Recording, Sender
from koppeling_harness.model.finding import Finding
from koppeling_harness.model.journal import Fate, WriteKind, Written
from koppeling_harness.model.verdict import Cause, Outcome, Severity
from koppeling_harness.scenario.plan import PlannedScenario
from koppeling_harness.store.creation_journal import is_unsettled
from koppeling_harness.traffic.door import Door as GatewayDoor
from koppeling_harness.traffic.polite import Door
from koppeling_harness.traffic.redactor import Redactor

ANSWER_LIMIT_S = 120.0
"""Longer than this no answer is waited for."""


class Host(Protocol):
    """What serves the environment to all scenarios."""

    def authorization(self, sender: Sender) -> str:
        """Return what the `Authorization` of a sender says by a classic token; empty without."""
        ...

    def access(self, name: str) -> ErpAccess:
        """Return the harness's own way in, past the gateway."""
        ...

    def shut(self, door: GatewayDoor) -> None:
        """Let nothing more of the integration through the door of a scenario."""
        ...

    @property
    def redactor(self) -> Redactor:
        """That of the run."""
        ...

    def written(self, integration: str, scenario: str) -> list[Written]:
        """Return what a scenario wrote until now."""
        ...

    async def undo(self, written: Sequence[Written]) -> list[Undone]:
        """Take away what was written, the last first."""
        ...

    def close(self, doors: Sequence[Door]) -> None:
        """Let nothing more in through the doors of a scenario."""
        ...


class SharedErpEnvironment:
    """A way into a shared environment, for one scenario.

    Attributes:
        gateway_url: The base URL that the integration is given.
        door: What it leads to.
    """

    gateway_url: str
    door: GatewayDoor

    def __init__(
        self,
        *,
        host: Host,
        planned: PlannedScenario,
        name: str,
        release: Callable[[], None] | None,
    ) -> None:
        scenario = (planned.manifest.id, planned.id)
        self.proxy: ProxyAccess | None = None
        self._host = host
        self._scenario = scenario
        self._place = planned.scenario.place
        self._leaves = frozenset(each.lower() for each in planned.scenario.leaves)
        self._release = release
        self.name = name
        self.doors = tuple(
            Door(
                name=name if sender is Sender.INTEGRATION else f"{name}-h",
                sender=sender,
                authorization=host.authorization(sender),
                scenario=scenario,
            )
            for sender in (Sender.INTEGRATION, Sender.HARNESS)
        )
        self.access = host.access(self.doors[1].name)

    def expect(self, marks: Callable[[], frozenset[str]]) -> None:
        """Say where the run-unique texts of the scenario are found, as they are made."""
        for door in self.doors:
            door.marks = marks

    def mark(self) -> None:
        """Note that the integration is told to do something now."""
        self.door.turn += 1

    async def settle(self) -> None:
        """Read what was recorded until now, without holding others up."""
        await self.door.settle()

    def recording(self) -> Recording:
        """Return what the integration sent until now, redacted."""
        return self.door.recording()

    @property
    def is_quiet(self) -> bool:
        """Whether no request of the integration is under way."""
        return self.door.is_quiet

    def shut(self) -> None:
        """Let nothing more of the integration through."""
        if not self.door.is_shut:
            self._host.shut(self.door)

    @property
    def redactor(self) -> Redactor:
        """That of the run."""
        return self._host.redactor

    def trouble(self) -> str:
        """Return what went wrong in the environment itself; empty when nothing did."""
        return next((text for door in self.doors for text in door.troubles), "")

    async def set_back(self) -> tuple[Finding, ...]:
        """Take away what was written; return a finding for all that stays behind."""
        await self._all_answered()
        written = self._host.written(*self._scenario)
        notes = [
            (each.written.line.connector, each.note)
            for each in await self._host.undo([each for each in written if is_unsettled(each)])
            if each.note and each.fate is not Fate.DELETED
        ]
        notes += _changes(written)
        return tuple(
            _residue(note, self._place)
            for connector, note in notes
            if connector.lower() not in self._leaves
        )

    async def close(self) -> None:
        """Let nothing more in, and take away what an interrupted scenario wrote."""
        self.shut()
        try:
            await self._all_answered()
            await self._host.undo(
                [each for each in self._host.written(*self._scenario) if is_unsettled(each)]
            )
        finally:
            self._host.close(self.doors)
            if self._release is not None:
                self._release()

    async def _all_answered(self) -> None:
        """Wait until the environment has answered all that is under way."""
        for _ in range(round(ANSWER_LIMIT_S / 0.02)):
            if not any(door.under_way for door in self.doors):
                return
            await asyncio.sleep(0.02)


def _changes(written: Sequence[Written]) -> list[tuple[str, str]]:
    """Return what was changed or deleted that the scenario did not make itself."""
    made = {
        (each.line.connector.lower(), tuple(sorted(keys.items())))
        for each in written
        if each.line.write is WriteKind.CREATE
        for keys in each.element_keys()
    }
    found = []
    for each in written:
        line = each.line
        if line.write is WriteKind.CREATE or each.answer is None or each.is_refused:
            continue
        keys = each.element_keys() or ({},)
        if all((line.connector.lower(), tuple(sorted(one.items()))) in made for one in keys):
            continue
        verb = "changed" if line.write is WriteKind.CHANGE else "deleted"
        note = f"{line.connector}: {verb} a row that this scenario did not make"
        found.append((line.connector, note))
    return found


def _residue(note: str, place: str) -> Finding:
    said = Said(nl=note, en=note)
    ended = stop(codes.RESIDUE, Outcome.FAILED, Cause.INTEGRATION, place, said)
    return replace(ended.finding, level=Severity.WARNING)
