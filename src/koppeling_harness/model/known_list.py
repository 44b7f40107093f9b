"""The lists of required scenarios that came with versions of this program."""

from datetime import date
from typing import Literal

from koppeling_harness.model.shape import OPEN
from koppeling_harness.value import dataclass

Day = date
"""A calendar day; under another name, because records have a member called `date`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownList:
    """The required scenarios of one release, as a version of this program had them."""

    __pydantic_config__ = OPEN

    version: str
    """Of the program."""
    released: Day | None = None
    """The day on which that version was released; null while it is not."""
    release: str
    """Label of the Profit release, such as `Profit 8`."""
    digest: str
    """SHA-256 over the ids and the digests of their files, as `scenarios.lock` gives it."""
    required: tuple[str, ...]
    """Ids of the scenarios."""
    everyone: tuple[str, ...] = ()
    """Those of them that are asked of every integration, whatever it declares."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownLists:
    """Every list that is known, the oldest version first."""

    __pydantic_config__ = OPEN

    schema: Literal["koppeling/known-lists@1"] = "koppeling/known-lists@1"
    lists: tuple[KnownList, ...] = ()
