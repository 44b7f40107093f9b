"""Base85 in its three alphabets, which is undone for tokens and hexadecimal digits only."""

import base64
import re
from collections.abc import Iterator, Mapping, Sequence

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
            inked = [place for place in range(at, len(text)) if not text[place].isspace()]
            places = inked[: _TOKEN_LENGTH + 5]
            yield places, _said(text, places, digits)
            at = text.find(begin, at + 1)


def _said(text: str, places: Sequence[int], digits: Mapping[str, int]) -> bytes:
    data = bytearray()
    for first in range(0, len(places) - 4, 5):
        number = 0
        for place in places[first : first + 5]:
            number = number * 85 + digits.get(text[place], 0)
        data += (number & 0xFFFFFFFF).to_bytes(4, "big")
    return bytes(data)


def packed_digits(run: bytes) -> Iterator[tuple[Sequence[int], bytes]]:
    """Yield the hexadecimal digits that stand in base85, and where the characters that say them.

    Five characters say four digits, and the first of the five is one of a few: in 32 digits, eight
    times in a row. So what thousands of tokens look like in base85 need not be kept.

    Args:
        run: Characters without a blank between them.
    """
    for shape, digits in _HEX_SHAPES:
        for start, data in _digits_in(run, shape, digits):
            yield range(start, start + len(data) * 5 // 4), data
    if b'\\"' in run:  # of the three alphabets ASCII85 has quotes, and JSON a backslash before them
        places: list[int] = []
        for start, data in _digits_in(run.replace(b'\\"', b'"'), *_HEX_SHAPES[1]):
            places = places or [at for at in range(len(run)) if run[at : at + 2] != b'\\"']
            yield places[start : start + len(data) * 5 // 4], data


def _hex_shape(digits: Mapping[str, int]) -> bytes:
    """Return what marks each character that may be the first of five that say four digits."""
    numbers = {first << 24 | rest for first in _HEX for rest in (0x303030, 0x666666)}
    lead = {number // 85**4 for number in numbers}
    return bytes(120 if digits.get(chr(code)) in lead else 32 for code in range(256))


_HEX = b"0123456789ABCDEFabcdef"
_GROUPS = PACKED_DIGITS_LEAST // 4
_LIKELY = re.compile(rb"x{%d,}" % _GROUPS)
_DIGITS = re.compile(rb"[0-9A-Fa-f]{12}")
_HEX_SHAPES = tuple((_hex_shape(digits), digits) for _, digits in _BASE85)


def _digits_in(run: bytes, shape: bytes, digits: Mapping[str, int]) -> Iterator[tuple[int, bytes]]:
    marks = run.translate(shape)
    for phase in range(5):
        firsts = marks[phase::5]
        if b"x" * _GROUPS not in firsts:
            continue
        for likely in _LIKELY.finditer(firsts):
            start = phase + 5 * likely.start()
            places = range(start, min(phase + 5 * likely.end(), len(run)))
            data = _said(run.decode("latin-1"), places, digits)
            if _DIGITS.search(data):
                yield start, data
