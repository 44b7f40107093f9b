"""Lists of required scenarios that count: those that came with this program, for their time.

A list counts until 120 days after the version that replaced it was released. One that nobody
knows proves nothing, however much passed on it, unless the reader's own settings name it.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from koppeling_harness.model.functional import ListWord
from koppeling_harness.model.known_list import KnownList
from koppeling_harness.rules.words import said
from koppeling_harness.value import dataclass

GRACE = timedelta(days=120)
"""How long a list still counts after it was replaced."""

_NUMBERS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListBook:
    """The lists that a reader knows.

    Attributes:
        known: Those that came with versions of this program.
        own: By SHA-256, the names of lists that the reader's settings let count.
        version: Of the reader's program.
    """

    known: Sequence[KnownList]
    own: Mapping[str, str]
    version: str

    def find(self, digest: str, release: str) -> KnownList | None:
        """Return the newest known list of that digest, None when there is none.

        Args:
            digest: SHA-256 of the list; those of several releases may be the same.
            release: Label of the release that is meant.
        """
        found = [each for each in self.known if each.digest == digest]
        return max(
            found,
            key=lambda each: (each.release == release, _order(each.version)),
            default=None,
        )


def list_word(book: ListBook, digest: str, *, release: str, harness: str) -> ListWord:
    """Return what a reader knows of the list of a record.

    Args:
        book: What the reader knows.
        digest: SHA-256 of the list, as the record has it.
        release: Label of the release that it was run on.
        harness: Version of the program that made the record.
    """
    found = book.find(digest, release)
    if found is not None:
        return ListWord(
            name=said("lijst van versie {v}", "list of version {v}", v=found.version),
            counts=True,
            until=_last_day(book.known, found),
        )
    if digest in book.own:
        name = book.own[digest]
        return ListWord(name=said("eigen lijst {name}", "own list {name}", name=name), counts=True)
    if _order(harness) > _order(book.version):
        return ListWord(
            name=said(
                "lijst van een nieuwer programma ({v}): werk dit programma bij",
                "list of a newer program ({v}): update this program",
                v=harness,
            ),
            counts=False,
        )
    return ListWord(
        name=said("onbekende lijst ({digest}…)", "unknown list ({digest}…)", digest=digest[:12]),
        counts=False,
    )


def _last_day(known: Sequence[KnownList], one: KnownList) -> date | None:
    """Return the last day on which a list counts; None while no released version replaced it."""
    later = [
        each.released
        for each in known
        if each.release == one.release
        and each.released is not None
        and _order(each.version) > _order(one.version)
    ]
    return min(later) + GRACE if later else None


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(each) for each in _NUMBERS.findall(version)[:4])
