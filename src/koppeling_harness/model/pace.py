"""The pace of a run: where its time went."""

from koppeling_harness.model.shape import OPEN
from koppeling_harness.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class IntegrationPace:
    """The time of one integration, in seconds, summed over its scenarios."""

    __pydantic_config__ = OPEN

    id: str
    """The integration."""
    processes: int
    """How many were started for it."""
    starting_s: float
    """Until they could be told something."""
    waiting_s: float
    """Of scenarios, until one of its processes was free."""
    working_s: float
    """Of its processes with scenarios."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """The pace of a run: how long it took, and how long it takes at least."""

    __pydantic_config__ = OPEN

    lanes: int
    """Scenarios in flight at most."""
    expected_s: float
    """Its critical path, by what scenarios took in earlier runs on the same machine, waiting for a
    process included; so less may be reached."""
    reached_s: float
    """From the first scenario to the last."""
    integrations: tuple[IntegrationPace, ...]
    """Those that were told to do something."""
