"""Find the certification packs that travel with the harness."""

from pathlib import Path

from koppeling_harness.errors import HarnessError

_PACKAGE = Path(__file__).resolve().parents[1]


def packs_folder() -> Path:
    """Return the folder of the shipped packs: in an installed wheel, or in the checkout.

    Raises:
        HarnessError: Neither is there; the installation is damaged.
    """
    for folder in (_PACKAGE / "packs", _PACKAGE.parents[1] / "scenarios"):
        if folder.is_dir():
            return folder
    message = f"{_PACKAGE}: expected the folder packs with the scenarios, found none"
    raise HarnessError(message, hint="Install koppeling-harness again.")
