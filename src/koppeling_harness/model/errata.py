"""Scenarios of this program that are wrong: `errata.yaml` in the reviewers' folder."""

from datetime import date
from typing import Annotated, Literal

from koppeling_harness.model.constraint import Limit
from koppeling_harness.model.registration import RecordId, Remark, ScenarioId
from koppeling_harness.model.shape import STRICT, NonEmpty
from koppeling_harness.value import dataclass

Day = date
"""A calendar day, as in the other records."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Erratum:
    """A scenario whose failure says nothing of an integration, in some versions of the program."""

    __pydantic_config__ = STRICT

    id: RecordId
    scenario: ScenarioId
    """Id of the scenario, or `scenario[operation]`."""
    versions: Annotated[tuple[NonEmpty, ...], Limit(min_length=1)]
    """Of the program that made the run record."""
    reason: Remark
    by: NonEmpty
    """Who at AFAS decided it."""
    until: Day
    """Last day on which it holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Errata:
    """Every erratum; each counts for all registrations, and stands in every dossier."""

    __pydantic_config__ = STRICT

    schema: Literal["koppeling/errata@1"] = "koppeling/errata@1"
    errata: tuple[Erratum, ...] = ()
