"""Look for a text in the program of an integration."""

from collections.abc import Collection
from pathlib import Path

from koppeling_harness.errors import ConfigurationError
from koppeling_harness.plugin.folder_digest import files_of

_PROGRAMS = frozenset(
    {
        ".cs", ".fs", ".go", ".java", ".js", ".jsx", ".kt", ".mjs", ".cjs", ".php", ".pl", ".ps1",
        ".py", ".rb", ".rs", ".scala", ".sh", ".swift", ".ts", ".tsx", ".vb",
    }
)  # fmt: skip
"""Endings of files that are source text: what a page or a log mentions is no use of it."""
_MOST_BYTES = 1 << 20
_MOST_FILES = 2_000


def texts_in(folder: Path, wanted: Collection[str]) -> dict[str, str]:
    """Return by each text that is found the first file that holds it, by its name in the folder.

    Args:
        folder: Of the integration.
        wanted: Texts in lower case; files are compared without regard to case.
    """
    found: dict[str, str] = {}
    if not wanted:
        return found
    try:
        programs = sorted(each for each in files_of(folder) if each.suffix.lower() in _PROGRAMS)
    except (ConfigurationError, OSError):
        return found  # told where the folder is read for its digest
    for path in programs[:_MOST_FILES]:
        content = _content(path)
        for text in wanted:
            if text.encode() in content:
                found.setdefault(text, path.relative_to(folder).as_posix())
    return found


def _content(path: Path) -> bytes:
    try:
        if not path.is_file() or path.stat().st_size > _MOST_BYTES:
            return b""
        return path.read_bytes().lower()
    except OSError:
        return b""
