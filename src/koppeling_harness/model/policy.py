"""Policy: terms, and the releases that count, with which a status is computed."""

from collections.abc import Mapping
from dataclasses import field
from datetime import date
from typing import Annotated

from koppeling_harness.model.constraint import Limit
from koppeling_harness.model.shape import STRICT, Identifier, NonEmpty, Text
from koppeling_harness.value import dataclass

Day = date
"""A calendar day, as in the other records."""

Months = Annotated[int, Limit(ge=1, le=120)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """What one colour is worth, in calendar months from the date on the report."""

    __pydantic_config__ = STRICT

    valid_months: Months
    """Through that day the colour counts."""
    follow_up_months: Months
    """By then the follow-up must be done; never later than the validity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A named reading of the terms."""

    __pydantic_config__ = STRICT

    name: Identifier
    title: Text
    source: NonEmpty
    """Where the terms stand written."""
    red: Term
    orange: Term
    green: Term


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """What the programme trusts and allows, as AFAS sets it; never as a partner does."""

    __pydantic_config__ = STRICT

    recognised_assessors: tuple[NonEmpty, ...] = ("Computest", "Defion")
    """Whose Quickscan counts without a decision (R12)."""
    waiver_months: Months = 12
    """How long a waiver may hold at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseRoles:
    """Which Profit releases count, by label; which is current is never derived from a version."""

    __pydantic_config__ = STRICT

    previous: NonEmpty | None = None
    """The previous production release; runs on it are required."""
    current: NonEmpty | None = None
    """The latest production release; runs on it are required."""
    accept: NonEmpty | None = None
    """The release on Accept, before its roll-out; runs on it are advisory until that day."""
    rollout: Mapping[str, Day] = field(default_factory=dict)
    """By label, the day from which a release on Accept counts as one in production does."""
    changes: Mapping[str, str] = field(default_factory=dict)
    """By label, AFAS's change table of a release: what it takes away ends on its day."""


CURRENT = "Profit 8"
"""Label of the latest production release at the time of writing; the settings say otherwise."""

RELEASES = ReleaseRoles(previous="Profit 7", current=CURRENT)
"""The production releases at the time of writing; the settings say otherwise."""
