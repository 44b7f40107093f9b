"""The public keys of clients: uploaded certificates, and key sets at an address of the client.

A key set is fetched over HTTPS without following redirects, may be 64 KB, and is kept for an hour.
Source: AFAS, docs.afas.help/profit/en/news-profit9.
"""

import ssl
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from koppeling_harness.emulator.access import AppConnector
from koppeling_harness.emulator.jwt_rules import JwtError
from koppeling_harness.value import dataclass

if TYPE_CHECKING:
    from koppeling_harness.emulator.signed import ClientKey

MOST_JWKS = 64 * 1024
KEPT_FOR = timedelta(hours=1)
_ANSWER_WITHIN_S = 5.0
_FAILURE_KEPT_FOR = timedelta(seconds=2)


class FetchFirstError(Exception):
    """Something must be fetched before a request can be answered.

    Attributes:
        fetch: Does so; it may take seconds. The request can be answered after it.
    """

    def __init__(self, fetch: Callable[[], None]) -> None:
        super().__init__("ask again")
        self.fetch = fetch


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fetched:
    keys: "tuple[ClientKey, ...]"
    problem: str
    until: datetime


class ClientKeys:
    """The keys of the clients of one environment."""

    def __init__(self) -> None:
        self._fetched: dict[str, _Fetched] = {}

    def of(
        self, app: AppConnector, settings: Mapping[str, str], now: datetime
    ) -> "tuple[ClientKey, ...]":
        """Return the keys that a client registered.

        Raises:
            JwtError: A certificate or key set is of no use.
            FetchFirstError: The key set is to be fetched first.
        """
        # loading the library takes half a second, and few clients sign
        from koppeling_harness.emulator.signed import certificate_key  # noqa: PLC0415

        form = settings["thumbprint_kid"]
        keys = tuple(certificate_key(each, form=form) for each in app.certificates)
        return keys + self._of_set(app.jwks_uri, now) if app.jwks_uri else keys

    def _of_set(self, uri: str, now: datetime) -> "tuple[ClientKey, ...]":
        kept = self._fetched.get(uri)
        if kept is None or kept.until <= now:
            raise FetchFirstError(lambda: self._fetch(uri, now))
        if kept.problem:
            message = f"jwks_uri: {kept.problem}"
            raise JwtError(message)
        return kept.keys

    def _fetch(self, uri: str, now: datetime) -> None:
        from koppeling_harness.emulator.signed import jwks_keys  # noqa: PLC0415

        try:
            made = _Fetched(keys=jwks_keys(_get(uri)), problem="", until=now + KEPT_FOR)
        except JwtError as error:
            made = _Fetched(keys=(), problem=str(error), until=now + _FAILURE_KEPT_FOR)
        self._fetched[uri] = made


def _get(uri: str) -> bytes:
    """Return what stands at an address.

    Raises:
        JwtError: Nothing that may be used.
    """
    import http.client  # noqa: PLC0415 - 10 ms, and few integrations sign in so

    parts = urlsplit(uri)
    connection = http.client.HTTPSConnection(
        parts.hostname or "",
        parts.port,
        timeout=_ANSWER_WITHIN_S,
        context=ssl.create_default_context(),  # SSL_CERT_FILE adds an authority of one's own
    )
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("GET", path, headers={"Accept": "application/json"})
        answer = connection.getresponse()
        body = answer.read(MOST_JWKS + 1)
    except (OSError, http.client.HTTPException, ValueError) as error:
        message = f"cannot be fetched, {type(error).__name__}: {error}"
        raise JwtError(message) from None
    finally:
        connection.close()
    if answer.status != 200:
        message = f"answered {answer.status}, expected 200; redirects are not followed"
        raise JwtError(message)
    if len(body) > MOST_JWKS:
        message = f"is larger than {MOST_JWKS // 1024} KB"
        raise JwtError(message)
    return body
