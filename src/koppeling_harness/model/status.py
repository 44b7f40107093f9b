"""Status of a registration on a day: `koppeling/status@1`."""

from datetime import date
from enum import StrEnum
from typing import Any, Final, Literal

from koppeling_harness.model.evidence import Evidence
from koppeling_harness.model.registration import Colour
from koppeling_harness.model.shape import OPEN, Text
from koppeling_harness.model.verdict import ErpKind, Outcome
from koppeling_harness.value import dataclass

Day = date
"""A calendar day; under another name, because records have a member called `date`."""


OUTSIDE: Final[dict[str, Any]] = {**OPEN, "alias_generator": lambda name: name.rstrip("_")}
"""For records with a member whose name is a word of Python: `from_` is `from` in documents."""


class Status(StrEnum):
    """The overall status; of several that apply, the last in this order."""

    IN_ORDER = "in_order"
    ATTENTION = "attention"
    ACTION_REQUIRED = "action_required"
    NOT_CERTIFIED = "not_certified"
    REVIEW_NEEDED = "review_needed"
    APPLYING = "applying"
    NOTICE_RUNNING = "notice_running"
    TERMINATED = "terminated"
    INPUT_ERROR = "input_error"


class Role(StrEnum):
    """Why a release counts."""

    PREVIOUS = "previous"
    CURRENT = "current"
    ACCEPT = "accept"


class ListingAdvice(StrEnum):
    """What is to be done about one place where the integration is shown."""

    KEEP = "keep"
    REMOVE = "remove"
    RESTORE = "restore"
    NOT_YET = "not_yet"
    UNCHANGED = "unchanged"


class EndKind(StrEnum):
    """How sure the end of the contract is."""

    FORECAST = "forecast"
    """What would follow; a person decides."""
    DEFINITE = "definite"
    """It follows from a recorded decision."""


class Who(StrEnum):
    """Who has to act."""

    PARTNER = "partner"
    AFAS = "afas"
    ASSESSOR = "assessor"


class Basis(StrEnum):
    """Whose word a status rests on."""

    STATED = "stated"
    """The partner's own file, or one outside a reviewers' folder."""
    RECORDED = "recorded"
    """What AFAS keeps in its reviewers' folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Days without a valid colour, between the first report and the as-of date."""

    __pydantic_config__ = OUTSIDE

    from_: Day
    """First day of the gap."""
    to: Day | None
    """Last day of it; null while it lasts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Security:
    """The colour that governs; all null when no report was accepted."""

    __pydantic_config__ = OPEN

    colour: Colour | None = None
    assessment: str | None = None
    """Id of the assessment in the registration."""
    report_date: Day | None = None
    valid_until: Day | None = None
    """Last day on which it counts."""
    follow_up_due: Day | None = None
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseStatus:
    """What runs prove on one release."""

    __pydantic_config__ = OPEN

    release: str
    """Its label."""
    role: Role
    required_from: Day | None = None
    """From when a release on Accept counts as one in production does; null when that is unknown."""
    outcome: Outcome
    """Waivers that hold on the as-of date are applied: a waived failure has passed."""
    waived_until: Day | None = None
    """First day on which a waiver ends that this outcome rests on."""
    waived: int = 0
    """How many failures a waiver covers."""
    run_id: str | None = None
    """The run that counts; null when there is none."""
    date: Day | None = None
    """The day of that run."""
    kind: ErpKind | None = None
    """Whether it was on the emulator or in an environment."""
    erp_version: str = ""
    """What `/profitversion` said in it."""
    version: str = ""
    """Of the integration, in that run."""
    digest: str = ""
    """SHA-256 over the integration's files, in that run."""
    list: Text | None = None
    """The list of required scenarios that it was held against."""
    required: int = 0
    """How many scenarios were required in it."""
    not_asked: int = 0
    """How many required scenarios could not be asked there."""
    evidence: Evidence | None = None
    """Whether that run is `verified`, `unsigned` or `refused`; null when there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingStatus:
    """What is to be done about the two places where an integration is shown."""

    __pydantic_config__ = OPEN

    partner_site: ListingAdvice
    help_center: ListingAdvice


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractEnd:
    """When the agreement ends."""

    __pydantic_config__ = OPEN

    date: Day
    kind: EndKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """Something that a reader should see."""

    __pydantic_config__ = OPEN

    code: str
    """Stable, such as `LAPSED`."""
    text: Text
    rule: str
    """The rule that it comes from, such as `R5`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Something that somebody has to do."""

    __pydantic_config__ = OPEN

    who: Who
    what: Text
    due: Day | None
    """Last day on which it is in time; null when no date follows from the rules: it is due now."""
    rule: str
    key: str
    """The same from day to day for the same duty, such as `rescan`, `waiver:W1`."""
    weight: Status = Status.IN_ORDER
    """How much hangs on it: what the status is at least because of it, or may become."""
    since: Day | None = None
    """From when it is there to be done; null when no fact tells it."""
    rests_on: Text | None = None
    """The evidence that it follows from; null when it is the registration itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One step on the way to the status, in a plain sentence."""

    __pydantic_config__ = OPEN

    rule: str
    source: str
    """Where the rule comes from."""
    text: Text
    status: Status
    """What this step asks the status to be at least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationStatus:
    """One registration on one day, under one policy."""

    __pydantic_config__ = OPEN

    schema: Literal["koppeling/status@1"] = "koppeling/status@1"
    registration: str
    as_of: Day
    policy: str
    """Name of the policy."""
    basis: Basis = Basis.STATED
    """Whose word it rests on."""
    status: Status
    security: Security
    functional: tuple[ReleaseStatus, ...]
    listing: ListingStatus
    contract_end: ContractEnd | None
    flags: tuple[Flag, ...]
    actions: tuple[Action, ...]
    """The most urgent first: of this week before later, weight before date; without a date: now."""
    reasons: tuple[Reason, ...]
    """The heaviest first."""
