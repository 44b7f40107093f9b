"""Functional result: one record of one integration in short, as a status needs it."""

from datetime import date, datetime

from koppeling_harness.model.deadline import Ending
from koppeling_harness.model.dispute import DisputedFinding
from koppeling_harness.model.evidence import EvidenceWord
from koppeling_harness.model.partner import Identity
from koppeling_harness.model.shape import Text
from koppeling_harness.model.verdict import ErpKind
from koppeling_harness.value import dataclass

Day = date
"""A calendar day; under another name, because records have a member called `date`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListWord:
    """What the reader knows of the list that a record was held against.

    Attributes:
        name: The list, as a reader calls it: `list of version 0.1.0`.
        counts: Whether a verdict on it can count at all.
        until: Last day on which it counts; None while nothing has replaced it.
    """

    name: Text
    counts: bool
    until: Day | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CountsLater:
    """Scenarios of a run that count from a later day.

    Attributes:
        day: The first day on which they do.
        open: How many of them did not pass.
    """

    day: Day
    open: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionalResult:
    """One integration in one run, before any waiver.

    Attributes:
        integration: Its id.
        release: The release's label.
        run_id: The run.
        started_at: When the run began; the last conclusive one counts.
        date: The day on which it began, in Amsterdam.
        passed: How many required scenarios passed.
        failed: Ids of the required scenarios that failed, `scenario` or `scenario[operation]`.
        unproven: Ids of those that ran and prove nothing; they are counted in `not_run` too.
        inconclusive: How many required scenarios could not be judged.
        not_run: How many required scenarios were not executed.
        not_started: How many of those that could not be judged never started.
        proven: How many passed with a call that was observed; None when the record does not say.
        waived: Ids of those that failed, or prove nothing, and bear the mark of a waiver.
        part: Why it was no whole run, such as `keyword`; empty for a whole one.
        kind: Against which kind of ERP it was run.
        environment: Id of the environment, such as `ERP1`.
        erp_version: What `/profitversion` said.
        version: Of the integration.
        digest: SHA-256 over the integration's files.
        identity: By which numbers AFAS knows it; None when the record does not say.
        list_digest: SHA-256 over the list of required scenarios.
        list_word: What the reader knows of that list; None when it was not looked up.
        harness: Version of the harness that made the record.
        asked: Ids of all required scenarios, `scenario` or `scenario[operation]`.
        not_asked: How many required scenarios were not asked there.
        unused: Connectors that the manifest names and no call was about.
        disputed: Findings of the run that the partner disputes.
        ends: What it uses or declares that ends on a day.
        later: What counts from a later day and did not pass, by that day.
        titles: Of scenarios that failed or prove nothing, the id with what it is called.
        evidence: What the reader knows of its evidence; None when it was not looked for.
    """

    integration: str
    release: str
    run_id: str
    started_at: datetime
    date: Day
    passed: int
    failed: tuple[str, ...] = ()
    unproven: tuple[str, ...] = ()
    inconclusive: int = 0
    not_run: int = 0
    not_started: int = 0
    proven: int | None = None
    waived: tuple[str, ...] = ()
    part: tuple[str, ...] = ()
    kind: ErpKind = ErpKind.EMULATOR
    environment: str = ""
    erp_version: str = ""
    version: str = ""
    digest: str = ""
    identity: Identity | None = None
    list_digest: str = ""
    list_word: ListWord | None = None
    harness: str = ""
    asked: tuple[str, ...] = ()
    not_asked: int = 0
    unused: tuple[str, ...] = ()
    disputed: tuple[DisputedFinding, ...] = ()
    ends: tuple[Ending, ...] = ()
    later: tuple[CountsLater, ...] = ()
    titles: tuple[tuple[str, Text], ...] = ()
    evidence: EvidenceWord | None = None

    @property
    def required(self) -> int:
        """How many scenarios were required."""
        return self.passed + len(self.failed) + self.inconclusive + self.not_run
