"""Findings of a recheck after an AFAS update: `koppeling/recheck@1`."""

from datetime import datetime
from enum import StrEnum
from typing import Literal

from koppeling_harness.model.finding import Difference
from koppeling_harness.model.run import HarnessInfo, Shard, Verdict
from koppeling_harness.model.shape import OPEN, Text
from koppeling_harness.model.status import Role
from koppeling_harness.model.verdict import Cause, Level, Outcome
from koppeling_harness.value import dataclass

MOST_RECHECKS = 50
"""So many of the newest are kept, and looked into for an answer that was given before."""


class Movement(StrEnum):
    """What became of a scenario since the last verdict."""

    NEWLY_FAILING = "newly_failing"
    NEWLY_PASSING = "newly_passing"
    STILL_FAILING = "still_failing"
    STILL_PASSING = "still_passing"
    NOT_RUN = "not_run"


class Whose(StrEnum):
    """Whose change it is that a scenario does not pass any more."""

    INTEGRATION = "integration"
    PROFIT = "profit"
    BOTH = "both"
    ENVIRONMENT = "environment"
    CANNOT_TELL = "cannot_tell"


class Basis(StrEnum):
    """How it is known what an integration does on a release."""

    RECORD = "record"
    """It stands in the record of an earlier run."""
    LIVE = "live"
    """It was carried out now."""
    RECORDING = "recording"
    """It follows from the recorded traffic of the last certified run."""
    NONE = "none"
    """It is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What one version of the integration does on one release."""

    __pydantic_config__ = OPEN

    outcome: Outcome | None = None
    """None when it is not known."""
    cause: Cause | None = None
    basis: Basis = Basis.NONE
    run_id: str = ""
    note: Text | None = None
    """Why it is not known, or what it follows from."""
    differences: tuple[Difference, ...] = ()
    """Between what was recorded and what came now, when it follows from a recording."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The last certified and the present integration, on the old and the new release."""

    __pydantic_config__ = OPEN

    old_release: str
    new_release: str
    certified_version: str
    present_version: str
    certified_old: Cell
    certified_new: Cell
    present_old: Cell
    present_new: Cell
    same_integration: bool
    """Whether the present integration has the same files as the certified one."""
    same_release: bool
    """Whether both releases said the same version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """Whose change it is, and why."""

    __pydantic_config__ = OPEN

    whose: Whose
    why: Text
    missing: tuple[Text, ...] = ()
    """What would have to be known to tell."""
    at_least: Whose | None = None
    """The one that is known to have changed when it cannot be told of the other."""
    given_in: str = ""
    """The recheck that gave this answer first; empty when this one does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecheckedScenario:
    """One scenario of one integration on one release."""

    __pydantic_config__ = OPEN

    scenario: str
    """`scenario` or `scenario[operation]`."""
    title: Text | None
    level: Level | None
    movement: Movement
    before: Outcome | None
    """At the last verdict; None when there was none about it."""
    outcome: Outcome
    cause: Cause | None = None
    message: Text | None = None
    """The first thing that was objected to."""
    code: str = ""
    """Its code; empty where nothing was objected to."""
    attribution: Attribution | None = None
    """Only of what is failing."""
    table: Table | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecheckedIntegration:
    """One integration on one release."""

    __pydantic_config__ = OPEN

    id: str
    version: str
    digest: str
    title: Text | None
    verdict: Verdict
    last_run: str
    """The run of the last verdict; empty when there was none."""
    last_release: str
    """The release of the last verdict."""
    scenarios: tuple[RecheckedScenario, ...]
    problem: str = ""
    partner: str = ""
    """Who makes it."""
    contact: str = ""
    """Whom to write to there; empty when not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecheckedRelease:
    """One release."""

    __pydantic_config__ = OPEN

    release: str
    """Its label; empty when the settings name none for the role."""
    role: Role | None
    """None for a release that the settings do not name."""
    advisory: bool
    """Whether what fails on it leaves the exit code alone."""
    available: bool
    note: Text | None = None
    """Why it is not available."""
    version: str = ""
    run_id: str = ""
    list_digest: str = ""
    """The list of required scenarios; empty in rechecks of version 0.1."""
    integrations: tuple[RecheckedIntegration, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Necessity:
    """What an update makes necessary for one integration."""

    __pydantic_config__ = OPEN

    integration: str
    necessity: str
    """none, advised or required."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecheckRecord:
    """Everything that one recheck says."""

    __pydantic_config__ = OPEN

    schema: Literal["koppeling/recheck@1"] = "koppeling/recheck@1"
    recheck_id: str
    started_at: datetime
    finished_at: datetime
    harness: HarnessInfo
    releases: tuple[RecheckedRelease, ...]
    impact: tuple[Necessity, ...] = ()
    """Empty when everything was rechecked."""
    shard: Shard | None = None
    """The part that it is of one; its runs are shards as well."""
