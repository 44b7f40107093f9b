"""Functions that expressions may call; time and chance are handed in."""

import base64
import random
import string
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from koppeling_harness.clock import AMSTERDAM, Clock, today
from koppeling_harness.errors import ConfigurationError
from koppeling_harness.rules.meant import VARIATIONS, Path, varied
from koppeling_harness.scenario.pick import near, shown
from koppeling_harness.value import dataclass

_LONGEST = 1_000_000
MARK_LENGTH = 6
"""From this length on `unique` gives what nobody else has, for all that matters."""
_LETTERS_AND_DIGITS = string.ascii_lowercase + string.digits


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """What a function is given.

    Attributes:
        parameters: Name and type of each.
        required: How many must be given.
    """

    parameters: tuple[tuple[str, type], ...]
    required: int

    def render(self, name: str) -> str:
        """Return it as written: `number(lowest, highest)`."""
        return f"{name}({', '.join(parameter for parameter, _ in self.parameters)})"


SIGNATURES: dict[str, Signature] = {
    "unique": Signature(parameters=(("length", int),), required=1),
    "uuid": Signature(parameters=(), required=0),
    "today": Signature(parameters=(("days", int),), required=0),
    "now": Signature(parameters=(("seconds", int),), required=0),
    "number": Signature(parameters=(("lowest", int), ("highest", int)), required=2),
    "text": Signature(parameters=(("length", int),), required=1),
    "repeat": Signature(parameters=(("text", str), ("times", int)), required=2),
    "base64": Signature(parameters=(("text", str),), required=1),
    "meant": Signature(parameters=(("value", object), ("variation", str)), required=2),
}
"""Every function by its name."""

_KINDS = {int: "a whole number", str: "text", object: "a value"}


def check_call(name: str, arguments: Sequence[Any]) -> None:
    """Refuse a call that cannot be carried out. An argument that is not known yet is `...`.

    Raises:
        ConfigurationError: There is no such function, or it is given something else.
    """
    signature = SIGNATURES.get(name)
    if signature is None:
        message = f"there is no function `{name}`; there are: {', '.join(SIGNATURES)}"
        raise ConfigurationError(message, hint=near(name, list(SIGNATURES)))
    if not signature.required <= len(arguments) <= len(signature.parameters):
        message = f"expected `{signature.render(name)}`, found {len(arguments)} arguments"
        raise ConfigurationError(message)
    for argument, (parameter, kind) in zip(arguments, signature.parameters, strict=False):
        if argument is ...:
            continue
        if not isinstance(argument, kind) or (isinstance(argument, bool) and kind is not object):
            message = (
                f"expected {_KINDS[kind]} as `{parameter}` of `{signature.render(name)}`, "
                f"found {shown(argument)}"
            )
            raise ConfigurationError(message)


class Functions:
    """The generators that expressions may call, for one scenario.

    Args:
        random: Seeded for this scenario of this run, so that a run can be repeated.
        clock: Tells the time.
    """

    def __init__(self, *, random: random.Random, clock: Clock) -> None:
        self._random = random
        self._clock = clock
        self._given: set[str] = set()
        self.rooms: Mapping[Path, int] = {}
        """How long texts of an example may be, where fields are known that they went to."""

    @property
    def given(self) -> frozenset[str]:
        """What `unique` gave until now that is long enough to be found by."""
        return frozenset(each for each in self._given if len(each) >= MARK_LENGTH)

    def call(self, name: str, arguments: Sequence[Any]) -> Any:
        """Return what a function gives.

        Raises:
            ConfigurationError: There is no such function, or it cannot do with what it is given.
        """
        check_call(name, arguments)
        # no table of bound methods: it would hold the object, and that its generator, in a circle
        return getattr(self, f"_{name}")(*arguments)

    def _unique(self, length: int) -> str:
        """Return a key that was not given before: a lower-case letter, then letters and digits."""
        _within("unique", length, lowest=1)
        for _ in range(1000):
            first = self._random.choice(string.ascii_lowercase)
            rest = self._random.choices(_LETTERS_AND_DIGITS, k=length - 1)
            key = first + "".join(rest)
            if key not in self._given:
                self._given.add(key)
                return key
        message = f"`unique({length})` has given every key of that length"
        raise ConfigurationError(message, hint="Ask for longer keys.")

    def _uuid(self) -> str:
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def _today(self, days: int = 0) -> str:
        """Return a day as `YYYY-MM-DD`, counted from today in Amsterdam."""
        return (today(self._clock) + _span("today", days=days)).isoformat()

    def _now(self, seconds: int = 0) -> str:
        """Return Profit's wall clock, `YYYY-MM-DDTHH:MM:SS` without a zone.

        Source: AFAS, docs.afas.help/profit/en/get-connector: times are local and carry a `Z` that
        does not mean UTC.
        """
        moment = self._clock.now() + _span("now", seconds=seconds)
        return moment.astimezone(AMSTERDAM).strftime("%Y-%m-%dT%H:%M:%S")

    def _number(self, lowest: int, highest: int) -> int:
        if lowest > highest:
            message = f"`number({lowest}, {highest})`: expected the lowest first"
            raise ConfigurationError(message)
        return self._random.randint(lowest, highest)

    def _text(self, length: int) -> str:
        _within("text", length)
        return "".join(self._random.choices(string.ascii_lowercase, k=length))

    def _meant(self, value: Any, variation: str) -> Any:
        """Return an input for another time: what was unique in it anew, what is free otherwise."""
        if variation not in VARIATIONS:
            message = f"`meant`: there is no variation `{variation}`"
            raise ConfigurationError(message, hint=f"There are: {', '.join(VARIATIONS)}.")
        anew = {key: self._unique(len(key)) for key in sorted(self.given)}

        def change(text: str) -> str:
            for key, other in anew.items():
                text = text.replace(key, other)
            return text

        return varied(_everywhere(value, change), VARIATIONS[variation], self.rooms)

    @staticmethod
    def _repeat(text: str, times: int) -> str:
        _within("repeat", times * max(1, len(text)))
        return text * times

    @staticmethod
    def _base64(text: str) -> str:
        return base64.b64encode(text.encode()).decode()


def _everywhere(value: Any, change: Callable[[str], str]) -> Any:
    """Return a value with every text in it changed."""
    if isinstance(value, dict):
        return {name: _everywhere(each, change) for name, each in value.items()}
    if isinstance(value, list):
        return [_everywhere(each, change) for each in value]
    return change(value) if isinstance(value, str) else value


def _within(name: str, length: int, *, lowest: int = 0) -> None:
    if not lowest <= length <= _LONGEST:
        message = f"`{name}`: expected {lowest} to {_LONGEST} characters, found {length}"
        raise ConfigurationError(message)


def _span(name: str, *, days: int = 0, seconds: int = 0) -> timedelta:
    if abs(days) > 36_500 or abs(seconds) > 36_500 * 86_400:
        message = f"`{name}`: expected at most a hundred years from now"
        raise ConfigurationError(message)
    return timedelta(days=days, seconds=seconds)
