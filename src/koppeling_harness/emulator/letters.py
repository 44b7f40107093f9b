"""Letters as Profit compares them: upper and lower case are alike, of every letter.

SQLite's own comparison knows the case of A to Z only. So values of ASCII are left to it, and its
indexes; any other is folded first. That accents count and cases do not is the collation that SQL
Server has by default; which one AFAS's databases have is inferred.
"""

import sqlite3
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import Any

_FROM_ELSEWHERE = frozenset("fks")
"""ASCII letters that a letter outside ASCII can fold to: ligatures, the Kelvin sign, ß."""

_OUTSIDE = "GLOB '*[^' || char(1) || '-~]*'"
"""SQL: whether a text holds anything outside ASCII."""


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """Return a text in the form in which equal texts are equal: `É`, `é` and `e` + accent alike."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


@lru_cache(maxsize=4096)
def sort_key(text: str) -> str:
    """Return what a text is put in order by: its letters first, then their accents."""
    folded = fold(text)
    if folded.isascii():
        return folded
    apart = unicodedata.normalize("NFD", folded)
    plain = "".join(each for each in apart if not unicodedata.combining(each))
    return f"{plain}\x01{folded}"


def add_to(connection: sqlite3.Connection) -> None:
    """Let a connection fold and order texts."""
    connection.create_function("folded", 1, _of_text(fold), deterministic=True)
    connection.create_function("sort_key", 1, _of_text(sort_key), deterministic=True)


def _of_text(change: Callable[[str], str]) -> Callable[[Any], Any]:
    return lambda value: change(value) if isinstance(value, str) else value


def folded_sql(sql: str) -> str:
    """Return the SQL of a text's folded form, to compare with NOCASE or LIKE."""
    return f"CASE WHEN {sql} {_OUTSIDE} THEN folded({sql}) ELSE {sql} END"


def order_sql(sql: str) -> str:
    """Return the SQL of what texts are put in order by."""
    return f"(CASE WHEN {sql} {_OUTSIDE} THEN sort_key({sql}) ELSE {sql} END) COLLATE NOCASE"


def like_sql(sql: str, pattern: str) -> tuple[str, list[str]]:
    """Return the SQL that holds for texts like a pattern, with its parameters.

    Args:
        sql: The expression of the text.
        pattern: Folded, for LIKE, with a backslash before what is no wildcard.
    """
    whole = f"({folded_sql(sql)}) LIKE ? ESCAPE '\\'"
    if not pattern.isascii() or not _FROM_ELSEWHERE.isdisjoint(pattern):
        return whole, [pattern]
    # What is not like it as it stands is not when folded either: most rows need not be folded.
    plain, folded = f"{sql} LIKE ? ESCAPE '\\'", f"folded({sql}) LIKE ? ESCAPE '\\'"
    return f"({plain} AND (NOT {sql} {_OUTSIDE} OR {folded}))", [pattern, pattern]


def equal_sql(sql: str, value: str) -> tuple[str, str]:
    """Return the SQL that holds for texts equal to a value, with its parameter.

    An index on the column is used where only ASCII can be equal.
    """
    wanted, is_plain = comparable(value)
    return f"{compared_sql(sql, is_plain=is_plain)} = ?", wanted


@lru_cache(maxsize=4096)
def comparable(value: str) -> tuple[str, bool]:
    """Return a text's folded form, and whether nothing outside ASCII can be equal to it."""
    text = fold(value)
    return text, text.isascii() and _FROM_ELSEWHERE.isdisjoint(text)


def compared_sql(sql: str, *, is_plain: bool) -> str:
    """Return the SQL of what is compared with a folded text.

    Args:
        sql: The expression of a text.
        is_plain: Whether nothing outside ASCII can be equal to the other; then it may use an index.
    """
    return f"{sql if is_plain else f'({folded_sql(sql)})'} COLLATE NOCASE"
