"""A real environment behind the gateway: shared by all scenarios, and left as it was found."""

import asyncio
import base64
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Self

from koppeling_harness.clock import Clock
from koppeling_harness.engine import codes
from koppeling_harness.engine.clean_up import Undoing, Undone
from koppeling_harness.engine.engine import Setting
from koppeling_harness.engine.stop import Said, Stop, stop
from koppeling_harness.erp.client import ErpClient
from koppeling_harness.erp.facts import EnvironmentFacts, refuse_production_id
from koppeling_harness.erp.sign_in import sign_in_of
from koppeling_harness.errors import ErpUnavailableError
from koppeling_harness.hosting.late_traffic import LateTraffic
from koppeling_harness.hosting.server import Doors, Server
from koppeling_harness.hosting.shared_environment import ANSWER_LIMIT_S, SharedErpEnvironment
from koppeling_harness.hosting.write_log import JournalLog
from koppeling_harness.http.base_url import refuse_production
from koppeling_harness.http.patience import PatientConnection
from koppeling_harness.http.trust import trusting
from koppeling_harness.model.access import NO_TOKEN, ErpAccess
from koppeling_harness.model.exchange import Sender
from koppeling_harness.model.journal import JournalRun, Written
from koppeling_harness.model.manifest import Manifest
from koppeling_harness.model.secret import Secret
from koppeling_harness.model.verdict import Cause, Outcome
from koppeling_harness.scenario.plan import PlannedScenario
from koppeling_harness.scenario.shared import own_connectors, shared_problems, writes_anything
from koppeling_harness.store.call_limits import FileGate
from koppeling_harness.store.creation_journal import (
    CreationJournal,
    abandoned_journals,
    is_unsettled,
)
from koppeling_harness.traffic.door import Door as GatewayDoor
from koppeling_harness.traffic.gateway import Gateway
from koppeling_harness.traffic.own_door import OwnDoor
from koppeling_harness.traffic.polite import UPSTREAM, Door, PoliteUpstream
from koppeling_harness.traffic.redactor import Redactor
from koppeling_harness.traffic.reverse_proxy import ReverseProxy
from koppeling_harness.value import dataclass

CONCURRENCY = 2
"""Scenarios in flight at most: the environment is others' too, and calls are few at once."""
PATIENCE = 6.0
"""By how much scenarios may take longer than on this machine: the network, and waiting for room."""
_LAST_LOOK_S = 5.0
ON_THIS_MACHINE = (
    "calls at once and a day are counted on this machine alone; who uses it from elsewhere is not "
    "seen (`limits` of the environment names a folder that machines share)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RealTarget:
    """Which real environment is run against, and how.

    Attributes:
        access: Where it is, and how the harness and integrations sign in.
        facts: What it said of itself.
        folder: Where runs against it on this machine find each other.
        limits: Where all who use it count their calls.
        max_parallel: Calls at once.
        budget: Calls a day; None for no limit.
        tls_files: Authorities to trust beside Mozilla's, certificate to show, its key; empty for
            none.
        is_alone: Whether `limits` is of this machine only.
    """

    access: ErpAccess
    facts: EnvironmentFacts
    folder: Path
    limits: Path
    max_parallel: int
    budget: int | None
    tls_files: tuple[str, str, str]
    is_alone: bool = True


def setting_there(setting: Setting, *, continued: int) -> Setting:
    """Return how a run goes in a real environment, which is far away and others' too.

    Args:
        setting: How it would go on this machine.
        continued: How often the run was gone on with after a break: what it wrote before may still
            be there.
    """
    return replace(
        setting,
        concurrency=min(setting.concurrency, CONCURRENCY),
        patience=PATIENCE,
        retries=0,  # calls are waited for one by one
        continued=continued,
    )


class RealErp:
    """Serves the gateway and a way past it, both before one real environment.

    An `EnvironmentSource` for the engine; an asynchronous context manager.

    Args:
        target: The environment.
        run_id: Names the run in the journal.
        manifests: Of the integrations, for their own copies of GetConnectors.
        redactor: Replaces secrets in what is recorded.
        clock: Tells the time.
        in_sandbox: Whether integrations reach nothing but ERP1.

    Raises:
        ProductionRefusedError: The environment is, or may be, in production; nothing was sent.
    """

    def __init__(
        self,
        target: RealTarget,
        *,
        run_id: str,
        manifests: Sequence[Manifest],
        redactor: Redactor,
        clock: Clock,
        in_sandbox: bool = False,
    ) -> None:
        refuse_production(target.access.base_url)
        refuse_production_id(target.facts.environment)
        self.release = target.facts.release
        self.environment = target.facts.environment
        self.notes: list[str] = []
        self._goes_elsewhere = not in_sandbox
        self._target = target
        self._redactor = redactor
        self._clock = clock
        self._run = JournalRun(
            run_id=run_id,
            environment=target.facts.environment,
            started_at=clock.now().isoformat(timespec="seconds"),
            copies=copies_of(manifests),
        )
        self._integration_ids = [each.integration_id for each in manifests]
        for each in _secrets_of(target.access):
            redactor.add_secret(each)
        self.late = LateTraffic()
        self._writers: dict[str, asyncio.Lock] = {}
        self._numbers = 0
        self._started = AsyncExitStack()
        self._cleaning = asyncio.Lock()

    async def __aenter__(self) -> Self:
        target, enter = self._target, self._started
        tls = trusting(*target.tls_files)
        self._gate = FileGate(
            target.limits,
            max_parallel=target.max_parallel,
            budget=target.budget,
            clock=self._clock,
        )
        self._journal = CreationJournal(target.folder, self._run)
        enter.callback(self._journal.close)
        connection, signing = (
            PatientConnection(self._gate, timeout_s=ANSWER_LIMIT_S, tls=tls) for _ in range(2)
        )
        await enter.enter_async_context(connection)
        await enter.enter_async_context(signing)
        # one token for all lanes: it has a connection of its own, for they do not wait for another
        self._signed_in = sign_in_of(
            target.access, connection=signing, clock=self._clock, tell=self._redactor.add_secret
        )
        self._client = ErpClient(
            replace(target.access, signed_in=self._signed_in),
            connection=connection,
            clock=self._clock,
            integration_id=next(iter(self._integration_ids), ""),
        )
        await self._clean_before()
        proxy = ReverseProxy({UPSTREAM: target.access.base_url}, tls=tls)
        enter.push_async_callback(proxy.aclose)
        log = JournalLog(self._journal, clock=self._clock)
        self._polite = PoliteUpstream(proxy, gate=self._gate, log=log)
        self.gateway = Gateway(redactor=self._redactor, clock=self._clock)
        self._own_door = OwnDoor(self._polite, self.gateway)
        self._redactor.add_secret(self._own_door.key)
        direct, self._doors = Server(self._own_door), Doors(goes_elsewhere=self._goes_elsewhere)
        self._direct = f"{await direct.start()}/{self._own_door.key.reveal()}"
        enter.push_async_callback(self._clean_after)
        enter.push_async_callback(direct.stop)
        enter.push_async_callback(self._doors.aclose)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._started.aclose()

    def refusal(self, planned: PlannedScenario) -> Stop | None:
        """Return why a scenario cannot be carried out here; None when it can."""
        problems = shared_problems(planned.scenario)
        if problems:
            first = problems[0]
            said = Said(nl=first.message, en=first.message, hint=first.hint)
            return _not_judged(codes.SHARED_ENVIRONMENT, Cause.ENVIRONMENT, first.where, said)
        for connector, place in own_connectors(planned.scenario):
            if not self._target.facts.may_use(connector):
                said = Said(
                    nl=f"het harnas gebruikt hier {connector}, en dat mag dit token niet",
                    en=f"here the harness uses {connector}, which this token may not",
                )
                return _not_judged(codes.NOT_ON_TOKEN, Cause.CONFIGURATION, place, said)
        return None

    async def open(self, planned: PlannedScenario) -> "SharedErpEnvironment":
        """Return a way into the environment for one scenario.

        Scenarios of one integration that write wait for each other: they would find each other's
        rows.

        Raises:
            ErpUnavailableError: The environment is not usable any more.
        """
        if not self._gate.is_open:
            message = f"{self.environment}: too many errors in a row, nothing more is asked of it"
            raise ErpUnavailableError(message, hint="Go on later with --resume.")
        lock = self._writers.setdefault(planned.manifest.id, asyncio.Lock())
        writes = writes_anything(planned)
        if writes:
            await lock.acquire()
        self._numbers += 1
        self._journal.scenario(planned.manifest.id, planned.id)
        opened = SharedErpEnvironment(
            host=self,
            planned=planned,
            name=f"{self._run.run_id}-{self._numbers}".lower(),
            release=lock.release if writes else None,
        )
        for door in opened.doors:
            self._polite.open(door)
        opened.door = self.gateway.open(
            opened.name,
            self._polite.through(opened.name),
            faults=planned.scenario.faults,
            seen=planned.round.seen if planned.round else 0,
        )
        address = await self._doors.open(opened.door, planned.manifest)
        opened.gateway_url = f"{address}/{opened.name}/ProfitRestServices"
        opened.proxy = await self._doors.proxy(opened.door, planned.manifest)
        self.late.watch(planned, opened.door)
        return opened

    def access(self, name: str) -> ErpAccess:
        """Return the harness's own way in, past the gateway."""
        base_url = f"{self._direct}/{name}/ProfitRestServices"
        return replace(
            self._target.access,
            signed_in=self._signed_in,
            environment=self.environment,
            base_url=base_url,
            shown_url=self._target.access.base_url,
            release=self.release,
        )

    def authorization(self, sender: Sender) -> str:
        """Return what the `Authorization` of a sender says by a classic token; empty without."""
        access = self._target.access
        token = access.token
        if sender is Sender.HARNESS:
            token = NO_TOKEN if access.own_client else access.own_token or token
        text = token.reveal()
        return f"AfasToken {base64.b64encode(text.encode()).decode()}" if text else ""

    def shut(self, door: GatewayDoor) -> None:
        """Let nothing more of the integration through the door of a scenario."""
        self._doors.shut(door)

    @property
    def redactor(self) -> Redactor:
        """That of the run."""
        return self._redactor

    def written(self, integration: str, scenario: str) -> list[Written]:
        """Return what a scenario wrote until now."""
        return [
            each
            for each in self._journal.written
            if (each.line.integration, each.line.scenario) == (integration, scenario)
        ]

    async def undo(self, written: Sequence[Written], *, is_final: bool = False) -> list[Undone]:
        """Take away what was written, the last first."""
        async with self._cleaning:
            return await self._undoing(self._journal).undo(written, is_final=is_final)

    def close(self, doors: Sequence[Door]) -> None:
        """Let nothing more in through the doors of a scenario."""
        for door in doors:
            self._polite.close(door.name)
        self.gateway.close(doors[0].name)

    def _undoing(self, journal: CreationJournal) -> Undoing:
        return Undoing(
            client=self._client,
            log=journal,
            copies=self._run.copies,
            readable=frozenset(each.lower() for each in self._target.facts.get_connectors),
        )

    async def _clean_before(self) -> None:
        """Finish what earlier runs on this machine left, this run's first part among them."""
        left = [each for each in self._journal.written if is_unsettled(each)]
        if left:
            self._tell(await self.undo(left), self._run.run_id)
        for found in abandoned_journals(self._target.folder):
            journal = CreationJournal(self._target.folder, found.run)
            try:
                undone = await self._undoing(journal).undo(found.unsettled, is_final=False)
            finally:
                journal.close()
            self._tell(undone, found.run.run_id)

    async def _clean_after(self) -> None:
        ends_s = self._clock.elapsed_s() + _LAST_LOOK_S
        while left := [each for each in self._journal.written if is_unsettled(each)]:
            undone = await self.undo(left)
            if all(each.fate for each in undone) or self._clock.elapsed_s() > ends_s:
                self._tell(undone, self._run.run_id)
                return
            await asyncio.sleep(0.5)

    def _tell(self, undone: Sequence[Undone], run_id: str) -> None:
        for each in undone:
            if each.note:
                self.notes.append(f"left by {run_id} in {self.environment}: {each.note}")


def _secrets_of(access: ErpAccess) -> list[Secret]:
    clients = [each for each in (access.client, access.own_client) if each is not None]
    secrets = [access.token, access.own_token, *(each.client_secret for each in clients)]
    return [each for each in secrets if each is not None and each.reveal()]


def copies_of(manifests: Sequence[Manifest]) -> dict[str, tuple[str, ...]]:
    """Return by supplied GetConnector the integrations' own copies of it."""
    found: dict[str, tuple[str, ...]] = {}
    for manifest in manifests:
        for each in manifest.get_connectors:
            if each.copy_of is not None:
                found[each.copy_of] = (*found.get(each.copy_of, ()), each.id)
    return found


def _not_judged(code: codes.Code, cause: Cause, place: str, said: Said) -> Stop:
    return stop(code, Outcome.INCONCLUSIVE, cause, place, said)
