"""What moved in a recheck, grouped: one for each movement, finding and answer to whose change."""

from collections.abc import Mapping, Sequence

from koppeling_harness.model.recheck import (
    Movement,
    RecheckedIntegration,
    RecheckedScenario,
    RecheckRecord,
    Whose,
)
from koppeling_harness.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedGroup:
    """Scenarios of one integration on one release that moved alike.

    Attributes:
        movement: In which way.
        code: Of what was objected to first; empty where nothing was.
        whose: Whose change it is; None where that was not asked.
        scenarios: Their ids.
        example: The first of them.
    """

    movement: Movement
    code: str
    whose: Whose | None
    scenarios: tuple[str, ...]
    example: RecheckedScenario


def moved_groups(
    integration: RecheckedIntegration, told: Sequence[Movement]
) -> tuple[MovedGroup, ...]:
    """Return what moved of one integration, in the order in which movements are told.

    Args:
        integration: As it was rechecked on one release.
        told: The movements that are told, the most urgent first.
    """
    found: dict[tuple[object, ...], list[RecheckedScenario]] = {}
    for each in integration.scenarios:
        if each.movement in told:
            said = each.code or (each.message.en if each.message else "")
            key = (told.index(each.movement), said, _whose(each), each.cause)
            found.setdefault(key, []).append(each)
    groups = sorted(found.items(), key=lambda each: (each[0][0], -len(each[1])))
    return tuple(
        MovedGroup(
            movement=many[0].movement,
            code=many[0].code,
            whose=_whose(many[0]),
            scenarios=tuple(each.scenario for each in many),
            example=many[0],
        )
        for _, many in groups
    )


def whose_changes(record: RecheckRecord) -> Mapping[Whose, tuple[str, ...]]:
    """Return whose change makes which integrations fail newly, by id, on releases that count."""
    found: dict[Whose, dict[str, None]] = {}
    for release in record.releases:
        for each in release.integrations if not release.advisory else ():
            for scenario in each.scenarios:
                whose = _whose(scenario)
                if scenario.movement is Movement.NEWLY_FAILING and whose is not None:
                    found.setdefault(whose, {})[each.id] = None
    return {whose: tuple(found[whose]) for whose in Whose if whose in found}


def _whose(scenario: RecheckedScenario) -> Whose | None:
    return scenario.attribution.whose if scenario.attribution else None
