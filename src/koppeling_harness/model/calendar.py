"""`koppeling/deadlines@1`: per day what ends, and which integrations use it."""

from datetime import date
from typing import Literal

from koppeling_harness.model.shape import OPEN, Text
from koppeling_harness.model.verdict import Severity
from koppeling_harness.value import dataclass

Day = date
"""A calendar day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UserOfDated:
    """One integration that uses what ends."""

    __pydantic_config__ = OPEN

    integration: str
    """Its id."""
    of: str
    """What it uses of it; empty when the deadline says it all."""
    seen: str
    """Where that was seen: a run, or its manifest and files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedEnd:
    """One day of one deadline, and who is touched."""

    __pydantic_config__ = OPEN

    date: Day | None
    """The first day on which it is so; null when that is not known, or it is so already."""
    fix_by: Day | None
    """The day before; null when there is none."""
    code: str
    """Id of the deadline, such as `classic-token`."""
    level: Severity
    """How heavy it is on the day of the calendar."""
    title: Text
    then: Text
    """What happens from that day on."""
    remedy: Text
    source: str
    """Where the day stands written."""
    read: Day
    """When that was last read."""
    integrations: tuple[UserOfDated, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotRead:
    """An integration whose manifest cannot be read: of it nothing is known."""

    __pydantic_config__ = OPEN

    where: str
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineCalendar:
    """What `koppeling updates deadlines --json` prints."""

    __pydantic_config__ = OPEN

    schema: Literal["koppeling/deadlines@1"] = "koppeling/deadlines@1"
    as_of: Day
    deadlines: tuple[DatedEnd, ...]
    """By day; what is so already first, what has no day last."""
    not_seen: tuple[str, ...]
    """Integrations without a whole run: how they sign in was never seen."""
    set_aside: tuple[NotRead, ...] = ()
    damaged: tuple[str, ...] = ()
    """Run records that were left out, each with its problem."""
    not_understood: tuple[str, ...] = ()
    """Of each change table, how many rows may take away what is not told here."""
