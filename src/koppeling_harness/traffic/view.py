"""What a text says, and where each of its characters stands in the text that it was read from."""

import itertools
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence

from koppeling_harness.traffic.runs import Span


def shape(kept: str, *, fold: bool = False) -> bytes:
    """Return what marks characters that are kept with an `x`, and others with a blank."""
    chars = kept + kept.upper() + kept.lower() if fold else kept
    return bytes(ord("x") if code < 128 and chr(code) in chars else 32 for code in range(256))


DIGITS = "0123456789"
LETTERS = "abcdefghijklmnopqrstuvwxyz"
ALNUM_SHAPE = shape(DIGITS + LETTERS, fold=True)
NOT_ALNUM = bytes(code for code in range(256) if ALNUM_SHAPE[code] == 32)


class View:
    """What a text says when its spelling is undone.

    Args:
        text: What it says.
        locate: Gives where a piece of it (start and end) stands in the text that was looked at.
        decoded: Whether it was read out of base64 and the like, where letters are packed.
    """

    __slots__ = ("_compact", "_places", "_raw", "decoded", "locate", "text")

    def __init__(
        self, text: str, locate: Callable[[int, int], Span], *, decoded: bool = False
    ) -> None:
        self.text = text
        self.locate = locate
        self.decoded = decoded
        self._raw: bytes | None = None
        self._compact: bytes | None = None
        self._places: dict[bytes, Sequence[int]] | None = None

    @property
    def raw(self) -> bytes:
        """A byte per character, `?` for one that has none."""
        if self._raw is None:
            self._raw = latin(self.text)
        return self._raw

    @property
    def compact(self) -> bytes:
        """Its ASCII letters and digits and nothing else, in lower case."""
        if self._compact is None:
            self._compact = self.raw.translate(None, NOT_ALNUM).lower()
        return self._compact

    def places(self, shape: bytes) -> Sequence[int]:
        """Return where the characters of a shape stand; reckoned once, it is asked for often."""
        if self._places is None:
            self._places = {}
        if shape not in self._places:
            marks = self.raw.translate(shape)
            self._places[shape] = array(
                "L", itertools.compress(range(len(marks)), map((120).__eq__, marks))
            )
        return self._places[shape]


class Seen:
    """Where a text was seen, reckoned when it is seen again: places of which none is in another."""

    __slots__ = ("_ends", "_first", "_starts")

    def __init__(self, first: View) -> None:
        self._first: View | None = first
        self._starts: list[int] = []
        self._ends: list[int] = []

    def is_elsewhere(self, view: View) -> bool:
        """Take up where a text stands; return False where it was seen there before."""
        if self._first is not None:
            start, end = self._first.locate(0, len(self._first.text))
            self._starts, self._ends, self._first = [start], [end], None
        start, end = view.locate(0, len(view.text))
        # of places of which none is in another, those that begin later end later
        at = bisect_right(self._starts, start)
        if at and end <= self._ends[at - 1]:
            return False
        first, last = bisect_left(self._starts, start), bisect_right(self._ends, end)
        self._starts[first:last] = [start]
        self._ends[first:last] = [end]
        return True


def latin(text: str) -> bytes:
    """Return a byte per character, `?` for one that has none."""
    return text.encode("latin-1", errors="replace")
