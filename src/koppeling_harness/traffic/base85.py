"""Base85 in its three alphabets, which is undone for tokens and hexadecimal digits only."""

import base64
import itertools
import re
import struct
from collections.abc import Iterator, Mapping, Sequence

from koppeling_harness.traffic.runs import runs

PACKED_DIGITS_LEAST = 32
"""So many hexadecimal digits, written in base85, are seen whoever they belong to."""


def base85_forms(text: str) -> tuple[str, ...]:
    """Return a text in the three alphabets of base85."""
    data = text.encode("utf-8", "surrogatepass")
    usual = base64.b85encode(data)
    return (
        usual.decode(),
        base64.a85encode(data).decode(),
        usual.translate(bytes.maketrans(_B85, _Z85)).decode(),
    )


_B85 = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~"
_Z85 = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#"
_B85_DIGITS = {char: at for at, char in enumerate(_B85.decode())}
_Z85_DIGITS = {char: at for at, char in enumerate(_Z85.decode())}
_A85_DIGITS = {chr(33 + at): at for at in range(85)}
# every token begins alike, so that it is seen where one was packed
_TOKEN_BEGINS = "<token><version>1</version><data>"[:32]
_TOKEN_LENGTH = 138
_BASE85 = tuple(
    zip(base85_forms(_TOKEN_BEGINS), (_B85_DIGITS, _A85_DIGITS, _Z85_DIGITS), strict=True)
)


def packed_tokens(text: str) -> Iterator[tuple[Sequence[int], bytes]]:
    """Yield what tokens in base85 say, and where the characters stand that say it."""
    for begin, digits in _BASE85:
        at = text.find(begin)
        while at >= 0:
            inked = (place for place in range(at, len(text)) if not text[place].isspace())
            places = list(itertools.islice(inked, _TOKEN_LENGTH + 5))
            yield places, _said(bytes(digits.get(text[place], 0) for place in places))
            at = text.find(begin, at + 1)


def _said(counted: bytes) -> bytes:
    """Return what characters say of which it is known for what each counts: four bytes by five."""
    groups = zip(*(counted[at::5] for at in range(5)), strict=False)
    numbers = [
        (((((a * 85 + b) * 85 + c) * 85 + d) * 85) + e) & 0xFFFFFFFF for a, b, c, d, e in groups
    ]
    return struct.pack(f">{len(numbers)}I", *numbers)


def packed_digits(raw: bytes) -> Iterator[tuple[Sequence[int], bytes]]:
    """Yield the hexadecimal digits that stand in base85, and where the characters that say them.

    Five characters say four digits, and the first of the five is one of a few: in 32 digits, eight
    times in a row. So what thousands of tokens look like in base85 need not be kept.

    Args:
        raw: A byte per character.
    """
    for alphabet in _ALPHABETS:
        for start, data in _digits_in(raw, *alphabet):
            yield range(start, start + len(data) * 5 // 4), data
    if b'\\"' in raw:  # of the three alphabets ASCII85 has quotes, and JSON a backslash before them
        places: list[int] = []
        for start, data in _digits_in(raw.replace(b'\\"', b'"'), *_ALPHABETS[1]):
            places = places or [at for at in range(len(raw)) if raw[at : at + 2] != b'\\"']
            yield places[start : start + len(data) * 5 // 4], data


_HEX = b"0123456789ABCDEFabcdef"
_GROUPS = PACKED_DIGITS_LEAST // 4
_DIGITS = re.compile(rb"[0-9A-Fa-f]{12}")
_LEADS = {
    number // 85**4 for first in _HEX for number in (first << 24 | 0x303030, first << 24 | 0x666666)
}
"""What the first of five characters counts that say four hexadecimal digits."""


def _alphabet(digits: Mapping[str, int]) -> tuple[bytes, bytes, bytes]:
    """Return for what each character counts, what marks those of an alphabet, and first of five."""
    counts = [digits.get(chr(code), -1) for code in range(256)]
    return (
        bytes(max(each, 0) for each in counts),
        bytes(120 if each >= 0 else 32 for each in counts),
        bytes(120 if each in _LEADS else 32 for each in counts),
    )


_ALPHABETS = tuple(map(_alphabet, (_B85_DIGITS, _A85_DIGITS, _Z85_DIGITS)))


def _digits_in(
    raw: bytes, counts: bytes, of_alphabet: bytes, leads: bytes
) -> Iterator[tuple[int, bytes]]:
    if b"x" * 5 * _GROUPS not in raw.translate(of_alphabet):
        return
    marks = raw.translate(leads)
    for phase in range(5):
        for first, last in runs(marks[phase::5], _GROUPS):
            start = phase + 5 * first
            data = _said(raw[start : phase + 5 * last].translate(counts))
            if _DIGITS.search(data):
                yield start, data
