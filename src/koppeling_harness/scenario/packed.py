"""Scenarios in little memory: of ten thousand, only those in flight are there as a whole.

The steps of a scenario take fifteen times as much room as objects than as compressed text. What is
asked of every scenario of a run, again and again, stays there as it is: id, title, level, place.
"""

import binascii
import dataclasses
import json
import zlib
from typing import Any

from koppeling_harness.document import Source, load
from koppeling_harness.model.scenario import Scenario
from koppeling_harness.place import Place

_LATE = frozenset({"values", "given", "when", "faults", "then", "cleanup"})
_AT_HAND = tuple(each.name for each in dataclasses.fields(Scenario) if each.name not in _LATE)
_OF_ITS_OWN = (*_AT_HAND, "_late", "digest")

# what stands where the other part of a document would, which is no scenario without it
_A_STEP: dict[str, Any] = {"when": [{"findings": {}}]}
_A_HEAD: dict[str, Any] = {
    "scenario": "a",
    "title": {"nl": "a", "en": "a"},
    "level": "required",
    "proves": ["a"],
}

_ENCODE = json.JSONEncoder(separators=(",", ":")).encode

# with a window for a few KiB, and so without the room for large ones that takes long to lay out
_LEVEL, _WINDOW, _MEMORY = 6, -12, 3


class PackedScenario(Scenario):
    """A scenario whose steps are made anew each time that one of them is asked for.

    Who carries it out asks for all of them at once, by `unpacked`.

    Attributes:
        digest: SHA-256 of its file, the same for every kind of line end; as a lock has it.
    """

    __slots__ = ("_late", "digest")
    _late: bytes
    digest: str

    def __getattr__(self, name: str) -> Any:
        """Return what is not at hand: Python asks here for members that were never set."""
        if name in _LATE:
            return getattr(unpacked(self), name)
        raise AttributeError(name)

    def __getstate__(self) -> list[Any]:
        """Pickle it packed, for another process to carry it out."""
        return [getattr(self, name) for name in _OF_ITS_OWN]

    def __setstate__(self, state: list[Any]) -> None:
        """Take what was pickled."""
        for name, value in zip(_OF_ITS_OWN, state, strict=True):
            object.__setattr__(self, name, value)


def packed(data: dict[str, Any], scenario: Scenario, *, digest: str) -> tuple[PackedScenario, str]:
    """Return a scenario with its steps packed, and a line of text that it can be made of again.

    Args:
        data: The document, with places.
        scenario: All of what it says.
        digest: As `PackedScenario.digest`.
    """
    few = {key: each for key, each in data.items() if key not in _LATE}
    rest = {key: each for key, each in data.items() if key in _LATE}
    press = zlib.compressobj(_LEVEL, zlib.DEFLATED, _WINDOW, _MEMORY)
    late = press.compress(_ENCODE(rest).encode()) + press.flush()
    line = f"{binascii.b2a_base64(late, newline=False).decode()} {_ENCODE(few)}"
    return _made(scenario, late, digest), line


def packed_again(line: str, *, name: str, digest: str) -> PackedScenario:
    """Return the packed scenario that `packed` gave a line of text for, without making its steps.

    Args:
        line: What it gave.
        name: What messages call the file.
        digest: As `PackedScenario.digest`.

    Raises:
        ValueError: The line is of something else.
        DocumentError: So is it, and it looked as if it were not.
    """
    late, _, few = line.partition(" ")
    scenario = _loaded({**json.loads(few), **_A_STEP}, name)
    return _made(scenario, binascii.a2b_base64(late), digest)


def _made(scenario: Scenario, late: bytes, digest: str) -> PackedScenario:
    made = object.__new__(PackedScenario)
    _take_at_hand(made, scenario)
    object.__setattr__(made, "_late", late)
    object.__setattr__(made, "digest", digest)
    return made


def _take_at_hand(made: Scenario, other: Scenario) -> None:
    for name in _AT_HAND:
        object.__setattr__(made, name, getattr(other, name))


def _loaded(data: dict[str, Any], name: str) -> Scenario:
    return load(Scenario, Source(name=name, data=data, places={}, keys={}, raw={}))


def unpacked(scenario: Scenario) -> Scenario:
    """Return a scenario with all of its steps."""
    if type(scenario) is not PackedScenario:
        return scenario
    late = json.loads(zlib.decompress(scenario._late, _WINDOW))  # noqa: SLF001 - packed here
    whole = _loaded({**_A_HEAD, **late}, Place.read(scenario.place).file)
    # results keep what is at hand: the texts that are there already, not their equals
    _take_at_hand(whole, scenario)
    return whole
