"""The lists of required scenarios that came with this program and with versions before it.

`known-lists.json` beside the shipped packs holds those of released versions, and those of now as
`koppeling scenarios lock` writes them. A release dates them; a test holds that none is lacking.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from koppeling_harness.document import dump_json, load_json
from koppeling_harness.model.known_list import KnownList, KnownLists
from koppeling_harness.model.scenario import ForEach
from koppeling_harness.model.verdict import Level
from koppeling_harness.rules.lists import ListBook
from koppeling_harness.scenario.lock import Lock, read_lock
from koppeling_harness.scenario.packed import PackedScenario
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
    now = (_of_lock(locked, label, ()) for label in locked.releases)
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


def with_lists_of_now(
    kept: Sequence[KnownList], lock: Lock, scenarios: Sequence[PackedScenario]
) -> tuple[KnownList, ...]:
    """Return the known lists with those of a lock, in place of others that were never released.

    Args:
        kept: What was known.
        lock: Of the packs as they are.
        scenarios: Of the packs, to see what is asked of every integration.
    """
    everyone = frozenset(each.scenario for each in scenarios if _is_for_everyone(each))
    released = [each for each in kept if each.released is not None]
    there = {each.digest for each in released}
    now = [_of_lock(lock, label, everyone) for label in lock.releases]
    return (*released, *(each for each in now if each.digest not in there))


def render_known_lists(lists: Sequence[KnownList]) -> str:
    """Return the text of the file: one list per line, so that a change of one is a line."""
    lines = ",\n".join(f"  {dump_json(each)}" for each in lists)
    head = json.dumps(KnownLists().schema)
    return f'{{\n "schema": {head},\n "lists": [\n{lines}\n ]\n}}\n'


def _of_lock(lock: Lock, label: str, everyone: Sequence[str] | frozenset[str]) -> KnownList:
    required = lock.required(label)
    return KnownList(
        version=__version__,
        release=label,
        digest=lock.digest(label),
        required=required,
        everyone=tuple(each for each in required if each in everyone),
    )


def _is_for_everyone(each: PackedScenario) -> bool:
    applies = each.applies
    return (
        each.level is Level.REQUIRED
        and each.for_each in {None, ForEach.OPERATIONS}
        and applies.integration is None
        and applies.kind is None
        and applies.idempotent is None
        and not applies.trigger
        and not applies.connectors
    )
