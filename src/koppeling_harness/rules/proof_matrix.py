"""What is proven, requirement by connector: all that the results of one integration come to."""

from collections.abc import Mapping, Sequence

from koppeling_harness.model.proof import Proof, ProofState
from koppeling_harness.model.result_id import ResultId
from koppeling_harness.model.run import ScenarioResult
from koppeling_harness.model.shape import Text
from koppeling_harness.rules.requirements import REQUIREMENTS
from koppeling_harness.rules.verdict import result_id
from koppeling_harness.value import dataclass

_WEIGHT = {
    ProofState.REFUTED: 0,
    ProofState.PROVEN: 1,
    ProofState.NOT_APPLICABLE: 2,
    ProofState.NOT_PROVEN: 3,
}
"""What was seen not to hold weighs more than where it was seen to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofCell:
    """What is known of one requirement for one connector.

    Attributes:
        state: The heaviest of all that was seen.
        result: The result that shows it.
        exchange: The number of the exchange in it; None where none shows it.
        why: Why it is not proven, or not applicable.
    """

    state: ProofState
    result: ResultId
    exchange: int | None
    why: Text | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofRow:
    """One requirement.

    Attributes:
        id: Of the requirement.
        title: What it asks.
        cells: By connector.
    """

    id: str
    title: Text
    cells: Mapping[str, ProofCell]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofMatrix:
    """All requirements of which anything is known.

    Attributes:
        connectors: The columns; an empty one is for calls that are about no connector.
        rows: In the order of the registry.
        proven: How many of the requirements that are asked are proven somewhere, and refuted
            nowhere.
    """

    connectors: tuple[str, ...]
    rows: tuple[ProofRow, ...]
    proven: int


def proof_matrix(results: Sequence[ScenarioResult]) -> ProofMatrix:
    """Return what the results of one integration prove."""
    found: dict[str, dict[str, ProofCell]] = {}
    for result in results:
        for line in result.proof:
            cells = found.setdefault(line.requirement, {})
            known = cells.get(line.connector)
            if known is None or _WEIGHT[line.state] < _WEIGHT[known.state]:
                cells[line.connector] = _cell(line, result)
    rows = tuple(
        ProofRow(id=each.id, title=each.title, cells=found[each.id])
        for each in REQUIREMENTS
        if each.id in found
    )
    names = {name for row in rows for name in row.cells}
    return ProofMatrix(
        connectors=tuple(sorted(names, key=lambda name: (not name, name.lower()))),
        rows=rows,
        proven=sum(map(_is_proven, rows)),
    )


def _cell(line: Proof, result: ScenarioResult) -> ProofCell:
    return ProofCell(
        state=line.state, result=result_id(result), exchange=line.exchange, why=line.why
    )


def _is_proven(row: ProofRow) -> bool:
    states = {cell.state for cell in row.cells.values()}
    return ProofState.PROVEN in states and ProofState.REFUTED not in states
