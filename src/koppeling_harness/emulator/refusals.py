"""Tell a request that a served environment refused: one line, without a secret in it.

AFAS answers most refusals with an empty body, so whoever builds a client has nothing to go by; here
somebody is watching.
"""

import json
import zlib
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import Any

from koppeling_harness.emulator.web import MOST_QUERY, REASON

Message = MutableMapping[str, Any]
Application = Callable[..., Awaitable[None]]

_MOST = 300
"""Characters of what is told of one refusal."""
_LONG_SEGMENT = 48
"""A longer part of a path may be a token, so it is not shown."""
_EMPTY_404 = "nothing is served there: look at the environment, the connector and the method"
_LONG_QUERY = f"the query has more than {MOST_QUERY - 1} characters"
_REFUSED = 400


def telling_refusals(app: Application, tell: Callable[[str], None]) -> Application:
    """Return an ASGI application that tells why another refuses.

    Args:
        app: The other.
        tell: Gets one line for each request that is answered with 400 or more.
    """

    async def telling(scope: Message, receive: Any, send: Any) -> None:
        first: list[Message] = []

        async def seen(message: Message) -> None:
            if message["type"] == "http.response.start":
                first[:] = [message]
            elif first and first[0]["status"] >= _REFUSED and not message.get("more_body"):
                tell(_line(scope, first[0], message.get("body", b"")))
            await send(message)

        await app(scope, receive, seen)

    return telling


def _line(scope: Message, start: Message, body: bytes) -> str:
    raw = scope.get("raw_path") or scope["path"].encode()
    segments = raw.decode("latin-1").split("/")
    path = "/".join("…" if len(each) > _LONG_SEGMENT else each for each in segments)
    status = start["status"]
    why = start.get(REASON) or _in_body(start["headers"], body)
    if not why and status == 404:
        too_long = len(scope["query_string"]) + 1 > MOST_QUERY
        why = _LONG_QUERY if too_long else _EMPTY_404
    text = f"{scope['method']} {path} {status}" + (f": {why}" if why else "")
    return _printable(text)


def _in_body(headers: Sequence[tuple[bytes, bytes]], body: bytes) -> str:
    """Return what a body in JSON says; empty without one."""
    try:
        if (b"content-encoding", b"gzip") in headers:
            body = zlib.decompress(body, 31)
        said = json.loads(body)
    except (ValueError, zlib.error, RecursionError):
        return ""
    if not isinstance(said, dict):
        return ""
    names = ("externalMessage", "message", "error", "error_description")
    return ", ".join(str(said[name]) for name in names if said.get(name))


def _printable(text: str) -> str:
    shown = "".join(each if each.isprintable() else f"\\x{ord(each):02x}" for each in text)
    return shown if len(shown) <= _MOST else shown[: _MOST - 1] + "…"
