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


def folder_of_integration(path: Path) -> Path:
    """Return the folder that is meant when an integration is named by its manifest."""
    return path.parent if path.name == MANIFEST and path.is_file() else path


def default_plugins() -> tuple[Path, ...]:
    """Return `plugins` here, or this folder when it is an integration's own; else none."""
    if PLUGINS.is_dir():
        return (PLUGINS,)
    return (Path(),) if Path(MANIFEST).is_file() else ()


def places_of_integrations() -> tuple[Path, ...]:
    """Return `default_plugins`, or the folder that is not there, for a message to name."""
    return default_plugins() or (PLUGINS,)


def is_a_partners(path: Path, *, review: Path | None = None) -> bool:
    """Return whether a file lies in an integration's own folder or below it: a partner wrote it.

    The file that a link leads to counts as well as the link, so that no link makes a partner's word
    AFAS's.

    Args:
        path: The file.
        review: The reviewers' folder; what lies above it says nothing of the files in it.
    """
    top = review.resolve() if review is not None else None
    for named in {path.parent.resolve() / path.name, path.resolve()}:
        for folder in named.parents:
            if (folder / MANIFEST).exists():
                return True
            if folder == top:
                break
    return False


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
