"""The lists of required scenarios that came with this program and with versions before it.

`known-lists.json` beside the shipped packs holds those of released versions, and those of now as
`koppeling scenarios lock` writes them. A release dates them; a test holds that none is lacking.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from koppeling_harness.document import load_json
from koppeling_harness.model.known_list import KnownList, KnownLists
from koppeling_harness.rules.lists import ListBook
from koppeling_harness.scenario.lock_file import Lock, read_lock
from koppeling_harness.scenario.packs import packs_folder
from koppeling_harness.version import __version__

KNOWN_LISTS = "known-lists.json"
"""Name of the file, in the folder of the shipped packs."""


def known_lists(folder: Path | None = None) -> tuple[KnownList, ...]:
    """Return every list that is known, that of the shipped packs among them.

    Args:
        folder: Of the packs; those that travel with the harness when None.
    """
    place = folder or packs_folder()
    kept = read_known_lists(place)
    there = {each.digest for each in kept}
    locked = read_lock(place)
    if locked is None:
        return kept
    now = (list_of_lock(locked, label, ()) for label in locked.releases)
    return (*kept, *(each for each in now if each.digest not in there))


def list_book(own: Mapping[str, str]) -> ListBook:
    """Return the lists that a reader knows.

    Args:
        own: By name, SHA-256 of the lists that the reader's settings let count.
    """
    return ListBook(
        known=known_lists(),
        own={digest.lower(): name for name, digest in own.items()},
        version=__version__,
    )


def read_known_lists(folder: Path) -> tuple[KnownList, ...]:
    """Return the lists in a folder's file; none when it has no such file.

    Raises:
        DocumentError: It is not such a file.
    """
    path = folder / KNOWN_LISTS
    if not path.is_file():
        return ()
    return load_json(KnownLists, path.read_bytes(), name=str(path)).lists


def list_of_lock(lock: Lock, label: str, everyone: Sequence[str] | frozenset[str]) -> KnownList:
    """Return a list as a lock holds it now.

    Args:
        lock: The lock.
        label: Of the release.
        everyone: Ids of what is asked of every integration.
    """
    required = lock.required(label)
    return KnownList(
        version=__version__,
        release=label,
        digest=lock.digest(label),
        required=required,
        everyone=tuple(each for each in required if each in everyone),
    )
