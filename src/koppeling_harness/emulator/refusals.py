"""Tell a request that a served environment refused: one line, without a secret in it.

AFAS answers most refusals with an empty body, so whoever builds a client has nothing to go by; here
somebody is watching.
"""

import json
from typing import Any

from koppeling_harness.emulator.web import MOST_QUERY, Answer, Scope

_MOST = 300
"""Characters of what is told of one refusal."""
_LONG_SEGMENT = 48
"""A longer part of a path may be a token, so it is not shown."""
_EMPTY_404 = "nothing is served there: look at the environment, the connector and the method"
_LONG_QUERY = f"the query has more than {MOST_QUERY - 1} characters"


def refusal_line(scope: Scope, answer: Answer) -> str:
    """Return what is told of a request that was refused.

    Args:
        scope: The request (ASGI).
        answer: How it was refused.
    """
    raw = scope.get("raw_path") or scope["path"].encode()
    segments = raw.decode("latin-1").split("/")
    path = "/".join("…" if len(each) > _LONG_SEGMENT else each for each in segments)
    why = answer.reason or _in_body(answer.body)
    if not why and answer.status == 404:
        too_long = len(scope["query_string"]) + 1 > MOST_QUERY
        why = _LONG_QUERY if too_long else _EMPTY_404
    text = f"{scope['method']} {path} {answer.status}" + (f": {why}" if why else "")
    return _printable(text)


def _in_body(body: bytes) -> str:
    """Return what a body in JSON says; empty without one."""
    try:
        said: Any = json.loads(body)
    except ValueError:
        return ""
    if not isinstance(said, dict):
        return ""
    names = ("externalMessage", "message", "error", "error_description")
    return ", ".join(str(said[name]) for name in names if said.get(name))


def _printable(text: str) -> str:
    shown = "".join(each if each.isprintable() else f"\\x{ord(each):02x}" for each in text)
    return shown if len(shown) <= _MOST else shown[: _MOST - 1] + "…"
