"""The documented claims about Profit's REST service, and what shows each of them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

CLAIMS: dict[str, tuple[str, str]] = {
    line.split("\t")[0]: (line.split("\t")[1], line.split("\t")[2])
    for line in Path(__file__).with_name("claims.tsv").read_text("utf-8").splitlines()
}
"""What is claimed and by which source, by id."""

SHOWN: set[str] = set()
"""Claims that a row or a test shows."""

Row = tuple[str, Callable[[Any], Any], Any]


def rows(*table: Row) -> list[Row]:
    """Return a table of claim, what is asked, and the expected answer."""
    for claim, _, _ in table:
        _note(claim)
    return list(table)


def shows(*claims: str) -> Callable[[Any], Any]:
    """Mark a test as showing some claims."""
    for claim in claims:
        _note(claim)
    return lambda test: test


def _note(claim: str) -> None:
    assert claim in CLAIMS, f"{claim} is not in claims.tsv"
    SHOWN.add(claim)
