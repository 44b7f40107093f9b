"""One run of a command: what is carried out, by whom, and what it came to."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from koppeling_harness.config.registration import contact_of
from koppeling_harness.engine.observer import Observer
from koppeling_harness.errors import ExitCode
from koppeling_harness.hosting.session import SessionOutcome
from koppeling_harness.model.run import (
    RunRecord,
)
from koppeling_harness.model.run_journal import RunBegin
from koppeling_harness.plugin.discover import Discovery, Integration, SetAside
from koppeling_harness.scenario.plan import PlannedScenario
from koppeling_harness.store.run_journal import folder_while_running
from koppeling_harness.traffic.redactor import Redactor
from koppeling_harness.value import dataclass
from koppeling_harness.workflow.run.continuation import Continuation
from koppeling_harness.workflow.run.plan import RunPlan
from koppeling_harness.workflow.run.prepared_order import PreparedOrder
from koppeling_harness.workflow.run.report_files import Unwritten
from koppeling_harness.workflow.run.waivers import Granted
from koppeling_harness.workflow.secret_search import Leaks


@dataclass(frozen=True, slots=True, kw_only=True)
class Certified:
    """What a run came to.

    Attributes:
        record: Everything it says.
        session: Every result, with the redactor that knows its secrets.
        exit_code: What the process says.
        integrations: Those that were judged.
        set_aside: Those that could not be.
        counts: Whether the exit code counts in that of the command.
        repeat: Options with which the same integrations and scenarios are found again.
        unwritten: What could not be written while it ran.
        notes: What else a person should know.
    """

    record: RunRecord
    session: SessionOutcome
    exit_code: ExitCode
    integrations: tuple[Integration, ...]
    set_aside: tuple[SetAside, ...] = ()
    counts: bool = True
    repeat: str = ""
    unwritten: tuple[Unwritten, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def contacts(self) -> Mapping[str, str]:
        """Whom to write to about each integration, by its id; empty when nothing says it."""
        judged = {each.manifest.id: each for each in self.integrations}
        return {
            **{each.name: contact_of(each.folders, None) for each in self.set_aside},
            **{
                name: contact_of([each.folder], each.manifest.partner)
                for name, each in judged.items()
            },
        }

    @property
    def folders(self) -> tuple[Path, ...]:
        """Where the integrations lie, whether they were judged or not."""
        aside = (folder for each in self.set_aside for folder in each.folders)
        return (*(each.folder for each in self.integrations), *aside)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of a command, from its plan to its record.

    Attributes:
        prepared: What was asked.
        plan: What that comes to.
        begin: What identifies it.
        continuation: What it goes on with; None when it is new.
        redactor: Knows what must not be told.
        waivers: What AFAS granted.
        leaks: Where something secret stood.
        lost: What could not be written.
    """

    prepared: PreparedOrder
    plan: RunPlan
    begin: RunBegin
    continuation: Continuation | None
    redactor: Redactor
    waivers: Granted
    leaks: Leaks
    lost: list[Unwritten]

    @property
    def label(self) -> str:
        """Of the release."""
        return self.prepared.order.release

    @property
    def call(self) -> str:
        """Of all runs of the command."""
        return self.begin.call or self.begin.run_id

    def folder(self, reports: Path) -> Path:
        """Return its folder while it is carried out."""
        return folder_while_running(reports, self.begin.run_id, self.call)


class Elsewhere(Protocol):
    """Other machines that carry scenarios out, in the place of this one."""

    def with_runtimes(self, found: Discovery) -> Discovery:
        """Set every integration aside of which no machine has all programs."""

    def carry_out(
        self,
        runs: Sequence[Run],
        planned: Sequence[PlannedScenario],
        observer: Observer,
        *,
        reports: Path | None,
    ) -> SessionOutcome:
        """Carry scenarios out, and give back every result.

        Args:
            runs: One per release.
            planned: Scenarios of all of them.
            observer: Is told of everything but what went over the wire.
            reports: Where runs are kept, for the recordings; none are taken when None.
        """
