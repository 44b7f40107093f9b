"""An integration whose program never began: told once, as configuration, and never as failures."""

from koppeling_harness.engine.codes import PLUGIN_CRASHED, PLUGIN_NOT_STARTED
from koppeling_harness.model.run import IntegrationRecord
from koppeling_harness.plugin.discover import SetAside

_CRASHES = 3
"""So many results without any call, that crashed and nothing else, say that it is no one scenario:
a program that cannot even be loaded ends so each time."""

_BY_HAND = (
    "Start it by hand as `runtime.command` says; `koppeling plugins check` tries each example."
)


def never_began(record: IntegrationRecord, *, where: str) -> SetAside | None:
    """Return why an integration cannot be judged: its program never began; None when it did.

    Of a shard that cannot be said, which has a part of its results only: `koppeling merge` asks it
    of the whole.

    Args:
        record: All that was carried out of it.
        where: Where the integration lies, or its id where that is not known.
    """
    tried = [each for each in record.results if each.steps]
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
        name=record.id,
        where=where,
        problem=f"it does not start, in none of {len(tried)} scenarios: {finding.message}{last}",
        hint=finding.hint if finding.code == PLUGIN_NOT_STARTED.code else _BY_HAND,
        never_began=True,
        declared=record.declared,
    )
