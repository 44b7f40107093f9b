"""Take a layout away: what is written in pieces, each on a line or under a number of its own.

A log begins each of its lines alike, a dump counts its rows, a debugger numbers what it shows. What
is the same in all records that look alike, or counts, is layout; what is left, column by column or
row by row, is what was written.
"""

import itertools
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from koppeling_harness.traffic.runs import Span
from koppeling_harness.traffic.view import latin
from koppeling_harness.value import dataclass

LEAST = 12
"""So many characters, or numbers, are worth to be looked at."""

_WORD = re.compile(r"[A-Za-z0-9+/_.%-]+={0,2}")
_BLOCK = re.compile(r"\S+")
_BEFORE = re.compile(r"(?:[\w.-]*[=:])+[\"'(\[{<|]?|[\"'(\[{|]")
_AFTER = re.compile(r"[,;]?[\"')\]}|]|,")
_LINE = re.compile(r"[^\r\n]+")
_ITEM = re.compile(r"[^\r\n,;{}()]+")
_INDEX = r"[0-9]{1,6}\\?[\"']?\s*(?::|=>)\s*"
_COUNTED = re.compile(rf"(?<![\w.:-]){_INDEX}[^\s,]{{1,10}},\s*\\?[\"']?{_INDEX}")
_AROUND_INDEX = b" \t\r\n\"'\\"
_SECOND_INDEX = (b",1:", b",1=>")
_APART_MOST = 6
"""So many other records may stand between two that look alike."""
_RECORDS_MOST = 20_000
_COLUMNS_MOST = 40
_COUNTER_MOST = 18
_SHORT = 5
_BYTE = 3
_CHARACTER = 2
_AMOUNTS = 4
_AMOUNT = re.compile(r"[0-9.:-]+")
_PROSE = 8
_NOT_PROSE = re.compile(r"[0-9A-Z\\%+/=<>&;]")
_DIGITS = "0123456789"
_NUMBER = re.compile(r"(?:0[xX])?[0-9A-Fa-f]{1,22}")
_BETWEEN = f" |{'x' * 48}| "
"""Nothing is looked for over it: it is longer than what may stand between parts of a secret."""
_BASES = (10, 16, 8)
_DUMP_LEAST = 2
_ROW_SIZES = frozenset({8, 16, 32})
"""Bytes in a row of a dump."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pieces:
    """What stood in pieces, as one text.

    Attributes:
        text: All pieces, one after the other; between those of two things something that is
            neither.
        starts: Where each begins in it.
        spans: Where each stood.
    """

    text: str
    starts: Sequence[int]
    spans: Sequence[Span]

    def locate(self, start: int, end: int) -> Span:
        """Return from where to where the pieces stood in which a part of the text is."""
        first = self._place(start)
        last = self._place(end - 1) + 1
        return min(first, last - 1), max(first + 1, last)

    def _place(self, at: int) -> int:
        piece = bisect_right(self.starts, at) - 1
        start, end = self.spans[piece]
        return min(start + at - self.starts[piece], end - 1)


_Stretch = Sequence[Span]
"""Words that belong together."""


def pieces(text: str) -> Pieces | None:
    """Return what stands in pieces in the lines of a text, or in a list with numbers in it."""
    stretches: list[_Stretch] = []
    if "\n" in text:
        stretches += _in_records(text, _LINE, _WORD)
        stretches += _in_records(text, _LINE, _BLOCK)
    if _may_be_counted(text) and _COUNTED.search(text):
        stretches += _in_records(text, _ITEM, _WORD)
    seen: dict[str, _Stretch] = {}
    for each in stretches:
        words = [text[start:end] for start, end in each]
        gap = " " if all(word.isdigit() for word in words) else ""
        seen.setdefault(gap.join(words), each)
    return _joined(seen) if seen else None


def _may_be_counted(text: str) -> bool:
    """Return at once whether there may be a list with indexes in a text: the second is 1."""
    plain = latin(text).translate(None, _AROUND_INDEX)
    return any(mark in plain for mark in _SECOND_INDEX)


def _joined(seen: Mapping[str, _Stretch]) -> Pieces:
    starts: list[int] = []
    spans: list[Span] = []
    at = 0
    for text, stretch in seen.items():
        sizes = [end - start for start, end in stretch]
        gap = (len(text) - sum(sizes)) // (len(stretch) - 1)
        starts += itertools.accumulate((size + gap for size in sizes[:-1]), initial=at)
        spans += stretch
        at += len(text) + len(_BETWEEN)
    return Pieces(text=_BETWEEN.join(seen), starts=starts, spans=spans)


def _in_records(text: str, pattern: re.Pattern[str], word: re.Pattern[str]) -> Iterator[_Stretch]:
    """Yield what stands in pieces in records that look alike, with few others between them.

    Args:
        text: What is looked at.
        pattern: Of a record.
        word: Of a word in one.
    """
    waiting: dict[str, tuple[int, list[_Record]]] = {}
    before: _Record | None = None
    look_before = ""
    for number, found in enumerate(itertools.islice(pattern.finditer(text), _RECORDS_MOST)):
        between = word.split(found.group())
        if not 1 < len(between) <= _COLUMNS_MOST + 1:
            continue
        record = _Record(text, found.span(), word, size=len(between) - 1)
        look = "".join("x".join(between).split())
        if record.size > _DUMP_LEAST and len(look) <= record.size + 1 and record.is_dump():
            (_, first), (start, end) = record.words[:2]
            # rows of one dump have numbers that end below each other, but for those of a byte
            look += str(end - first if end - start > _BYTE else 0)
        if before and record.size < before.size and look_before[-1] in _DIGITS:
            (start, end), (first, last) = record.words[0], before.words[0]
            if end - start == last - first and record.is_dump():  # the last row of a dump
                look = look_before
        before, look_before = record, look
        last, records = waiting.get(look, (number, []))
        if number - last > _APART_MOST:
            yield from _in_columns(text, records)
            records = []
        records.append(record)
        waiting[look] = number, records
    for _, records in waiting.values():
        yield from _in_columns(text, records)


class _Record:
    """A line, or an item of a list; its words are looked for when they are asked for.

    Attributes:
        size: How many words it has.
    """

    __slots__ = ("_line", "_text", "_word", "_words", "size")

    def __init__(self, text: str, line: Span, word: re.Pattern[str], *, size: int) -> None:
        self.size = size
        self._text = text
        self._line = line
        self._word = word
        self._words: list[Span] | None = None

    @property
    def words(self) -> list[Span]:
        """Where its words stand."""
        if self._words is None:
            found = self._word.finditer(self._text, *self._line)
            self._words = [each.span() for each in found]
        return self._words

    def is_dump(self) -> bool:
        """Return whether it may be a row of a dump."""
        return _is_dump(self._text, self.words)


def _in_columns(text: str, records: Sequence[_Record]) -> Iterator[_Stretch]:
    """Yield what stands in each column of records, and in all of them row by row."""
    if len(records) < 2:
        return
    columns = []
    for many in itertools.zip_longest(*(each.words for each in records)):
        spans = [each for each in many if each is not None]
        words = [text[start:end] for start, end in spans]
        if not _is_layout(words):
            columns.append(spans)
    for column in columns:
        yield from _regular(text, column)
    if len(columns) > 1:
        rows = sorted(itertools.chain(*columns))
        if _is_dump(text, rows):
            yield rows


def _is_layout(words: Sequence[str]) -> bool:
    """Return whether words are all the same, or count."""
    if len(words) < 2:
        return False
    first, second = words[0], words[1]
    if first == second and len(set(words)) == 1:
        return True
    if max(len(first), len(second)) > _COUNTER_MOST or not _NUMBER.match(first):
        return False
    plain = [each.strip("=.:%") for each in words]
    return any(_counts(plain, base) for base in _BASES)


def _counts(words: Sequence[str], base: int) -> bool:
    """Return whether words are numbers that rise, mostly by the same: records may lack between."""
    try:
        if not int(words[0], base) < int(words[1], base):
            return False
        numbers = [int(each, base) for each in words]
    except ValueError:
        return False
    steps = [later - earlier for earlier, later in itertools.pairwise(numbers)]
    usual, times = Counter(steps).most_common(1)[0]
    if len(steps) == 1:
        return usual in _ROW_SIZES
    back = sum(each <= 0 for each in steps)  # where another list begins
    return times > 1 and 2 * times >= len(steps) and 10 * back <= len(steps)


def _regular(text: str, column: Sequence[Span]) -> Iterator[_Stretch]:
    """Yield stretches of a column whose words are of one length, but for the last, or all short."""
    sizes = [end - start for start, end in column]
    first = 0
    while first < len(column):
        size, last = sizes[first], first + 1
        while last < len(column) and (
            sizes[last] == size
            or (
                max(size, sizes[last]) <= _SHORT
                and _are_alike(text[slice(*column[last - 1])], text[slice(*column[last])])
            )
        ):
            last += 1
        has_rest = last - first > 1 and last < len(column) and sizes[last] < size
        stretch = column[first : last + has_rest]  # it may as well begin the next
        if last - first > 1 and sum(sizes[first:last]) >= LEAST and not _is_prose(text, stretch):
            yield _without_frame(text, stretch)
        first = last


def _are_alike(one: str, other: str) -> bool:
    """Return whether short words of two lengths may be of one list: numbers, or other words."""
    return len(one) == len(other) or one.isdigit() == other.isdigit()


def _without_frame(text: str, stretch: _Stretch) -> _Stretch:
    """Return where words stand without what stands around each of them: `key="…",`."""
    words = [text[start:end] for start, end in stretch]
    whole = words[:-1] or words
    before = _BEFORE.match(_common(whole))
    after = _AFTER.match(_common([each[::-1] for each in whole]))
    begins = before.group() if before else ""
    ends = after.group()[::-1] if after else ""
    return [
        (
            start + len(begins) * word.startswith(begins),
            end - len(ends) * (word.endswith(ends) and len(word) > len(begins) + len(ends)),
        )
        for word, (start, end) in zip(words, stretch, strict=True)
    ]


def _common(words: Sequence[str]) -> str:
    """Return how all words begin."""
    first, last = min(words), max(words)
    pairs = zip(first, last, strict=False)
    same = sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs))
    return first[:same]


def _is_prose(text: str, stretch: _Stretch) -> bool:
    """Return whether words are hardly what was drawn: amounts, or neither digits nor upper case."""
    words = [text[start:end] for start, end in stretch]
    if len(words) < _AMOUNTS and all(_AMOUNT.fullmatch(each) for each in words):
        return True
    if max(map(len, words)) <= _CHARACTER:
        return False
    joined = "".join(words)
    return len(_NOT_PROSE.findall(joined)) * _PROSE < len(joined)


def _is_dump(text: str, rows: _Stretch) -> bool:
    """Return whether rows are of numbers, or of characters."""
    return all(
        end - start <= _CHARACTER or _NUMBER.fullmatch(text, start, end) is not None
        for start, end in rows
    )
