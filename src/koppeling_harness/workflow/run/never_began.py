"""An integration whose program never began: told once, as configuration, and never as failures."""

from collections.abc import Sequence

from koppeling_harness.engine.codes import PLUGIN_CRASHED, PLUGIN_NOT_STARTED
from koppeling_harness.model.run import ScenarioResult
from koppeling_harness.plugin.discover import Integration, SetAside

_CRASHES = 3
"""So many results without any call, that crashed and nothing else, say that it is no one scenario:
a program that cannot even be loaded ends so each time."""

_BY_HAND = (
    "Start it by hand as `runtime.command` says; `koppeling plugins check` tries each example."
)


def never_began(integration: Integration, results: Sequence[ScenarioResult]) -> SetAside | None:
    """Return why an integration cannot be judged: its program never began; None when it did.

    Args:
        integration: Which.
        results: What was carried out.
    """
    tried = [each for each in results if each.steps]
    told = [{finding.code for finding in each.findings} for each in tried]
    crashed = {PLUGIN_CRASHED.code} if len(tried) >= _CRASHES else set()
    if not tried or any(each.exchanges for each in tried):
        return None
    if not all(codes & (crashed | {PLUGIN_NOT_STARTED.code}) for codes in told):
        return None
    first = tried[0]
    codes = {PLUGIN_CRASHED.code, PLUGIN_NOT_STARTED.code}
    finding = next(each for each in first.findings if each.code in codes)
    printed = [line for line in first.log.splitlines() if line.strip()]
    last = f"\nthe last that it printed: {printed[-1].strip()}" if printed else ""
    return SetAside(
        name=integration.manifest.id,
        where=str(integration.folder),
        problem=f"it does not start, in none of {len(tried)} scenarios: {finding.message}{last}",
        hint=finding.hint if finding.code == PLUGIN_NOT_STARTED.code else _BY_HAND,
        never_began=True,
        declared=tuple(sorted(integration.manifest.connectors, key=str.lower)),
    )
