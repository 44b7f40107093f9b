"""Proof of requirements, per connector: what was seen that shows them."""

from enum import StrEnum

from koppeling_harness.model.shape import OPEN, Text
from koppeling_harness.value import dataclass


class Witness(StrEnum):
    """What must have been seen for a scenario's pass to count as proof."""

    CALL = "call"
    """A call that was answered."""
    ROWS = "rows"
    """A read that was answered with rows, changed by the fault where the scenario has one."""
    WRITE = "write"
    """A write that ERP1 carried out."""
    PAGE = "page"
    """A second page, or a reason why none was needed."""
    REPEAT = "repeat"
    """A read when the integration was told again to do what it had done."""
    FAULT = "fault"
    """A call that the fault struck."""
    AFTER_FAULT = "after_fault"
    """The call that the fault struck, made again and answered; a read also by what covers it."""
    ARRIVED = "arrived"
    """A value of the input, another one than before, in the body that ERP1 took."""
    REFUSAL = "refusal"
    """The integration refused, told why, and wrote nothing."""


class ProofState(StrEnum):
    """What is known of a requirement after a scenario."""

    PROVEN = "proven"
    NOT_PROVEN = "not_proven"
    """Nothing was seen that shows it, nor that it does not hold."""
    REFUTED = "refuted"
    """It was seen not to hold."""
    NOT_APPLICABLE = "not_applicable"
    """What was read or written cannot go wrong in this way."""


NO_MODIFIED_FIELD = Text(
    nl="op het woord van de partner: geen modified_field, wel een veld met een gewijzigd-datum",
    en="on the partner's word: no modified_field, though a field holds a modified date",
)
"""Why reading everything again is not held against an integration, nor proof of anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What one scenario says of one requirement, for one connector."""

    __pydantic_config__ = OPEN

    requirement: str
    """Its id; of an integration's own scenario that of the scenario."""
    connector: str
    """As the manifest spells it; empty where it is about no connector."""
    state: ProofState
    exchange: int | None = None
    """The number of the exchange that shows it, within the scenario."""
    why: Text | None = None
    """Why it is not proven, or not applicable."""
