"""Numbers that say bytes: one each, in a list; or two, four and eight, as dumps write them."""

import re
from collections.abc import Iterator, Sequence

from koppeling_harness.traffic.compressed import packed_bytes
from koppeling_harness.traffic.runs import Span, runs
from koppeling_harness.traffic.view import DIGITS, shape

_READABLE_LEAST = 12
_LIST_LEAST = 24
_LIST_SHAPE = shape(DIGITS + "-+& ,;:.|[]()\t\r\n\"'")
_THREE_DIGITS_MOST = re.compile(rb"[0-9]{1,3}(?![0-9])")
_LIST = re.compile(r"(?<![0-9])-?[0-9]{1,3}(?:[^0-9A-Za-z]{1,8}[0-9]{1,3}){11,}(?![0-9])")
_OF_LIST = re.compile(r"(?<![0-9])-?[0-9]+")
_ROW_SHAPE = shape(DIGITS + " \t\r\n,;")
_ROW_LEAST = 15
_NUMBERS = re.compile(r"(?<![0-9A-Za-z])[0-9]{3,22}(?:[\s,;]{1,8}[0-9]{3,22}){3,}(?![0-9A-Za-z])")
_NUMBER = re.compile(r"[0-9]+")
_OCTAL = {6: 2, 11: 4, 22: 8}
"""Digits of an octal number, and its bytes."""
_MOST = {2: 0x10000, 4: 0x1_0000_0000, 8: 0x1_0000_0000_0000_0000}


def number_lists(text: str, raw: bytes) -> Iterator[tuple[str, Sequence[Span]]]:
    """Yield what lists of numbers of one byte say, and where the number of each character stands.

    Args:
        text: What is looked at.
        raw: A byte per character of it.
    """
    for first, last in runs(raw.translate(_LIST_SHAPE), _LIST_LEAST):
        if len(_THREE_DIGITS_MOST.findall(raw, first, last)) >= _READABLE_LEAST:
            for match in _LIST.finditer(text, first, last):
                yield from _listed(list(_OF_LIST.finditer(text, *match.span())))


def _listed(found: Sequence[re.Match[str]]) -> Iterator[tuple[str, Sequence[Span]]]:
    numbers = [int(each.group()) for each in found]
    for start, end, said in packed_bytes(bytes(each & 0xFF for each in numbers)):
        yield said, [(found[start].start(), found[end - 1].end())] * len(said)
    told = [at for at, number in enumerate(numbers) if 0 < number < 256]
    text = "".join(chr(numbers[at]) for at in told)
    if sum(each.isascii() and each.isalnum() for each in text) >= _READABLE_LEAST:
        yield text, [found[at].span() for at in told]


def number_words(text: str, raw: bytes) -> Iterator[tuple[bytes, Sequence[Span]]]:
    """Yield the bytes that rows of numbers of more than one say, and where each number stands.

    Args:
        text: What is looked at.
        raw: A byte per character of it.
    """
    for first, last in runs(raw.translate(_ROW_SHAPE), _ROW_LEAST):
        for match in _NUMBERS.finditer(text, first, last):
            yield from _words(list(_NUMBER.finditer(text, *match.span())))


def _words(numbers: Sequence[re.Match[str]]) -> Iterator[tuple[bytes, Sequence[Span]]]:
    for size, values in _read([each.group() for each in numbers]):
        places = [each.span() for each in numbers for _ in range(size)]
        yield b"".join(each.to_bytes(size, "little") for each in values), places
        yield b"".join(each.to_bytes(size, "big") for each in values), places


def _read(numbers: Sequence[str]) -> Iterator[tuple[int, list[int]]]:
    """Yield of how many bytes each is, and what it says, in every base that they may be in."""
    sizes = {len(each) for each in numbers}
    if len(sizes) == 1 and (size := _OCTAL.get(sizes.pop())):
        try:
            values = [int(each, 8) for each in numbers]
        except ValueError:
            values = []
        if values and max(values) < _MOST[size]:
            yield size, values
    values = list(map(int, numbers))
    size = next((each for each, most in _MOST.items() if max(values) < most), 0)
    if size and max(values) > 255:
        yield size, values
