"""Where integrations and packs are looked for when nothing is said."""

from pathlib import Path

from koppeling_harness.config.manifest import MANIFEST
from koppeling_harness.scenario.packs import packs_folder


def default_plugins() -> tuple[Path, ...]:
    """Return `plugins` here, or this folder when it is an integration's own; else none."""
    if Path("plugins").is_dir():
        return (Path("plugins"),)
    return (Path(),) if Path(MANIFEST).is_file() else ()


def default_packs() -> Path:
    """Return `scenarios` here, else the shipped packs.

    In an integration's own folder `scenarios` holds what that partner wants to see proven, which
    comes beside the packs and never instead of them.
    """
    here = Path("scenarios")
    return here if here.is_dir() and not Path(MANIFEST).is_file() else packs_folder()
