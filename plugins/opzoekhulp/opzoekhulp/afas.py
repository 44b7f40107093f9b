"""Calls Profit. The address is AFAS's, and is made of the participant's number: nobody sets it."""

import base64
import gzip
import http.client
import json
import ssl
import time
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

HOST = "{participant}.rest.afas.online"
TRIES = 3
LONGEST_WAIT_S = 3
"""Somebody waits for the answer: longer than this nobody is kept waiting for maintenance."""
TIMEOUT_S = 30
BASE = "/ProfitRestServices"
Answer = tuple[int, Mapping[str, str], bytes]


class AfasError(Exception):
    """Why there is no answer, in words for who asked.

    Attributes:
        reference: By which AFAS finds the call in the log of the environment; empty without one.
    """

    reference = ""


class NoAnswerError(ValueError):
    """What came is no answer."""


class Afas:
    """The connection with one participant's Profit, kept open between questions.

    Args:
        participant: The number of the participant.
        token: As Profit issues it.
        integration_id: For the header `IntegrationId`.
        client: Id and secret of the client of OAuth; None: by the token.
        pause: Waits so many seconds.
    """

    def __init__(
        self,
        participant: str,
        token: str,
        integration_id: str,
        *,
        client: tuple[str, str] | None = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._host = HOST.format(participant=participant)
        self._headers = {
            "IntegrationId": integration_id,
            "Accept-Language": "nl-nl",
            "Accept-Encoding": "gzip",
        }
        classic = "AfasToken " + base64.b64encode(token.encode()).decode()
        self._client = client
        self._authorization = "" if client else classic
        self._pause = pause
        self._connection: http.client.HTTPConnection | None = None

    def rows(self, connector: str, query: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
        """Return the rows that a GetConnector answers.

        Raises:
            AfasError: There is no answer.
        """
        asked = urlencode(query, quote_via=quote)
        path = f"{BASE}/connectors/{connector}?{asked}"
        return self._patiently(lambda: self._signed_in(path), _rows)

    def _signed_in(self, path: str) -> Answer:
        """Ask; by OAuth with one token for all, and once more with a new one."""
        if not self._authorization:
            self._sign_in()
        answer = self._ask("GET", path, self._headers | {"Authorization": self._authorization})
        if answer[0] == 401 and self._client is not None:
            self._sign_in()  # the token has ended
            answer = self._ask("GET", path, self._headers | {"Authorization": self._authorization})
        return answer

    def _sign_in(self) -> None:
        assert self._client is not None
        names = ("grant_type", "client_id", "client_secret")
        form = urlencode(dict(zip(names, ("client_credentials", *self._client), strict=True)))
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        token = self._patiently(
            lambda: self._ask("POST", f"{BASE}/oauth/token", headers, form), _token
        )
        self._authorization = f"Bearer {token}"

    def _patiently(self, ask: Callable[[], Answer], read: Callable[[bytes], Any]) -> Any:
        for attempt in range(1, TRIES + 1):
            is_last = attempt == TRIES
            try:
                status, headers, body = ask()
                if status == 200:
                    return read(body)
            except (OSError, http.client.HTTPException, ValueError, LookupError) as error:
                self.close()
                if is_last:
                    message = "Profit is niet bereikbaar. Probeer het over een minuut opnieuw."
                    raise AfasError(message) from error
                continue
            wait_s = _wait_s(headers) if status == 503 else None
            if is_last or wait_s is None or wait_s > LONGEST_WAIT_S:
                raise _refused(status, wait_s, body)
            self._pause(wait_s)
        raise AssertionError

    def close(self) -> None:
        """Close the connection; the next question opens another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _ask(
        self, method: str, path: str, headers: Mapping[str, str], body: str | None = None
    ) -> Answer:
        connection = self._connection = self._connection or self._connect()
        connection.request(method, path, body, headers=headers)
        answer = connection.getresponse()
        content = answer.read()
        if answer.headers.get("Content-Encoding") == "gzip":
            content = gzip.decompress(content)
        return answer.status, answer.headers, content

    def _connect(self) -> http.client.HTTPConnection:
        """Return a connection; through the proxy of the office, where there is one."""
        tls = ssl.create_default_context()
        proxy = urllib.request.getproxies().get("https")
        if proxy is None:
            return http.client.HTTPSConnection(self._host, timeout=TIMEOUT_S, context=tls)
        at = urlsplit(proxy)
        connection = http.client.HTTPSConnection(
            at.hostname or "", at.port, timeout=TIMEOUT_S, context=tls
        )
        connection.set_tunnel(self._host, 443)
        return connection


def _rows(body: bytes) -> Sequence[Mapping[str, Any]]:
    """Return the rows of an answer; what has none is no answer, and never one without rows."""
    answer = json.loads(body)
    rows = answer.get("rows") if isinstance(answer, dict) else None
    if not isinstance(rows, list):
        raise NoAnswerError
    return rows


def _token(body: bytes) -> str:
    return str(json.loads(body)["access_token"])


def _wait_s(headers: Mapping[str, str]) -> int:
    said = headers.get("Retry-After") or ""
    return int(said) if said.isdecimal() else 1


def _refused(status: int, wait_s: int | None, body: bytes) -> AfasError:
    error = AfasError(_refusal(status, wait_s, body))
    error.reference = _said(body, "profitLogReference")
    return error


def _refusal(status: int, wait_s: int | None, body: bytes) -> str:
    if status == 400:
        return "Profit laat Opzoekhulp niet aanmelden. Vraag uw beheerder het secret te vernieuwen."
    if status == 401:
        return (
            "De sleutel van Opzoekhulp werkt niet meer. Vraag uw beheerder in Profit een nieuwe "
            "te maken."
        )
    if status == 403:
        return "Profit laat dit kantoor niet toe. Vraag uw beheerder om het IP-adres toe te laten."
    if status == 503:
        minutes = max(1, round((wait_s or 0) / 60))
        return f"Profit is in onderhoud. Probeer het over {minutes} min. opnieuw."
    said = _said(body, "externalMessage")
    return f"Profit weigert de vraag: {said or f'status {status}'}"


def _said(body: bytes, name: str) -> str:
    try:
        return str(json.loads(body).get(name) or "")
    except (ValueError, AttributeError):
        return ""
