"""Diagnosis by `koppeling doctor`."""

from koppeling_harness.model.verdict import Cause
from koppeling_harness.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctorLine:
    """One thing that was looked at.

    Attributes:
        what: What was looked at.
        ok: Whether it is as it must be; None when it could not be looked at, because of another.
        found: What was found.
        expected: What must be there.
        remedy: What to do; empty when it is in order and stays so.
        cause: Whose doing it is when it is not in order.
    """

    what: str
    ok: bool | None
    found: str
    expected: str
    remedy: str = ""
    cause: Cause | None = None
