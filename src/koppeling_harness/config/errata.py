"""Read the errata in the reviewers' folder."""

from pathlib import Path

from koppeling_harness.document import load, read_text, read_yaml
from koppeling_harness.model.errata import Errata, Erratum

ERRATA = "errata.yaml"
"""Name of the file, in the reviewers' folder."""


def load_errata(folder: Path | None) -> tuple[Erratum, ...]:
    """Return the errata of a reviewers' folder; none without a folder or a file.

    Raises:
        DocumentError: The file has problems; all of them are in it.
    """
    path = folder / ERRATA if folder is not None else None
    if path is None or not path.is_file():
        return ()
    return load(Errata, read_yaml(read_text(path), name=str(path))).errata
