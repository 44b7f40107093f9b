"""What a GetConnector has shown of when rows were modified, and what a filter on that asks."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from koppeling_harness.traffic.checks.call import Call

BEYOND = frozenset({"1", "2", "4"})
"""Operators of a filter that begins at a value: equal, from, after."""
_FROM = frozenset({"2", "4"})
_FAR = timedelta(days=31)
"""Whoever looks back a day, a week or a month reads changes; the rows of a demo company are often
of one day, so that even a step back of minutes leaves none of them out."""
_SLACK = timedelta(days=1)
"""Clocks differ, and Profit tells local time."""


class Shown:
    """The modified dates that one GetConnector has shown until now.

    Args:
        field: The field that holds them.
        reads: What has been read already.
    """

    def __init__(self, field: str, reads: Sequence[Call] = ()) -> None:
        self._field = field.lower()
        self._values = re.compile(rf'(?i)"{re.escape(field)}"\s*:\s*"([0-9T:-]{{19}})')
        self._unread: list[Call] = []
        self._latest = self._earliest = ""
        for each in reads:
            self.add(each)

    def is_field(self, name: str) -> bool:
        """Return whether it is about a field."""
        return name.lower() == self._field

    def add(self, call: Call) -> None:
        """Take an answer along."""
        if call.exchange.status == 200:
            self._unread.append(call)

    def latest(self) -> datetime | None:
        """Return the newest that was shown, None when there was none."""
        self._read()
        return moment_of(self._latest)

    def earliest(self) -> datetime | None:
        """Return the oldest that was shown, None when there was none."""
        self._read()
        return moment_of(self._earliest)

    def _read(self) -> None:
        for call in self._unread:
            values = self._values.findall(call.exchange.response_body or "")
            self._latest = max([self._latest, *values])
            self._earliest = min([*filter(None, [self._earliest]), *values], default="")
        self._unread.clear()


def moment_of(value: str) -> datetime | None:
    """Return a moment as rows and filters give it; None when it is none."""
    try:
        return datetime.fromisoformat(value[:19])
    except ValueError:
        return None


def changes_from(call: Call, field: str) -> datetime | None:
    """Return from when a read asks what was modified; None when it asks no such thing."""
    found = [
        moment
        for name, value, operator in call.filters
        if name.lower() == field.lower() and operator in _FROM and (moment := moment_of(value))
    ]
    return max(found, default=None)


def reads_all_again(asked: datetime, shown: Shown) -> bool:
    """Return whether a filter leaves out nothing that was shown, by far more than a step back."""
    earliest, latest = shown.earliest(), shown.latest()
    return (
        earliest is not None and latest is not None and asked <= earliest and latest - asked > _FAR
    )


def is_to_come(asked: datetime, call: Call, shown: Shown) -> bool:
    """Return whether a filter begins where nothing can have been modified yet."""
    told = call.exchange.response_header("date")
    latest = shown.latest()
    try:
        now = datetime.strptime(told or "", "%a, %d %b %Y %H:%M:%S GMT")  # noqa: DTZ007
    except ValueError:
        return latest is not None and asked > latest + _FAR
    return asked > max(now, latest or now) + _SLACK
