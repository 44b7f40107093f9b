"""One thing that was looked at when an integration was checked, as a value."""

from typing import Any

from koppeling_harness.value import dataclass

_SHOWN_CHARACTERS = 160
_HELD_CHARACTERS = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What was tried with an integration, and what came of it.

    Attributes:
        what: What was tried.
        is_ok: Whether it went as it must.
        found: What was found.
        expected: What was expected.
        remedy: What to do when it did not.
    """

    what: str
    is_ok: bool
    found: str
    expected: str
    remedy: str


def shown(value: Any) -> str:
    """Return a value as text, to be redacted and then cut by `on_a_line`."""
    return str(value)[:_HELD_CHARACTERS]


def on_a_line(text: str) -> str:
    """Return what was found as text that fits on a line."""
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}..."
