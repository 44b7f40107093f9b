"""The whole program, with releases of ERP1 that differ as a test says."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from koppeling_harness.emulator.releases import RELEASES
from support.cli import Ran, koppeling


def planted(differences: Mapping[str, Mapping[str, str]], *arguments: str | Path, cwd: Path) -> Ran:
    """Run `koppeling` with differences planted per release: `{"Profit 8": {…: …}}`."""
    known = dict(RELEASES)
    for label, changed in differences.items():
        differences_there = {**known[label].differences, **changed}
        RELEASES[label] = replace(known[label], differences=differences_there)
    try:
        return koppeling(*arguments, cwd=cwd)
    finally:
        RELEASES.update(known)
