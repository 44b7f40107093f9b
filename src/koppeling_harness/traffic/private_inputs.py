"""Hide what an operation was given where it went over the wire in a privacy-marked field."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from koppeling_harness.model.exchange import Recording
from koppeling_harness.traffic.redactor import Redactor

_HIDDEN = re.compile(r"\[field:[0-9a-f]{8}\]")


def with_private_inputs_hidden(recording: Recording, redactor: Redactor) -> Recording:
    """Return a recording in whose inputs no value stands that a privacy-marked field held.

    An input has names of the integration's own (`lastName`), which no manifest marks. Its values
    are known by the placeholder that stands for the same value in the traffic.

    Args:
        recording: With its exchanges redacted.
        redactor: The one that redacted them.
    """
    hidden = {
        placeholder
        for each in recording.exchanges
        for part in (each.path, each.query, each.request_body, each.response_body)
        for placeholder in _HIDDEN.findall(part or "")
    }
    if not hidden:
        return recording

    def hide(value: Any) -> Any:
        text = value if isinstance(value, str) else json.dumps(value)
        placeholder = redactor.placeholder("field", text)
        return placeholder if placeholder in hidden else value

    triggers = (replace(each, input=_each_value(each.input, hide)) for each in recording.triggers)
    return replace(recording, triggers=tuple(triggers))


def _each_value(data: Any, change: Callable[[Any], Any]) -> Any:
    if isinstance(data, dict):
        return {name: _each_value(value, change) for name, value in data.items()}
    if isinstance(data, list):
        return [_each_value(value, change) for value in data]
    return data if data is None or isinstance(data, bool) else change(data)
