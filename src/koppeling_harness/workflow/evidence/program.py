"""Digest of this program: the same files, the same program, however it was installed."""

import hashlib
import os
from pathlib import Path

_OURS = Path(__file__).parents[2]
_NOT_OF_THE_PROGRAM = ("__pycache__", "packs")
"""What Python makes of it, and the packs: they have a digest of their own, that of the list."""


def program_digest(folder: Path = _OURS) -> str:
    """Return the SHA-256 over what `sha256sum` says of each file, by name.

    Args:
        folder: Of the package `koppeling_harness`.
    """
    names: list[str] = []
    for place, folders, files in os.walk(folder):
        folders[:] = [each for each in folders if each not in _NOT_OF_THE_PROGRAM]
        names += (f"{place}{os.sep}{each}" for each in files)
    digests = {name[len(str(folder)) + 1 :].replace(os.sep, "/"): _digest(name) for name in names}
    lines = (f"{digest}  {name}\n" for name, digest in sorted(digests.items()))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _digest(path: str) -> str:
    with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - six hundred of them
        return hashlib.sha256(file.read()).hexdigest()
