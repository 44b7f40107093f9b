"""Verify many packs at once, on as many processors as there are."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from koppeling_harness.clock import Clock
from koppeling_harness.config.settings import load_settings
from koppeling_harness.evidence.bundle import ENVELOPE
from koppeling_harness.model.evidence import Verified
from koppeling_harness.scenario.known_lists import list_book
from koppeling_harness.workflow.evidence.many import Told, nobody, with_each
from koppeling_harness.workflow.evidence.trust import required_trust
from koppeling_harness.workflow.evidence.verify import Look, verify
from koppeling_harness.workflow.evidence.verify_decision import ENDING, verify_decision

_WORTH_A_PROCESS = 40
"""So many packs take longer than other processes do to start."""
_AT_ONCE = 8


def verify_all(
    files: Sequence[Path],
    *,
    clock: Clock,
    signers: Path | None = None,
    revoked: Path | None = None,
    tsa: Path | None = None,
    folder: Path = Path(),
    told: Told = nobody,
) -> list[Verified]:
    """Return what each pack, or folder of a run, comes to.

    Args:
        files: Packs and folders.
        clock: Tells the time.
        signers: File with registered keys; that of the settings when None.
        revoked: File with revoked keys; that of the settings when None.
        tsa: File with certificates of who may stamp the time; that of the settings when None.
        folder: The project, whose settings hold.
        told: Is told how far it is.

    Raises:
        UsageError: Nothing says whom the reader trusts.
        DocumentError: Settings or keys have problems.
        ConfigurationError: The file with revoked keys is none.
    """
    look = partial(_look, clock=clock, signers=signers, revoked=revoked, tsa=tsa, folder=folder)
    found: list[Verified] = []
    for each in with_each(
        _verified,
        files,
        begin=look,
        is_worth_it=len(files) >= _WORTH_A_PROCESS,
        at_once=_AT_ONCE,
    ):
        found.append(each)
        told(len(found), len(files))
    return found


def _look(
    *, clock: Clock, signers: Path | None, revoked: Path | None, tsa: Path | None, folder: Path
) -> Look:
    settings = load_settings(folder)
    trust = required_trust(settings, signers=signers, revoked=revoked, tsa=tsa)
    return Look(trust=trust, book=list_book(settings.lists), now=clock.now())


def _verified(look: Look, path: Path) -> Verified:
    is_decision = path.name.endswith(ENDING) and path.name != ENVELOPE
    return verify_decision(path, look) if is_decision else verify(path, look)
