"""From what passes on its way to a shared environment to the journal of what was written."""

from urllib.parse import unquote

from koppeling_harness.clock import Clock
from koppeling_harness.model.journal import Fate, WriteKind
from koppeling_harness.rules.removal import Keys, answered_keys, removal_of, written_keys
from koppeling_harness.store.creation_journal import CreationJournal, is_unsettled
from koppeling_harness.traffic.polite import Door

_KINDS = {"POST": WriteKind.CREATE, "PUT": WriteKind.CHANGE, "DELETE": WriteKind.DELETE}


class JournalLog:
    """A `WriteLog` that writes the journal.

    Args:
        journal: Where every write is noted.
        clock: Tells the time.
    """

    def __init__(self, journal: CreationJournal, *, clock: Clock) -> None:
        self._journal = journal
        self._clock = clock

    def before(self, door: Door, method: str, path: str, body: bytes) -> int | None:
        """Note a write that is about to be sent; return its number."""
        connector = path.split("/")[2]
        kind = _KINDS[method]
        text = body.decode("utf-8", "replace")
        return self._journal.write(
            kind,
            sender=door.sender,
            scenario=door.scenario,
            connector=connector,
            keys=_path_keys(path) if kind is WriteKind.DELETE else written_keys(connector, body),
            marks=[each for each in door.marks() if each in text],
            at=self._clock.now().isoformat(timespec="milliseconds"),
        )

    def after(self, number: int, status: int, body: bytes) -> None:
        """Note how it was answered; what was deleted needs no cleaning up any more."""
        found = self._journal.written[number - 1]
        line = found.line
        creates = line.write is WriteKind.CREATE and status < 400
        keys = answered_keys(line.connector, body) if creates else ()
        self._journal.answer(number, status=status, keys=keys)
        if line.write is not WriteKind.DELETE or status >= 400:
            return
        for each in self._journal.written:
            if (
                is_unsettled(each)
                and each.line.connector.lower() == line.connector.lower()
                and list(line.keys) == [_only(each.line.connector, k) for k in each.element_keys()]
            ):
                self._journal.fate(each.line.number, Fate.DELETED, "")


def _path_keys(path: str) -> tuple[Keys, ...]:
    """Return the keys that the path of a deletion names: `…/@SbId/123`, one or more pairs."""
    parts = path.strip("/").split("/")[2:]
    found: Keys = {}
    for place in range(0, len(parts) - 2, 3):
        names = unquote(parts[place + 1]).split(",")
        values = parts[place + 2].split(",")
        found |= {
            name.lstrip("@"): unquote(value) for name, value in zip(names, values, strict=False)
        }
    return (found,) if found else ()


def _only(connector: str, keys: Keys) -> Keys:
    removal = removal_of(connector)
    return {name: keys[name] for name in removal.keys if name in keys} if removal else keys
