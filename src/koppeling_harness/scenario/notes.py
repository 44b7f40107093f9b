"""Problems of one scenario file, each at its place."""

from collections.abc import Iterator, Sequence
from typing import Any

from koppeling_harness.document import Source
from koppeling_harness.errors import ConfigurationError, Problem

Path = tuple[str | int, ...]


class Notes:
    """Collects what is wrong in a file.

    Attributes:
        problems: What was found until now.
    """

    def __init__(self, source: Source) -> None:
        self.problems: list[Problem] = []
        self._source = source

    def add(
        self, path: Sequence[str | int], message: str, *, hint: str = "", key: bool = False
    ) -> None:
        """Note a problem.

        Args:
            path: Where in the document.
            message: What was found and what was expected.
            hint: What to do.
            key: Whether it is about the key and not about its value.
        """
        where = self._source.place(path, key=key)
        self.problems.append(Problem(where=where, message=message, hint=hint))

    def add_error(self, path: Sequence[str | int], error: ConfigurationError) -> None:
        """Note what an error says."""
        self.add(path, error.message, hint=error.hint)


def mapping(value: Any) -> dict[str, Any]:
    """Return a value when it is a mapping, else an empty one: shapes are judged elsewhere."""
    return value if isinstance(value, dict) else {}


def sequence(value: Any) -> list[Any]:
    """Return a value when it is a list, else an empty one: shapes are judged elsewhere."""
    return value if isinstance(value, list) else []


def texts_in(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """Return every text in a value with its path; keys are not among them."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from texts_in(each, (*path, key))
    elif isinstance(value, list):
        for at, each in enumerate(value):
            yield from texts_in(each, (*path, at))
