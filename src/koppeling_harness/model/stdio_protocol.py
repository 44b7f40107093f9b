"""The lines that go between the harness and an integration of kind `stdio`.

For the published JSON Schema; the harness itself reads what a child writes with more patience.
"""

from typing import Annotated, Any, Literal

from koppeling_harness.model.constraint import Limit, OneOf
from koppeling_harness.model.exchange import Exchange
from koppeling_harness.model.finding import Finding
from koppeling_harness.model.operation import OperationCall, OperationResult, RunContext
from koppeling_harness.model.shape import OPEN, STRICT, Identifier
from koppeling_harness.value import dataclass

Hook = Literal["prepare", "trigger", "check_traffic", "finish"]


@dataclass(frozen=True, slots=True, kw_only=True)
class InitializeParams:
    """Who speaks, and in which versions."""

    __pydantic_config__ = OPEN

    protocol: Literal["koppeling/stdio"]
    versions: Annotated[tuple[int, ...], Limit(min_length=1)]
    """The versions that the harness speaks."""
    integration: Identifier
    """Id of the integration, as in the manifest."""
    timeout_s: float
    """How long the harness waits for the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InitializeResult:
    """What the integration makes of it: the `result` of the answer."""

    __pydantic_config__ = STRICT

    version: Literal[1]
    """The version that is spoken from now on, one of those offered."""
    hooks: tuple[Hook, ...]
    """What it can be asked; `trigger` must be among them, the others are not asked otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextParams:
    """The scenario that begins or ends."""

    __pydantic_config__ = OPEN

    context: RunContext
    timeout_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerParams:
    """The operation that is to be carried out."""

    __pydantic_config__ = OPEN

    call: OperationCall
    timeout_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckTrafficParams:
    """What the integration sent in this scenario, redacted."""

    __pydantic_config__ = OPEN

    exchanges: tuple[Exchange, ...]
    timeout_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelParams:
    """Which call nobody waits for any more."""

    __pydantic_config__ = OPEN

    id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LogParams:
    """A line for the log of the scenario."""

    __pydantic_config__ = STRICT

    level: Literal["debug", "info", "warning", "error"]
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Initialize:
    """Harness: agree on a version. Always the first call; `result` is an InitializeResult."""

    __pydantic_config__ = STRICT

    jsonrpc: Literal["2.0"]
    id: int
    method: Literal["initialize"]
    params: InitializeParams


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepare:
    """Harness: make ready for a scenario. `result` is null."""

    __pydantic_config__ = STRICT

    jsonrpc: Literal["2.0"]
    id: int
    method: Literal["prepare"]
    params: ContextParams


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """Harness: carry out an operation. `result` is an OperationResult."""

    __pydantic_config__ = STRICT

    jsonrpc: Literal["2.0"]
    id: int
    method: Literal["trigger"]
    params: TriggerParams


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckTraffic:
    """Harness: hold own rules against the traffic. `result` is a list of Finding."""

    __pydantic_config__ = STRICT

    jsonrpc: Literal["2.0"]
    id: int
    method: Literal["check_traffic"]
    params: CheckTrafficParams


@dataclass(frozen=True, slots=True, kw_only=True)
class Finish:
    """Harness: close what `prepare` opened. `result` is null."""

    __pydantic_config__ = STRICT

    jsonrpc: Literal["2.0"]
    id: int
    method: Literal["finish"]
    params: ContextParams


@dataclass(frozen=True, slots=True, kw_only=True)
class Shutdown:
    """Harness: nothing follows; leave. `result` is null."""

    __pydantic_config__ = STRICT

    jsonrpc: Literal["2.0"]
    id: int
    method: Literal["shutdown"]
    params: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancel:
    """Harness: leave off a call; a notification. The call itself must still be answered."""

    __pydantic_config__ = STRICT

    jsonrpc: Literal["2.0"]
    method: Literal["cancel"]
    params: CancelParams


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """Integration: a line for the log; a notification."""

    __pydantic_config__ = STRICT

    jsonrpc: Literal["2.0"]
    method: Literal["log"]
    params: LogParams


@dataclass(frozen=True, slots=True, kw_only=True)
class Success:
    """Integration: the answer to a call."""

    __pydantic_config__ = STRICT

    jsonrpc: Literal["2.0"]
    id: int
    result: InitializeResult | OperationResult | tuple[Finding, ...] | None
    """What the call asks for: null, InitializeResult, OperationResult or a list of Finding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorData:
    """What a call that failed says of itself."""

    __pydantic_config__ = OPEN

    kind: Literal["raised", "no_answer"] = "raised"
    """`raised`: it broke down; `no_answer`: there is no result to give."""
    hint: str = ""
    """What whoever reads it can do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorMember:
    """Why a call failed."""

    __pydantic_config__ = OPEN

    code: int
    """-32601: no such method; -32602: the parameters are not understood; else your own."""
    message: str
    """What went wrong, without the token and without personal data."""
    data: ErrorData | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Integration: a call failed. It broke down, so the scenario fails."""

    __pydantic_config__ = STRICT

    jsonrpc: Literal["2.0"]
    id: int
    error: ErrorMember


_BY_METHOD: dict[str, type[Any]] = {
    "initialize": Initialize,
    "prepare": Prepare,
    "trigger": Trigger,
    "check_traffic": CheckTraffic,
    "finish": Finish,
    "shutdown": Shutdown,
    "cancel": Cancel,
    "log": Log,
}
_MESSAGES: dict[str, type[Any]] = {**_BY_METHOD, "result": Success, "error": Failure}


def _which(value: object) -> str | None:
    members = value if isinstance(value, dict) else {}
    name = members.get("method") or next(
        (each for each in ("result", "error") if each in members), ""
    )
    return name if name in _MESSAGES else None


StdioMessage = Annotated[
    Initialize
    | Prepare
    | Trigger
    | CheckTraffic
    | Finish
    | Shutdown
    | Cancel
    | Log
    | Success
    | Failure,
    OneOf(_which, _MESSAGES, message="Expected a message of the protocol"),
]
"""One line, in either direction."""
