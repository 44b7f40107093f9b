"""One integration's file at the programme: `registration.yaml`, schema `koppeling/registration@1`.

It holds facts and decisions. What follows from them is computed, never written in it.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated

from koppeling_harness.model.constraint import Limit
from koppeling_harness.model.partner import IntegrationId, Partner
from koppeling_harness.model.shape import STRICT, Identifier, NonEmpty, Text
from koppeling_harness.value import dataclass

RecordId = Annotated[str, Limit(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
"""How a file names one of its records: `Q1`, `W2`."""

ScenarioId = Annotated[
    str, Limit(pattern=r"^[a-z][a-z0-9]*(?:[-._][a-z0-9]+)*(?:\[[a-z0-9._-]+\])?$")
]
"""A scenario, `behaviour.retry-after`, or one for one operation, `behaviour.retry-after[push]`."""

Count = Annotated[int, Limit(ge=0)]

Day = date
"""A calendar day; under another name, because records have a member called `date`."""

Remark = Annotated[str, Limit(min_length=1, max_length=500, strip_whitespace=True)]
"""A reason in a few sentences; too short a room for a scan report."""


class Colour(StrEnum):
    """The colour code of a security assessment, in the programme's own Dutch words."""

    RED = "rood"
    ORANGE = "oranje"
    GREEN = "groen"


class AssessmentKind(StrEnum):
    """What was done to come to a colour."""

    QUICKSCAN = "quickscan"
    """The programme's own scan; of a recognised assessor its colour counts at once."""
    PENTEST = "pentest"
    """A penetration test; counts after a decision that accepts it and gives it a colour."""
    OTHER = "other"
    """Anything else; counts after such a decision too."""


class DecisionKind(StrEnum):
    """What a named person can decide about a registration."""

    ACCEPT_EVIDENCE = "accept_evidence"
    REJECT_EVIDENCE = "reject_evidence"
    GIVE_NOTICE = "give_notice"
    WITHDRAW_NOTICE = "withdraw_notice"
    TERMINATE_IMMEDIATELY = "terminate_immediately"
    END_BY_PARTNER = "end_by_partner"
    REMOVE_LISTING = "remove_listing"
    RESTORE_LISTING = "restore_listing"
    ANNUAL_REVIEW = "annual_review"
    FINISH_ONBOARDING = "finish_onboarding"


class Ground(StrEnum):
    """Why an agreement is ended: the contract page's examples, not a closed list.

    Source: AFAS, partner.afas.nl/sla/koppeling.
    """

    NON_PAYMENT = "non_payment"
    CODE_OF_CONDUCT = "code_of_conduct"
    NO_CERTIFICATION = "no_certification"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Onboarding:
    """The first certification."""

    __pydantic_config__ = STRICT

    started: Day
    finished: Day | None = None
    """When every task was done and the demo approved; absent while applying."""
    open_tasks: Count = 0
    """Tasks of the AFAS project that are still open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Where the integration is shown at this moment."""

    __pydantic_config__ = STRICT

    partner_site: bool = False
    help_center: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """The partner agreement."""

    __pydantic_config__ = STRICT

    started: Day
    annual_review: Day | None = None
    """When it was last reviewed; a decision `annual_review` counts as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """The outcome of a Quickscan or another test: its colour, never the report."""

    __pydantic_config__ = STRICT

    id: RecordId
    kind: AssessmentKind
    assessor: NonEmpty
    """The organisation that made it."""
    report_date: Day | None = None
    """The date on the report; every term runs from it. A record without it is an input error."""
    colour: Colour | None = None
    """Absent while a reviewer has yet to decide about evidence from another organisation."""
    scope: tuple[Identifier, ...] = ()
    """Ids of the integrations that it is about; all of the partner's when left out."""
    submitted: Day | None = None
    """When the partner offered it to AFAS."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedAssessment:
    """An assessment with a date; shown, and of no effect before there is a colour."""

    __pydantic_config__ = STRICT

    date: Day
    assessor: NonEmpty


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """A fact that may matter, without effect by itself."""

    __pydantic_config__ = STRICT

    date: Day
    kind: Identifier
    """Such as `code_of_conduct`, `non_payment`."""
    text: Remark


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a named person decided, and why."""

    __pydantic_config__ = STRICT

    date: Day
    """The day of the decision; of a notice, the date of the letter."""
    by: NonEmpty
    decision: DecisionKind
    reason: Remark
    """The substantiation; there is no decision without one."""
    assessment: RecordId | None = None
    """Which evidence is accepted or rejected."""
    colour: Colour | None = None
    """The colour that AFAS gives accepted evidence."""
    ground: Ground | None = None
    """For `terminate_immediately`."""
    effective: Day | None = None
    """For `terminate_immediately`, when it takes effect (the decision's date when left out); for
    `end_by_partner`, the agreement's last day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """A decision that a failing scenario does not count, until a date."""

    __pydantic_config__ = STRICT

    id: RecordId
    scenario: ScenarioId
    """Id of the scenario, or `scenario[operation]` for one operation only."""
    releases: Annotated[tuple[NonEmpty, ...], Limit(min_length=1)]
    """Labels of the Profit releases on which it holds."""
    reason: Remark
    owner: NonEmpty
    """Who will mend it."""
    approved_by: NonEmpty
    until: Day
    """Last day on which it holds; at most twelve months after `approved`, or after today."""
    approved: Day | None = None
    """When it was granted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """One registration, as written."""

    __pydantic_config__ = STRICT

    registration: Identifier
    """Its id."""
    title: Text
    partner: Partner
    integration: Identifier
    """Id of the integration, as in its plugin's manifest."""
    integration_id: IntegrationId | None = None
    """Absent for an applicant that AFAS has given none yet."""
    onboarding: Onboarding | None = None
    """Left out for a registration older than this record."""
    listing: Listing = Listing()
    agreement: Agreement | None = None
    contacts: Count | None = None
    """Contact persons at the partner for AFAS's mails; absent when unknown."""
    active_customers: Count | None = None
    """Customers that AFAS sees calling; absent when unknown."""
    assessments: tuple[Assessment, ...] = ()
    planned_assessments: tuple[PlannedAssessment, ...] = ()
    signals: tuple[Signal, ...] = ()
    decisions: tuple[Decision, ...] = ()
    waivers: tuple[Waiver, ...] = ()
