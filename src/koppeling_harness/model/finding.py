"""Findings: objections of a rule or an expectation."""

from koppeling_harness.model.shape import OPEN, NonEmpty, Text
from koppeling_harness.model.verdict import Severity
from koppeling_harness.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One place where what was found is not what was expected."""

    __pydantic_config__ = OPEN

    path: str
    """Where in the result, such as `rows.0.Qu`; empty for the result itself."""
    expected: str
    """What was expected there, readable."""
    actual: str
    """What was found there, readable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that a rule or an expectation objects to.

    `message` and `hint` are English; `text` and `advice` hold both languages where the catalogue
    has them, for reports.
    """

    __pydantic_config__ = OPEN

    code: NonEmpty
    """Stable; `koppeling explain CODE` tells more."""
    level: Severity
    """How heavy it is; an error fails the scenario."""
    message: str
    """What was found and what was expected."""
    where: str
    """Place in the scenario's file, or the exchange (`exchange 3: POST PtRealization`)."""
    hint: str = ""
    """What to do about it."""
    text: Text | None = None
    """The message in both languages."""
    advice: Text | None = None
    """The hint in both languages."""
    differences: tuple[Difference, ...] = ()
    """For an expectation: each place that differs."""
    exchange: int | None = None
    """The number of the exchange that it is about, within its scenario."""
    curl: str = ""
    """A command line that repeats the request, with the token left out."""
