"""Operations, and what goes between the harness and a plugin; it survives JSON."""

from enum import StrEnum
from typing import Any

from koppeling_harness.model.shape import STRICT, Release
from koppeling_harness.value import dataclass


class OperationKind(StrEnum):
    """What an operation does to ERP1; one that reads and writes is of both kinds."""

    READS = "reads"
    WRITES = "writes"
    FETCHES = "fetches"
    """It gets what is no row: files, images, reports, metainfo, the version."""


class OperationTrigger(StrEnum):
    """What makes an integration carry out an operation, at the customer's."""

    SCHEDULE = "schedule"
    """A schedule: it comes back by itself, and nobody waits for it."""
    EVENT = "event"
    """Something that happens, such as a webhook: it does not come back by itself."""
    PERSON = "person"
    """A person who waits for the answer, and can ask again."""
    ONCE = "once"
    """Somebody who does it once, such as a conversion."""


class OtherCall(StrEnum):
    """What an operation may call beside connectors with rows. Source: docs.afas.help/apidoc."""

    METAINFO = "metainfo"
    PROFITVERSION = "profitversion"
    FILE = "file"
    IMAGE = "image"
    REPORT = "report"
    SUBJECT = "subject"
    """The subject connector: an attachment of a dossier item."""
    OTP = "otp"
    """One-time passwords, by which a user gets a token without an administrator."""

    @property
    def is_fetched(self) -> bool:
        """Whether it gets something with a token; one-time passwords need none."""
        return self is not OtherCall.OTP

    @property
    def has_connector(self) -> bool:
        """Whether it has a tick of its own on the customer's app connector."""
        return self in {OtherCall.FILE, OtherCall.IMAGE, OtherCall.REPORT, OtherCall.SUBJECT}


ENDPOINTS: dict[str, OtherCall] = {
    "fileconnector": OtherCall.FILE,
    "imageconnector": OtherCall.IMAGE,
    "metainfo": OtherCall.METAINFO,
    "otprequest": OtherCall.OTP,
    "otpvalidation": OtherCall.OTP,
    "profitversion": OtherCall.PROFITVERSION,
    "reportconnector": OtherCall.REPORT,
    "subjectconnector": OtherCall.SUBJECT,
}
"""By the first part of the path, in lower case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunContext:
    """Where the integration finds ERP1, for the length of one scenario."""

    __pydantic_config__ = STRICT

    integration: str
    """Id of the integration."""
    scenario: str
    """A name of what is carried out now, for log lines. It does not tell which scenario it is, so
    that nobody acts by it; where the log is shown, the scenario's id stands in its place."""
    base_url: str
    """`…/ProfitRestServices`, without a slash at the end. Goes through the gateway."""
    token: str
    """The AfasToken as Profit issues it: XML, not yet base64. Never log it."""
    integration_id: str
    """What the `IntegrationId` header must say."""
    release: Release
    """The Profit release that ERP1 runs."""
    work_dir: str
    """A folder that lives as long as the scenario: keep state there."""
    webhook_secret: str | None = None
    """With what ERP1 signs the webhooks of this scenario; None when it sends none. Never log it."""
    client_id: str | None = None
    """For OAuth, when the manifest says `oauth`; None in a real environment whose settings name
    none: bring your own."""
    client_secret: str | None = None
    """Its secret; None for a client that signs or is public. Never log it."""
    proxy_url: str | None = None
    """With `address: fixed`: the forward proxy that leads from AFAS's addresses to this ERP1."""
    authority: str | None = None
    """With `address: fixed` or `client_ca`: the certificate authority of the environments that are
    stood in for, in PEM, for what cannot be told by a variable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationCall:
    """The integration is told to do something."""

    __pydantic_config__ = STRICT

    operation: str
    """Name of the operation, as in the manifest."""
    input: Any
    """What the scenario gives it."""
    context: RunContext
    """The same as `koppeling_prepare` got."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationResult:
    """What the integration says of it."""

    __pydantic_config__ = STRICT

    ok: bool = True
    """Whether the integration itself considers the operation carried out."""
    output: Any = None
    """What it gives back, as JSON."""
    error: str | None = None
    """What it would tell its user when `ok` is false."""
