"""Whether a scenario looks at data: what it expects of rows, output and exchanges."""

from collections.abc import Mapping
from typing import Any

from koppeling_harness.model.scenario import (
    ExchangesStep,
    GetStep,
    OperationStep,
    RequestStep,
    Scenario,
)

_BESIDE_DATA = frozenset({"ok", "message", "status", "duration_s"})
"""Members of a result that tell how it went, and not what arrived."""


def looks(scenario: Scenario) -> bool:
    """Return whether a scenario expects something of rows, output or exchanges."""
    return any(
        isinstance(step, OperationStep | GetStep | ExchangesStep | RequestStep)
        and any(
            name not in _BESIDE_DATA and _asks(wanted) for name, wanted in dict(step.expect).items()
        )
        for step in (*scenario.when, *scenario.then)
    )


def _asks(wanted: Any) -> bool:
    """Return whether an expectation can be disappointed: `$any` lets everything pass."""
    if isinstance(wanted, Mapping):
        return any(name != "$any" and _asks(each) for name, each in wanted.items())
    if isinstance(wanted, list | tuple):
        return not wanted or any(map(_asks, wanted))
    return True
