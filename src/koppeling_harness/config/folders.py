"""Folders of a project where nothing else is said, and the project of a folder."""

from pathlib import Path

MANIFEST = "koppeling.yaml"
"""Name of the file that makes a folder an integration's own."""
PLUGINS = Path("plugins")
"""Folder with integrations, each in one of its own, and registrations beside them."""
REPORTS = Path("reports")
"""Folder with what runs leave."""
SETTINGS = "koppeling.toml"
"""Name of the file with settings; in `pyproject.toml` they stand under `[tool.koppeling]`."""


def default_plugins() -> tuple[Path, ...]:
    """Return `plugins` here, or this folder when it is an integration's own; else none."""
    if PLUGINS.is_dir():
        return (PLUGINS,)
    return (Path(),) if Path(MANIFEST).is_file() else ()


def places_of_integrations() -> tuple[Path, ...]:
    """Return `default_plugins`, or the folder that is not there, for a message to name."""
    return default_plugins() or (PLUGINS,)


def project_above() -> Path | None:
    """Return the project that this folder is a part of; None when it is one itself, or of none.

    That is the nearest folder above that is an integration's own, or holds integrations or
    settings.
    """
    here = Path.cwd()
    if _is_project(here):
        return None
    return next((each for each in here.parents if _is_project(each)), None)


def _is_project(folder: Path) -> bool:
    return (
        (folder / MANIFEST).is_file()
        or (folder / SETTINGS).is_file()
        or any((folder / PLUGINS).glob(f"*/{MANIFEST}"))
    )
