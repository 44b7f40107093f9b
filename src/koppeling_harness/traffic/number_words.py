"""Numbers of two, four and eight bytes each, as `od`, debuggers and other dumps write them."""

import re
from collections.abc import Iterator, Sequence

Word = tuple[int, int, int]
"""A number, and where it begins and ends."""

_NUMBERS = re.compile(r"(?<![0-9A-Za-z])[0-9]{3,22}(?:[\s,;]{1,8}[0-9]{3,22}){3,}(?![0-9A-Za-z])")
_NUMBER = re.compile(r"[0-9]+")
_OCTAL = {6: 2, 11: 4, 22: 8}
"""Digits of an octal number, and its bytes."""
_MOST = {2: 0x10000, 4: 0x1_0000_0000, 8: 0x1_0000_0000_0000_0000}


def number_words(text: str) -> Iterator[tuple[bytes, Sequence[tuple[int, int]]]]:
    """Yield the bytes that rows of such numbers say, and where the number of each stands."""
    for match in _NUMBERS.finditer(text):
        numbers = list(_NUMBER.finditer(text, *match.span()))
        spans = [each.span() for each in numbers]
        for size, values in _read([each.group() for each in numbers]):
            places = [span for span in spans for _ in range(size)]
            for order in ("little", "big"):
                yield b"".join(each.to_bytes(size, order) for each in values), places  # type: ignore[arg-type]


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
