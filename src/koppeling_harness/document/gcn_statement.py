"""The SQL statements of an exported GetConnector: read as rows, never carried out.

Each is `insert <table> (<columns>) values (<values>)`; a value is NULL, a whole number, or a text
in quotes, in which a quote is doubled. Texts hold brackets, commas and line breaks.
"""

import re
from collections.abc import Mapping

from koppeling_harness.document.gcn_values import Damaged
from koppeling_harness.value import dataclass

_HEAD = re.compile(r"\s*insert\s+(?:into\s+)?(\w+)\s*\(([\w\s,]*)\)\s*values\s*\(", re.IGNORECASE)
_VALUE = re.compile(
    r"\s*(?:(NULL)|(-?[0-9]{1,18})|N?'([^']*(?:''[^']*)*)')\s*([,)])", re.IGNORECASE
)
_PREFIX = "afasmd"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What one statement puts into a table.

    Attributes:
        table: In lower case.
        values: By column, in lower case and without `AfasMd`.
    """

    table: str
    values: Mapping[str, str | int | None]

    def text(self, column: str) -> str:
        """Return a value as text; empty for none."""
        found = self.values.get(column.lower())
        return "" if found is None else str(found)

    def number(self, column: str) -> int:
        """Return a value as a number; 0 for none, and for what is none."""
        found = self.text(column)
        return int(found) if re.fullmatch("[0-9]{1,9}", found) else 0

    def is_set(self, column: str) -> bool:
        """Return whether a value says yes."""
        return self.text(column) not in {"", "0"}


def read_insert(statement: str, number: int) -> Row:
    """Return what a statement puts into a table.

    Args:
        statement: Its text.
        number: Which it is, from 1, for messages.

    Raises:
        Damaged: It is something else than an insert of plain values.
    """
    head = _HEAD.match(statement)
    if head is None:
        message = f"statement {number}: expected an insert of values, found something else"
        raise Damaged(message)
    columns = [each.strip().lower().removeprefix(_PREFIX) for each in head[2].split(",")]
    values: list[str | int | None] = []
    at, last = head.end(), ","
    while last == ",":
        found = _VALUE.match(statement, at)
        if found is None:
            message = (
                f"statement {number}, character {at + 1}: expected NULL, a whole number or a text "
                "in quotes, then a comma or a bracket"
            )
            raise Damaged(message)
        whole = None if found[2] is None else int(found[2])
        values.append(whole if found[3] is None else found[3].replace("''", "'"))
        at, last = found.end(), found[4]
    if statement[at:].strip(" \r\n\t;"):
        message = f"statement {number}, character {at + 1}: expected its end"
        raise Damaged(message)
    if len(columns) != len(values):
        message = f"statement {number}: {len(columns)} columns and {len(values)} values"
        raise Damaged(message)
    return Row(table=head[1].lower(), values=dict(zip(columns, values, strict=True)))
