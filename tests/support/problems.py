"""Problems of a file, as tests want to see them."""

from collections.abc import Callable
from typing import Any

import pytest

from koppeling_harness.errors import DocumentError, Problem


def problems_when(read: Callable[..., object], *members: str) -> Callable[..., list[Any]]:
    """Return what gives the problems with which `read` refuses a file, and fails when it does not.

    Args:
        read: Reads a file.
        members: Of each problem those that are wanted, as a tuple; of `where` only line and
            column, as `:7:1`. One is given as it is; none for the problems themselves.
    """

    def problems_of(*arguments: Any) -> list[Any]:
        with pytest.raises(DocumentError) as caught:
            read(*arguments)
        return [_told(each, members) for each in caught.value.problems]

    return problems_of


def _told(problem: Problem, members: tuple[str, ...]) -> Any:
    where = str(problem.where).removeprefix(getattr(problem.where, "file", ""))
    found = tuple(where if name == "where" else getattr(problem, name) for name in members)
    return found[0] if len(found) == 1 else found or problem
