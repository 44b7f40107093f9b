"""Find any of thousands of secrets in a text, in time that does not grow with their number."""

import math
import re

_GRAMS = (32, 16)


class SecretIndex:
    """A set of texts that must not be found.

    Of a long secret every run of 32 characters is kept (of 16, when it is shorter than 63); a text
    is then looked at only at every 32nd position, because wherever the secret stands, one of its
    runs begins at such a position. Short secrets are few: one expression searches for them.
    """

    def __init__(self) -> None:
        self._kinds: dict[str, tuple[str, str]] = {}
        self._runs: dict[int, dict[str, list[tuple[str, int]]]] = {}
        self._shortest = math.inf
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
        self._shortest = min(self._shortest, len(text))
        gram = next((size for size in _GRAMS if len(text) >= 2 * size - 1), None)
        if gram is None:
            self._short = sorted([*self._short, text], key=len, reverse=True)
            self._short_pattern = re.compile("|".join(map(re.escape, self._short)))
            return
        runs = self._runs.setdefault(gram, {})
        for at in range(len(text) - gram + 1):
            runs.setdefault(text[at : at + gram], []).append((text, at))

    @property
    def shortest(self) -> float:
        """Length of the shortest text, infinite when there is none."""
        return self._shortest

    def find(self, text: str) -> list[tuple[int, int, str, str]]:
        """Return where secrets stand: start, end, kind and value, in order, never overlapping."""
        found = {(at, at + len(secret)): secret for at, secret in self._long(text)}
        if self._short_pattern is not None:
            for match in self._short_pattern.finditer(text):
                found.setdefault(match.span(), match.group())
        spans: list[tuple[int, int, str, str]] = []
        for (start, end), secret in sorted(found.items(), key=lambda at: (at[0][0], -at[0][1])):
            if not spans or start >= spans[-1][1]:
                spans.append((start, end, *self._kinds[secret]))
        return spans

    def _long(self, text: str) -> list[tuple[int, str]]:
        found: list[tuple[int, str]] = []
        for gram, runs in self._runs.items():
            places = range(0, len(text) - gram + 1, gram)
            for at in [each for each in places if text[each : each + gram] in runs]:
                for secret, offset in runs[text[at : at + gram]]:
                    if offset <= at and text.startswith(secret, at - offset):
                        found.append((at - offset, secret))
        return found
