"""Judge a tape of exchanges, for tests of the rules."""

from collections.abc import Sequence

from koppeling_harness.model.exchange import TriggerRecord
from koppeling_harness.model.finding import Finding
from koppeling_harness.model.manifest import Manifest
from koppeling_harness.model.shape import Release
from koppeling_harness.traffic.checks import check_exchanges
from support.exchanges import PROFIT_8, Tape, a_manifest


def judged(
    tape: Tape,
    *,
    manifest: Manifest | None = None,
    release: Release = PROFIT_8,
    said: Sequence[bool] = (),
) -> tuple[Finding, ...]:
    """Return the findings on a tape, without that metainfo is called: tapes do so for no reason.

    Args:
        tape: What was sent.
        manifest: What the integration says of itself.
        release: Which answered.
        said: Of each turn whether the integration said that it succeeded.
    """
    told = [TriggerRecord(operation="sync", input=None, ok=ok, told=not ok) for ok in said]
    found = check_exchanges(
        tape.exchanges, manifest=manifest or a_manifest(), release=release, triggers=told
    )
    return tuple(each for each in found if each.code != "UNDECLARED-CALL")


def codes(tape: Tape, *, manifest: Manifest | None = None) -> list[str]:
    """Return the codes of the findings on a tape, in their order."""
    return [finding.code for finding in judged(tape, manifest=manifest)]


def of(
    code: str, tape: Tape, *, manifest: Manifest | None = None, said: Sequence[bool] = ()
) -> list[int | None]:
    """Return the numbers of the exchanges that one rule objects to."""
    found = judged(tape, manifest=manifest, said=said)
    return [each.exchange for each in found if each.code == code]
