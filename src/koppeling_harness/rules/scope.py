"""Scope of a run: how much of what is asked of an integration it exercised."""

import re
from collections.abc import Iterable, Sequence

from koppeling_harness.model.run import ScenarioResult, Scope

OWN_LIST = "own_list"
"""Reason that a run was held against a list of its own; a reader judges that by the list itself."""

_CONNECTOR = re.compile(r"/connectors/([^/?]+)", re.IGNORECASE)


def scope_of(reasons: Iterable[tuple[str, bool]]) -> Scope:
    """Return the scope of a run that each reason, where it holds, makes a part of one."""
    because = tuple(name for name, holds in reasons if holds)
    return Scope(whole=not because, because=because)


def exercised(results: Iterable[ScenarioResult], declared: Sequence[str]) -> tuple[str, ...]:
    """Return the connectors that a manifest declares and a call was about, as it spells them."""
    called = {
        match[1].lower()
        for each in results
        for exchange in each.exchanges
        if (match := _CONNECTOR.search(exchange.path))
    }
    return tuple(each for each in declared if each.lower() in called)
