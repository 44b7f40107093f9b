"""Every way in which a text may be written: as it stands, escaped, wrapped, in hex, in base64.

A spelling is undone, and what it says is a text of its own: a `View`, which knows where each of its
characters stands in the text that it was read from. Spellings may be nested.
"""

import base64
import binascii
import html
import itertools
import json
import re
import unicodedata
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from koppeling_harness.traffic.base64_runs import BASE64_SHAPE
from koppeling_harness.traffic.base85 import packed_digits, packed_tokens
from koppeling_harness.traffic.compressed import compressed
from koppeling_harness.traffic.hex_dumps import dumped, has_dump
from koppeling_harness.traffic.layout import pieces
from koppeling_harness.traffic.number_words import number_lists, number_words
from koppeling_harness.traffic.replaced_places import ReplacedPlaces
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

_DEEPEST = 4
_ROOM = 4
_ROOM_AT_LEAST = 1_000_000
_EACH = 300
"""Each piece that is undone counts for so many characters, and a new text for its own as well."""
_OFFSETS = range(4)

_TERMINAL = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-~])?"
    r"|\x9b[0-?]*[ -/]*[@-~]|[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9a\x9c-\x9f]+"
)
_ESCAPED = re.compile(r'["\\\x00-\x1f]')
_CONTROLS = bytes([*range(9), 11, 12, *range(14, 32), *range(127, 160)])
_PERCENT = re.compile(r"%u([0-9A-Fa-f]{4})|%([0-9A-Fa-f]{2})")
_FORM = re.compile(rf"{_PERCENT.pattern}|\+")
# a quote with a backslash before it, of which JSON in JSON is full, hides nothing and is left alone
_BACKSLASH = re.compile(
    r"\\(?:u\{([0-9A-Fa-f]{1,6})\}|U00([0-9A-Fa-f]{6})|u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})"
    r"|([0-7]{2,3})|([nrtbf'\\/\n\r]))"
)
_SINGLE = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "\n": "", "\r": ""}
_ENTITY = re.compile(r"&#[xX]?[0-9A-Fa-f]{1,7};?|&[A-Za-z]{2,8};")
# letters that were written as UTF-8 and read a byte at a time; letters with their accents apart
_BYTES_OF_A_LETTER = re.compile(
    "[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
_ACCENTS_APART = re.compile(r"[^\W\d_][\u0300-\u036f]+")
_QUOTED = re.compile(r"=([0-9A-Fa-f]{2})|=\r?\n")
# of what JavaScript and PHP make of bytes: `{"0":60,"1":116}`, `[0] => 60`
_INDEX = re.compile(r'\\?"[0-9]{1,6}\\?"\s*:\s*|\[[0-9]{1,6}\]\s*=>\s*')
# of what gdb shows of bytes: `60 '<'`
_SHOWN = re.compile(r"(?<=[0-9]) '(?:\\[0-7]{3}|\\?[^'])'")
# `chr(60)||chr(116)`, of PHP, SQL and Basic
_CALL = re.compile(r"(?i)(?<![a-z])n?cha?r[wb]?\((?=[0-9])")
_CALLED = re.compile(r"\((?<=[rRwWbB]\()[0-9]")  # stands in each of these, and is found at once
_NUMBER_IN_MARKUP = re.compile(r">\s*[0-9]{1,3}\s*</")
_MARKUP = re.compile(r"</?[A-Za-z][^<>]{0,100}>")
_HEX_MARK = re.compile(r"0[xX](?=[0-9A-Fa-f]{2})|\\[xX](?=[0-9A-Fa-f]{2})")
_BASE64_LEAST = 16
_BASE32_LEAST = 24
_SPACE = b" \t\r\n"
_INK_SHAPE = bytes(32 if code in _SPACE else 120 for code in range(256))
_NEAR, _AROUND = 50, 200
_BETWEEN_WORDS = frozenset(" \t\r\n;,()<>[]{}&@*?\"'")
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


def views(text: str, *, words: bool = False) -> Iterator[View]:
    """Yield a text, and everything that it says when spellings in it are undone.

    Args:
        text: What is looked at.
        words: Whether words are looked for, in which a blank may be spelled out, and not only what
            was drawn, of which half is enough.
    """
    whole = View(text, lambda start, end: (start, end))
    waiting = deque([(whole, 0)])
    seen = {text: Seen(whole)}
    undone: _Undone = {}
    room = _ROOM * len(text) + _ROOM_AT_LEAST  # who packs without end is not followed for ever
    while waiting:
        view, depth = waiting.popleft()
        yield view
        if room <= 0:
            continue
        for more in _undone_once(view, undone, words=words, is_deepest=depth >= _DEEPEST):
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
    return _one_replaced(whole, 0, len(text), _ESCAPED, lambda each: json.dumps(each[0])[1:-1])


_Undone = dict[tuple[str, bool, bool], list[View]]


def _undone_once(view: View, undone: _Undone, *, words: bool, is_deepest: bool) -> Iterator[View]:
    """Yield what a text says when spellings in it are undone; of equal texts it is reckoned once.

    Args:
        view: The text, and where it stands.
        undone: What texts were found to say before, at places in themselves.
        words: Whether words are looked for.
        is_deepest: Whether only its letters are read as others write them.
    """
    key = view.text, view.decoded, is_deepest
    known = undone.get(key)
    if known is None:
        alone = View(view.text, lambda start, end: (start, end), decoded=view.decoded)
        known = undone[key] = []
        spelled = iter(()) if is_deepest else _undone(alone, words=words)
        for more in itertools.chain(_letters(alone), spelled):
            known.append(more)
            yield _within(view, more)
        return
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


def _undone(view: View, *, words: bool) -> Iterator[View]:
    text, raw = view.text, view.raw
    if len(raw.translate(None, _CONTROLS)) != len(raw):
        yield from _replaced(view, _TERMINAL, lambda _match: "", lone=True)
    if "%" in text:
        yield from _replaced(view, _PERCENT, _unquoted, lone=words)
        if "+" in text:  # a form has it for a blank, base64 for itself
            yield from _replaced(view, _FORM, _unquoted, lone=words)
    if text.count("\\") > text.count('\\"'):  # not only those before quotes, of which JSON is full
        yield from _replaced(view, _BACKSLASH, _unescaped, lone=True)
    if "&" in text:
        yield from _replaced(view, _ENTITY, _without_entity, lone=words)
    if "=" in text:
        yield from _replaced(view, _QUOTED, _without_quoted, lone=words)
    yield from _without_signs(view)
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


def _without_signs(view: View) -> Iterator[View]:
    """Yield what a text says without what languages write between characters and numbers."""
    text = view.text
    if "</" in text:
        yield from _replaced(view, _MARKUP, lambda _match: "", lone=True)
        if _NUMBER_IN_MARKUP.search(text):
            yield from _replaced(view, _MARKUP, lambda _match: " ", lone=False)
    if " '" in text:
        yield from _replaced(view, _SHOWN, lambda _match: "", lone=False)
    if _CALLED.search(text) and _CALL.search(text):
        yield from _replaced(view, _CALL, lambda _match: "", lone=False)
    if '"1":' in text or '"1\\":' in text or "[1] =>" in text:
        yield from _replaced(view, _INDEX, lambda _match: "", lone=False)


def _letters(view: View) -> Iterator[View]:
    """Yield what a text says when each letter in it is one character.

    It is done however deep the text was: each time leaves fewer characters.
    """
    if not view.text.isascii():
        yield from _replaced(view, _BYTES_OF_A_LETTER, _of_bytes, lone=True)
        yield from _replaced(view, _ACCENTS_APART, _with_accents, lone=True)


def _of_bytes(match: re.Match[str]) -> str:
    return match.group().encode("latin-1").decode("utf-8", errors="replace")


def _with_accents(match: re.Match[str]) -> str:
    return unicodedata.normalize("NFC", match.group())


def _unquoted(match: re.Match[str]) -> str:
    code = match[1] or match[2]
    return chr(int(code, 16)) if code else " "


def _without_entity(match: re.Match[str]) -> str:
    return html.unescape(match.group())


def _without_quoted(match: re.Match[str]) -> str:
    return chr(int(match[1], 16)) if match[1] else ""


def _unescaped(match: re.Match[str]) -> str:
    code = match[1] or match[2] or match[3] or match[4]
    if code:
        return chr(min(int(code, 16), 0x10FFFF))
    if match[5]:
        return chr(int(match[5], 8) & 0xFF)
    return _SINGLE.get(match[6], match[6])


def _replaced(
    view: View, pattern: re.Pattern[str], say: Callable[[re.Match[str]], str], *, lone: bool
) -> Iterator[View]:
    """Yield what a text says around matches, in which each stands as what it says.

    Only there can a secret stand that does not stand in the text as it is.

    Args:
        view: What is looked at.
        pattern: Of what is written for something else.
        say: Gives what a match says.
        lone: Whether a match counts as well that says what no secret has in it, with no other near
            it: it leaves half of a secret as it is, and a half is found.
    """
    for first, last in _around(view.text, pattern, say, lone=lone):
        yield _one_replaced(view, first, last, pattern, say)


def _one_replaced(
    view: View, first: int, last: int, pattern: re.Pattern[str], say: Callable[[re.Match[str]], str]
) -> View:
    text = view.text[first:last]
    places = ReplacedPlaces(text, pattern, say)

    def locate(start: int, end: int) -> Span:
        return view.locate(
            first + places.old(start, is_end=False), first + places.old(end, is_end=True)
        )

    return View(pattern.sub(say, text), locate, decoded=view.decoded)


def _around(
    text: str, pattern: re.Pattern[str], say: Callable[[re.Match[str]], str], *, lone: bool
) -> Iterator[Span]:
    """Yield pieces of a text with matches in them that stand near each other."""
    groups: list[list[re.Match[str]]] = []
    for match in pattern.finditer(text):
        if groups and match.start() - groups[-1][-1].end() <= _NEAR:
            groups[-1].append(match)
        else:
            groups.append([match])
    first = last = -1  # of a piece
    for group in groups:
        if not lone and _stands_alone(group, say):
            continue
        begin, end = max(0, group[0].start() - _AROUND), group[-1].end() + _AROUND
        if begin > last >= 0:
            yield first, last
        first, last = begin if begin > last else first, end
    if last >= 0:
        yield first, last


def _stands_alone(group: Sequence[re.Match[str]], say: Callable[[re.Match[str]], str]) -> bool:
    if len(group) > 2 or (len(group) == 2 and group[0].end() != group[1].start()):
        return False
    return all(say(match) in _BETWEEN_WORDS for match in group)


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
        view = _one_replaced(view, 0, len(text), _HEX_MARK, lambda _match: "")
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
            return view.locate(read[told[start]][1], ends[told[end - 1]])

        if len(told) >= _READABLE_LEAST:
            yield View("".join(chr(read[at][0]) for at in told), locate, decoded=True)


def _numbers(view: View) -> Iterator[View]:
    """Yield what lists of the numbers of characters say: `[60, 116, 111]`."""
    for text, places in number_lists(view.text, view.raw):

        def locate(start: int, end: int, places: Sequence[Span] = places) -> Span:
            return view.locate(places[start][0], places[end - 1][1])

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
        begin = start + int(places[first] * step)
        return view.locate(begin, min(last, start + int((places[end - 1] + 1) * step + 0.99)))

    return View(data.decode("latin-1"), locate, decoded=True)


def _base85(view: View) -> Iterator[View]:
    for places, data in itertools.chain(packed_tokens(view.text), packed_digits(view.raw)):

        def locate(start: int, end: int, places: Sequence[int] = places) -> Span:
            last = min(len(places), -(-end * 5 // 4)) - 1
            return view.locate(places[start * 5 // 4], places[last] + 1)

        yield View(data.decode("latin-1"), locate, decoded=True)
