"""A document as it was read, with the place of every value in it."""

from collections.abc import Mapping, Sequence
from typing import Any

from koppeling_harness.place import Place
from koppeling_harness.value import dataclass

Path = tuple[str | int, ...]
"""Keys and positions that lead to a value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A document with the places of its values.

    Attributes:
        name: What messages call the file.
        data: The document as plain mappings, lists, text, numbers, booleans and None.
        places: Line and column, counted from 1, of each value.
        keys: Line and column of each mapping key.
        raw: For each number, the text that stands in the file.
    """

    name: str
    data: Any
    places: Mapping[Path, tuple[int, int]]
    keys: Mapping[Path, tuple[int, int]]
    raw: Mapping[Path, str]

    def place(self, path: Sequence[str | int] = (), *, key: bool = False) -> Place:
        """Return the place of a value or of its key, or of the nearest one above it."""
        whole = tuple(path)
        if key and whole in self.keys:
            return Place(self.name, *self.keys[whole])
        while whole and whole not in self.places:
            whole = whole[:-1]
        return Place(self.name, *self.places.get(whole, (1, 1)))
