"""Scenarios in little memory: of ten thousand, only those in flight are there as a whole.

The steps of a scenario take five times as much room as objects than as text. What is asked of every
scenario of a run, again and again, stays there as it is: id, title, level, place.
"""

import dataclasses
import json
from typing import Any

from koppeling_harness.document import Source, load
from koppeling_harness.model.scenario import Scenario

_LATE = frozenset({"values", "given", "when", "faults", "then", "cleanup"})
_AT_HAND = tuple(each.name for each in dataclasses.fields(Scenario) if each.name not in _LATE)

_ENCODE = json.JSONEncoder(separators=(",", ":")).encode


class PackedScenario(Scenario):
    """A scenario whose steps are made anew each time that one of them is asked for.

    Who carries it out asks for all of them at once, by `unpacked`.
    """

    __slots__ = ("_text",)
    _text: str

    def __getattr__(self, name: str) -> Any:
        """Return what is not at hand: Python asks here for members that were never set."""
        if name in _LATE:
            return getattr(unpacked(self), name)
        raise AttributeError(name)


def packed(scenario: Scenario, data: dict[str, Any]) -> PackedScenario:
    """Return a scenario with its steps packed.

    Args:
        scenario: All of it.
        data: The document that it was made from, with places.
    """
    made = object.__new__(PackedScenario)
    for name in _AT_HAND:
        object.__setattr__(made, name, getattr(scenario, name))
    object.__setattr__(made, "_text", _ENCODE(data))
    return made


def unpacked(scenario: Scenario) -> Scenario:
    """Return a scenario with all of its steps."""
    if type(scenario) is not PackedScenario:
        return scenario
    data = json.loads(scenario._text)  # noqa: SLF001 - this module packed it
    name = scenario.place.rsplit(":", 2)[0]
    whole = load(Scenario, Source(name=name, data=data, places={}, keys={}, raw={}))
    # results keep what is at hand: the texts that are there already, not their equals
    return dataclasses.replace(whole, **{each: getattr(scenario, each) for each in _AT_HAND})
