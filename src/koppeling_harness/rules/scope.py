"""Scope of a run: how much of what is asked of an integration it exercised."""

import re
from collections.abc import Iterable, Sequence

from koppeling_harness.model.manifest import Operation
from koppeling_harness.model.operation import ENDPOINTS
from koppeling_harness.model.run import ScenarioResult, Scope

OWN_LIST = "own_list"
"""Reason that a run was held against a list of its own; a reader judges that by the list itself."""

_CONNECTOR = re.compile(r"/connectors/([^/?]+)", re.IGNORECASE)
_ENDPOINT = re.compile(r"/([^/?]+)")


def scope_of(reasons: Iterable[tuple[str, bool]]) -> Scope:
    """Return the scope of a run that each reason, where it holds, makes a part of one."""
    because = tuple(name for name, holds in reasons if holds)
    return Scope(whole=not because, because=because)


def undeclared(results: Iterable[ScenarioResult], declared: Sequence[str]) -> tuple[str, ...]:
    """Return what a call was about and a manifest does not declare, in lower case, sorted."""
    known = {"", *(each.lower() for each in declared)}
    called = {_called(exchange.path) for each in results for exchange in each.exchanges}
    return tuple(sorted(called - known))


def by_another(
    operations: Sequence[Operation], results: Iterable[ScenarioResult]
) -> tuple[str, ...]:
    """Return what an operation called that only another one declares, `operation: connector`."""
    of = {each.name: each for each in operations}
    every = {
        name.lower(): name
        for each in operations
        for name in (*each.reads, *each.writes, *each.calls)
    }
    found = set()
    for each in results:
        operation = of.get(each.operation or "")
        if operation is None:
            continue
        own = {one.lower() for one in (*operation.reads, *operation.writes, *operation.calls)}
        called = {_called(exchange.path) for exchange in each.exchanges}
        found |= {f"{operation.name}: {every[one]}" for one in called - own if one in every}
    return tuple(sorted(found))


def exercised(results: Iterable[ScenarioResult], declared: Sequence[str]) -> tuple[str, ...]:
    """Return what a manifest declares and a call was about, as it spells it.

    That is connectors, and what is called beside them: `file`, `metainfo` …
    """
    called = {_called(exchange.path) for each in results for exchange in each.exchanges}
    return tuple(each for each in declared if each.lower() in called)


def _called(path: str) -> str:
    connector = _CONNECTOR.search(path)
    if connector:
        return connector[1].lower()
    endpoint = _ENDPOINT.match(path)
    return ENDPOINTS.get(endpoint[1].lower(), "") if endpoint else ""
