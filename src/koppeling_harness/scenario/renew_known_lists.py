"""Renew the known lists by a lock: `koppeling scenarios lock` in the folder of the packs."""

import json
from collections.abc import Sequence
from dataclasses import replace

from koppeling_harness.document import dump_json
from koppeling_harness.model.known_list import KnownList, KnownLists
from koppeling_harness.model.scenario import Applies, ForEach
from koppeling_harness.model.verdict import Level
from koppeling_harness.scenario.known_lists import list_of_lock
from koppeling_harness.scenario.lock_file import Lock
from koppeling_harness.scenario.packed import PackedScenario


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
    now = [list_of_lock(lock, label, everyone) for label in lock.releases]
    return (*released, *(each for each in now if each.digest not in there))


def render_known_lists(lists: Sequence[KnownList]) -> str:
    """Return the text of the file: one list per line, so that a change of one is a line."""
    lines = ",\n".join(f"  {dump_json(each)}" for each in lists)
    head = json.dumps(KnownLists().schema)
    return f'{{\n "schema": {head},\n "lists": [\n{lines}\n ]\n}}\n'


def _is_for_everyone(each: PackedScenario) -> bool:
    # a list is of one release; whatever else restricts a scenario, not everyone is asked it
    restricted = replace(each.applies, releases=()) != Applies()
    return (
        each.level is Level.REQUIRED
        and each.for_each in {None, ForEach.OPERATIONS}
        and not restricted
    )
