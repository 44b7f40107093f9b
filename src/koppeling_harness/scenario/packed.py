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


def packed(scenario: Scenario, text: str) -> PackedScenario:
    """Return a scenario with its steps packed.

    Args:
        scenario: All of it.
        text: What `text_of` gives of the document that it was made from.
    """
    made = object.__new__(PackedScenario)
    for name in _AT_HAND:
        object.__setattr__(made, name, getattr(scenario, name))
    object.__setattr__(made, "_text", text)
    return made


def packed_again(text: str, *, name: str) -> PackedScenario:
    """Return the packed scenario that `text_of` gave the text of, without making its steps.

    Args:
        text: What it gave, of a scenario that was in order.
        name: What messages call the file.
    """
    data = json.loads(text)
    few = {key: each for key, each in data.items() if key not in _LATE}
    return packed(_loaded({**few, "when": data["when"][:1]}, name), text)


def text_of(data: dict[str, Any]) -> str:
    """Return a document, with places, as one line of text."""
    return _ENCODE(data)


def _loaded(data: dict[str, Any], name: str) -> Scenario:
    return load(Scenario, Source(name=name, data=data, places={}, keys={}, raw={}))


def unpacked(scenario: Scenario) -> Scenario:
    """Return a scenario with all of its steps."""
    if type(scenario) is not PackedScenario:
        return scenario
    name = scenario.place.rsplit(":", 2)[0]
    whole = _loaded(json.loads(scenario._text), name)  # noqa: SLF001 - this module packed it
    # results keep what is at hand: the texts that are there already, not their equals
    return dataclasses.replace(whole, **{each: getattr(scenario, each) for each in _AT_HAND})
