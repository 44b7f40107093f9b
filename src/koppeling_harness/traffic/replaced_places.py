"""Where a piece stood in a text in which matches of an expression were replaced."""

import re
from bisect import bisect_right
from collections.abc import Callable


class ReplacedPlaces:
    """Places in the new text and in the old one; reckoned when they are first asked for.

    Args:
        text: The old one.
        pattern: What was replaced in it.
        say: Gives what stands in the place of a match.
    """

    def __init__(
        self, text: str, pattern: re.Pattern[str], say: Callable[[re.Match[str]], str]
    ) -> None:
        self._text = text
        self._pattern = pattern
        self._say = say
        self._new_at: list[int] = []
        self._old_at: list[int] = []

    def old(self, position: int, *, is_end: bool) -> int:
        """Return where in the old text a position of the new one was; of a match all belongs to it.

        Args:
            position: In the new text.
            is_end: Whether a piece ends there, and does not begin.
        """
        if not self._new_at:
            self._reckon()
        # an empty match leaves two pieces at one place: an end belongs to the first of them
        piece = bisect_right(self._new_at, position - is_end) - 1
        if piece % 2:
            return self._old_at[piece + 1] if is_end else self._old_at[piece]
        return self._old_at[piece] + position - self._new_at[piece]

    def _reckon(self) -> None:
        """Note where pieces begin in the new text, and in the old; every second one is a match."""
        new_end = done = 0
        new_at, old_at = [0], [0]
        for match in self._pattern.finditer(self._text):
            new_end += match.start() - done
            new_at.append(new_end)
            old_at.append(match.start())
            new_end += len(self._say(match))
            new_at.append(new_end)
            old_at.append(match.end())
            done = match.end()
        self._new_at, self._old_at = new_at, old_at
