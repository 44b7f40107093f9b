"""Find any of thousands of secrets in a text, whole or in part, in time that hardly grows."""

import itertools
import re
from collections.abc import Iterator

from koppeling_harness.traffic.spellings import compact, hex_runs
from koppeling_harness.value import dataclass

LEAST = 12
"""So many letters and digits of a secret, one after the other, are a part that is found.

Of a token that is 48 bits: no text has them by chance, and who knows them knows 48 of 256 bits.
"""

_RUNS = (40, 20, 12)
_GRAM = 6
_DIGITS_LEAST = 16
_STEP = LEAST - _GRAM + 1
_CHANGES = 3
_CHANGES_OF_SORT = 0.35
_DIFFERENT = 8
_REST = 4
_APART = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A secret, or a part of one, in a text.

    Attributes:
        start: Where it begins.
        end: Where it ends.
        kind: What sort of secret it is.
        value: The secret itself, whatever of it was found.
    """

    start: int
    end: int
    kind: str
    value: str


class SecretIndex:
    """A set of texts that must not be found whole, as they stand.

    Of a long secret the first runs of 40 characters are kept (of 20 or 12, when it is shorter than
    twice that); a text is then looked at only at every 40th position, because wherever the secret
    stands, one of them begins at such a position. Short secrets are few: one expression searches
    for them, made when it is needed, not for each that comes.
    """

    def __init__(self) -> None:
        self._kinds: dict[str, tuple[str, str]] = {}
        self._runs: dict[int, dict[str, list[tuple[str, int]]]] = {}
        self._short: list[str] = []
        self._short_pattern: re.Pattern[str] | None = None

    def add(self, text: str, *, kind: str, value: str) -> None:
        """Add a text to look for.

        Args:
            text: The secret in one of its written forms.
            kind: What sort of secret it is.
            value: The secret itself, whatever form this is: equal values are one secret.
        """
        if not text or text in self._kinds:
            return
        self._kinds[text] = (kind, value)
        size = next((each for each in _RUNS if len(text) >= 2 * each - 1), None)
        if size is None:
            self._short.append(text)
            self._short_pattern = None
            return
        runs = self._runs.setdefault(size, {})
        for at in range(size):
            runs.setdefault(text[at : at + size], []).append((text, at))

    def find(self, text: str) -> list[Found]:
        """Return where secrets stand, in order, never overlapping."""
        found = {(at, at + len(secret)): secret for at, secret in self._long(text)}
        if self._short:
            if self._short_pattern is None:
                longest_first = sorted(self._short, key=len, reverse=True)
                self._short_pattern = re.compile("|".join(map(re.escape, longest_first)))
            for match in self._short_pattern.finditer(text):
                found.setdefault(match.span(), match.group())
        spans: list[Found] = []
        for (start, end), secret in sorted(found.items(), key=lambda at: (at[0][0], -at[0][1])):
            if not spans or start >= spans[-1].end:
                kind, value = self._kinds[secret]
                spans.append(Found(start=start, end=end, kind=kind, value=value))
        return spans

    def _long(self, text: str) -> list[tuple[int, str]]:
        return [
            (at - offset, secret)
            for size, runs in self._runs.items()
            for at in range(0, len(text) - size + 1, size)
            if text[at : at + size] in runs
            for secret, offset in runs[text[at : at + size]]
            if offset <= at and text.startswith(secret, at - offset)
        ]


class PartIndex:
    """A set of secrets of which no part must be found, whatever stands between its characters.

    Only letters and digits count, upper and lower case alike (`View.compact`). Runs of six are
    looked up, of the secret or of the text only every seventh: wherever twelve of a secret stand,
    one is seen. Of tokens, which are many and hexadecimal, every seventh is kept, and a text is
    looked at wherever so many such digits follow each other, which is seldom.
    """

    def __init__(self) -> None:
        self._grams: dict[bool, dict[bytes, list[tuple[bytes, int]]]] = {True: {}, False: {}}
        self._kinds: dict[bytes, tuple[str, str]] = {}

    def add(self, text: str, *, kind: str, value: str) -> bool:
        """Add a secret; return False when it is not random enough to be known by a part."""
        plain = compact(text)
        if plain in self._kinds:
            return True
        if not _is_random(text, plain):
            return False
        self._kinds[plain] = (kind, value)
        is_hex = next(hex_runs(plain, len(plain)), None) is not None
        grams = self._grams[is_hex]
        for at in range(0, len(plain) - _GRAM + 1, _STEP if is_hex else 1):
            grams.setdefault(plain[at : at + _GRAM], []).append((plain, at))
        return True

    def find(self, compacted: bytes) -> Iterator[Found]:
        """Yield what parts of secrets stand in a text of which only letters and digits are left."""
        if self._grams[True]:
            for start, end in hex_runs(compacted, LEAST):
                if end - start < _DIGITS_LEAST and compacted[start:end].isdigit():
                    continue  # a date, an hour: never a part of a token
                yield from self._at(compacted, range(start, end - _GRAM + 1), self._grams[True])
        if self._grams[False]:
            places = range(0, len(compacted) - _GRAM + 1, _STEP)
            yield from self._at(compacted, places, self._grams[False])

    def _at(
        self, text: bytes, places: range, grams: dict[bytes, list[tuple[bytes, int]]]
    ) -> Iterator[Found]:
        done = end = 0
        best: _Part | None = None
        for at in [each for each in places if text[each : each + _GRAM] in grams]:
            if best is not None and at >= end:
                yield from self._told(text, best, done)
                done, best = max(done, end), None
            if at < done:
                continue
            # where one character is repeated, the first of many places is seldom the right one
            for part in (_widened(text, at, *each) for each in grams[text[at : at + _GRAM]]):
                if best is None or len(part) > len(best):
                    best, end = part, max(end, part.at + part.size)
        if best is not None:
            yield from self._told(text, best, done)

    def _told(self, text: bytes, part: "_Part", done: int) -> Iterator[Found]:
        """Yield a part that is long enough, with what belongs to it."""
        if len(part) >= LEAST:
            kind, value = self._kinds[part.secret]
            first, last = _with_the_rest(text, part)
            yield Found(start=max(first, done), end=last, kind=kind, value=value)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """A part of a secret in a text: where it begins there, where in the secret, its length."""

    secret: bytes
    at: int
    begin: int
    size: int

    def __len__(self) -> int:
        return self.size


def _widened(text: bytes, at: int, secret: bytes, offset: int, size: int = _GRAM) -> _Part:
    """Return how much of a secret stands around a run of it."""
    first, last = at, at + size
    begin, end = offset, offset + size
    while first and begin and text[first - 1] == secret[begin - 1]:
        first, begin = first - 1, begin - 1
    while last < len(text) and end < len(secret) and text[last] == secret[end]:
        last, end = last + 1, end + 1
    return _Part(secret=secret, at=first, begin=begin, size=last - first)


def _with_the_rest(text: bytes, part: _Part) -> tuple[int, int]:
    """Return where a part begins and ends with what follows it in the secret and in the text.

    That may stand on the lines before and after, with something else at the beginning of each.
    """
    secret, first, last = part.secret, part.at, part.at + part.size
    begin, end = part.begin, part.begin + part.size
    while end + _REST <= len(secret):
        at = text.find(secret[end : end + _REST], last, last + _APART + _REST)
        if at < 0:
            break
        more = _widened(text, at, secret, end, _REST)
        last, end = more.at + more.size, more.begin + more.size
    while begin >= _REST:
        at = text.rfind(secret[begin - _REST : begin], max(0, first - _APART - _REST), first)
        if at < 0:
            break
        more = _widened(text, at, secret, begin - _REST, _REST)
        first, begin = more.at, more.begin
    return first, last


def _is_random(text: str, plain: bytes) -> bool:
    """Return whether letters and digits alternate as in what was drawn, not as in what was named.

    A part of `integration-12345` would be found in harmless words. Of what was drawn from letters
    of both cases and digits three neighbours in five are of another sort; in `KnSubjectLink` two in
    six are.
    """
    if len(plain) < LEAST + 4 or len(set(plain)) < _DIFFERENT:
        return False
    digits = [48 <= each < 58 for each in plain]
    if sum(one != other for one, other in itertools.pairwise(digits)) >= _CHANGES:
        return True
    sorts = ["0" if each.isdigit() else each.isupper() for each in text if each.isalnum()]
    changes = sum(one != other for one, other in itertools.pairwise(sorts))
    return changes >= _CHANGES_OF_SORT * len(sorts)
