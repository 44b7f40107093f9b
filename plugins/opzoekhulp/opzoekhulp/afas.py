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
        pause: Waits so many seconds.
    """

    def __init__(
        self,
        participant: str,
        token: str,
        integration_id: str,
        *,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._host = HOST.format(participant=participant)
        self._headers = {
            "Authorization": "AfasToken " + base64.b64encode(token.encode()).decode(),
            "IntegrationId": integration_id,
            "Accept-Language": "nl-nl",
            "Accept-Encoding": "gzip",
        }
        self._pause = pause
        self._connection: http.client.HTTPConnection | None = None

    def rows(self, connector: str, query: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
        """Return the rows that a GetConnector answers.

        Raises:
            AfasError: There is no answer.
        """
        asked = urlencode(query, quote_via=quote)
        path = f"/ProfitRestServices/connectors/{connector}?{asked}"
        for attempt in range(1, TRIES + 1):
            is_last = attempt == TRIES
            try:
                status, headers, body = self._ask(path)
                if status == 200:
                    return _rows(body)
            except (OSError, http.client.HTTPException, ValueError) as error:
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

    def _ask(self, path: str) -> tuple[int, Mapping[str, str], bytes]:
        connection = self._connection = self._connection or self._connect()
        connection.request("GET", path, headers=self._headers)
        answer = connection.getresponse()
        body = answer.read()
        if answer.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        return answer.status, answer.headers, body

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


def _wait_s(headers: Mapping[str, str]) -> int:
    said = headers.get("Retry-After") or ""
    return int(said) if said.isdecimal() else 1


def _refused(status: int, wait_s: int | None, body: bytes) -> AfasError:
    error = AfasError(_refusal(status, wait_s, body))
    error.reference = _said(body, "profitLogReference")
    return error


def _refusal(status: int, wait_s: int | None, body: bytes) -> str:
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
