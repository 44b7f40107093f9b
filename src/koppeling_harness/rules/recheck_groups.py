"""What moved in a recheck, grouped: one for each movement, finding and answer to whose change."""

from collections.abc import Iterator, Mapping, Sequence

from koppeling_harness.model.recheck import (
    Attribution,
    Movement,
    RecheckedIntegration,
    RecheckedScenario,
    RecheckRecord,
    Whose,
)
from koppeling_harness.value import dataclass

FAILING = frozenset({Movement.NEWLY_FAILING, Movement.STILL_FAILING})
MOVED = frozenset({Movement.NEWLY_PASSING, Movement.NEWLY_FAILING})
AT_LEAST_INTEGRATION, AT_LEAST_PROFIT = "at_least_integration", "at_least_profit"
ANSWERS = (
    Whose.PROFIT,
    Whose.BOTH,
    Whose.INTEGRATION,
    AT_LEAST_PROFIT,
    AT_LEAST_INTEGRATION,
    Whose.ENVIRONMENT,
    Whose.CANNOT_TELL,
)
"""What the answer to whose change can be, in the order in which it is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedGroup:
    """Scenarios of one integration on one release that moved alike.

    Attributes:
        movement: In which way.
        code: Of what was objected to first; empty where nothing was.
        whose: Whose change it is, one of `ANSWERS`; empty where that was not asked.
        scenarios: Their ids.
        example: The first of them.
    """

    movement: Movement
    code: str
    whose: str
    scenarios: tuple[str, ...]
    example: RecheckedScenario


@dataclass(frozen=True, slots=True, kw_only=True)
class RecheckRow:
    """What moved alike of one integration, its releases joined.

    Attributes:
        integration: As it was rechecked on the newest of them.
        releases: Labels of those on which it moved so.
        group: On the newest of them; its scenarios are those of all.
    """

    integration: RecheckedIntegration
    releases: tuple[str, ...]
    group: MovedGroup


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


def recheck_rows(record: RecheckRecord, told: Sequence[Movement]) -> tuple[RecheckRow, ...]:
    """Return what moved, a row for each integration, movement, answer and finding.

    Args:
        record: The recheck.
        told: The movements that are told, the most urgent first.
    """
    found: dict[tuple[object, ...], list[tuple[str, RecheckedIntegration, MovedGroup]]] = {}
    for release in record.releases:
        for each in release.integrations:
            for group in moved_groups(each, told):
                said = group.code or group.example.message
                key = (each.id, group.movement, said, group.whose)
                found.setdefault(key, []).append((release.release, each, group))
    rows = [_row(many) for many in found.values()]
    rows.sort(key=lambda each: _urgency(each, told))
    return tuple(rows)


def _row(many: Sequence[tuple[str, RecheckedIntegration, MovedGroup]]) -> RecheckRow:
    _, integration, group = many[-1]
    scenarios = dict.fromkeys(name for _, _, one in many for name in one.scenarios)
    return RecheckRow(
        integration=integration,
        releases=tuple(label for label, _, _ in many),
        group=MovedGroup(
            movement=group.movement,
            code=group.code,
            whose=group.whose,
            scenarios=tuple(scenarios),
            example=group.example,
        ),
    )


def _urgency(row: RecheckRow, told: Sequence[Movement]) -> tuple[object, ...]:
    group = row.group
    answer = ANSWERS.index(group.whose) if group.whose else len(ANSWERS)
    return told.index(group.movement), answer, row.integration.id, -len(group.scenarios)


def whose_changes(record: RecheckRecord) -> Mapping[str, tuple[str, ...]]:
    """Return whose change makes which integrations fail, by id, on releases that count.

    Returns:
        By one of `ANSWERS`, in that order.
    """
    found: dict[str, dict[str, None]] = {}
    for name, each in _failing(record):
        if each.attribution is not None:
            found.setdefault(answer(each.attribution), {})[name] = None
    return {whose: tuple(found[whose]) for whose in ANSWERS if whose in found}


def failing_integrations(record: RecheckRecord, movement: Movement) -> int:
    """Return of how many integrations something fails in one way, on releases that count."""
    return len({name for name, each in _failing(record) if each.movement is movement})


def _failing(record: RecheckRecord) -> Iterator[tuple[str, RecheckedScenario]]:
    for release in record.releases:
        for each in release.integrations if not release.advisory else ():
            for scenario in each.scenarios:
                if scenario.movement in FAILING:
                    yield each.id, scenario


def answer(attribution: Attribution) -> str:
    """Return the answer to whose change, one of `ANSWERS`."""
    match attribution.at_least:
        case Whose.INTEGRATION:
            return AT_LEAST_INTEGRATION
        case Whose.PROFIT:
            return AT_LEAST_PROFIT
        case _:
            return attribution.whose


def _whose(scenario: RecheckedScenario) -> str:
    return answer(scenario.attribution) if scenario.attribution else ""
