"""When each behaviour was last seen at AFAS, on which release, and how it was there."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path

from koppeling_harness.model.parity import Ledger, Seen

LEDGER = Path(__file__).parent / "data" / "parity.json"
"""Travels with the program; `koppeling parity adopt` adds to it."""


def read_ledger(path: Path = LEDGER) -> Ledger:
    """Return what a ledger holds; nothing when there is no such file."""
    if not path.is_file():
        return Ledger()
    plain = json.loads(path.read_text(encoding="utf-8"))
    return Ledger(
        seen=tuple(
            Seen(**{**each, "day": date.fromisoformat(each["day"])}) for each in plain["seen"]
        )
    )


@cache
def shipped_ledger() -> Ledger:
    """Return the ledger that travels with the program."""
    return read_ledger()


def last_seen(ledger: Ledger | None = None) -> Mapping[str, Seen]:
    """Return by behaviour where it was last seen; what is absent never was."""
    found: dict[str, Seen] = {}
    for each in (ledger or shipped_ledger()).seen:
        known = found.get(each.behaviour)
        if known is None or each.day >= known.day:
            found[each.behaviour] = each
    return found


def adopted(label: str, ledger: Ledger | None = None) -> dict[str, str]:
    """Return how behaviours were seen on a release: ERP1 does as AFAS did there."""
    seen: Sequence[Seen] = (ledger or shipped_ledger()).seen
    of_release = [each for each in seen if each.release == label]
    return {each.behaviour: each.value for each in sorted(of_release, key=lambda one: one.day)}


def seen_on(label: str, ledger: Ledger | None = None) -> frozenset[str]:
    """Return the behaviours that were seen at AFAS on a release: ERP1 has them as seen there."""
    return frozenset(adopted(label, ledger))
