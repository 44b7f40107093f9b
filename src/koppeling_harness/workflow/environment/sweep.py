"""`koppeling sweep`: finish what runs that were cut off left in an environment."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from koppeling_harness.clock import Clock
from koppeling_harness.config.settings import load_settings
from koppeling_harness.engine.clean_up import Undoing, Undone
from koppeling_harness.erp.client import ErpClient
from koppeling_harness.erp.facts import EnvironmentFacts, learn
from koppeling_harness.errors import ErpUnavailableError, ExitCode
from koppeling_harness.http.patience import PatientConnection
from koppeling_harness.http.trust import trusting
from koppeling_harness.model.journal import Written
from koppeling_harness.store.call_limits import FileGate
from koppeling_harness.store.creation_journal import (
    CreationJournal,
    FoundJournal,
    abandoned_journals,
    left_for_a_person,
)
from koppeling_harness.store.machine import environment_folder, limits_folder
from koppeling_harness.workflow.environment.access import TokenSources, access_for

LOOK_AGAIN_S = 10.0
"""This long after a write that was never answered it is looked for again and again."""
_LONGEST_CALL_S = 900.0
"""AFAS works on one call at most this long. Source: docs.afas.help/profit/en/troubleshooting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """What a sweep came to.

    Attributes:
        lines: For a person.
        exit_code: 11 when something is not sure yet, else 0.
    """

    lines: tuple[str, ...]
    exit_code: ExitCode = ExitCode.PASSED


def sweep(
    name: str,
    *,
    folder: Path,
    yes: bool,
    clock: Clock,
    sources: TokenSources | None = None,
    look_again_s: float = LOOK_AGAIN_S,
) -> Swept:
    """Show what runs that were cut off left in an environment, or take it away.

    Args:
        name: Of the environment, in the settings.
        folder: Of the project.
        yes: Whether to take it away; else it is only shown.
        clock: Tells the time.
        sources: Where the token may come from.
        look_again_s: How long after a write that was never answered it is looked for.

    Raises:
        ConfigurationError: The environment cannot be used as it is set.
        ErpUnavailableError: It does not answer.
    """
    settings = load_settings(folder)
    setting = settings.environment_named(name)
    access = access_for(name, settings, clock=clock, sources=sources)
    place = environment_folder(access.base_url)
    counted = limits_folder(access.base_url, setting.limits)

    @asynccontextmanager
    async def reached() -> AsyncIterator[tuple[ErpClient, EnvironmentFacts]]:
        gate = FileGate(
            counted, max_parallel=setting.max_parallel, budget=setting.budget, clock=clock
        )
        async with PatientConnection(gate, tls=trusting(*setting.tls_files)) as connection:
            client = ErpClient(access, connection=connection, clock=clock)
            yield client, await learn(client)

    async def carried_out() -> Swept:
        found = list(abandoned_journals(place))
        if not found:
            return Swept(lines=(f"{name}: nothing was left", *_left_earlier(place)))
        async with reached() as (client, facts):
            return await _Sweep(
                client=client, facts=facts, place=place, clock=clock, look_again_s=look_again_s
            ).go(found, yes=yes)

    return asyncio.run(carried_out())


@dataclass(slots=True, kw_only=True)
class _Sweep:
    client: ErpClient
    facts: EnvironmentFacts
    place: Path
    clock: Clock
    look_again_s: float

    async def go(self, found: Sequence[FoundJournal], *, yes: bool) -> Swept:
        lines: list[str] = []
        sure = True
        for each in found:
            lines.append(f"run {each.run.run_id} in {each.run.environment}, {each.run.started_at}:")
            if yes:
                undone = await self._take_away(each)
                lines += [f"  {_told(one)}" for one in undone]
                sure = sure and all(one.fate for one in undone)
            else:
                lines += [f"  {await self._shown(each, one)}" for one in reversed(each.unsettled)]
        if not yes:
            lines.append("nothing was done; `--yes` takes this away")
        lines += _left_earlier(self.place)
        return Swept(
            lines=tuple(lines), exit_code=ExitCode.PASSED if sure else ExitCode.ENVIRONMENT
        )

    async def _take_away(self, found: FoundJournal) -> list[Undone]:
        journal = CreationJournal(self.place, found.run)
        try:
            undoing = self._undoing(found, journal)
            left, done = list(found.unsettled), list[Undone]()
            while True:
                age_s = min((self._age_s(each) for each in left), default=_LONGEST_CALL_S)
                undone = await undoing.undo(left, is_final=age_s >= _LONGEST_CALL_S)
                done += [each for each in undone if each.fate]
                left = [each.written for each in reversed(undone) if not each.fate]
                if not left or age_s >= self.look_again_s:
                    return done + [each for each in undone if not each.fate]
                await asyncio.sleep(1.0)
        finally:
            journal.close()

    async def _shown(self, found: FoundJournal, written: Written) -> str:
        line = written.line
        try:
            keys = await self._undoing(found, None).seen(written)
        except ErpUnavailableError as error:
            return f"{line.connector} of {line.scenario}: {error.message}"
        named = "; ".join(", ".join(f"{k} {v}" for k, v in each.items()) for each in keys)
        sure = "" if written.answer else " (never answered)"
        return f"would delete {line.connector} {named or 'nothing that is found'}{sure}" + (
            f" - {line.sender} in {line.integration}/{line.scenario} at {line.at}"
        )

    def _undoing(self, found: FoundJournal, journal: CreationJournal | None) -> Undoing:
        return Undoing(
            client=self.client,
            log=journal,
            copies=found.run.copies,
            readable=frozenset(each.lower() for each in self.facts.get_connectors),
        )

    def _age_s(self, written: Written) -> float:
        return (self.clock.now() - datetime.fromisoformat(written.line.at)).total_seconds()


def _told(undone: Undone) -> str:
    line = undone.written.line
    named = "; ".join(
        ", ".join(f"{k} {v}" for k, v in each.items()) for each in undone.written.element_keys()
    )
    fate = undone.fate.value if undone.fate else "not sure yet, sweep again later"
    note = f" - {undone.note}" if undone.note else ""
    return f"{fate}: {line.connector} {named} of {line.integration}/{line.scenario}{note}"


def _left_earlier(place: Path) -> list[str]:
    return [
        f"left earlier, for a person to decide about: {each}" for each in left_for_a_person(place)
    ]
