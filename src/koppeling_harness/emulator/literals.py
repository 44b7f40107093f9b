"""Numbers, yes/no and moments as Profit writes them, in bodies, filters and paging alike.

A pattern comes first: what a programming language takes beyond it (`1_0`, `nan`, digits of other
scripts, `1e3` as text) is no number. Source: the values in AFAS's request examples
(docs.afas.help/apidoc); a bare `.5` because Profit itself wrote it so until Profit 6.
"""

import os
import re
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

_BLANKS = " \t\r\n"
_WHOLE = re.compile(r"[+-]?[0-9]+")
_SHORT = re.compile(r"[0-9]{1,18}")
"""What surely is a whole number, and nearly every one is."""
_DECIMAL = re.compile(r"[+-]?([0-9]+(\.[0-9]+)?|\.[0-9]+)")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?Z?")
_TIME = re.compile(r"[0-9]{2}:[0-9]{2}(:[0-9]{2})?")
_NO_DAY = "1900-01-01T"
"""The day of a value that is a time only."""
_TRUE, _FALSE = frozenset(("true", "1", "-1")), frozenset(("false", "0"))
_SURELY_SMALL = 9
"""Digits of a number that surely fits 32 bits."""
_MOST_DIGITS = 40
"""More than any field holds; what is longer is not even converted."""


def whole(text: str) -> int:
    """Return the whole number that a text says; `12.0` is one too.

    Raises:
        ValueError: It says none, or one beyond 64 bits.
    """
    if _SHORT.fullmatch(text):
        return int(text)
    number = decimal(text)
    if number != number.to_integral_value() or abs(number) >= 2**63:
        raise ValueError(text)
    return int(number)


def page_number(text: str) -> int | None:
    """Return the whole number of `skip` or `take`; None for anything else."""
    if text.isascii() and text.isdigit() and len(text) < _SURELY_SMALL:
        return int(text)
    plain = text.strip(_BLANKS)
    if not _WHOLE.fullmatch(plain):
        return None
    bound: int = 2**31
    number = int(plain) if len(plain) <= _MOST_DIGITS else bound
    return max(min(number, bound), -bound)


def decimal(text: str) -> Decimal:
    """Return the number that a text says.

    Raises:
        ValueError: It says none.
    """
    plain = text.strip(_BLANKS)
    if len(plain) > _MOST_DIGITS or not _DECIMAL.fullmatch(plain):
        raise ValueError(text)
    return Decimal(plain)


def rounded(number: Decimal, decimals: int) -> float:
    """Return a number with so many decimals, half away from zero; all of them for -1.

    Raises:
        ValueError: It is larger than Profit keeps.
    """
    if abs(number) >= 10**15:
        raise ValueError(number)
    if decimals < 0:
        return float(number)
    return float(number.quantize(_step(decimals), ROUND_HALF_UP)) + 0.0


@cache
def _step(decimals: int) -> Decimal:
    return Decimal(1).scaleb(-decimals)


def yes_no(text: str) -> int:
    """Return 1 or 0.

    Raises:
        ValueError: It says neither yes nor no.
    """
    word = text.strip(_BLANKS).lower()
    if word in _TRUE:
        return 1
    if word in _FALSE:
        return 0
    raise ValueError(text)


def moment(text: str) -> str:
    """Return a moment as it is stored, without fractions; a time stands on a day without meaning.

    Raises:
        ValueError: It says no moment.
    """
    plain = text.strip(_BLANKS)
    if _TIME.fullmatch(plain):
        return datetime.fromisoformat(_NO_DAY + plain).isoformat()
    if not _DATE.fullmatch(plain) and not _MOMENT.fullmatch(plain):
        raise ValueError(text)
    whole_seconds = plain.removesuffix("Z").partition(".")[0]
    return datetime.fromisoformat(whole_seconds).isoformat()


def new_guid() -> str:
    """Return a random GUID as Profit writes it: version 4, upper case, in braces."""
    digits = os.urandom(16).hex().upper()
    return f"{{{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-A{digits[17:20]}-{digits[20:]}}}"
