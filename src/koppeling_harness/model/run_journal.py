"""The journal of a run: what it is, and each result as soon as it is there."""

from dataclasses import field
from datetime import datetime
from typing import Literal

from koppeling_harness.model.order import Order
from koppeling_harness.model.run import ScenarioResult
from koppeling_harness.model.shape import OPEN
from koppeling_harness.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RunBegin:
    """The first line."""

    __pydantic_config__ = OPEN

    kind: Literal["begin"] = "begin"
    run_id: str
    started_at: datetime
    seed: int
    harness: str
    """Version of the harness."""
    lock_digest: str
    digests: dict[str, str] = field(default_factory=dict)
    """By integration, SHA-256 over its files."""
    order: Order
    call: str = ""
    """The same in all runs of one command; empty in journals of version 0.1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioBegin:
    """A scenario begins."""

    __pydantic_config__ = OPEN

    kind: Literal["start"] = "start"
    integration: str
    scenario: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioEnd:
    """A scenario is over."""

    __pydantic_config__ = OPEN

    kind: Literal["result"] = "result"
    integration: str
    scenario: str
    result: ScenarioResult


@dataclass(frozen=True, slots=True, kw_only=True)
class RunGoesOn:
    """The run was broken off, and goes on from here."""

    __pydantic_config__ = OPEN

    kind: Literal["resume"] = "resume"
    resumed_at: datetime
    kept: int
    """How many results are kept."""


RunLine = RunBegin | ScenarioBegin | ScenarioEnd | RunGoesOn
