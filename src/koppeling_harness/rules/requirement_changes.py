"""What came after the first version of the requirements, and from when it counts."""

from collections.abc import Iterator

from koppeling_harness.model.requirement import Asked, Requirement
from koppeling_harness.rules.requirements import FIRST, REQUIREMENTS
from koppeling_harness.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a version asks for the first time.

    Attributes:
        requirement: What it is about.
        asked: How far it reaches now, since when, and from which day it counts.
    """

    requirement: Requirement
    asked: Asked


def changes() -> Iterator[Change]:
    """Yield what came after the first version, the newest last."""
    found = [
        Change(requirement=each, asked=asked)
        for each in REQUIREMENTS
        for asked in each.asked
        if asked.since != FIRST
    ]
    yield from sorted(found, key=lambda change: change.asked.since)
