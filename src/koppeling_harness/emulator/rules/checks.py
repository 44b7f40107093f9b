"""The tests that numbers carry in themselves."""

import re

_IBAN = re.compile(r"^[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}$")
_DUTCH_ZIP = re.compile(r"^[1-9][0-9]{3} ?[A-Za-z]{2}$")
_BSN_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)

BANKS = {
    "ABNA": "ABNANL2A",
    "ASNB": "ASNBNL21",
    "BUNQ": "BUNQNL2A",
    "INGB": "INGBNL2A",
    "KNAB": "KNABNL2H",
    "RABO": "RABONL2U",
    "SNSB": "SNSBNL2A",
    "TRIO": "TRIONL2U",
}
"""Bank code of a Dutch IBAN to its BIC."""


def is_bsn(text: str) -> bool:
    """Return whether a Dutch citizen number passes the 11-test."""
    if not (text.isascii() and text.isdecimal()) or not 8 <= len(text) <= 9 or not int(text):
        return False
    digits = text.rjust(9, "0")
    weighed = zip(digits, _BSN_WEIGHTS, strict=True)
    return sum(int(digit) * weight for digit, weight in weighed) % 11 == 0


def is_iban(text: str) -> bool:
    """Return whether an IBAN has the right form and check digits (ISO 13616)."""
    plain = text.replace(" ", "").upper()
    if not _IBAN.match(plain):
        return False
    moved = plain[4:] + plain[:4]
    return int("".join(str(int(each, 36)) for each in moved)) % 97 == 1


def is_postcode(text: str, country: str | None) -> bool:
    """Return whether a postal code fits its country; only Dutch ones have a form here."""
    return country not in (None, "NL") or _DUTCH_ZIP.match(text) is not None
