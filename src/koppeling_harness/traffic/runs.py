"""Runs of one sort of characters in a text, found at the speed of a search."""

from collections.abc import Iterator

Span = tuple[int, int]
"""Where a piece begins and ends."""


def runs(shape: bytes, least: int) -> Iterator[Span]:
    """Yield where at least so many characters of a sort follow each other.

    Args:
        shape: For each character `x` when it is of that sort, else a blank.
        least: How many.
    """
    wanted, end = b"x" * least, 0
    while (start := shape.find(wanted, end)) >= 0:
        end = shape.find(b" ", start)
        end = len(shape) if end < 0 else end
        yield start, end
