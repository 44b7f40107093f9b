"""Breakdown of an integration's process, as a value: the engine makes an outcome of it."""

from enum import StrEnum

from koppeling_harness.value import dataclass


class BreakdownKind(StrEnum):
    """How a call to an integration ended without a result."""

    RAISED = "raised"
    """A hook raised an exception."""
    HUNG = "hung"
    """No answer within the time allowed; the process was ended."""
    CRASHED = "crashed"
    """The process ended during the call, with an error code or by a signal."""
    NO_ANSWER = "no_answer"
    """The process ended as if all were well, or what it answered is not a result."""
    NOT_STARTED = "not_started"
    """The process could not be started, or the plugin could not be loaded."""
    OUTPUT_FLOOD = "output_flood"
    """The integration printed or answered more than is allowed; the process was ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Breakdown:
    """A call that ended without a result.

    Attributes:
        kind: How it ended.
        message: What was found and what was expected; may hold what the integration said.
        hint: What to do about it; empty when there is nothing to add.
        log: For a session that could not be opened: the last of what the integration printed.
    """

    kind: BreakdownKind
    message: str
    hint: str = ""
    log: str = ""
