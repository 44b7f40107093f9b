"""Intake: what becomes of each pack that a reviewer receives."""

from enum import StrEnum

from koppeling_harness.model.evidence import Verified
from koppeling_harness.model.shape import Text
from koppeling_harness.value import dataclass


class Sorted(StrEnum):
    """Where a pack goes."""

    ACCEPTED = "accepted"
    HERE_ALREADY = "here_already"
    RETURNED = "returned"
    QUESTION = "question"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """One reason why a pack is not accepted.

    Attributes:
        code: The same for the same reason.
        said: What was found.
        advice: What the partner, or the reviewer, can do about it.
    """

    code: str
    said: Text
    advice: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenIn:
    """What became of one pack.

    Attributes:
        verified: What verifying it came to.
        sorted: Where it goes.
        folder: Where it was filed; empty when it was not.
        lacks: Why it was not accepted; empty when it was.
        letter: A text to send back, of what is returned; None else.
    """

    verified: Verified
    sorted: Sorted
    folder: str = ""
    lacks: tuple[Lack, ...] = ()
    letter: Text | None = None
