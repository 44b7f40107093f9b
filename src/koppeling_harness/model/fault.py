"""Faults that the gateway puts into the traffic of a scenario, on purpose."""

from enum import StrEnum
from typing import Annotated

from koppeling_harness.model.constraint import Limit
from koppeling_harness.model.operation import ENDPOINTS
from koppeling_harness.model.shape import STRICT, ConnectorId
from koppeling_harness.value import dataclass


class FaultKind(StrEnum):
    """What is done to a call."""

    STATUS = "status"
    """Answer with `status` at once; the ERP never sees the call."""
    LOST_ANSWER = "lost_answer"
    """The ERP carries the call out; the connection closes before the answer."""
    RESET = "reset"
    """The connection closes before the ERP sees the call."""
    HELD_ANSWER = "held_answer"
    """The ERP carries the call out; the answer is held until the client gives up, `delay_s` at
    most. Then it comes after all."""
    DELAY = "delay"
    """The answer comes `delay_s` later."""
    SLOW_BODY = "slow_body"
    """The answer's body trickles in over `delay_s`."""
    HALF_BODY = "half_body"
    """The connection closes halfway through the answer's body, or before an answer without one."""
    MALFORMED_JSON = "malformed_json"
    LOGIN_PAGE = "login_page"
    """Answer 200 with a page to log in at, in HTML; the ERP never sees the call."""
    ERROR_BODY = "error_body"
    """Answer 200 with an error of AFAS in JSON; the ERP never sees the call."""
    OTHER_LAYOUT = "other_layout"
    """The same JSON, laid out otherwise."""
    EXTRA_FIELD = "extra_field"
    """An unknown field in every row."""
    REORDERED_MEMBERS = "reordered_members"
    MISSING_FIELD = "missing_field"
    """The optional field `field` is left out of every row."""
    ODD_DAYS = "odd_days"
    """The days in rows are those on which programs go wrong; when they were changed stays."""
    EMPTY_ROWS = "empty_rows"
    """A GetConnector answers `rows: []`."""
    BLOCKED_CONNECTOR = "blocked_connector"
    """The GetConnector answers that it is blocked."""
    EXPIRED_TOKEN = "expired_token"  # noqa: S105 - the name of a fault
    """Answer 401, as for a token that is no longer valid."""
    CLOCK_SKEW = "clock_skew"
    """The `Date` header is `delay_s` off."""
    NO_GZIP = "no_gzip"


class CallKind(StrEnum):
    """What a request to ERP1 is for."""

    READS = "reads"
    """A GET of a connector."""
    WRITES = "writes"
    """A POST, PUT or DELETE of one."""
    FETCHES = "fetches"
    """A GET of a file, an image, a report, an attachment, metainfo or the version."""
    SIGN_IN = "sign_in"
    """It asks for a token: OAuth, a one-time password."""
    CALLS = "calls"
    """It needs a token: whatever asks for none, and is no preflight of a browser."""


_SIGN_IN = ("oauth", "otprequest", "otpvalidation")


def is_sign_in(path: str) -> bool:
    """Return whether a request asks for a token; `path` is below the base URL."""
    return _endpoint(path) in _SIGN_IN


def _endpoint(path: str) -> str:
    return path.lower().strip("/").partition("/")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFilter:
    """Which calls are meant; what is left out matches everything."""

    __pydantic_config__ = STRICT

    method: Annotated[str, Limit(pattern=r"^[A-Z]+$")] | None = None
    connector: ConnectorId | None = None
    path: str | None = None
    """Path below the base URL, such as `/profitversion`; compared without regard to case."""
    kind: CallKind | None = None
    """`reads` and `writes` are of connectors: GETs; POST, PUT and DELETE. `fetches` gets what is
    no row, `sign_in` asks for a token, `calls` needs one."""

    def matches(self, method: str, path: str) -> bool:
        """Return whether a call is meant.

        Args:
            method: Upper case.
            path: Below the base URL, without the query.
        """
        parts = path.lower().strip("/").split("/")
        connector = parts[1] if len(parts) > 1 and parts[0] == "connectors" else None
        return (
            self.method in {None, method}
            and (self.path is None or self.path.lower().strip("/") == "/".join(parts))
            and (self.connector is None or self.connector.lower() == connector)
            and (self.kind is None or self.kind in _kinds_of(method, path, connector))
        )


def _kinds_of(method: str, path: str, connector: str | None) -> tuple[CallKind, ...]:
    if is_sign_in(path):
        return (CallKind.SIGN_IN,)
    if method == "OPTIONS":
        return ()
    if connector is None:
        is_fetch = method == "GET" and _endpoint(path) in ENDPOINTS
        return (CallKind.CALLS, CallKind.FETCHES) if is_fetch else (CallKind.CALLS,)
    if method == "GET":
        return (CallKind.CALLS, CallKind.READS)
    writes = method in {"POST", "PUT", "DELETE"}
    return (CallKind.CALLS, CallKind.WRITES) if writes else (CallKind.CALLS,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One line of a scenario's fault plan: `calls 1-2 of POST PtRealization: status 503`."""

    __pydantic_config__ = STRICT

    fault: FaultKind
    of: CallFilter = CallFilter()
    calls: Annotated[str, Limit(pattern=r"^[1-9][0-9]*(-([1-9][0-9]*)?)?$")] = "1-"
    """Which of the matching calls, counted from 1: `1`, `1-2`, `3-`."""
    during: Annotated[int, Limit(ge=1)] | None = None
    """While which operation of `when` is carried out, counted from 1; whichever it is when None."""
    status: Annotated[int, Limit(ge=400, le=599)] | None = None
    retry_after_s: Annotated[int, Limit(ge=0)] | None = None
    delay_s: Annotated[float, Limit(gt=0)] | None = None
    field: str | None = None
    place: str = ""
    """Scenario file and line; filled in by the loader."""
