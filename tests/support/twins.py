"""The OAuth twins of the reference integrations: the same code, with one line in the manifest."""

import shutil
from pathlib import Path

from support.defects import PLUGINS

REFERENCES = (
    "bijlagearchief",
    "boekhoudbrug",
    "opzoekhulp",
    "personeelsync",
    "urenportaal",
    "webwinkel",
)


def twin(name: str, into: Path) -> Path:
    """Set a reference integration to sign in by OAuth, on Profit 9 too; return its folder."""
    folder = into / name
    shutil.copytree(
        PLUGINS / name,
        folder,
        ignore=shutil.ignore_patterns("__pycache__", "tests", ".pytest_cache", "registration.yaml"),
    )
    manifest = folder / "koppeling.yaml"
    text = manifest.read_text(encoding="utf-8")
    assert text.count("\nreleases: [") == 1, name
    text = text.replace("\nreleases: [", "\noauth: {}\nreleases: [Profit 9, ")
    manifest.write_text(text, encoding="utf-8")
    return folder
