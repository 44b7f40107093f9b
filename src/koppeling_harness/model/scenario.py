"""One scenario: given, when, then. The language of `*.scenario.yaml`.

Every step gives a *result*, a plain mapping that `expect` is held against and `save` picks from:

    get, insert, update, delete, request   status, headers, body, duration_s; `get` also rows, count
    operation                              ok, output, error, told, duration_s
    exchanges                              count, items (method, path, connector, query, status,
                                           request_headers, request_body, fault, ...)
    findings                               count, codes, items
    webhook                                status, duration_s
    clock, fill, app_connector             nothing
"""

from dataclasses import field
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Any

from koppeling_harness.model.constraint import Limit, OneOf
from koppeling_harness.model.fault import CallFilter, Fault
from koppeling_harness.model.operation import OperationKind, OperationTrigger
from koppeling_harness.model.proof import Witness
from koppeling_harness.model.shape import STRICT, ConnectorId, FieldId, Identifier, NonEmpty, Text
from koppeling_harness.model.verdict import Level
from koppeling_harness.value import dataclass

Saves = dict[str, str]
"""Name of a capture and the path of its value: `{id: body.results.KnSubject.SbId}`."""

Expectation = dict[str, Any]
"""What a step's result must hold; values may be matchers such as `{$regex: "^[0-9]+$"}`."""


LONGEST_S = 600
"""Seconds that a scenario or a step may allow itself: ten minutes, and no run waits longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """One element of an UpdateConnector's body: keys beside the fields, fields, sub-objects."""

    __pydantic_config__ = STRICT

    keys: dict[str, Any] = field(default_factory=dict)
    """Keys that stand beside `Fields`, without the `@`."""
    fields: dict[str, Any] = field(default_factory=dict)
    objects: dict[str, "Element | tuple[Element, ...]"] = field(default_factory=dict)
    """Sub-objects by name, one or several of each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    __pydantic_config__ = STRICT

    name: str = ""
    """A name for reports."""
    expect: Expectation = field(default_factory=dict)
    """What the result must hold."""
    save: Saves = field(default_factory=dict)
    """Captures for later steps, `${name}`."""
    timeout_s: Annotated[float, Limit(gt=0, le=LONGEST_S)] | None = None
    """Time allowed; the engine's own limit when absent."""
    within_s: Annotated[float, Limit(gt=0, le=LONGEST_S)] | None = None
    """Repeat the step until the expectation holds, at most this long. Only for reading steps."""
    place: str = ""
    """Scenario file, line and column; filled in by the loader, never written by hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationStep(_Step):
    """Tell the integration to do something that its manifest declares."""

    operation: NonEmpty
    input: Any = None
    """What the operation is given; `${operation.example}` hands on the manifest's example."""
    at_once: Annotated[int, Limit(ge=1, le=8)] = 1
    """So many runs of it at the same time, in the same work folder; what the one that went worst
    gave is the result. Rules about one run do not judge their calls: nobody can tell them apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterTerm:
    """One comparison of a GetConnector filter."""

    __pydantic_config__ = STRICT

    field: FieldId
    operator: Annotated[int, Limit(ge=1, le=15)] = 1
    """AFAS's operator number; 1 is equality."""
    value: Any = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GetStep(_Step):
    """Read rows through a GetConnector."""

    get: ConnectorId
    where: dict[FieldId, Any] = field(default_factory=dict)
    """Fields and the values that they must equal."""
    filter: tuple[tuple[FilterTerm, ...], ...] = ()
    """For more than equality: groups of comparisons; within a group AND, between groups OR."""
    order_by: tuple[str, ...] = ()
    """Fields to sort by; `-Field` descends."""
    skip: int | None = None
    take: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InsertStep(_Step):
    """POST one element to an UpdateConnector."""

    insert: ConnectorId
    keys: dict[str, Any] = field(default_factory=dict)
    fields: dict[str, Any] = field(default_factory=dict)
    objects: dict[str, Element | tuple[Element, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateStep(_Step):
    """PUT one element to an UpdateConnector."""

    update: ConnectorId
    keys: dict[str, Any] = field(default_factory=dict)
    fields: dict[str, Any] = field(default_factory=dict)
    objects: dict[str, Element | tuple[Element, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteStep(_Step):
    """DELETE by key through an UpdateConnector."""

    delete: ConnectorId
    keys: Annotated[dict[str, Any], Limit(min_length=1)]
    """Key fields and values, in the order of the URL."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RawRequest:
    """A request as it goes over the wire."""

    __pydantic_config__ = STRICT

    method: NonEmpty = "GET"
    path: NonEmpty
    """Below the base URL, with a leading slash."""
    query: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None
    """JSON, or text sent as it is."""
    authorised: bool = True
    """Whether the environment's token goes along."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestStep(_Step):
    """Send any request to ERP1."""

    request: RawRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangesStep(_Step):
    """Look at what the integration sent over the wire."""

    exchanges: CallFilter


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingsStep(_Step):
    """Look at what the traffic rules object to."""

    findings: Annotated[dict[str, Any], Limit(max_length=0)]
    """Written as `findings: {}`; `expect` says what is wanted of them."""


class Signed(StrEnum):
    """How a webhook is signed."""

    RIGHT = "right"
    WRONG = "wrong"
    """With another secret than the subscription has."""
    MISSING = "missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookStep(_Step):
    """Deliver a webhook to the integration's service, as AFAS would, or as somebody else would.

    What happens in ERP1 is told to the service without any step. This is for what cannot be made
    to happen there: a delivery that comes twice, or one that AFAS did not sign.
    Source for the form: AFAS, docs.afas.help/profit/en/webhooks.
    """

    webhook: NonEmpty
    """Event type, such as `subject.created`."""
    data: dict[str, Any] = field(default_factory=dict)
    """What the event is about: `{SubjectTypeId: 1, SubjectId: 12}`."""
    event_id: NonEmpty | None = None
    """The same id is the same event, delivered again; a new one when absent."""
    signature: Signed = Signed.RIGHT


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockStep(_Step):
    """Let everything that ERP1 keeps grow older: tokens, secrets, chains of refresh tokens, rows.

    The day itself stays: `Date`, `today()`, and how fresh a signed token must be. So a client that
    signs honestly is not refused, and one that kept its token for too long is.
    """

    clock: Annotated[str, Limit(pattern=r"^\+[1-9][0-9]{0,4}[dhms]$")]
    """By how much: `+31d`, `+59m`; days, hours, minutes or seconds."""

    @property
    def by(self) -> timedelta:
        """By how much."""
        units = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
        return timedelta(**{units[self.clock[-1]]: int(self.clock[1:-1])})


class Between(StrEnum):
    """What happens to the first page before the second one is answered."""

    CHANGED = "changed"
    """Its first row is changed: its modified date is now."""
    REMOVED = "removed"
    INSERTED = "inserted"
    """A row that stands before it is added, so that one comes again on the next page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """Of which GetConnectors there is more than the integration asks for at once."""

    __pydantic_config__ = STRICT

    connectors: tuple[ConnectorId, ...] = ()
    """These only; whatever the integration reads when there are none."""
    rows: Annotated[int, Limit(ge=1, le=20_000)] | None = None
    """At least so many that its filter lets through; some more than a page when absent."""
    between_pages: Between | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FillStep(_Step):
    """Let ERP1 have more rows of what the integration reads than fit on its page.

    The rows are copies of those that its filter lets through, under keys of their own. Where there
    are none, and where it looks one row up by its key, nothing is added.
    """

    fill: Filling


class AppConnectorChange(StrEnum):
    """What an administrator of Profit does to the app connector of the integration."""

    RENEW_SECRET = "renew_secret"  # noqa: S105 - the name of a change, as are the next
    """A new secret works beside the old one, and is given to the integration."""
    REVOKE_SECRET = "revoke_secret"  # noqa: S105
    """The oldest secret works no more."""
    REVOKE_KEY = "revoke_key"
    """The first certificate that the manifest names is taken off it."""
    END_TOKENS = "end_tokens"
    """No access token that was given is valid any more."""
    OAUTH_ONLY = "oauth_only"
    """It takes no classic token any more: its type is OAuth instead of hybrid."""
    OTHER_CUSTOMER = "other_customer"
    """From here it works for another customer: another environment at the same door."""
    FIRST_CUSTOMER = "first_customer"
    """It works for the first one again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppConnectorStep(_Step):
    """Let the administrator of Profit change how the integration signs in, or for whom it works.

    A new secret is handed over as an administrator would: the integration is prepared again, with
    it; and so is another customer. Source: AFAS, docs.afas.help/profit/en/authentication.
    """

    app_connector: AppConnectorChange


VERBS = (
    "operation",
    "get",
    "insert",
    "update",
    "delete",
    "request",
    "exchanges",
    "findings",
    "webhook",
    "clock",
    "fill",
    "app_connector",
)

STEP_EXPECTED = f"expected a step with exactly one of: {', '.join(VERBS)}"
"""What a problem says of a step without a verb, or with several."""


def step_verb(value: object) -> str | None:
    """Return which kind of step a raw mapping or a step is: the one verb it has."""
    if isinstance(value, dict):
        found = [verb for verb in VERBS if verb in value]
        return found[0] if len(found) == 1 else None
    return next((verb for verb in VERBS if hasattr(value, verb)), None)


Step = Annotated[
    OperationStep
    | GetStep
    | InsertStep
    | UpdateStep
    | DeleteStep
    | RequestStep
    | ExchangesStep
    | FindingsStep
    | WebhookStep
    | ClockStep
    | FillStep
    | AppConnectorStep,
    OneOf(
        step_verb,
        {
            "operation": OperationStep,
            "get": GetStep,
            "insert": InsertStep,
            "update": UpdateStep,
            "delete": DeleteStep,
            "request": RequestStep,
            "exchanges": ExchangesStep,
            "findings": FindingsStep,
            "webhook": WebhookStep,
            "clock": ClockStep,
            "fill": FillStep,
            "app_connector": AppConnectorStep,
        },
        message=STEP_EXPECTED,
    ),
]


class ForEach(StrEnum):
    """Which operations a generic scenario is about."""

    READS = "reads"
    """Those that only read: each is sure to call a GetConnector."""
    READING = "reading"
    """Those that read, and may write besides."""
    WRITES = "writes"
    """Those that write, and may read besides."""
    WRITING = "writing"
    """The same."""
    FETCHING = "fetching"
    """Those that get files, images, reports, metainfo or the version."""
    OPERATIONS = "operations"
    """All of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Applies:
    """When a scenario says something about an integration; what is left out does not restrict."""

    __pydantic_config__ = STRICT

    integration: Identifier | None = None
    """Only this integration."""
    kind: OperationKind | None = None
    """Only integrations with an operation of this kind."""
    connectors: tuple[ConnectorId, ...] = ()
    """Only integrations that declare all of these."""
    releases: tuple[NonEmpty, ...] = ()
    """Only these Profit releases, by label."""
    idempotent: bool | None = None
    """Only operations that the manifest calls idempotent, or only those that it does not."""
    trigger: tuple[OperationTrigger, ...] = ()
    """Only operations that these make the integration carry out."""
    oauth: bool | None = None
    """Only integrations whose manifest says `oauth`, or only those whose does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One scenario, as written."""

    __pydantic_config__ = STRICT

    scenario: Identifier
    """Its id, unique among all packs."""
    title: Text
    level: Level
    proves: Annotated[tuple[NonEmpty, ...], Limit(min_length=1)]
    """Which requirement it proves: rule of the programme, page of AFAS, auditor code."""
    applies: Applies = Applies()
    for_each: ForEach | None = None
    """Run it once for each of these operations; the operation is `${operation.name}`."""
    values: dict[str, Any] = field(default_factory=dict)
    """Named values for use in steps, made once per run of the scenario."""
    given: tuple[Step, ...] = ()
    when: Annotated[tuple[Step, ...], Limit(min_length=1)]
    faults: tuple[Fault, ...] = ()
    """What the gateway does to the integration's traffic during `when`."""
    witness: Witness | None = None
    """What must have been seen for a pass to prove anything; without it the scenario is not run."""
    then: tuple[Step, ...] = ()
    cleanup: tuple[Step, ...] = ()
    """Carried out whatever happened, in order."""
    timeout_s: Annotated[float, Limit(gt=0, le=LONGEST_S)] = 60.0
    """Time allowed for the whole scenario."""
    shared: bool | None = None
    """Whether it survives an environment that others use too; `koppeling scenarios check` tells
    what is thought of it when absent."""
    leaves: tuple[ConnectorId, ...] = ()
    """UpdateConnectors in which something of it stays behind in a shared environment, because AFAS
    does not let it be undone."""
    place: str = ""
    """File, line and column; filled in by the loader."""
