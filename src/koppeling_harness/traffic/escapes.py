"""Spellings of single characters, undone where they stand: escapes, entities, bytes of letters.

So are signs that stand between characters and numbers: of a terminal, of markup, of a language.
"""

import html
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence

from koppeling_harness.traffic.replaced_places import ReplacedPlaces
from koppeling_harness.traffic.runs import Span
from koppeling_harness.traffic.view import View

_TERMINAL = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-~])?"
    r"|\x9b[0-?]*[ -/]*[@-~]|[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9a\x9c-\x9f]+"
)
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
# how each of those begins, to see at once whether there may be one
_BYTES_SHAPE = bytes(
    ord("1" if 0xC2 <= code <= 0xF4 else "2" if 0x80 <= code <= 0xBF else " ")
    for code in range(256)
)
_FIRST_BYTES = b"12"
_BYTES_OF_ACCENTS = (b"\xcc", b"\xcd")
"""In UTF-8 one of them is the first of U+0300 to U+037F, and nothing else."""
_QUOTED = re.compile(r"=([0-9A-Fa-f]{2})|=\r?\n")
# of what JavaScript and PHP make of bytes: `{"0":60,"1":116}`, `[0] => 60`
_INDEX = re.compile(r'\\?"[0-9]{1,6}\\?"\s*:\s*|\[[0-9]{1,6}\]\s*=>\s*')
# of what gdb shows of bytes: `60 '<'`
_SHOWN = re.compile(r" '(?<=[0-9] ')(?:\\[0-7]{3}|\\?[^'])'")
# `chr(60)||chr(116)`, of PHP, SQL and Basic
_CALL = re.compile(r"(?i)(?<![a-z])n?cha?r[wb]?\((?=[0-9])")
_CALLED = re.compile(r"\((?<=[rRwWbB]\()[0-9]")  # stands in each of these, and is found at once
_NUMBER_IN_MARKUP = re.compile(r">\s*[0-9]{1,3}\s*</")
_MARKUP = re.compile(r"</?[A-Za-z][^<>]{0,100}>")
_NEAR, _AROUND = 50, 200
_LONE_MOST = 2
"""So many matches may say what stands between words, and so be left as they are."""
_BETWEEN_WORDS = frozenset(" \t\r\n;,()<>[]{}&@*?\"'")


def shown(view: View) -> Iterator[View]:
    """Yield what a terminal shows of a text."""
    if len(view.raw.translate(None, _CONTROLS)) != len(view.raw):
        yield from replaced(view, _TERMINAL, lambda _match: "", lone=True)


def percent(view: View, *, lone: bool = False) -> Iterator[View]:
    """Yield what a text says as an address and as a form have it; see `replaced` for `lone`."""
    if "%" in view.text:
        yield from replaced(view, _PERCENT, _unquoted, lone=lone)
        if "+" in view.text:  # a form has it for a blank, base64 for itself
            yield from replaced(view, _FORM, _unquoted, lone=lone)


def backslash(view: View) -> Iterator[View]:
    """Yield what a text says as JSON and languages have it."""
    text = view.text
    if text.count("\\") > text.count('\\"'):  # not only those before quotes, of which JSON is full
        yield from replaced(view, _BACKSLASH, _unescaped, lone=True)


def entities(view: View, *, lone: bool = False) -> Iterator[View]:
    """Yield what a text says as HTML and as mail have it; see `replaced` for `lone`."""
    if "&" in view.text:
        yield from replaced(view, _ENTITY, _without_entity, lone=lone)
    if "=" in view.text:
        yield from replaced(view, _QUOTED, _without_quoted, lone=lone)


def letters(view: View) -> Iterator[View]:
    """Yield what a text says when each letter in it is one character.

    It is done however deep the text was: each time leaves fewer characters.
    """
    text = view.text
    if text.isascii():
        return
    if _FIRST_BYTES in view.raw.translate(_BYTES_SHAPE):
        yield from replaced(view, _BYTES_OF_A_LETTER, _of_bytes, lone=True)
    written = text.encode("utf-8", "surrogatepass")
    if any(each in written for each in _BYTES_OF_ACCENTS):
        yield from replaced(view, _ACCENTS_APART, _with_accents, lone=True)


def without_signs(view: View) -> Iterator[View]:
    """Yield what a text says without what languages write between characters and numbers."""
    text = view.text
    if "</" in text:
        yield from replaced(view, _MARKUP, lambda _match: "", lone=True)
        if _NUMBER_IN_MARKUP.search(text):
            yield from replaced(view, _MARKUP, lambda _match: " ", lone=False)
    if " '" in text:
        yield from replaced(view, _SHOWN, lambda _match: "", lone=False)
    if _CALLED.search(text) and _CALL.search(text):
        yield from replaced(view, _CALL, lambda _match: "", lone=False)
    if '"1":' in text or '"1\\":' in text or "[1] =>" in text:
        yield from replaced(view, _INDEX, lambda _match: "", lone=False)


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


def replaced(
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
        yield one_replaced(view, first, last, pattern, say)


def one_replaced(
    view: View, first: int, last: int, pattern: re.Pattern[str], say: Callable[[re.Match[str]], str]
) -> View:
    """Return what a piece of a text says in which each match stands as what it says."""
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
    first = last = -1  # of a piece
    for start, end, few in _groups(text, pattern):
        if not lone and _stands_alone(few, say):
            continue
        begin = max(0, start - _AROUND)
        if begin > last >= 0:
            yield first, last
        first, last = begin if begin > last else first, end + _AROUND
    if last >= 0:
        yield first, last


def _groups(
    text: str, pattern: re.Pattern[str]
) -> Iterator[tuple[int, int, Sequence[re.Match[str]]]]:
    """Yield where matches that are near each other begin and end, and the first few of them."""
    few: list[re.Match[str]] = []
    begin = end = 0
    for match in pattern.finditer(text):
        start, after = match.span()
        if few and start - end > _NEAR:
            yield begin, end, few
            few = []
        if not few:
            begin = start
        if len(few) <= _LONE_MOST:
            few.append(match)
        end = after
    if few:
        yield begin, end, few


def _stands_alone(few: Sequence[re.Match[str]], say: Callable[[re.Match[str]], str]) -> bool:
    if len(few) > _LONE_MOST or (len(few) == 2 and few[0].end() != few[1].start()):
        return False
    return all(say(match) in _BETWEEN_WORDS for match in few)
