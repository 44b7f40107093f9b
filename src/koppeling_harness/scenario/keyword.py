"""The expressions of `-k`, as pytest has them: names, `and`, `or`, `not` and parentheses."""

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import PurePath

from koppeling_harness.errors import UsageError
from koppeling_harness.place import Place
from koppeling_harness.scenario.plan import PlannedScenario

_TOKEN = re.compile(r"\s*([()]|[\w:+\-.\[\]\\/]+)")
_HINT = "Such as `-k 'writing and not retry'`; names are matched in part, whatever their case."

_Holds = Callable[[Sequence[str]], bool]


def keyword_filter(text: str) -> Callable[[PlannedScenario], bool]:
    """Return whether a scenario is meant by an expression.

    A name means a scenario when it is part of the integration's id, of the scenario's or the
    operation's, of its level, or of the file or a folder that it was read from.

    Args:
        text: The expression; empty means every scenario.

    Raises:
        UsageError: It is not of the grammar.
    """
    if not text.strip():
        return lambda _planned: True
    holds = _Reader(text).expression()
    return lambda planned: holds([name.lower() for name in _names(planned)])


def _names(planned: PlannedScenario) -> Iterable[str]:
    yield f"{planned.manifest.id} {planned.id}"
    if planned.operation is not None:
        yield f"{planned.manifest.id}[{planned.operation.name}]"
    yield from ("koppeling", planned.level.value)
    path = PurePath(Place.read(planned.scenario.place).file)
    # what lies above the working folder names no scenario
    yield from path.parts[-2:] if path.is_absolute() else path.parts


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = _tokens(text)
        self._at = 0

    def expression(self) -> _Holds:
        holds = self._either()
        if self._at < len(self._tokens):
            raise _problem(self._text, f"found {self._tokens[self._at]!r}, expected the end")
        return holds

    def _either(self) -> _Holds:
        terms = [self._all()]
        while self._take("or"):
            terms.append(self._all())
        return lambda names: any(each(names) for each in terms)

    def _all(self) -> _Holds:
        terms = [self._one()]
        while self._take("and"):
            terms.append(self._one())
        return lambda names: all(each(names) for each in terms)

    def _one(self) -> _Holds:
        if self._take("not"):
            denied = self._one()
            return lambda names: not denied(names)
        if self._take("("):
            inner = self._either()
            if not self._take(")"):
                raise _problem(self._text, "expected a closing parenthesis")
            return inner
        if self._at == len(self._tokens) or self._tokens[self._at] in {")", "and", "or"}:
            raise _problem(self._text, "expected a name, `not` or an opening parenthesis")
        wanted = self._tokens[self._at].lower()
        self._at += 1
        return lambda names: any(wanted in name for name in names)

    def _take(self, token: str) -> bool:
        if self._at < len(self._tokens) and self._tokens[self._at] == token:
            self._at += 1
            return True
        return False


def _tokens(text: str) -> list[str]:
    found: list[str] = []
    at = 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None:
            raise _problem(text, f"found {text[at:].strip()[0]!r}")
        found.append(match[1])
        at = match.end()
    return found


def _problem(text: str, what: str) -> UsageError:
    return UsageError(f"-k {text!r}: {what}", hint=_HINT)
