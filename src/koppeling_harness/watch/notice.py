"""Differences between an environment and its last snapshot."""

from enum import StrEnum

from koppeling_harness.model.change import ChangeList
from koppeling_harness.model.snapshot import Snapshot
from koppeling_harness.value import dataclass
from koppeling_harness.watch.compare import compare
from koppeling_harness.watch.interface import interface_of


class State(StrEnum):
    """What is found."""

    FIRST = "first"
    """Nothing was known of it yet."""
    UNCHANGED = "unchanged"
    CHANGED = "changed"
    """Its version, or what its app connector may use."""
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    """It gives no token: what the settings sign in with is not right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One environment, looked at.

    Attributes:
        environment: Its name in the settings.
        state: What is found.
        version: What `/profitversion` says now; empty when it cannot be reached.
        known_version: What it said when it was last seen to differ; empty when never seen.
        first_version: What its first snapshot says that is kept; empty when there is none.
        changes: What is different; None unless it changed.
        problem: Why it cannot be reached, or refuses.
        snapshot: The file that is the last known from now on; empty when there is none.
        previous: The file that was it before, when it changed.
    """

    environment: str
    state: State
    version: str = ""
    known_version: str = ""
    first_version: str = ""
    changes: ChangeList | None = None
    problem: str = ""
    snapshot: str = ""
    previous: str = ""


def differences(known: Snapshot, now: Snapshot, *, names: tuple[str, str]) -> ChangeList | None:
    """Return what is different between what was known and what is; None when nothing is.

    Args:
        known: The last snapshot.
        now: The one taken now.
        names: What to call them.
    """
    changes = compare(interface_of(known, name=names[0]), interface_of(now, name=names[1]))
    return changes if changes.changes or known.version != now.version else None
