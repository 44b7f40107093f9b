"""Requests and responses as they were seen on the wire."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import unquote

from koppeling_harness.model.shape import STRICT, Text
from koppeling_harness.value import dataclass

Headers = tuple[tuple[str, str], ...]
"""Name and value pairs in the order of the wire; a repeated header stands there repeatedly."""


_NAMING = frozenset({"connectors", "bi"})
"""Endpoints whose paths name a connector: the connectors, and their feeds for BI models."""


class Sender(StrEnum):
    """Who sent a request."""

    INTEGRATION = "integration"
    HARNESS = "harness"


class RefusedFor(StrEnum):
    """What kept a request from ERP1."""

    HTTP = "http"
    """It is no HTTP."""
    ADDRESS = "address"
    """Its address is none of AFAS's."""
    BROKEN_OFF = "broken_off"
    """It ended before its body did."""
    TLS = "tls"
    """The connection was never made: TLS failed at the proxy of a built-in address."""
    OTHER_DOOR = "other_door"
    """It was sent to ERP1's own door, past the gateway."""
    LATE = "late"
    """The scenario had ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Why a request never went on to ERP1."""

    __pydantic_config__ = STRICT

    kind: RefusedFor
    found: Text
    """What was found, such as "two slashes in a row"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request with its response, already redacted.

    Equal secrets stay equal: a redacted value reads `[kind:0123abcd]`, the same for the same
    value within one run.
    """

    __pydantic_config__ = STRICT

    number: int
    """Counts from 1 within one environment, in the order in which the requests arrived."""
    sender: Sender
    """Who sent the request."""
    started_s: float
    """When the request arrived, in seconds since recording began."""
    duration_s: float
    """From the request's arrival to the end of the response."""
    method: str
    """Upper case."""
    path: str
    """The path below the environment's base URL, without the query: `/connectors/PtRealization`."""
    query: str
    """The raw query string without `?`; empty when there is none."""
    request_headers: Headers
    request_body: str | None
    """Text of the request's body; None when empty or not text."""
    request_size: int
    """Bytes of the request's body."""
    status: int | None
    """None when the client never got an answer (lost, reset)."""
    response_headers: Headers = ()
    response_body: str | None = None
    """Text of the response's body after decoding; None when empty or not text."""
    response_size: int = 0
    """Bytes of the response's body as sent."""
    connection: int = 0
    """Requests with the same number came over the same TCP connection; 0 when unknown."""
    fault: str | None = None
    """The fault that was applied to it, such as `status`."""
    turn: int = 0
    """How often the integration had been triggered within its scenario when it was sent."""
    customer: int = 1
    """For which customer the integration was to work; another one is another environment."""
    erp_status: int | None = None
    """What ERP1 itself answered, whatever became of it; None when it never saw the request."""
    request_unread: str = ""
    """Why the request's body is no text in UTF-8, such as `UTF-16`; empty when it is, or empty."""
    refused: "Refused | None" = None
    """Why it never went on to ERP1; None when it did, or a fault took ERP1's place."""

    def header(self, name: str) -> str | None:
        """Return the first value of a request header, by any case; None when absent."""
        wanted = name.lower()
        return next((value for key, value in self.request_headers if key.lower() == wanted), None)

    def response_header(self, name: str) -> str | None:
        """Return the first value of a response header, by any case; None when absent."""
        wanted = name.lower()
        return next((value for key, value in self.response_headers if key.lower() == wanted), None)

    @property
    def connector(self) -> str | None:
        """The connector that the path names; None for other endpoints, and for what was refused."""
        if self.refused is not None:
            return None
        parts = self.path.strip("/").split("/")
        names_one = len(parts) > 1 and parts[0].lower() in _NAMING
        return unquote(parts[1]) if names_one else None

    def label(self) -> str:
        """Return a short name for messages: `exchange 3: POST /connectors/PtRealization -> 201`."""
        answer = "no answer" if self.status is None else str(self.status)
        return f"exchange {self.number}: {self.method} {self.path} -> {answer}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerRecord:
    """One time that the integration was told to do something, already redacted.

    With it a recording can be played back: the same operations are triggered, and what was
    answered is answered again. What the integration gave back is not kept: it may hold personal
    data under names of its own.
    """

    __pydantic_config__ = STRICT

    operation: str
    input: Any
    """What the scenario gave it."""
    ok: bool | None
    """What the integration said; None when it broke down."""
    told: bool = False
    """Whether it said that it did not succeed, and gave a text for its user."""
    gave_output: bool = True
    """Whether it gave anything back beside that it succeeded."""
    runs: int = 1
    """How often at the same time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """Everything that one environment saw between opening and closing."""

    __pydantic_config__ = STRICT

    exchanges: tuple[Exchange, ...]
    """In the order in which the requests arrived."""
    faults_fired: tuple[int, ...] = ()
    """For each fault of the plan, how often it was applied."""
    redacted: tuple[tuple[str, int], ...] = ()
    """Kind of secret and how many values of it were replaced."""
    triggers: tuple[TriggerRecord, ...] = ()
    """What the integration was told to do, the first of them turn 1."""
    base_url: str = ""
    """What the integration was given to send to; empty when not told."""
    began_at: datetime | None = None
    """When recording began, with a time zone."""
