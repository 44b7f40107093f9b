"""The record of one run: `koppeling/run@1`."""

from dataclasses import field
from datetime import date, datetime
from typing import Literal

from koppeling_harness.model.deadline import Ending
from koppeling_harness.model.dispute import DisputedFinding
from koppeling_harness.model.finding import Finding
from koppeling_harness.model.pace import Pace
from koppeling_harness.model.partner import Identity
from koppeling_harness.model.proof import Proof
from koppeling_harness.model.shape import OPEN, Text
from koppeling_harness.model.verdict import Cause, ErpKind, Level, Outcome
from koppeling_harness.value import dataclass

Day = date
"""A calendar day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HarnessInfo:
    """Which harness made the record."""

    __pydantic_config__ = OPEN

    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ErpInfo:
    """Which ERP was run against."""

    __pydantic_config__ = OPEN

    kind: ErpKind
    environment: str
    """Id of the environment, such as `T12345AA`."""
    version: str
    """What `/profitversion` said."""
    label: str
    """Such as `Profit 8`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RestsOn:
    """What a verdict rests on: the emulator, or a real environment."""

    __pydantic_config__ = OPEN

    kind: ErpKind
    behaviours: int = 0
    """How many behaviours the emulator has that AFAS's texts leave open or contradict."""
    seen: int = 0
    """How many of them were seen at AFAS to be as the emulator has them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioLock:
    """Which scenarios had to be executed."""

    __pydantic_config__ = OPEN

    digest: str
    """SHA-256 over the locked ids and their contents."""
    required: int
    """How many required scenarios the list holds for this release."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRecord:
    """One step as it went."""

    __pydantic_config__ = OPEN

    name: str
    """Such as `given 1: insert PtProject`."""
    place: str
    """Scenario file and line."""
    outcome: Outcome
    duration_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeRecord:
    """One exchange in short; the whole of it is in the traffic recording."""

    __pydantic_config__ = OPEN

    number: int
    method: str
    path: str
    status: int | None
    duration_s: float
    fault: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultRecord:
    """One fault of a scenario: that it fired, and what the integration did about it.

    The attempts are the requests that it hit, and those that repeat them.
    """

    __pydantic_config__ = OPEN

    fault: str
    calls: str
    """Which of the calls, as in the scenario."""
    of: str
    """Which calls are meant, such as `POST PtRealization`; empty: all."""
    place: str
    """Scenario file and line."""
    fired: int
    """How often it was carried out."""
    attempts: int
    waits_s: tuple[float, ...]
    """How long was waited before each repetition."""
    duration_s: float
    """From the first attempt to the end of the last."""
    last_status: int | None
    """How the last attempt was answered; None when it was not."""
    written: int
    """How often ERP1 carried the write out, whatever became of its answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One time that a scenario was carried out, when it was more than once."""

    __pydantic_config__ = OPEN

    outcome: Outcome
    cause: Cause | None
    """None when passed."""
    findings: tuple[Finding, ...] = ()
    duration_s: float = 0.0
    run_id: str = ""
    """The run that it belongs to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioResult:
    """What became of one scenario for one integration."""

    __pydantic_config__ = OPEN

    scenario: str
    title: Text
    level: Level
    operation: str | None
    """The operation that a generic scenario was about."""
    outcome: Outcome
    cause: Cause | None
    """None when passed."""
    findings: tuple[Finding, ...] = ()
    steps: tuple[StepRecord, ...] = ()
    duration_s: float = 0.0
    exchanges: tuple[ExchangeRecord, ...] = ()
    faults: tuple[FaultRecord, ...] = ()
    """What was done to its calls on purpose, in the order of the scenario."""
    log: str = ""
    """The last of what the integration printed, redacted; empty when passed."""
    place: str = ""
    """Scenario file and line."""
    proves: tuple[str, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    """Every attempt, the first one first, when there was more than one; the outcome is that of the
    worst of them."""
    passed_on_retry: bool = False
    """It passed in the end, after an attempt that did not; that is never `passed`."""
    waiver: str = ""
    """Id of the waiver that covers its failure, or that it proves nothing."""
    resumed: bool = False
    """The run was broken off while it was being carried out; it was undone and done anew."""
    carried_from: str = ""
    """The run that it was taken over from, when it was not carried out again."""
    proof: tuple[Proof, ...] = ()
    """What was seen that shows the requirements, per connector; empty in older records."""
    required_from: Day | None = None
    """The day from which it is required; until then its level is `recommended`."""
    signed_in: tuple[str, ...] = ()
    """By which schemes its calls signed in, in lower case: `afastoken`, `bearer`, `dpop`."""
    unseen: tuple[str, ...] = ()
    """Of one that failed on the emulator: the behaviours of ERP1 that it rests on and that were
    never seen at AFAS on that release."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequiredCount:
    """N of M required executed, passed and proven."""

    __pydantic_config__ = OPEN

    total: int
    executed: int
    passed: int
    proven: int | None = None
    """How many of those that passed rest on a call that was observed; None in older records."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The answer for one integration on one release."""

    __pydantic_config__ = OPEN

    outcome: Outcome
    required: RequiredCount
    waived: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """How much of what is asked of an integration a run was about."""

    __pydantic_config__ = OPEN

    whole: bool
    """Whether it was all of it; a part is no verdict of the whole."""
    because: tuple[str, ...] = ()
    """Why it was a part: `keyword`, `named_scenarios`, `shard`, `rerun`, `interrupted`,
    `in_process`, `own_list`, `missing_shard`; more may come."""


DECLARED = "declared "
"""How the reason begins why something was not asked that the manifest takes away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotAsked:
    """A required scenario that was not asked of an integration, and why."""

    __pydantic_config__ = OPEN

    id: str
    """`scenario` or `scenario[operation]`; it is not among the required ids."""
    why: str
    """In English, such as `not in a shared environment: …`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretPlace:
    """A place where something secret stood that was about to be written; it was not."""

    __pydantic_config__ = OPEN

    place: str
    """A file below the run's folder, or a member of this record."""
    kind: str
    """What sort of secret: `token`, `secret`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LateCall:
    """One request that came when its scenario had ended and its result was there."""

    __pydantic_config__ = OPEN

    scenario: str
    """`scenario` or `scenario[operation]`."""
    method: str
    path: str
    """Endpoint and connector only: keys and query may be private."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IntegrationRecord:
    """One integration in a run."""

    __pydantic_config__ = OPEN

    id: str
    version: str
    digest: str
    """SHA-256 over the integration's files."""
    verdict: Verdict
    results: tuple[ScenarioResult, ...]
    title: Text | None = None
    partner: str = ""
    problem: str = ""
    """Why it was set aside, when it could not be loaded."""
    problem_kind: str = ""
    """`missing_runtime` when it is in order but a program that it needs is not there;
    `missing_connectors` when it declares what ERP1 does not have; `never_began` when its program
    does not start."""
    missing: tuple[str, ...] = ()
    """The programs that are not there, when only those are lacking."""
    missing_allowed: bool = False
    """Whether it was said to be known that the program that it needs is not there."""
    problem_advice: Text | None = None
    """What to do about the problem, where both languages have it."""
    waiver_problems: tuple[str, ...] = ()
    """Waivers for this release that have expired, or that nothing needed."""
    lapsed_waivers: tuple[str, ...] = ()
    """Ids of waivers that expired and whose failure is back."""
    required_ids: tuple[str, ...] = ()
    """What had to be executed, `scenario` or `scenario[operation]`; in one shard of a run also
    what the other shards have to execute."""
    own_ids: tuple[str, ...] = ()
    """Which of them are the integration's own scenarios, and so on no list."""
    own_looking: tuple[str, ...] | None = None
    """Which of its own scenarios look at rows, output or exchanges; None in older records."""
    by_another: tuple[str, ...] = ()
    """What an operation called that only another operation declares, `operation: connector`."""
    not_asked: tuple[NotAsked, ...] = ()
    """What could not be carried out here, and so was not required."""
    scope: Scope | None = None
    """None when it was set aside, and in records of version 0.1."""
    identity: Identity | None = None
    """None when it was set aside, and in records of version 0.1."""
    declared: tuple[str, ...] = ()
    """The connectors that its manifest names."""
    release_declared: bool = True
    """Whether its manifest names the release; it was run all the same."""
    exercised: tuple[str, ...] = ()
    """Those of them that a call of this run was about."""
    disputed: tuple[DisputedFinding, ...] = ()
    """What the partner disputes in its manifest, each with the results that have it; they stay
    findings, and turned no outcome."""
    rests_on: RestsOn | None = None
    """What its verdict rests on; None when it was set aside, and in records of version 0.1."""
    isolation: str = "none"
    """How its processes were kept apart: `none`, `user`, or what a newer version has."""
    state: tuple[str, ...] = ()
    """Patterns of the files in which its manifest says that it keeps data by design, and no log."""
    variables: tuple[str, ...] = ()
    """Names of the machine's variables that its processes got."""
    variables_withheld: tuple[str, ...] = ()
    """Those that its manifest asks for and that were not handed over."""
    secrets_found: tuple[SecretPlace, ...] = ()
    """Where something secret stood; its recordings were not written, the rest stands without it."""
    ends: tuple[Ending, ...] = ()
    """What it uses or declares that ends on a day, the heaviest first."""
    files: dict[str, str] = field(default_factory=dict)
    """In a shard: the beginning of the SHA-256 of each of its files, so that `merge` can tell which
    differs between machines; empty elsewhere, and of very many files."""
    late: tuple[LateCall, ...] = ()
    """What it sent when a scenario had ended: it went nowhere, and that scenario did not pass."""


ShardBy = Literal["integration", "scenario"]
"""Whether whole integrations are shared out, or the scenarios of each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """Which part of a run a record is; its verdicts count against that part alone."""

    __pydantic_config__ = OPEN

    index: int
    """From 1."""
    total: int
    by: ShardBy | None = None
    """None in an order that leaves it open; in records of version 0.1, which are by scenario."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunBreak:
    """One time that a run was broken off and gone on with."""

    __pydantic_config__ = OPEN

    resumed_at: datetime
    kept: int
    """How many results were there already, and are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """Everything that one run says."""

    __pydantic_config__ = OPEN

    schema: Literal["koppeling/run@1"] = "koppeling/run@1"
    run_id: str
    started_at: datetime
    finished_at: datetime
    harness: HarnessInfo
    erp: ErpInfo
    scenario_lock: ScenarioLock
    integrations: tuple[IntegrationRecord, ...]
    shard: Shard | None = None
    """None when the record is of a whole run."""
    merged_from: tuple[str, ...] = ()
    """The runs of the shards that were merged into this record."""
    rerun_of: str = ""
    """The run of which this one repeats what did not pass."""
    seed: int | None = None
    """What the generated values follow from."""
    breaks: tuple[RunBreak, ...] = ()
    """Each time that it was broken off and gone on with."""
    call: str = ""
    """The same in all records of one command; empty in records of version 0.1."""
    pace: Pace | None = None
    """Where the time went; None where records were merged, and in those of version 0.1."""

    @property
    def judged_nobody(self) -> bool:
        """Whether there were integrations, and all were set aside."""
        return bool(self.integrations) and all(each.problem for each in self.integrations)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecords:
    """The records of one command on several releases, as it prints them."""

    __pydantic_config__ = OPEN

    schema: Literal["koppeling/runs@1"] = "koppeling/runs@1"
    records: tuple[RunRecord, ...]
    """In the order of their run ids, the current release last."""
