"""The client with which the harness itself speaks to ERP1, for given and then."""

import asyncio
import base64
import json
import re
from typing import Any
from urllib.parse import quote

from koppeling_harness.clock import Clock
from koppeling_harness.erp.call import ErpCall
from koppeling_harness.errors import ErpUnavailableError
from koppeling_harness.http.base_url import read_base_url
from koppeling_harness.http.connection import Connection, RawAnswer
from koppeling_harness.model.access import ErpAccess, SignedIn
from koppeling_harness.value import dataclass
from koppeling_harness.version import __version__

_UNAUTHORIZED = 401
_WITHOUT_BODY = frozenset({"GET", "HEAD", "DELETE", "OPTIONS"})
_SENDABLE = re.compile(r"[^\x00-\x08\x0a-\x1f\x7f]+")
_TARGET = re.compile(r"[!-~]+")
_KEPT = "!#$%&'()*+,/:;=?@[]~"
"""Of what a scenario wrote into a path, all that a URL may hold stays as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErpAnswer:
    """What the ERP answered to one call."""

    call: ErpCall
    status: int
    headers: dict[str, str]
    """Lower-case names; of a repeated header the values joined by a comma."""
    text: str
    body: Any
    """The body as JSON, else its text, else None."""
    duration_s: float

    def result(self) -> dict[str, Any]:
        """Return what a scenario's `expect` and `save` see."""
        result = {
            "status": self.status,
            "headers": self.headers,
            "body": self.body,
            "duration_s": self.duration_s,
        }
        rows = self.body.get("rows") if isinstance(self.body, dict) else None
        if isinstance(rows, list):
            result |= {"rows": rows, "count": len(rows)}
        return result


class ErpClient:
    """Speaks to one environment, signed in by a classic token or by OAuth.

    Args:
        access: Where the environment is, and how to sign in.
        connection: What carries the requests.
        clock: Measures durations.
        integration_id: The `IntegrationId` header that goes along; AFAS wants it on every call.

    Raises:
        ProductionRefusedError: The environment is, or may be, in production; nothing was sent.
        ConfigurationError: The address cannot be used, or the key to sign with.
    """

    def __init__(
        self, access: ErpAccess, *, connection: Connection, clock: Clock, integration_id: str = ""
    ) -> None:
        self._address = read_base_url(access.base_url)
        self.access = access
        self._connection = connection
        self._clock = clock
        self._signed_in = access.signed_in or _sign_in(access, connection, clock)
        xml = (access.own_token or access.token).reveal()
        token = base64.b64encode(xml.encode()).decode("ascii")
        self._authorization = f"AfasToken {token}"
        self._common = {
            "Host": self._address.authority,
            "Accept": "*/*",
            "Accept-Encoding": "gzip, deflate",
            "User-Agent": f"koppeling-harness/{__version__}",
        }
        if integration_id:
            self._common["IntegrationId"] = integration_id

    @property
    def signs_in_by_oauth(self) -> bool:
        """Whether it does; else by a classic token."""
        return self._signed_in is not None

    async def send(self, call: ErpCall, *, limit_s: float | None = None) -> ErpAnswer:
        """Send one call.

        Args:
            call: What to send.
            limit_s: Time allowed, where that is less than the connection allows.

        Raises:
            ErpUnavailableError: No answer came: refused, reset, timed out; or no token.
            TimeoutError: `limit_s` is over.
        """
        started_s = self._clock.elapsed_s()
        if self._signed_in is None or not call.authorised:
            raw = await self._ask(call, self._authorization, limit_s)
        else:
            raw = await self._ask_signed_in(call, self._signed_in, limit_s)
        text = raw.text
        return ErpAnswer(
            call=call,
            status=raw.status,
            headers=raw.headers,
            text=text,
            body=_json_or_text(text),
            duration_s=self._clock.elapsed_s() - started_s,
        )

    async def _ask_signed_in(
        self, call: ErpCall, signed_in: SignedIn, limit_s: float | None
    ) -> RawAnswer:
        """Return the answer to a call; a token that is refused is renewed, once."""
        async with asyncio.timeout(limit_s):
            authorization = await signed_in.authorization()
            raw = await self._ask(call, authorization, None)
            if raw.status == _UNAUTHORIZED:
                other = await signed_in.renewed(authorization)
                if other is None:
                    return raw
                authorization = other
                raw = await self._ask(call, authorization, None)
            if raw.status != _UNAUTHORIZED:
                signed_in.accepted(authorization)
            return raw

    async def _ask(self, call: ErpCall, authorization: str, limit_s: float | None) -> RawAnswer:
        try:
            return await self._connection.ask(
                self._address,
                self._request(call, authorization),
                bodiless=call.method == "HEAD",
                limit_s=limit_s,
            )
        except ErpUnavailableError as error:
            message = f"{call.method} {self.access.address}{call.path}: {error.message}"
            raise ErpUnavailableError(
                message, hint="Is ERP1 up, and can this machine reach it?"
            ) from None

    def _request(self, call: ErpCall, authorization: str) -> bytes:
        """Return a call as it goes over the wire.

        Raises:
            ErpUnavailableError: A header or the method cannot be sent.
        """
        body = b"" if call.body is None else call.body.encode()
        headers = self._headers(call, authorization)
        if body or call.method not in _WITHOUT_BODY:
            headers.setdefault("Content-Length", str(len(body)))
        target = self._address.path + call.path + (f"?{call.query}" if call.query else "")
        lines = [f"{call.method} {_escaped(target)} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        if not _SENDABLE.fullmatch("".join(lines)):
            line = next(each for each in lines if not _SENDABLE.fullmatch(each))
            message = f"{line.partition(':')[0]!r} holds what no header may hold"
            raise ErpUnavailableError(message)
        return "\r\n".join([*lines, "", ""]).encode() + body

    def _headers(self, call: ErpCall, authorization: str) -> dict[str, str]:
        own = dict(call.headers)
        if call.authorised:
            own["Authorization"] = authorization
        if not own:
            return dict(self._common)
        given = {name.lower() for name in own}
        kept = {name: each for name, each in self._common.items() if name.lower() not in given}
        return kept | own


def _sign_in(access: ErpAccess, connection: Connection, clock: Clock) -> SignedIn | None:
    if access.own_client is None:
        return None
    # a run against ERP1 here has no use for it
    from koppeling_harness.erp.sign_in import sign_in_of  # noqa: PLC0415

    return sign_in_of(access, connection=connection, clock=clock)


def _escaped(target: str) -> str:
    return target if _TARGET.fullmatch(target) else quote(target, safe=_KEPT)


def _json_or_text(text: str) -> Any:
    if not text:
        return None
    try:
        return json.loads(text)
    except ValueError:
        return text
