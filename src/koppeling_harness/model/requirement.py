"""One thing that an integration must do, and which scenarios may show that it does."""

from datetime import date
from enum import StrEnum

from koppeling_harness.model.fault import CallKind
from koppeling_harness.model.shape import STRICT, Identifier, NonEmpty, Text
from koppeling_harness.value import dataclass

Day = date
"""A calendar day."""


class Reach(StrEnum):
    """How far a requirement reaches: of whom and of what it is asked."""

    ALL = "all"
    """Every integration that makes such calls, as ever."""
    LOOKING_UP = "looking_up"
    """Also operations that read before they write; only those that just read were asked."""
    EACH_CONNECTOR = "each_connector"
    """Of each connector that an operation declares by itself; one of them was enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """From when a requirement reaches how far."""

    __pydantic_config__ = STRICT

    reach: Reach
    since: NonEmpty
    """The version of this program that judges it for the first time."""
    required_from: Day | None = None
    """The first day on which it counts; until then it is judged and told. None: at once."""

    def counts(self, day: date) -> bool:
        """Return whether it counts on a day."""
        return self.required_from is None or day >= self.required_from


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """One requirement; the level of it is that of its scenarios."""

    __pydantic_config__ = STRICT

    id: Identifier
    title: Text
    source: NonEmpty
    """Where it stands written: a page of AFAS, a rule of the programme, an auditor code."""
    calls: CallKind
    """For integrations that make such calls."""
    scenarios: tuple[Identifier, ...]
    """Each of them can witness it."""
    asked: tuple[Asked, ...]
    """How far it reaches, and from when; the first time first."""

    def of(self, reach: Reach) -> Asked | None:
        """Return from when it reaches so far; None when it does not."""
        return next((each for each in self.asked if each.reach is reach), None)
