"""Begin of each page of a long result, so that a deep one costs no more than the first.

SQL counts its way to an offset. For results in the order of the row id, every thousandth id is
remembered until something changes.
"""

import sqlite3
from typing import Any

FROM_SKIP = 5_000
"""Smaller offsets are counted."""
_STEP = 1_000
_MOST_KEPT = 64


class PageIndex:
    """Remembers positions in the results of one environment's queries."""

    def __init__(self) -> None:
        self._known: dict[tuple[Any, ...], tuple[int, list[int]]] = {}

    def start(
        self,
        connection: sqlite3.Connection,
        *,
        rows: str,
        row_id: str,
        descending: bool,
        parameters: list[Any],
        skip: int,
    ) -> tuple[int, int] | None:
        """Return the row id from which to read, and how many rows still to skip from there.

        Args:
            connection: The environment's database.
            rows: The query from FROM on, without its order.
            row_id: The expression of the row id.
            descending: Whether it runs downwards.
            parameters: Of the query.
            skip: How many rows to leave out.

        Returns:
            None when there are no rows that deep.
        """
        key = (rows, row_id, descending, *parameters)
        changes = connection.total_changes
        known = self._known.get(key)
        if known is None or known[0] != changes:
            order = f"{row_id}{' DESC' if descending else ''}"
            cursor = connection.execute(
                f"SELECT {row_id} {rows} ORDER BY {order}",
                parameters,
            )
            marks = []
            while batch := cursor.fetchmany(_STEP):
                marks.append(batch[0][0])
            if len(self._known) >= _MOST_KEPT:
                self._known.clear()
            known = self._known[key] = changes, marks
        place, rest = divmod(skip, _STEP)
        return (known[1][place], rest) if place < len(known[1]) else None
