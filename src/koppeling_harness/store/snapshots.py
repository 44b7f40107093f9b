"""Snapshots of each environment; the last one is what is known of it."""

from pathlib import Path

from koppeling_harness.document import dump_json
from koppeling_harness.model.snapshot import Snapshot
from koppeling_harness.store.files import write_files

SNAPSHOTS = "snapshots"
"""Name of the folder, below that of the reports."""


def snapshot_folder(reports: Path, environment: str) -> Path:
    """Return the folder with the snapshots of an environment, by its name in the settings."""
    return reports / SNAPSHOTS / environment


def newest_snapshot(folder: Path) -> Path | None:
    """Return the file of the last snapshot in a folder, None when there is none."""
    if not folder.is_dir():
        return None
    return max(folder.glob("*.snapshot.json"), default=None, key=lambda path: path.name)


def oldest_snapshot(folder: Path) -> Path | None:
    """Return the file of the first snapshot in a folder, None when there is none."""
    if not folder.is_dir():
        return None
    return min(folder.glob("*.snapshot.json"), default=None, key=lambda path: path.name)


def save_snapshot(folder: Path, snapshot: Snapshot) -> Path:
    """Write a snapshot under the moment at which it was taken; a reader never sees half of it.

    Raises:
        ConfigurationError: It cannot be written.
    """
    at = f"{snapshot.taken_at:%Y%m%dT%H%M%S%fZ}" if snapshot.taken_at else "undated"
    name = f"{at}-{_plain(snapshot.version)}.snapshot.json"
    write_files(folder, {name: dump_json(snapshot, indent=1).encode()})
    return folder / name


def _plain(version: str) -> str:
    """Return a version as part of a file's name, whatever the environment calls it."""
    return "".join(each if each.isalnum() or each in ".-" else "_" for each in version) or "unknown"
