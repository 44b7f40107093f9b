"""Regular expressions of scenarios, searched for in the texts of others, in bounded time.

`re` cannot be interrupted: a pattern of a few characters keeps it busy for ever on a text made for
it, and with it the whole run. Patterns that repeat once at most go to `re`, which needs at most
the square of a text's length for them; all others to `regex`, which can be given a limit.
"""

import re
import time
from functools import lru_cache
from typing import TYPE_CHECKING

from koppeling_harness.errors import ConfigurationError
from koppeling_harness.scenario.allowance import Allowance
from koppeling_harness.value import dataclass

if TYPE_CHECKING:
    import regex

_LONGEST_PATTERN = 500
_LONG_TEXT = 10_000
"""Characters of a text from which on even a pattern with one repetition gets a limit."""

_REPETITION = re.compile(r"[*+]|\{[0-9]*,?[0-9]*\}")
_ESCAPED = re.compile(r"\\.", re.DOTALL)
_CHARACTER_CLASS = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """A regular expression of a scenario.

    Attributes:
        text: As it was written.
        may_take_long: Whether a search may need more than a moment on an ordinary text.
    """

    text: str
    may_take_long: bool

    def is_in(self, value: str, allowance: Allowance) -> bool:
        """Return whether a text holds the pattern.

        Raises:
            ConfigurationError: The search took more than the time that was left for it.
        """
        if not self.may_take_long and len(value) <= _LONG_TEXT:
            return re.compile(self.text).search(value) is not None
        began_s = time.monotonic()
        try:
            pattern = _limited(self.text)
            found = pattern.search(value, timeout=allowance.for_pattern_s(), concurrent=True)
        except TimeoutError:
            message = f"`$regex` {self.text} took too long on a text of {len(value)} characters"
            hint = "Write it with fewer `*` and `+`, or with what cannot stand there, as [^,]*."
            raise ConfigurationError(message, hint=hint) from None
        finally:
            allowance.spend_on_patterns(time.monotonic() - began_s)
        return found is not None


@lru_cache(maxsize=512)
def pattern_of(text: str) -> Pattern:
    """Compile a pattern.

    Raises:
        ConfigurationError: It is none, is too long, or repeats what repeats.
    """
    if len(text) > _LONGEST_PATTERN:
        message = f"expected `$regex` of at most {_LONGEST_PATTERN} characters, found {len(text)}"
        raise ConfigurationError(message)
    if _repeats_within_repetition(text):
        message = f"`$regex` {text} repeats a group that itself repeats or has alternatives"
        hint = "Such a pattern can take forever on some texts; write it without the outer `*`."
        raise ConfigurationError(message, hint=hint)
    try:
        re.compile(text)
    except (re.error, OverflowError, RecursionError) as error:
        message = f"expected `$regex` to be a regular expression, found {text}: {error}"
        raise ConfigurationError(message) from None

    return Pattern(text=text, may_take_long=not _cannot_take_long(text))


@lru_cache(maxsize=512)
def _limited(text: str) -> "regex.Pattern[str]":
    """Compile a pattern with `regex`; what only `re` understands is told as it is.

    Raises:
        ConfigurationError: `regex` does not take it.
    """
    import regex  # noqa: PLC0415 - 40 ms, and most patterns do not need it

    try:
        return regex.compile(text)
    except regex.error as error:
        message = f"expected `$regex` to be a regular expression, found {text}: {error}"
        raise ConfigurationError(message) from None


def _cannot_take_long(text: str) -> bool:
    """Return whether a pattern repeats once at most, a single character, and refers to no group."""
    bare = _bare(text)
    found = list(_REPETITION.finditer(bare))
    refers = re.search(r"\\[1-9]|\(\?P=|\(\?\(", text)
    return not refers and (
        not found or (len(found) == 1 and not bare[: found[0].start()].endswith(")"))
    )


def _bare(text: str) -> str:
    """Return a pattern with `x` for each escaped character and each class of characters."""
    return _CHARACTER_CLASS.sub("x", _ESCAPED.sub("x", text))


def _repeats_within_repetition(text: str) -> bool:
    """Return whether an unboundedly repeated group can match the same text in several ways.

    That is how a search takes time that doubles with each character.
    """
    bare = _bare(text)
    groups: list[bool] = []
    for at, sign in enumerate(bare):
        if sign == "(":
            groups.append(False)
        elif sign == ")" and groups:
            risky = groups.pop()
            if risky and _is_repeated(bare[at + 1 :]):
                return True
            if groups and (risky or _is_repeated(bare[at + 1 :])):
                groups[-1] = True
        elif groups and (sign == "|" or _is_repeated(bare[at:])):
            groups[-1] = True
    return False


def _is_repeated(rest: str) -> bool:
    return bool(re.match(r"[*+]|\{[0-9]*,[0-9]*\}|\{[0-9]{2,}\}", rest))
