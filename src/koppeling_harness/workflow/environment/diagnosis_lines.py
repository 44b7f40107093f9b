"""Diagnosis lines: subject, finding, expectation, remedy."""

from dataclasses import replace

from koppeling_harness.model.diagnosis import DoctorLine
from koppeling_harness.model.verdict import Cause


def passed(what: str, found: str, expected: str, _remedy: str = "") -> DoctorLine:
    """Return a line for what is in order."""
    return DoctorLine(what=what, ok=True, found=found, expected=expected)


def ends_soon(line: DoctorLine, remedy: str) -> DoctorLine:
    """Return a line for what is in order, and will not stay so without a hand."""
    return replace(line, remedy=remedy)


def failed(
    what: str, found: str, expected: str, remedy: str, cause: Cause = Cause.CONFIGURATION
) -> DoctorLine:
    """Return a line for what is not in order."""
    return DoctorLine(
        what=what, ok=False, found=found, expected=expected, remedy=remedy, cause=cause
    )


def skipped(what: str, expected: str) -> DoctorLine:
    """Return a line for what could not be looked at, because of what stands above it."""
    return DoctorLine(what=what, ok=None, found="not looked at", expected=expected)
