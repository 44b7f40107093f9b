"""What ends on a day that is told beforehand, and what is used of it."""

from datetime import date

from koppeling_harness.model.shape import OPEN, Text
from koppeling_harness.model.verdict import Severity
from koppeling_harness.value import dataclass

Day = date
"""A calendar day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One day on which something stops.

    Attributes:
        day: The first day on which it is so; None when it is not known, or is so already.
        then: What happens from then on, after "will stop on …: ".
        is_open: Whether it is still to come, on a day that is not known.
    """

    day: Day | None
    then: Text
    is_open: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """By what its use is seen; exactly one member is filled, `field` with `connector`.

    Attributes:
        scheme: Of `Authorization`, in lower case.
        connector: Id of a connector.
        field: A field of that connector, as a manifest names it.
        finding: Code of a rule that objects to it.
        text: What stands in its files, in lower case.
        requirement: Whether it is a requirement of this program that counts from that day.
    """

    scheme: str = ""
    connector: str = ""
    field: str = ""
    finding: str = ""
    text: str = ""
    requirement: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """Something that ends, or that counts from a day.

    Attributes:
        id: Stable, such as `classic-token`.
        title: What it is, such as "a classic token".
        remedy: What to do.
        source: Where the days stand written.
        read: When that was last read.
        mark: By what its use is seen.
        stages: The days, the first one first; after the last nothing of it works.
        announce_days: How long before the first day it asks for attention.
        heaviest: What it can come to at most.
    """

    id: str
    title: Text
    remedy: Text
    source: str
    read: Day
    mark: Mark
    stages: tuple[Stage, ...]
    announce_days: int = 90
    heaviest: Severity = Severity.ERROR


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """One thing that an integration uses and that ends, as it was on the day of a run."""

    __pydantic_config__ = OPEN

    code: str
    """Id of the deadline, such as `classic-token`."""
    of: str
    """What is used: a connector, `connector.field`, a file; empty when the deadline says it all."""
    level: Severity
    """How heavy it was on the day of the run."""
    fix_by: Day | None
    """The last day on which it works as it does; None when it is not known, or past."""
    stops: Day | None
    """The first day on which it does not; None when it is not known."""
    text: Text
    """What is used, and what happens on which day."""
    advice: Text
    """What to do."""
    source: str
    """Where the days stand written."""
