"""The requirements, for people and for programs: what is asked, and what came when."""

from typing import Literal

from koppeling_harness.model.requirement import Asked, Reach, Requirement
from koppeling_harness.model.shape import Text
from koppeling_harness.rules.requirement_changes import Change, changes
from koppeling_harness.rules.requirements import REQUIREMENTS
from koppeling_harness.rules.words import day_in_words, said
from koppeling_harness.value import dataclass

_REACH = {
    Reach.ALL: Text(nl="nieuw", en="new"),
    Reach.LOOKING_UP: Text(
        nl="ook voor bewerkingen die lezen en schrijven",
        en="also for operations that read and write",
    ),
    Reach.EACH_CONNECTOR: Text(
        nl="voor elke genoemde connector apart", en="for each declared connector by itself"
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RequirementList:
    """Every requirement, in the order in which they are shown."""

    schema: Literal["koppeling/requirements@1"] = "koppeling/requirements@1"
    requirements: tuple[Requirement, ...] = REQUIREMENTS


@dataclass(frozen=True, slots=True, kw_only=True)
class RequirementChanges:
    """What came after the first version, the newest last."""

    schema: Literal["koppeling/requirement-changes@1"] = "koppeling/requirement-changes@1"
    changes: tuple[Change, ...]


def all_requirements() -> RequirementList:
    """Return the requirements, with the scenarios that can witness each."""
    return RequirementList()


def all_changes() -> RequirementChanges:
    """Return what came after the first version."""
    return RequirementChanges(changes=tuple(changes()))


def reach_in_words(asked: Asked) -> Text:
    """Return how far a requirement reaches, and from when it counts."""
    if asked.required_from is None:
        return _REACH[asked.reach]
    return said(
        "{reach}, vereist vanaf {day}",
        "{reach}, required from {day}",
        reach=_REACH[asked.reach],
        day=day_in_words(asked.required_from),
    )
