"""Which findings of a run a partner disputes. They stay findings, and turn no outcome."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from koppeling_harness.model.dispute import Dispute, DisputedFinding
from koppeling_harness.model.finding import Finding
from koppeling_harness.model.run import ScenarioResult
from koppeling_harness.rules.verdict import result_id


def disputed(
    disputes: Iterable[Dispute], results: Sequence[ScenarioResult]
) -> tuple[DisputedFinding, ...]:
    """Return each dispute of a manifest with the results that have such a finding.

    Args:
        disputes: What the manifest says.
        results: Of the run.
    """
    return tuple(
        DisputedFinding(
            code=each.code,
            where=each.where,
            reason=each.reason,
            results=tuple(result_id(result) for result in results if _has(result, each)),
        )
        for each in disputes
    )


def _has(result: ScenarioResult, dispute: Dispute) -> bool:
    meant = dispute.where.lower()
    ours = [each for each in result.findings if each.code == dispute.code]
    if meant in {result.scenario.lower(), result_id(result).lower()}:
        return bool(ours)
    return any(meant in _connectors(each, result) for each in ours)


def _connectors(finding: Finding, result: ScenarioResult) -> set[str]:
    """Return the connectors of the call that a finding is about, in lower case."""
    paths = [each.path for each in result.exchanges if each.number == finding.exchange]
    parts = (part for path in paths for part in path.partition("?")[0].lower().split("/"))
    return {each for each in parts if each}


def joined(parts: Sequence[Sequence[DisputedFinding]]) -> tuple[DisputedFinding, ...]:
    """Return the disputes of one manifest over the shards of a run."""
    return tuple(
        replace(
            each,
            results=tuple(
                dict.fromkeys(
                    result
                    for part in parts
                    for same in part
                    if (same.code, same.where) == (each.code, each.where)
                    for result in same.results
                )
            ),
        )
        for each in (parts[0] if parts else ())
    )
