"""Recognise personal data by its form: BSN, IBAN and e-mail address."""

import re
from collections.abc import Callable

Replace = Callable[[str, str], str]
"""Given a kind and a value, what stands in its place."""

_BSN = re.compile(r"(?<![0-9A-Za-z])(?<![0-9]\.)[0-9]{9}(?![0-9A-Za-z])")
_IBAN = re.compile(
    r"(?<![0-9A-Za-z])[A-Za-z]{2}[0-9]{2}(?:(?: |\+|%20)?[A-Za-z0-9]{4}){2,7}"
    r"(?:(?: |\+|%20)?[A-Za-z0-9]{1,3})?(?![0-9A-Za-z])"
)
_SPACES = re.compile(r" |\+|%20")
_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._+-])[A-Za-z0-9._+-]++(?:@|%40)[A-Za-z0-9-]++(?:\.[A-Za-z0-9-]++)+"
)


def is_bsn(digits: str) -> bool:
    """Return whether nine digits form a BSN: the 11-test, and not two zeros in front.

    Source: Logisch Ontwerp BSN, RvIG (the 11-test). Numbers below 10 million were never given
    out; employee numbers of AFAS are.
    """
    if len(digits) != 9 or digits.startswith("00"):
        return False
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    return sum(int(d) * w for d, w in zip(digits, weights, strict=True)) % 11 == 0


def is_iban(text: str) -> bool:
    """Return whether a text without spaces is an IBAN: the remainder by 97 is 1.

    Source: ISO 13616, ISO 7064.
    """
    moved = text[4:] + text[:4]
    if not moved.isascii() or not moved.isalnum():
        return False
    return int("".join(str(int(char, 36)) for char in moved)) % 97 == 1


def replace_personal(text: str, replace: Replace) -> str:
    """Return a text with each BSN, IBAN and e-mail address replaced."""

    def bsn(match: re.Match[str]) -> str:
        value = match.group()
        return replace("bsn", value) if is_bsn(value) else value

    def iban(match: re.Match[str]) -> str:
        value = _SPACES.sub("", match.group()).upper()
        return replace("iban", value) if is_iban(value) else match.group()

    def email(match: re.Match[str]) -> str:
        return replace("email", match.group().replace("%40", "@").lower())

    if "@" in text or "%40" in text:
        text = _EMAIL.sub(email, text)
    return _BSN.sub(bsn, _IBAN.sub(iban, text))
