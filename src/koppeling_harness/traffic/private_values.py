"""Values that privacy-marked fields held, found again wherever they stand and however written."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from koppeling_harness.traffic.view import latin
from koppeling_harness.value import dataclass

_LEAST = 5
_DIGITS_LEAST = 6
_JOINED_LEAST = 8
_SHORT_LEAST = 3
_BETWEEN_MOST = 3
_APART_MOST = 80
"""So far apart words of a value may stand, with no other word between them: in a table."""
_RECENT = "2015"
_WORD = re.compile(r"[^\W_]+")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_LOWER_OR_BLANK = bytes(
    ord(chr(code).lower()) if code < 128 and chr(code).isalnum() else 32 for code in range(256)
)
_DATE = re.compile(r"((?:19|20)[0-9]{2})-([01][0-9])-([0-3][0-9])(?:T[0-9:.]+Z?)?")
_PLACEHOLDER = re.compile(r"\[\w+:[0-9a-f]{8}\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """A value that is looked for.

    Attributes:
        value: The value itself.
        words: It in words, in lower case.
        spellings: When it is one word of letters: the only ways in which it counts.
    """

    value: str
    words: tuple[str, ...]
    spellings: frozenset[str]


class PrivateValues:
    """The values of one scenario that must not be kept.

    By value from five characters on, whole words, no booleans, no plain numbers under six digits,
    no days of late (every log has them), never a word of the harness's own. What is shorter is
    replaced only where it is the whole of a member (`is_short`).

    Args:
        own: Words in lower case that the harness itself writes: names of connectors and fields,
            ids of the manifest. A value that is one of them is not looked for.
    """

    def __init__(self, own: frozenset[str] = frozenset()) -> None:
        self._own = own
        self._known: set[str] = set()
        self._short: set[str] = set()
        self._by_word: dict[str, list[_Wanted]] = {}
        self._forms: dict[str, str] = {}
        self._joined: dict[str, list[str]] = {}
        """By all of its letters and digits together, the values that are so written."""
        self._begun: set[str] = set()
        """With what each of those begins."""

    def __bool__(self) -> bool:
        return bool(self._by_word)

    def __len__(self) -> int:
        return len(self._known)

    def add(self, value: Any) -> None:
        """Look for a value from now on, if it may be looked for by value."""
        if value is None or isinstance(value, (bool, dict, list)):
            return
        text = str(value).strip()
        if text in self._known or _PLACEHOLDER.fullmatch(text):
            return
        self._known.add(text)
        day = _DATE.fullmatch(text)
        if day is not None:
            if day[1] < _RECENT:
                year, month, date = day.groups()
                for form in (
                    f"{year}-{month}-{date}",
                    f"{date}-{month}-{year}",
                    year + month + date,
                ):
                    self._want(form, text)
            return
        if text.casefold() in self._own or text.casefold() in {"true", "false"}:
            return
        digits = sum(char.isdigit() for char in text)
        if digits < _DIGITS_LEAST and not any(char.isalpha() for char in text):
            return  # a number, an hour, an amount: everybody's
        if len(text) < _LEAST:
            short = unicodedata.normalize("NFC", text)
            if len(short) >= _SHORT_LEAST and short.isalpha():
                self._short.add(short)
            return
        self._want(text, text)

    def holds(self, text: str) -> bool:
        """Return whether a text is one of the values, of whatever length, as a whole."""
        return text in self._known

    @property
    def has_short(self) -> bool:
        """Whether there is any value that counts only as the whole of a member."""
        return bool(self._short)

    def is_short(self, text: str) -> bool:
        """Return whether a text is a short value as a whole."""
        return unicodedata.normalize("NFC", text) in self._short

    def find(self, text: str, *, decoded: bool = False) -> Iterator[tuple[int, int, str]]:
        """Yield where values stand: start, end and the value.

        Args:
            text: What is looked at.
            decoded: Whether it was read out of base64 and the like: what stands before and after
                a value there may be no text at all, so that a value need not be whole words.
        """
        if not self._by_word:
            return
        if decoded:
            yield from self._within(text)
            return
        words = _Words(text)
        if self._by_word.keys().isdisjoint(words.folded) and self._begun.isdisjoint(words.folded):
            return
        here = frozenset(words.folded)
        wanted = {
            word: [each for each in self._by_word[word] if here.issuperset(each.words)]
            for word in here.intersection(self._by_word)
        }
        begun = here.intersection(self._begun)
        first = begun.union(word for word, many in wanted.items() if many)
        for start, word in words.places(first):
            for each in wanted.get(word, ()):
                end = _end_of(each, start, text)
                if end:
                    yield start, end, each.value
            if word in begun:
                for end, value in self._joined_at(start, text):
                    yield start, end, value

    def _joined_at(self, start: int, text: str) -> Iterator[tuple[int, str]]:
        """Yield where values with digits end, in whatever groups they are written."""
        begun = ""
        last = start
        for word in _WORD.finditer(text, start):
            if word.start() - last > _BETWEEN_MOST:
                return
            begun, last = begun + word.group().casefold(), word.end()
            for value in self._joined.get(begun, ()):
                yield last, value
            if begun not in self._begun:
                return

    def _within(self, text: str) -> Iterator[tuple[int, int, str]]:
        lower = text.lower()
        for form, value in self._forms.items():
            at = lower.find(form)
            while at >= 0:
                yield at, at + len(form), value
                at = lower.find(form, at + len(form))

    def _want(self, form: str, value: str) -> None:
        words = tuple(word.casefold() for word in _WORD.findall(form))
        if not words:
            return
        one = form if len(words) == 1 and form.isalpha() else ""
        spellings = frozenset({one, one.upper(), one.lower()} - {""})
        for packed in (form, form.encode("utf-8", "replace").decode("latin-1")):
            self._forms[packed.lower()] = value
        wanted = _Wanted(value=value, words=words, spellings=spellings)
        self._by_word.setdefault(words[0], []).append(wanted)
        plain = "".join(words)
        if len(plain) >= _JOINED_LEAST and any(char.isdigit() for char in plain):
            self._joined.setdefault(plain, []).append(value)
            self._begun.update(plain[:end] for end in range(1, len(plain) + 1))
        composed = unicodedata.normalize("NFC", form)
        if composed != form:
            self._want(composed, value)


def _end_of(wanted: _Wanted, start: int, text: str) -> int:
    """Return where a value ends that begins with a word; 0 when it does not stand there."""
    last = start
    found = _WORD.finditer(text, start)
    for expected in wanted.words:
        word = next(found, None)
        if word is None or word.group().casefold() != expected:
            return 0
        if word.start() - last > _APART_MOST:
            return 0
        last = word.end()
    if wanted.spellings and text[start:last] not in wanted.spellings:
        return 0
    return last


class _Words:
    """The words of a text, in lower case.

    Attributes:
        folded: All of them, in any order.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._plain = ""
        self._spelled: Mapping[str, str] = {}
        self.folded: Collection[str]
        if _has_other_letters(text):
            self._spelled = {each: each.casefold() for each in set(_WORD.findall(text))}
            self.folded = self._spelled.values()
        else:  # six times as fast
            self._plain = latin(text).translate(_LOWER_OR_BLANK).decode("latin-1")
            self.folded = self._plain.split()

    def places(self, words: Collection[str]) -> Iterable[tuple[int, str]]:
        """Return where words stand in the text that are some of it, in order."""
        if self._spelled:
            spelled = {each: word for each, word in self._spelled.items() if word in words}
            if not spelled:
                return ()
            found = _WORD.finditer(self._text)
            return (
                (each.start(), spelled[each.group()]) for each in found if each.group() in spelled
            )
        framed = f" {self._plain} "
        places: list[tuple[int, str]] = []
        for word in words:
            wanted = f" {word} "
            at = framed.find(wanted)
            while at >= 0:
                places.append((at, word))
                at = framed.find(wanted, at + len(word) + 1)
        return sorted(places)


def _has_other_letters(text: str) -> bool:
    """Return whether letters or digits that are not ASCII stand in a text."""
    if text.isascii():
        return False
    return any(map(str.isalnum, set("".join(_NOT_ASCII.findall(text)))))
