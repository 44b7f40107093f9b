"""Play a recording back: an ERP that answers only what was recorded, from what was recorded.

It has no network behind it. A request that is not in the recording is refused, and it is told in
what it differs from the recorded one that is most like it.
"""

from collections import Counter

from starlette.types import ASGIApp, Receive, Scope, Send

from koppeling_harness.http.address import read_address
from koppeling_harness.model.exchange import Exchange, Recording, Sender
from koppeling_harness.model.finding import Difference
from koppeling_harness.model.manifest import Manifest
from koppeling_harness.model.secret import Secret
from koppeling_harness.traffic.capture import Capture, is_truncated
from koppeling_harness.traffic.likeness import Meanings, differences
from koppeling_harness.traffic.private_exchange import Privacy
from koppeling_harness.traffic.redact_exchange import ExchangeRedactor
from koppeling_harness.traffic.redactor import Redactor
from koppeling_harness.traffic.wire import target_of, wire_of
from koppeling_harness.value import dataclass

NOT_RECORDED = 501
"""How a request that is not in the recording is answered."""

_NOT_REPEATED = frozenset(
    {"connection", "content-encoding", "content-length", "date", "keep-alive", "transfer-encoding"}
)
_HALF = "half_body"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmatched:
    """A request that is not in the recording.

    Attributes:
        request: `POST /connectors/PtRealization`.
        nearest: The label of the recorded one that is most like it and was not answered yet; empty
            when there is none left.
        differences: In what it differs from that one.
    """

    request: str
    nearest: str
    differences: tuple[Difference, ...]


def why_not(recording: Recording) -> str:
    """Return why a recording cannot be played back; empty when it can."""
    if not recording.triggers:
        return "it does not hold what the integration was told to do"
    if any(each.customer > 1 for each in recording.exchanges):
        return "the integration worked for two customers in it"
    for each in recording.exchanges:
        if is_truncated(each.request_body) or is_truncated(each.response_body):
            return f"{each.label()}: only the beginning of its body was kept"
        if each.response_size and each.response_body is None and each.status is not None:
            return f"{each.label()}: its body is not text, so it was not kept"
        if _HALF in (each.fault or "").split("+"):
            return f"{each.label()}: its answer was cut off on purpose"
    return ""


class Replay:
    """An ASGI application that answers from one recording, each recorded exchange once.

    Requests may come in any order; of equal ones the first that was recorded is answered first.
    Put a gateway around it as around every ERP.

    Args:
        recording: What to play.
        token: What the integration is given; it is never kept.
        manifest: Of the integration; says what is private.
        key: Makes the placeholders of what comes now.
    """

    def __init__(
        self,
        recording: Recording,
        *,
        token: Secret,
        manifest: Manifest,
        key: bytes,
    ) -> None:
        redactor = Redactor(key)
        redactor.add_secret(token)
        self._redactor = ExchangeRedactor(redactor)
        self._privacy = Privacy(redactor, manifest)
        self._left = list(recording.exchanges)
        self._meanings = Meanings()
        self._count = 0
        self.unmatched: list[Unmatched] = []

    @property
    def app(self) -> ASGIApp:
        """The ASGI application to put a gateway around: the replay itself."""
        return self

    @property
    def missing(self) -> tuple[str, ...]:
        """What was recorded and has not been asked for: `2 x GET /connectors/Own_Projects`."""
        counted = Counter(f"{each.method} {each.path}" for each in self._left)
        return tuple(f"{count} x {name}" for name, count in counted.items())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI: answer a request from the recording."""
        request = await self._request(scope, receive)
        recorded = self._take(request)
        if recorded is None:
            await _say(send, NOT_RECORDED, "not in the recording")
        elif recorded.status is None:
            wire = wire_of(scope)
            if wire is None:
                await _say(send, NOT_RECORDED, "the recorded call got no answer")
            else:
                await wire.hang_up()
        else:
            await _answer(send, recorded)

    async def _request(self, scope: Scope, receive: Receive) -> Exchange:
        headers = [(name.lower(), value) for name, value in scope["headers"]]
        encoding = next((value for name, value in headers if name == b"content-encoding"), b"")
        body = Capture(encoding.decode("latin-1"))
        while True:
            message = await receive()
            body.feed(message.get("body", b""))
            if message["type"] != "http.request" or not message.get("more_body", False):
                break
        path = read_address(scope["method"], target_of(scope)).path
        query = scope["query_string"].decode("latin-1")
        text = body.text()
        self._count += 1
        request = Exchange(
            number=self._count,
            sender=Sender.INTEGRATION,
            started_s=0.0,
            duration_s=0.0,
            method=scope["method"],
            path=self._redactor.path(path),
            query=self._redactor.query(query, path),
            request_headers=self._redactor.headers(headers),
            request_body=None if text is None else body.finish(self._redactor.body(text, path)),
            request_size=body.size,
            status=None,
        )
        return self._privacy.exchange(request)

    def _take(self, request: Exchange) -> Exchange | None:
        """Return the recorded exchange of a request, and never that one again."""
        found: list[tuple[Exchange, tuple[Difference, ...]]] = []
        for each in self._left:
            meanings = self._meanings.copy()
            different = differences(each, request, meanings)
            if not different:
                self._left.remove(each)
                self._meanings = meanings
                return each
            found.append((each, different))
        # the method and the path weigh most: the rest of another call says little
        nearest: tuple[Exchange | None, tuple[Difference, ...]] = min(
            found,
            key=lambda pair: (
                pair[0].method != request.method,
                pair[0].path.lower() != request.path.lower(),
                len(pair[1]),
            ),
            default=(None, ()),
        )
        self.unmatched.append(
            Unmatched(
                request=f"{request.method} {request.path}",
                nearest=nearest[0].label() if nearest[0] else "",
                differences=nearest[1],
            )
        )
        return None


async def _answer(send: Send, recorded: Exchange) -> None:
    body = (recorded.response_body or "").encode()
    headers = [
        (name.lower().encode("latin-1"), value.encode("latin-1"))
        for name, value in recorded.response_headers
        if name.lower() not in _NOT_REPEATED
    ]
    headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": recorded.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _say(send: Send, status: int, text: str) -> None:
    body = text.encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
