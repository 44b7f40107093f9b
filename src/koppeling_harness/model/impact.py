"""Whom the changes of an AFAS update touch."""

from enum import StrEnum
from typing import Any, Final

from koppeling_harness.model.change import Breaking, ChangeKind
from koppeling_harness.model.shape import OPEN
from koppeling_harness.value import dataclass


class ImpactClass(StrEnum):
    """What an integration has to do; SAP words the effect of a release on a partner so."""

    NONE = "none"
    """Nothing to do: no change touches it, or only compatible ones."""
    ADVISED = "advised"
    """Run again is advised: a change that touches it may break it."""
    REQUIRED = "required"
    """Run again is required: a change that touches it breaks who relies on what was."""


OUTSIDE: Final[dict[str, Any]] = {**OPEN, "alias_generator": lambda name: name.rstrip("_")}
"""For records with a member whose name is a word of Python: `class_` is `class` in documents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Touch:
    """One change that touches an integration."""

    __pydantic_config__ = OPEN

    connector: str
    """The connector that changed; of an own copy, the supplied one that it is a copy of."""
    path: str
    """The field, empty when the connector itself changed."""
    kind: ChangeKind
    breaking: Breaking
    declared: bool
    """Its manifest declares what changed."""
    observed: bool
    """It was seen to use what changed, in its last recorded run."""
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact:
    """One integration and the changes that touch it, the heaviest first."""

    __pydantic_config__ = OUTSIDE

    integration: str
    class_: ImpactClass
    changes: tuple[Touch, ...]
    recorded: bool = False
    """Whether there is a recorded run; without one nothing was observed."""
    partner: str = ""
    """Who makes it; empty when not known."""
    contact: str = ""
    """Whom to write to there; empty when not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """An integration that a change touches, and who makes it."""

    __pydantic_config__ = OPEN

    integration: str
    partner: str = ""
    contact: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchedBy:
    """One change, and whom it touches."""

    __pydantic_config__ = OPEN

    connector: str
    path: str
    kind: ChangeKind
    breaking: Breaking
    before: str = ""
    after: str = ""
    integrations: tuple[Touched, ...] = ()
