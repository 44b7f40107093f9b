"""Which values an integration has of single records, so that it can look one of them up."""

from collections.abc import Iterator, Sequence
from typing import Any

from koppeling_harness.model.exchange import TriggerRecord
from koppeling_harness.traffic.checks.call import Call

_EQUAL = "1"
_OF_MANY = frozenset({"", "0", "1", "true", "false"})
_PART = 4


class Known:
    """The values that an integration was given, read, or wrote in one scenario.

    Which field of a GetConnector tells rows apart nobody says: AFAS's metainfo names no keys. A
    value that was taken from a record looks that record up; one that stands in the program, such as
    a status or an administration, selects rows, of which there may be any number.

    Args:
        calls: What the integration sent.
        triggers: What it was told to do.
    """

    def __init__(self, calls: Sequence[Call], triggers: Sequence[TriggerRecord]) -> None:
        given = {_text(value) for each in triggers for value in _leaves(each.input)} - {""}
        found: list[Any] = []
        for call in calls:
            found += [value for _, value in (*call.sent_fields, *call.sent_keys)]
            own = {_text(value) for _, value, kind in call.filters if kind == _EQUAL}
            cells = (value for row in call.rows or () for value in row.values())
            found += [value for value in cells if _text(value) not in own]  # it asked for those
        self._values = given | ({_text(each) for each in found} - _OF_MANY)
        self._long = [each for each in self._values if len(each) >= _PART]

    def has(self, call: Call) -> bool:
        """Return whether a value that a read asks to be equal is one of a record."""
        return any(
            self._is_known(_text(value)) for _, value, kind in call.filters if kind == _EQUAL
        )

    def _is_known(self, value: str) -> bool:
        if value in self._values:
            return True
        # a number with something before it, or only a part of what was given
        return len(value) >= _PART and any(each in value or value in each for each in self._long)


def _text(value: Any) -> str:
    return str(value).strip().casefold()


def _leaves(node: Any) -> Iterator[Any]:
    if isinstance(node, dict):
        for each in node.values():
            yield from _leaves(each)
    elif isinstance(node, list | tuple):
        for each in node:
            yield from _leaves(each)
    else:
        yield node
