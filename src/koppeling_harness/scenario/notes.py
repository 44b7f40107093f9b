"""Problems of one scenario file, each at its place."""

from collections.abc import Sequence
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


def expressions_in(value: Any, path: Path) -> list[tuple[Path, str]]:
    """Return every text in a value that holds an expression, with its path; keys are left out."""
    found: list[tuple[Path, str]] = []
    _find_expressions(value, path, found)
    return found


def _find_expressions(value: Any, path: Path, found: list[tuple[Path, str]]) -> None:
    if isinstance(value, str):
        if "${" in value:
            found.append((path, value))
    elif isinstance(value, dict):
        for key, each in value.items():
            if isinstance(each, (dict, list)) or (isinstance(each, str) and "${" in each):
                _find_expressions(each, (*path, key), found)
    elif isinstance(value, list):
        for at, each in enumerate(value):
            _find_expressions(each, (*path, at), found)
