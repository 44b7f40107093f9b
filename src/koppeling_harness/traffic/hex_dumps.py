"""Dumps of bytes in rows, as `xxd`, `hexdump`, `od` and debuggers write them.

A row is an offset and numbers of one form; text may stand before it (a log's hour) and after it
(the same bytes as characters). Without its rows joined, less than a dozen characters of a secret in
the last row would be nobody's.
"""

import re
from collections.abc import Iterator, Sequence

Byte = tuple[int, int, int]
"""A byte, and where in the text its number begins and ends."""

_OFFSET = r"(?<![0-9A-Za-z])[0-9A-Fa-f]{4,16}h?:?"
_DIGITS = r"[ \t]{1,4}[0-9A-Fa-f]{1,4}(?![0-9A-Za-z])"
_FIRST = re.compile(rf"{_OFFSET}(?=(?:{_DIGITS}){{5}})")
_NEXT = re.compile(rf"[^\n]{{0,120}}\n[^\n]{{0,120}}?({_OFFSET})(?={_DIGITS})")
_NUMBER = re.compile(r"[ \t]{1,4}-?[ \t]?([0-9A-Fa-f]{1,4})(?![0-9A-Za-z])")
_SHAPE = bytes(
    ord("x" if chr(code) in "0123456789abcdefABCDEF" else " " if code in b" \t" else ".")
    for code in range(256)
)
_ROWS = (b" xx xx ", b" xx  xx ", b" xxx xxx ", b" xxxx xxxx ")
_ROW_MOST = 32
_ROWS_MOST = 20_000
"""So many rows of a text are joined; each of those after them is still read alone, as any hex."""
_NO_BYTE = 256
_WAYS = ((16, False), (16, True), (10, False), (8, False))
_BEFORE_SHOWN = re.compile(r"[ \t]{2,60}[|>*]?")


def has_dump(raw: bytes) -> bool:
    """Return at once whether there may be a dump in a text, of which this is a byte a character."""
    shape = raw.translate(_SHAPE)
    return any(row in shape for row in _ROWS)


def dumped(text: str) -> Iterator[tuple[Sequence[Byte], Sequence[int]]]:
    """Yield each dump: its bytes, and for each where the row ends in which it stands."""
    at, room = 0, _ROWS_MOST
    while room > 0 and (offset := _FIRST.search(text, at)) is not None:
        rows = []
        while room > 0 and offset is not None:
            room -= 1
            rows.append(_numbers(text, offset.end()))
            at = rows[-1][-1].end()
            offset = _NEXT.match(text, at)
            another = offset and _FIRST.search(text, at, offset.start(1))
            offset = None if another else offset
        yield from _read(rows, text)


def _numbers(text: str, at: int) -> list[re.Match[str]]:
    """Return the numbers of a row: all as long as the first, but for decimals and the last."""
    found: list[re.Match[str]] = []
    size = 0
    while size < _ROW_MOST and (number := _NUMBER.match(text, at)) is not None:
        length = len(number[1])
        if found and length != len(found[0][1]) and not (length < 4 and len(found[0][1]) < 4):
            if length == 2:  # half of a word, the last
                found.append(number)
            break
        found.append(number)
        size += 2 if length == 4 else 1
        at = number.end()
        if size == _ROW_MOST // 2 and text[at : at + 2] == "  ":
            break  # what follows is the same bytes as characters
    return found


def _read(
    rows: Sequence[Sequence[re.Match[str]]], text: str
) -> Iterator[tuple[Sequence[Byte], Sequence[int]]]:
    for base, swapped in _WAYS:
        read: list[Byte] = []
        ends: list[int] = []
        for numbers in rows:
            row = [byte for each in numbers for byte in _bytes(each, base, swapped=swapped)]
            if any(byte >= _NO_BYTE for byte, _, _ in row):  # of another base, and so another dump
                yield read, ends
                read, ends = [], []
                continue
            read += row
            ends += [_end(row, text)] * len(row)
        yield read, ends


def _end(row: Sequence[Byte], text: str) -> int:
    """Return where a row ends: with the same bytes as characters, where these stand there."""
    last = max(end for _, _, end in row)
    gap = _BEFORE_SHOWN.match(text, last)
    if gap is None:
        return last
    end = gap.end() + len(row)
    same = [
        char in (chr(byte), ".")
        for (byte, _, _), char in zip(row, text[gap.end() : end], strict=False)
    ]
    if len(same) < len(row) or not all(same):
        return last
    return end + 1 if gap.group()[-1] in "|>*" else end


def _bytes(number: re.Match[str], base: int, *, swapped: bool) -> Iterator[Byte]:
    start, end = number.span(1)
    digits = number[1]
    if len(digits) < 4:
        yield _value(digits, base), start, end
    elif base == 16:
        middle = start + 2
        first = _value(digits[:2], 16), start, middle
        second = _value(digits[2:], 16), middle, end
        yield from (second, first) if swapped else (first, second)
    else:  # words are hexadecimal only
        yield _NO_BYTE, start, end


def _value(digits: str, base: int) -> int:
    try:
        return int(digits, base)
    except ValueError:
        return _NO_BYTE
