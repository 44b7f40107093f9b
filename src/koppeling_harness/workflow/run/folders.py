"""Packs of a run, where nothing else is said."""

from pathlib import Path

from koppeling_harness.config.folders import MANIFEST
from koppeling_harness.scenario.packs import packs_folder


def default_packs() -> Path:
    """Return `scenarios` here, else the shipped packs.

    In an integration's own folder `scenarios` holds what that partner wants to see proven, which
    comes beside the packs and never instead of them.
    """
    here = Path("scenarios")
    return here if here.is_dir() and not Path(MANIFEST).is_file() else packs_folder()
