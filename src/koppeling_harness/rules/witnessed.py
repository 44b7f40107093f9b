"""Which requirements a scenario of the packs can witness."""

from koppeling_harness.model.requirement import Requirement
from koppeling_harness.rules.requirements import REQUIREMENTS


def witnessed_by(scenario: str) -> tuple[Requirement, ...]:
    """Return the requirements that a scenario of the packs can witness, by its id."""
    return _BY_SCENARIO.get(scenario, ())


def _by_scenario() -> dict[str, tuple[Requirement, ...]]:
    found: dict[str, tuple[Requirement, ...]] = {}
    for each in REQUIREMENTS:
        for scenario in each.scenarios:
            found[scenario] = (*found.get(scenario, ()), each)
    return found


_BY_SCENARIO = _by_scenario()
