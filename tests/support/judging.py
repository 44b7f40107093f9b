"""Judge a tape of exchanges, for tests of the rules."""

from koppeling_harness.model.finding import Finding
from koppeling_harness.model.manifest import Manifest
from koppeling_harness.model.shape import Release
from koppeling_harness.traffic.checks import check_exchanges
from support.exchanges import PROFIT_8, Tape, a_manifest


def judged(
    tape: Tape, *, manifest: Manifest | None = None, release: Release = PROFIT_8
) -> tuple[Finding, ...]:
    """Return the findings on a tape, without that metainfo is called: tapes do so for no reason."""
    found = check_exchanges(tape.exchanges, manifest=manifest or a_manifest(), release=release)
    return tuple(each for each in found if each.code != "UNDECLARED-CALL")


def codes(tape: Tape, *, manifest: Manifest | None = None) -> list[str]:
    """Return the codes of the findings on a tape, in their order."""
    return [finding.code for finding in judged(tape, manifest=manifest)]


def of(code: str, tape: Tape, *, manifest: Manifest | None = None) -> list[int | None]:
    """Return the numbers of the exchanges that one rule objects to."""
    return [each.exchange for each in judged(tape, manifest=manifest) if each.code == code]
