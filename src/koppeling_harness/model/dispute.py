"""A finding that a partner disagrees with, in its own words; it stays a finding."""

from koppeling_harness.model.shape import OPEN, STRICT, NonEmpty, Text
from koppeling_harness.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """A finding that the partner disagrees with, and why."""

    __pydantic_config__ = STRICT

    code: NonEmpty
    """Of the finding, such as `READ-ALL`."""
    where: NonEmpty
    """What it is about: a connector, or a scenario by its id."""
    reason: Text
    """Why the partner thinks otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputedFinding:
    """A dispute of the manifest, with where a run found what it is about."""

    __pydantic_config__ = OPEN

    code: str
    where: str
    reason: Text
    results: tuple[str, ...] = ()
    """Ids of the results with such a finding, `scenario` or `scenario[operation]`; empty when the
    run found nothing of the kind."""
