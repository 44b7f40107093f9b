"""GetConnectors as a partner ships them: saved queries under an own name."""

from enum import StrEnum
from typing import Annotated, Literal

from koppeling_harness.model.constraint import Limit
from koppeling_harness.model.shape import STRICT, ConnectorId, FieldId, Identifier, NonEmpty
from koppeling_harness.model.view import View
from koppeling_harness.value import dataclass


class FixedOperator(StrEnum):
    """What a fixed filter may say; AFAS advises against contains, starts and ends (FILT-47)."""

    EQUALS = "="
    AT_LEAST = ">="
    AT_MOST = "<="
    MORE = ">"
    LESS = "<"
    NOT_EQUAL = "!="
    EMPTY = "[]"
    NOT_EMPTY = "![]"
    CONTAINS = "*"
    STARTS = "@"
    ENDS = "&"


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinedTable:
    """A further data collection in an own GetConnector; rows without a match stay, with nulls."""

    __pydantic_config__ = STRICT

    source: ConnectorId
    """The supplied GetConnector whose data it is."""
    alias: Identifier
    on: Annotated[dict[FieldId, FieldId], Limit(min_length=1)]
    """Field of this source: field of an earlier one, as `ProjectId: ProjectId` or `alias.Field`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectorField:
    """A field of an own GetConnector that is not simply called as in its source."""

    __pydantic_config__ = STRICT

    id: FieldId
    """The name in rows and filters."""
    field: FieldId
    """The field of the source, or `alias.Field` of a joined one; `(replaced)` for one that Profit
    does not have any more, whose rows show that text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedFilter:
    """A condition that the definition itself holds; several are all true at once."""

    __pydantic_config__ = STRICT

    field: FieldId
    operator: FixedOperator = FixedOperator.EQUALS
    value: str = ""


class FieldType(StrEnum):
    """What a custom field holds, in the words of metainfo."""

    STRING = "string"
    INT = "int"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    DATE = "date"
    BLOB = "blob"


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomField:
    """A field that a customer added to an object of an UpdateConnector."""

    __pydantic_config__ = STRICT

    id: Annotated[str, Limit(pattern=r"^U[0-9A-F]{32}$")]
    """`U` and 32 hexadecimal digits; every environment gives its own."""
    object: NonEmpty
    """The object that has it, such as `PtProject`."""
    label: NonEmpty
    type: FieldType = FieldType.STRING
    length: Annotated[int, Limit(ge=0)] = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class GetDefinition:
    """What a GetConnector selects, without its name.

    Most are a copy of a supplied one with some of its fields (AFAS: STRUCT-27 asks for a copy).
    With `joins`, `renamed` and `fixed_filters` it is a definition of its own.
    """

    __pydantic_config__ = STRICT

    description: str = ""
    copy_of: ConnectorId | None = None
    """The supplied GetConnector that it starts from; None takes the one with the same id."""
    fields: tuple[FieldId, ...] = ()
    """The fields that it has under the names of its source, in order; without `renamed`, none
    takes all of them."""
    joins: tuple[JoinedTable, ...] = ()
    renamed: tuple[ConnectorField, ...] = ()
    """Further fields under another name, and those of joined sources."""
    fixed_filters: tuple[FixedFilter, ...] = ()
    custom_fields: tuple[CustomField, ...] = ()
    """Fields that the customer added, and that `fields` or `renamed` name."""
    blocked: Annotated[NonEmpty, Limit(pattern="^(customer|afas)$")] | None = None
    """Who blocked the definition; None when it may be called."""
    view: View | None = None
    """What AFAS's own export of it says; None where there is none."""

    @property
    def names(self) -> tuple[str, ...]:
        """The members of its rows; empty when it takes all of its source."""
        shown = [each.name for each in self.view.fields if each.name] if self.view else []
        return (*self.fields, *(each.id for each in self.renamed), *shown)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnGetConnector(GetDefinition):
    """A GetConnector under an own name."""

    __pydantic_config__ = STRICT

    schema: Literal["koppeling/definition@1"] = "koppeling/definition@1"
    id: ConnectorId


@dataclass(frozen=True, slots=True, kw_only=True)
class RowFilter:
    """A condition on the rows that the user of an app connector may see; several all hold."""

    __pydantic_config__ = STRICT

    connector: ConnectorId
    """The supplied GetConnector whose rows it filters, and those of every copy of it."""
    field: FieldId
    operator: FixedOperator = FixedOperator.EQUALS
    value: str = ""


class AppConnectorKind(StrEnum):
    """How callers of an app connector may authenticate (AFAS, from Profit 9)."""

    CLASSIC = "classic"
    HYBRID = "hybrid"
    OAUTH = "oauth"


@dataclass(frozen=True, slots=True, kw_only=True)
class FurtherSecret:
    """A secret of an OAuth client beside its first: two work side by side while one is renewed."""

    __pydantic_config__ = STRICT

    secret: NonEmpty
    """Invented, like every key here."""
    days: Annotated[int, Limit(ge=0, le=36500)] = 180
    """How long it works, from Profit 9 on, counted from when the environment is opened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppConnectorDefinition:
    """What the token of an emulated environment may use, and its invented keys."""

    __pydantic_config__ = STRICT

    name: NonEmpty = "koppeling-harness"
    get_connectors: tuple[ConnectorId, ...] | None = None
    """None means all; so it does for the next two."""
    update_connectors: tuple[ConnectorId, ...] | None = None
    custom_connectors: tuple[ConnectorId, ...] | None = None
    """Of AppConnectorFile, AppConnectorImage, AppConnectorReport, AppConnectorSubject."""
    group: NonEmpty = "Koppeling"
    user: NonEmpty = "12345.KOPPELING"
    blocked: bool = False
    user_blocked: bool = False
    row_filters: tuple[RowFilter, ...] = ()
    """The authorisation of its user, in filters; none lets the user see every row."""
    kind: AppConnectorKind = AppConnectorKind.HYBRID
    allowed_addresses: tuple[NonEmpty, ...] = ()
    """Addresses or CIDR ranges; none means no restriction."""
    client_id: NonEmpty | None = None
    """For OAuth; None makes one up. The same holds for the keys below."""
    client_secret: NonEmpty | None = None
    client_secret_days: Annotated[int, Limit(ge=0, le=36500)] = 180
    """How long the secret works, from Profit 9 on; 0 shows what happens when it has ended."""
    further_secrets: tuple[FurtherSecret, ...] = ()
    """Secrets that work beside `client_secret`, as while one is renewed."""
    public: bool = False
    """A public client has no secret: it proves itself with PKCE and DPoP, from Profit 9 on."""
    certificates: tuple[NonEmpty, ...] = ()
    """Files with a certificate in PEM, named from this file's folder; the client signs with the
    private key of one (`private_key_jwt`, from Profit 9 on)."""
    key_ids: tuple[str, ...] = ()
    """What the client calls those keys by in `kid`, in the order of `certificates`; an empty or
    absent one is the SHA-1 thumbprint of the certificate, as with AFAS."""
    jwks_uri: Annotated[str, Limit(pattern=r"^https://[^@#\s]+$")] | None = None
    """Where the client's public keys stand, for the same."""
    redirect_uris: tuple[NonEmpty, ...] = ()
    api_key: NonEmpty | None = None
    """For one-time passwords: the app connector's key."""
    environment_key: NonEmpty | None = None
    """For one-time passwords: the environment's key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookReceiver:
    """Who is told what happens in an emulated environment, from Profit 8 on."""

    __pydantic_config__ = STRICT

    url: NonEmpty
    """HTTPS, or plain HTTP on loopback."""
    events: Annotated[tuple[NonEmpty, ...], Limit(min_length=1)]
    """Such as `subject.created`."""
    secret: NonEmpty
    """What deliveries are signed with; invented, like every key here."""
    name: str = ""
    """What the webhook is called; `test.executed` tells it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentDefinition:
    """A file that says what an emulated environment has beside what every one has."""

    __pydantic_config__ = STRICT

    get_connectors: tuple[OwnGetConnector, ...] = ()
    custom_fields: tuple[CustomField, ...] = ()
    app_connector: AppConnectorDefinition | None = None
    webhooks: tuple[WebhookReceiver, ...] = ()
