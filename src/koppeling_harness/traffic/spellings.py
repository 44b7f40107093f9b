"""Every way in which a text may be written: as it stands, escaped, wrapped, in hex, in base64.

A spelling is undone, and what it says is a text of its own: a `View`, which knows where each of its
characters stands in the text that it was read from. Spellings may be nested.
"""

import base64
import binascii
import itertools
import json
import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, TypeVar

from koppeling_harness.traffic.base64_runs import BASE64_SHAPE
from koppeling_harness.traffic.base85 import packed_digits, packed_tokens
from koppeling_harness.traffic.compressed import compressed
from koppeling_harness.traffic.escapes import (
    backslash,
    entities,
    letters,
    one_replaced,
    percent,
    shown,
    without_signs,
)
from koppeling_harness.traffic.hex_dumps import dumped, has_dump
from koppeling_harness.traffic.layout import pieces
from koppeling_harness.traffic.number_words import number_lists, number_words
from koppeling_harness.traffic.runs import Span, runs
from koppeling_harness.traffic.view import (
    ALNUM_SHAPE,
    DIGITS,
    LETTERS,
    NOT_ALNUM,
    Seen,
    View,
    latin,
    shape,
)

T = TypeVar("T")

_DEEPEST = 4
_ROOM = 4
_ROOM_AT_LEAST = 1_000_000
_EACH = 300
"""Each piece that is undone counts for so many characters, and a new text for its own as well."""
_OFFSETS = range(4)

_ESCAPED = re.compile(r'["\\\x00-\x1f]')
_HEX_MARK = re.compile(r"0[xX](?=[0-9A-Fa-f]{2})|\\[xX](?=[0-9A-Fa-f]{2})")
_BASE64_LEAST = 16
_BASE32_LEAST = 24
_SPACE = b" \t\r\n"
_INK_SHAPE = bytes(32 if code in _SPACE else 120 for code in range(256))
_HEX_LEAST = 20
_WORDS = ((1, 2), (1, 2), (2,), (2,))
"""By where they begin: of how many bytes words in hexadecimal may be, as those of `od -x`."""
_LONG_WORDS = ((1, 2, 4, 8), *_WORDS[1:])
_LONG_WORDS_LEAST = 32
_READABLE_LEAST = 12

_TEXT_SHAPE = bytes(32 if code < 32 and code not in b"\t\r\n" else 120 for code in range(256))
_PRINTABLE_SHAPE = shape("".join(map(chr, range(32, 127))))
_HEX_SHAPE = shape(DIGITS + "abcdef", fold=True)
_BASE32_SHAPE = shape(LETTERS.upper() + "234567")
_BASE64_OR_NOT = bytes(
    ord({"-": "+", "_": "/"}.get(chr(code), chr(code))) if BASE64_SHAPE[code] == 120 else 32
    for code in range(256)
)

_Parts = Sequence[Callable[[View], Iterator[View]]]
Undone = dict[tuple[str, bool, Callable[[View], Iterator[View]]], Sequence[View]]
"""What texts say, part by part, at places in themselves; where that is nothing, nothing."""


def views(text: str, *, words: bool = False, undone: Undone | None = None) -> Iterator[View]:
    """Yield a text, and everything that it says when spellings in it are undone.

    Args:
        text: What is looked at.
        words: Whether words are looked for, in which a blank may be spelled out, and not only what
            was drawn, of which half is enough.
        undone: What was reckoned when it was looked at before; what is reckoned now is added.
    """
    whole = View(text, lambda start, end: (start, end))
    waiting = deque([(whole, 0)])
    seen = {text: Seen(whole)}
    undone = {} if undone is None else undone
    parts = _PARTS_FOR_WORDS if words else _PARTS
    room = _ROOM * len(text) + _ROOM_AT_LEAST  # who packs without end is not followed for ever
    while waiting:
        view, depth = waiting.popleft()
        yield view
        if room <= 0:
            continue
        for more in _undone_once(view, undone, (letters,) if depth >= _DEEPEST else parts):
            if room <= 0:
                break
            if not more.text:
                continue
            before = seen.get(more.text)
            if before is None:
                seen[more.text] = Seen(more)
                room -= len(more.text)
            elif not before.is_elsewhere(more):
                continue
            waiting.append((more, depth + 1))
            room -= _EACH


def as_json(text: str) -> View:
    """Return a text as it stands in a string of JSON."""
    whole = View(text, lambda start, end: (start, end))
    return one_replaced(whole, 0, len(text), _ESCAPED, lambda each: json.dumps(each[0])[1:-1])


def _undone_once(view: View, undone: Undone, parts: _Parts) -> Iterator[View]:
    """Yield what a text says when spellings in it are undone; of equal texts it is reckoned once.

    Args:
        view: The text, and where it stands.
        undone: What texts were found to say before.
        parts: Of what it may say.
    """
    alone: View | None = None
    for part in parts:
        key = view.text, view.decoded, part
        known = undone.get(key)
        if known is None:
            if alone is None:
                alone = View(view.text, lambda start, end: (start, end), decoded=view.decoded)
            reckoned: list[View] = []
            for more in part(alone):
                reckoned.append(more)
                yield _within(view, more)
            undone[key] = reckoned  # all of it: whoever has no more room does not come here
        else:
            for more in known:
                yield _within(view, more)


def _within(view: View, more: View) -> View:
    """Return a view of a piece of another view's text as one of what that was read from."""
    return View(
        more.text,
        lambda start, end: view.locate(*more.locate(start, end)),
        decoded=more.decoded,
    )


def compact(text: str) -> bytes:
    """Return the ASCII letters and digits of a text and nothing else, in lower case."""
    return latin(text).translate(None, NOT_ALNUM).lower()


def in_compact(view: View, start: int, end: int) -> Span:
    """Return where a piece of `view.compact` stands in the text of the view."""
    places = view.places(ALNUM_SHAPE)
    return places[start], places[end - 1] + 1


def hex_runs(compacted: bytes, least: int) -> Iterator[Span]:
    """Yield where at least so many hexadecimal digits follow each other."""
    return runs(compacted.translate(_HEX_SHAPE), least)


def _packed(view: View) -> Iterator[View]:
    """Yield what stands as numbers, packed or in pieces."""
    text = view.text
    yield from without_signs(view)
    # what is long before what is in many pieces, as the rows of a dump are
    yield from _dumps(view)
    yield from _base64(view)
    yield from _base32(view)
    yield from _base85(view)
    for start, end, said in compressed(text):
        span = view.locate(start, end)
        yield View(said, lambda _start, _end, span=span: span, decoded=True)  # type: ignore[misc]
    yield from _hexadecimal(view)
    yield from _numbers(view)
    yield from _number_words(view)
    found = None if view.decoded else pieces(text)
    if found is not None:
        yield _within(view, View(found.text, found.locate, decoded=True))


_PARTS: _Parts = (letters, shown, percent, backslash, entities, _packed)
_PARTS_FOR_WORDS: _Parts = (
    letters,
    shown,
    partial(percent, lone=True),
    backslash,
    partial(entities, lone=True),
    _packed,
)


def _base64(view: View) -> Iterator[View]:
    """Yield what base64 says, wherever it begins and however it is laid out in lines.

    All runs of its alphabet are read as one: each then begins at one of four offsets.
    """
    spaceless = view.raw.translate(_BASE64_OR_NOT, _SPACE)
    stretches = list(runs(spaceless.translate(BASE64_SHAPE), _BASE64_LEAST))
    if not stretches:
        return
    plain = b"".join(spaceless[start:end] for start, end in stretches)

    places: list[int] = []

    def locate(start: int, end: int) -> Span:
        if not places:
            inked = view.places(_INK_SHAPE)
            places.extend(inked[at] for each in stretches for at in range(*each))
        return view.locate(places[start], places[end - 1] + 1)

    packed = View("", locate)
    for offset in _OFFSETS:
        chunk = plain[offset:]
        chunk = chunk[:-1] if len(chunk) % 4 == 1 else chunk
        data = binascii.a2b_base64(chunk + b"=" * (-len(chunk) % 4))
        yield from _readable(packed, data, offset, 4 / 3, len(plain))


def _kept(view: View, shape: bytes) -> Callable[[int, int], Span]:
    """Return what tells where a piece stood, of a view of which only some characters were kept."""

    def locate(start: int, end: int) -> Span:
        places = view.places(shape)
        return view.locate(places[start], places[end - 1] + 1)

    return locate


def _base32(view: View) -> Iterator[View]:
    """Yield what base32 says, wherever it begins; in upper case, as every encoder writes it."""
    kept = view.raw.translate(None, NOT_ALNUM)
    packed = View("", _kept(view, ALNUM_SHAPE))
    for start, end in runs(kept.translate(_BASE32_SHAPE), _BASE32_LEAST):
        for offset in range(8):
            chunk = kept[start + offset : end]
            if len(chunk) % 8 in {1, 3, 6}:  # no whole byte is in the last of them
                chunk = chunk[:-1]
            data = base64.b32decode(chunk + b"=" * (-len(chunk) % 8))
            yield from _readable(packed, data, start + offset, 8 / 5, end)


def _hexadecimal(view: View) -> Iterator[View]:
    """Yield what pairs of hexadecimal digits say, whatever stands between them."""
    text = view.text
    if ("0x" in text or "\\x" in text or "0X" in text) and _HEX_MARK.search(text):
        view = one_replaced(view, 0, len(text), _HEX_MARK, lambda _match: "")
    plain = view.compact
    for start, end in hex_runs(plain, _HEX_LEAST):
        packed = View("", _kept(view, ALNUM_SHAPE))
        sizes = _LONG_WORDS if end - start >= _LONG_WORDS_LEAST else _WORDS
        for offset in range(4):
            digits = plain[start + offset : end]
            data = binascii.unhexlify(digits[: len(digits) // 2 * 2])
            for size in sizes[offset]:
                yield from _readable(packed, _swapped(data, size), start + offset, 2, end)


def _swapped(data: bytes, size: int) -> bytes:
    """Return the bytes of words of a size, whose last byte was written first."""
    if size == 1:
        return data
    data = data[: len(data) // size * size]
    swapped = bytearray(data)
    for at in range(size):
        swapped[at::size] = data[size - 1 - at :: size]
    return bytes(swapped)


def _dumps(view: View) -> Iterator[View]:
    """Yield what dumps say, all rows of each as one text."""
    if not has_dump(view.raw):
        return
    for read, ends in dumped(view.text):
        told = [
            at for at, (byte, _, _) in enumerate(read) if byte
        ]  # nought: every second of UTF-16

        def locate(
            start: int, end: int, told: list[int] = told, read: Any = read, ends: Any = ends
        ) -> Span:
            first, last = _inside(start, end, told)
            return view.locate(read[first][1], ends[last])

        if len(told) >= _READABLE_LEAST:
            yield View("".join(chr(read[at][0]) for at in told), locate, decoded=True)


def _numbers(view: View) -> Iterator[View]:
    """Yield what lists of the numbers of characters say: `[60, 116, 111]`."""
    for text, places in number_lists(view.text, view.raw):

        def locate(start: int, end: int, places: Sequence[Span] = places) -> Span:
            first, last = _inside(start, end, places)
            return view.locate(first[0], last[1])

        yield View(text, locate, decoded=True)


def _number_words(view: View) -> Iterator[View]:
    """Yield what numbers of more than a byte say, as `od` has them."""
    for data, places in number_words(view.text, view.raw):

        def locate(start: int, end: int, places: Sequence[Span] = places) -> Span:
            return view.locate(places[start][0], places[end - 1][1])

        yield from _readable(View("", locate), data, 0, 1, len(data))


def _readable(view: View, data: bytes, start: int, step: float, last: int) -> Iterator[View]:
    """Yield a view of bytes that were packed, when something in them can be read.

    Args:
        view: What they were packed in.
        data: The bytes; every second one may be nought (UTF-16).
        start: Where in `view` the first of them begins.
        step: How many characters of `view` make one of them.
        last: Where what they were packed in ends.
    """
    for first, end in _texts(data):
        yield _piece(view, data[first:end], range(first, end), start, step, last)
    if b"\0" not in data:
        return
    plain = data.replace(b"\0", b"")
    places: list[int] = []
    for first, end in _texts(plain):
        places = places or [at for at, byte in enumerate(data) if byte]
        yield _piece(view, plain[first:end], places[first:end], start, step, last)


def _texts(data: bytes) -> Iterator[Span]:
    """Yield where bytes are text: no control characters, and a dozen of ASCII in a row."""
    done, marks = 0, b""
    for start, end in runs(data.translate(_PRINTABLE_SHAPE), _READABLE_LEAST):
        if start < done:
            continue
        marks = marks or data.translate(_TEXT_SHAPE)
        first = marks.rfind(b" ", done, start) + 1
        done = marks.find(b" ", end)
        done = len(data) if done < 0 else done
        yield first, done


def _piece(
    view: View, data: bytes, places: Sequence[int], start: int, step: float, last: int
) -> View:
    def locate(first: int, end: int) -> Span:
        begin, after = _inside(first, end, places)
        return view.locate(
            start + int(begin * step), min(last, start + int((after + 1) * step + 0.99))
        )

    return View(data.decode("latin-1"), locate, decoded=True)


def _inside(start: int, end: int, places: Sequence[T]) -> tuple[T, T]:
    """Return the first and the last place of a piece, which may end behind all of them.

    The bar after a row of a dump is taken for there; some letters are longer in lower case.
    """
    most = len(places)
    return places[min(start, most - 1)], places[min(end, most) - 1]


def _base85(view: View) -> Iterator[View]:
    for places, data in itertools.chain(packed_tokens(view.text), packed_digits(view.raw)):

        def locate(start: int, end: int, places: Sequence[int] = places) -> Span:
            last = min(len(places), -(-end * 5 // 4)) - 1
            return view.locate(places[start * 5 // 4], places[last] + 1)

        yield View(data.decode("latin-1"), locate, decoded=True)
