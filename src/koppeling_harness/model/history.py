"""What reports told of registrations, day by day."""

from collections.abc import Mapping
from datetime import date

from koppeling_harness.model.registration import Colour
from koppeling_harness.model.shape import Text
from koppeling_harness.model.status import Status
from koppeling_harness.value import dataclass

Day = date
"""A calendar day; under another name, because records have a member called `date`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldDuty:
    """A duty as a report told it.

    Attributes:
        what: A sentence.
        due: Its last day; None: it was due at once.
    """

    what: Text
    due: Day | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What one report told of one registration.

    Attributes:
        date: The day of the report.
        status: The status.
        colour: The colour that governed.
        duties: By their keys.
    """

    date: Day
    status: Status
    colour: Colour | None
    duties: Mapping[str, ToldDuty]


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A duty that was told once and is no more.

    Attributes:
        key: The duty's.
        what: A sentence.
        first: The first report that told it.
        gone: The first report that did not any more.
        days_late: How many days after its last day that was; 0 when in time.
    """

    key: str
    what: Text
    first: Day
    gone: Day
    days_late: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarter:
    """A quarter of a year, over all registrations, as its last reports told it.

    Attributes:
        year: Such as 2026.
        number: From 1 to 4.
        statuses: How many registrations had which status.
        colours: How many had which colour; None: none.
        done: How many duties were done in it.
        late: How many of them after their last day.
        days_late: The median of their days late; None when none was late.
        days_to_repair: The median of the days from a failing run to one that did not fail; None
            when nothing was repaired.
    """

    year: int
    number: int
    statuses: Mapping[Status, int]
    colours: Mapping[Colour | None, int]
    done: int
    late: int
    days_late: int | None
    days_to_repair: int | None
