"""Digest of this program: the same files, the same program, however it was installed."""

import hashlib
from pathlib import Path

_OURS = Path(__file__).parents[2]
_NOT_OF_THE_PROGRAM = ("__pycache__", "packs")
"""What Python makes of it, and the packs: they have a digest of their own, that of the list."""


def program_digest(folder: Path = _OURS) -> str:
    """Return the SHA-256 over what `sha256sum` says of each file, by name.

    Args:
        folder: Of the package `koppeling_harness`.
    """
    names = sorted(
        each.relative_to(folder).as_posix()
        for each in folder.rglob("*")
        if each.is_file()
        and not set(each.relative_to(folder).parts).intersection(_NOT_OF_THE_PROGRAM)
    )
    lines = (
        f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in names
    )
    return hashlib.sha256("".join(lines).encode()).hexdigest()
