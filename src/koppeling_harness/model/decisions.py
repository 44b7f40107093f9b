"""AFAS's word about one registration: `X.decisions.yaml` beside the partner's `X.yaml`.

What a partner states and what AFAS decides stand in two files, so that neither can write the
other's. Schema `koppeling/decisions@1`.
"""

from datetime import date
from typing import Annotated, Any, Final, Literal

from koppeling_harness.model.constraint import Limit
from koppeling_harness.model.registration import (
    Count,
    Decision,
    Listing,
    RecordId,
    Remark,
    Waiver,
)
from koppeling_harness.model.shape import STRICT, Identifier, NonEmpty
from koppeling_harness.value import dataclass

Day = date
"""A calendar day; under another name, because records have a member called `date`."""

_WITH_A_WORD_OF_PYTHON: Final[dict[str, Any]] = {
    **STRICT,
    "alias_generator": lambda name: name.rstrip("_"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedEvidence:
    """A bundle of evidence that AFAS took in."""

    __pydantic_config__ = STRICT

    date: Day
    by: NonEmpty
    sha256: Annotated[str, Limit(pattern=r"^[0-9a-f]{64}$")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A letter that was sent."""

    __pydantic_config__ = STRICT

    date: Day
    kind: Identifier
    """Such as `reminder`, `notice`."""
    by: NonEmpty


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How something that is wrong will be mended."""

    __pydantic_config__ = _WITH_A_WORD_OF_PYTHON

    for_: NonEmpty
    """What it is for: the id of an assessment, of a waiver, or of a scenario."""
    owner: NonEmpty
    steps: Annotated[tuple[Remark, ...], Limit(min_length=1)]
    due: Day
    verified_by: NonEmpty | None = None
    """The run that shows it, or the assessment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalStep:
    """How a signal went on."""

    __pydantic_config__ = STRICT

    signal: Day
    """The day of the signal."""
    date: Day
    step: Literal["received", "heard", "decided", "closed"]
    side: Literal["reporter", "partner"] | None = None
    """Who was heard."""
    by: NonEmpty
    text: Remark | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditorReport:
    """What the AppConnector Auditor said."""

    __pydantic_config__ = STRICT

    date: Day
    red: Count = 0
    orange: Count = 0
    justified: tuple[RecordId, ...] = ()
    """Codes of orange findings that AFAS agreed to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedOnboarding:
    """AFAS's word about the first certification."""

    __pydantic_config__ = STRICT

    finished: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """What AFAS says of one registration; what stands here wins over the partner's file."""

    __pydantic_config__ = STRICT

    schema: Literal["koppeling/decisions@1"] = "koppeling/decisions@1"
    of: Identifier
    """Id of the registration."""
    integration: Identifier | None = None
    """Id of the integration, when it is not called as the registration is."""
    given: Day | None = None
    """The day on which AFAS gave a partner this extract; absent in AFAS's own file."""
    decisions: tuple[Decision, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    listing: Listing | None = None
    onboarding: FinishedOnboarding | None = None
    annual_review: Day | None = None
    active_customers: Count | None = None
    accepted: tuple[AcceptedEvidence, ...] = ()
    letters: tuple[Letter, ...] = ()
    plans: tuple[Plan, ...] = ()
    course: tuple[SignalStep, ...] = ()
    assignee: NonEmpty | None = None
    seen_until: Day | None = None
    auditor: AuditorReport | None = None
