"""The client with which the harness itself speaks to ERP1, for given and then."""

import asyncio
import base64
import functools
import json
import ssl
from dataclasses import dataclass
from typing import Any, Self

import httpx

from koppeling_harness.clock import Clock
from koppeling_harness.erp.call import ErpCall
from koppeling_harness.erp.target import refuse_production
from koppeling_harness.errors import ErpUnavailableError
from koppeling_harness.model.access import ErpAccess


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


@functools.cache
def _tls() -> ssl.SSLContext:
    """Return one TLS context for all connections: reading the authorities takes 20 ms."""
    return httpx.create_ssl_context(trust_env=False)


class Connection:
    """One HTTP client, kept open, through which one scenario at a time speaks.

    A client for each scenario that is in flight costs half of what one pool for all of them does,
    and keeps its connection between scenarios.
    """

    def __init__(self, *, timeout_s: float = 30.0) -> None:
        self.http = httpx.AsyncClient(
            verify=_tls(), timeout=timeout_s, trust_env=False, follow_redirects=False
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.aclose()


class ErpClient:
    """Speaks to one environment.

    Args:
        access: Where the environment is, and its token.
        connection: What carries the requests.
        clock: Measures durations.
        integration_id: The `IntegrationId` header that goes along; AFAS wants it on every call.

    Raises:
        ProductionRefusedError: The environment is, or may be, in production; nothing was sent.
        ConfigurationError: The address cannot be used.
    """

    def __init__(
        self, access: ErpAccess, *, connection: Connection, clock: Clock, integration_id: str = ""
    ) -> None:
        refuse_production(access.base_url)
        self.access = access
        self._connection = connection
        self._clock = clock
        token = base64.b64encode(access.token.reveal().encode()).decode("ascii")
        self._authorization = f"AfasToken {token}"
        self._common = {"IntegrationId": integration_id} if integration_id else {}

    async def send(self, call: ErpCall) -> ErpAnswer:
        """Send one call.

        Raises:
            ErpUnavailableError: No answer came: refused, reset, timed out.
        """
        headers = {**self._common, **dict(call.headers)}
        if call.authorised:
            headers["Authorization"] = self._authorization
        url = self.access.base_url + call.path + (f"?{call.query}" if call.query else "")
        started_s = self._clock.elapsed_s()
        try:
            response = await self._connection.http.request(
                call.method,
                url,
                headers=headers,
                content=None if call.body is None else call.body.encode(),
            )
        except (httpx.TransportError, asyncio.IncompleteReadError) as error:
            kind = type(error).__name__
            message = (
                f"{call.method} {self.access.base_url}{call.path}: no answer ({kind}: {error})"
            )
            raise ErpUnavailableError(
                message, hint="Is ERP1 up, and can this machine reach it?"
            ) from None
        text = response.text
        return ErpAnswer(
            call=call,
            status=response.status_code,
            headers=dict(response.headers),
            text=text,
            body=_json_or_text(text),
            duration_s=self._clock.elapsed_s() - started_s,
        )


def _json_or_text(text: str) -> Any:
    if not text:
        return None
    try:
        return json.loads(text)
    except ValueError:
        return text
