"""The example of an operation with other values in it, to see whether they arrive as meant.

Only what is surely free is changed: texts of several words, amounts with decimals, days and
moments. A code, a key or a count may mean anything, and stays as it is. Where one amount is the sum
of all others, such as of an entry that balances, it stays their sum.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from itertools import cycle
from typing import Any
from zoneinfo import ZoneInfo

from koppeling_harness.value import dataclass

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
Path = tuple[str | int, ...]
"""Where a value stands in an input."""

_WORDS = re.compile(r"(?=.*[A-Za-z]{3}).{2,}\s.{2,}", re.DOTALL)
_AMOUNT = re.compile(r"-?[0-9]{1,9}\.[0-9]{1,6}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?(\.[0-9]+)?")
_ZONE = re.compile(r"Z|[+-][0-9]{2}:?[0-9]{2}")
_CLOCK = "00:30:00"
"""Of Amsterdam: in UTC it is still yesterday."""
_LONG = 60
"""Characters: not every field for text has room for more than this."""
_FILLER = " en zo verder tot en met het laatste woord van een lange regel"
_OVER = 280
"""Characters: more than fields for text have room for, and less than a memo has."""
_OVERFLOW = " één régel vól mét áccénten"
_LAST = "é"
"""The last character of a text that just fits: who counts in bytes has no room for it."""
_MOST = 4000
"""Characters: a memo has room for more than a test needs."""
_PARTS = 3
"""Amounts, one of them the sum of the others: two that are equal may be so by chance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variation:
    """What comes in the place of free values.

    Attributes:
        tail: Behind a text; with a text to fill it up when empty.
        up_to: How many characters a text is filled up to.
        amounts: Of one decimal, and of more; None: as they are.
        days: On which programs go wrong, in their order; one after the other. None: as they are.
        turned: Whether lines stand the other way round, and nothing else is changed.
        to_the_edge: Whether a text fills the field that it goes to, where that is known; no other
            text is changed.
    """

    tail: str = ""
    up_to: int = _LONG
    amounts: tuple[str, str] | None = None
    days: tuple[str, ...] | None = None
    turned: bool = False
    to_the_edge: bool = False


VARIATIONS: Mapping[str, Variation] = {
    "accents": Variation(
        tail=" é ß Ł ç 漢 😀", amounts=("4.3", "4.35"), days=("2024-02-29", "2026-03-29")
    ),
    "borders": Variation(amounts=("1.1", "2.01"), days=("2026-10-25", "2027-01-01")),
    "edge": Variation(to_the_edge=True),
    "too-long": Variation(up_to=_OVER),
    "turned": Variation(turned=True),
}
"""Each by its name. Days: the leap day, both nights that the clock is changed, and New Year. Too
long is a text alone, and so is one that just fits: who refuses it refuses no amount and no day."""


def varied(value: Any, variation: Variation, rooms: Mapping[Path, int] | None = None) -> Any:
    """Return an input with other values where it is free.

    Args:
        value: The input.
        variation: What comes in the place of what.
        rooms: How long a text may be, by where it stands, as far as that is known.
    """
    if variation.turned:
        return _turned(value)
    if variation.to_the_edge:
        return _to_the_edge(value, rooms or {}, ())
    made = _varied(value, variation, cycle(variation.days or ("",)))
    if variation.amounts is not None:
        _balance(value, made)
    return made


def _to_the_edge(value: Any, rooms: Mapping[Path, int], path: Path) -> Any:
    if isinstance(value, dict):
        return {name: _to_the_edge(each, rooms, (*path, name)) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_to_the_edge(each, rooms, (*path, at)) for at, each in enumerate(value)]
    room = min(rooms.get(path, 0), _MOST)
    if not isinstance(value, str) or room <= len(value):
        return value
    return f"{value}{_OVERFLOW * (room // len(_OVERFLOW) + 1)}"[: room - 1] + _LAST


def _turned(value: Any) -> Any:
    """Return an input with its lines the other way round; those inside a line stay as they are."""
    if isinstance(value, dict):
        return {name: _turned(each) for name, each in value.items()}
    if isinstance(value, list | tuple) and all(isinstance(each, dict) for each in value):
        return [*reversed(value)]
    return value


def _balance(value: Any, made: Any) -> None:
    """Let the amount that was the sum of all others be so again."""
    amounts = {path: Decimal(text) for path, text in free_values(value) if is_amount(text)}
    total = next(
        (path for path, each in amounts.items() if each * 2 == sum(amounts.values())), None
    )
    if total is None or len(amounts) < _PARTS:
        return
    now = {path: Decimal(text) for path, text in free_values(made) if path in amounts}
    whole = sum(each for path, each in now.items() if path != total)
    *inside, last = total
    owner = made
    for name in inside:
        owner = owner[name]
    places = -int(amounts[total].as_tuple().exponent)
    owner[last] = float(whole) if isinstance(owner[last], float) else f"{whole:.{places}f}"


def _varied(value: Any, variation: Variation, days: Iterator[str]) -> Any:
    if isinstance(value, dict):
        return {name: _varied(each, variation, days) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_varied(each, variation, days) for each in value]
    if isinstance(value, float) and not value.is_integer():
        return value if variation.amounts is None else float(_amount(str(value), variation.amounts))
    return _text(value, variation, days) if isinstance(value, str) else value


def free_values(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Yield what is free in an input, as text, and where it stands."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield from free_values(each, (*path, name))
    elif isinstance(value, list | tuple):
        for at, each in enumerate(value):
            yield from free_values(each, (*path, at))
    elif isinstance(value, float) and not value.is_integer():
        yield path, str(value)
    elif isinstance(value, str) and _is_free(value):
        yield path, value


def day_of(text: str) -> str:
    """Return the day in Amsterdam of a day or moment; empty when a text is neither.

    A moment without a zone is Dutch time, as AFAS's are. Source: AFAS,
    docs.afas.help/profit/en/get-connector.
    """
    if _DAY.fullmatch(text) or _MOMENT.fullmatch(text):
        return text[:10]
    if not _is_zoned(text):
        return ""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return ""
    return moment.astimezone(AMSTERDAM).date().isoformat()


def is_amount(text: str) -> bool:
    """Return whether a text is a number with decimals."""
    return _AMOUNT.fullmatch(text) is not None


def _is_free(text: str) -> bool:
    return is_amount(text) or bool(day_of(text)) or _WORDS.fullmatch(text) is not None


def _is_zoned(text: str) -> bool:
    found = _MOMENT.match(text)
    return found is not None and _ZONE.fullmatch(text, found.end()) is not None


def _text(text: str, variation: Variation, days: Iterator[str]) -> str:
    if is_amount(text):
        return text if variation.amounts is None else _amount(text, variation.amounts)
    if variation.days is None and day_of(text):
        return text
    if _DAY.fullmatch(text):
        return next(days)
    if _MOMENT.fullmatch(text):
        return f"{next(days)}T{_CLOCK}"
    if _is_zoned(text):
        moment = datetime.fromisoformat(f"{next(days)}T{_CLOCK}").replace(tzinfo=AMSTERDAM)
        if text.endswith("Z"):
            return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        return moment.isoformat()
    if _WORDS.fullmatch(text) is None:
        return text
    room = max(0, variation.up_to - len(text))
    filler = _FILLER if room <= len(_FILLER) else _OVERFLOW * (room // len(_OVERFLOW) + 1)
    return text + (variation.tail or filler[:room])


def _amount(amount: str, amounts: tuple[str, str]) -> str:
    if not float(amount):
        return amount  # nothing may mean that there is nothing to do
    one, more = amounts
    return one if len(amount.partition(".")[2]) == 1 else more
