"""The results of a record as plain data: their ids, outcomes, and what they show."""

from collections.abc import Mapping, Sequence
from typing import Any

from koppeling_harness.model.proof import ProofState
from koppeling_harness.model.result_id import ResultId
from koppeling_harness.model.verdict import NOT_STARTED, UNPROVEN, Level, Outcome

RANK = {name: rank for rank, name in enumerate(("failed", "inconclusive", "not_run", "passed"))}
"""Outcomes, the worst first."""

Plain = Mapping[str, Any]
"""A record, or a part of one, as JSON has it."""


def id_of(result: Plain) -> str:
    """Return the id by which a result is planned: `scenario` or `scenario[operation]`."""
    operation = result.get("operation")
    # the text of a ResultId, which takes ten times as long to make
    return f"{result['scenario']}[{operation}]" if operation else str(result["scenario"])


def outcomes(results: Sequence[Plain]) -> dict[str, str]:
    """Return the outcome of each id; of several results of one the worst counts."""
    worst: dict[str, str] = {}
    for each in results:
        name, outcome = id_of(each), each["outcome"]
        if name not in worst or RANK[outcome] < RANK[worst[name]]:
            worst[name] = outcome
    return worst


def is_shown(result: Plain) -> bool:
    """Return whether something was seen that shows a requirement."""
    return any(one["state"] == ProofState.PROVEN for one in result.get("proof") or ())


def unproven_of(results: Sequence[Plain], known: Mapping[str, str]) -> tuple[str, ...]:
    """Return the ids, in order, of what ran and proves nothing.

    Args:
        results: Of one integration.
        known: The outcome of each id that is meant.
    """
    return tuple(
        sorted(
            name
            for each in results
            if is_unproven(each) and known.get(name := id_of(each)) == Outcome.NOT_RUN
        )
    )


def is_unproven(result: Plain) -> bool:
    """Return whether a result ran and proves nothing."""
    return result["outcome"] == Outcome.NOT_RUN and any(
        one["code"] in UNPROVEN for one in result.get("findings") or ()
    )


def never_started(integration: Plain) -> set[str]:
    """Return the ids of what could not be judged because the integration could not be started."""
    results = integration["results"]
    if all(one["outcome"] != Outcome.INCONCLUSIVE for one in results):  # nearly all there are
        return set()
    worst = outcomes(results)
    began = {id_of(one) for one in results if one.get("exchanges")}
    return {
        id_of(one)
        for one in results
        if worst[id_of(one)] == Outcome.INCONCLUSIVE
        and any(each["code"] == NOT_STARTED for each in one.get("findings") or ())
    } - began


def required_of(integration: Plain) -> list[str]:
    """Return what had to be executed; in records without a list of it, what was."""
    if "required_ids" in integration:
        return [str(each) for each in integration["required_ids"]]
    required = (each for each in integration["results"] if each["level"] == Level.REQUIRED)
    return list(dict.fromkeys(id_of(each) for each in required))


def recordings_of(record: Plain) -> set[str]:
    """Return the recordings on which what passed rests, by their names below the run's folder."""
    return {
        ResultId.read(id_of(result)).recording(str(each["id"]))
        for each in record["integrations"]
        if not each.get("problem")
        for result in each["results"]
        if result["outcome"] == Outcome.PASSED and result.get("exchanges")
    }
