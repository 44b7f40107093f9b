"""Verify many packs at once, on as many processors as there are."""

import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from koppeling_harness.clock import Clock
from koppeling_harness.config.settings import load_settings
from koppeling_harness.evidence.bundle import ENVELOPE
from koppeling_harness.model.evidence import Verified
from koppeling_harness.scenario.known_lists import list_book
from koppeling_harness.workflow.evidence.trust import required_trust
from koppeling_harness.workflow.evidence.verify import Look, verify
from koppeling_harness.workflow.evidence.verify_decision import ENDING, verify_decision

_WORTH_A_PROCESS = 20
"""So many packs take longer than another process does to start."""


def verify_all(
    files: Sequence[Path],
    *,
    clock: Clock,
    signers: Path | None = None,
    revoked: Path | None = None,
    tsa: Path | None = None,
    folder: Path = Path(),
) -> list[Verified]:
    """Return what each pack, or folder of a run, comes to.

    Args:
        files: Packs and folders.
        clock: Tells the time.
        signers: File with registered keys; that of the settings when None.
        revoked: File with revoked keys; that of the settings when None.
        tsa: File with certificates of who may stamp the time; that of the settings when None.
        folder: The project, whose settings hold.

    Raises:
        UsageError: Nothing says whom the reader trusts.
        DocumentError: Settings or keys have problems.
        ConfigurationError: The file with revoked keys is none.
    """
    look = partial(_look, clock=clock, signers=signers, revoked=revoked, tsa=tsa, folder=folder)
    first = look()  # what is wrong with settings and keys is told at once
    processes = min(os.cpu_count() or 1, len(files) // _WORTH_A_PROCESS)
    if processes < 2:
        return [_verified(each, first) for each in files]
    with ProcessPoolExecutor(processes, initializer=_begin, initargs=(look,)) as pool:
        return list(pool.map(_verify_there, files, chunksize=8))


def _look(
    *, clock: Clock, signers: Path | None, revoked: Path | None, tsa: Path | None, folder: Path
) -> Look:
    settings = load_settings(folder)
    trust = required_trust(settings, signers=signers, revoked=revoked, tsa=tsa)
    return Look(trust=trust, book=list_book(settings.lists), now=clock.now())


_there: list[Look] = []


def _begin(look: "partial[Look]") -> None:
    _there.append(look())


def _verify_there(path: Path) -> Verified:
    return _verified(path, _there[-1])


def _verified(path: Path, look: Look) -> Verified:
    is_decision = path.name.endswith(ENDING) and path.name != ENVELOPE
    return verify_decision(path, look) if is_decision else verify(path, look)
