"""Calls Profit: rows of a GetConnector, and files as bytes."""

import base64
import gzip
import http.client
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

TRIES = 3
LONGEST_WAIT_S = 30
TIMEOUT_S = 900
"""AFAS works on one call for up to fifteen minutes; who gives up sooner makes it worse."""
PAGE = 1000
Answer = tuple[int, Mapping[str, str], bytes]


class AfasError(Exception):
    """Why there is no answer, in words for whoever administers the archive.

    Attributes:
        reference: By which AFAS finds the call in the log of the environment; empty without one.
    """

    reference = ""


class NoAnswerError(ValueError):
    """What came is no answer."""


class GoneError(AfasError):
    """Profit has no such file, or the user may not see it."""


class Afas:
    """The connection with Profit, kept open.

    Args:
        base_url: `…/ProfitRestServices`.
        token: As Profit issues it.
        integration_id: For the header `IntegrationId`.
        client: Id and secret of the client of OAuth; None: by the token.
        pause: Waits so many seconds.
    """

    def __init__(
        self,
        base_url: str,
        token: str,
        integration_id: str,
        *,
        client: tuple[str, str] | None = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._base = urlsplit(base_url)
        self._headers = {
            "IntegrationId": integration_id,
            "Accept-Language": "nl-nl",
        }
        classic = "AfasToken " + base64.b64encode(token.encode()).decode()
        self._client = client
        self._authorization = "" if client else classic
        self._pause = pause
        self._connection: http.client.HTTPConnection | None = None

    def rows(self, connector: str, *, after: int, key: str) -> Iterator[Mapping[str, Any]]:
        """Yield the rows whose key is beyond a number, in the order of that key.

        Raises:
            AfasError: There is no answer.
        """
        skip = 0
        while True:
            query = {
                "filterfieldids": key,
                "filtervalues": after,
                "operatortypes": 4,  # greater than
                "skip": skip,
                "take": PAGE,
                "orderbyfieldids": key,
            }
            asked = urlencode(query, quote_via=quote)
            page = self._answer(f"/connectors/{connector}?{asked}", _rows, "gzip")
            yield from page
            if len(page) < PAGE:
                return
            skip += PAGE

    def attachment(self, item: int, file: str) -> bytes:
        """Return an attachment of a dossier item.

        Raises:
            GoneError: Profit does not give it.
            AfasError: There is no answer.
        """
        return self._answer(f"/subjectconnector/{item}/{quote(file, safe='')}", _bytes)

    def file(self, id_: str, name: str) -> bytes:
        """Return any file, by its id and name.

        Raises:
            GoneError: Profit does not give it.
            AfasError: There is no answer.
        """
        path = f"/fileconnector/{quote(id_, safe='')}/{quote(name, safe='')}"
        return self._answer(path, _bytes)

    def close(self) -> None:
        """Close the connection; the next call opens another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _answer(self, path: str, read: Callable[[bytes], Any], encoding: str = "identity") -> Any:
        return self._patiently(lambda: self._signed_in(path, encoding), read)

    def _signed_in(self, path: str, encoding: str) -> Answer:
        """Ask; by OAuth with one token for all, and once more with a new one."""
        headers = {**self._headers, "Accept-Encoding": encoding}
        if encoding == "identity":
            headers["SendFileAsBinary"] = "1"
        if not self._authorization:
            self._sign_in()
        answer = self._ask("GET", path, headers | {"Authorization": self._authorization})
        if answer[0] == 401 and self._client is not None:
            self._sign_in()  # the token has ended
            answer = self._ask("GET", path, headers | {"Authorization": self._authorization})
        return answer

    def _sign_in(self) -> None:
        assert self._client is not None
        names = ("grant_type", "client_id", "client_secret")
        form = urlencode(dict(zip(names, ("client_credentials", *self._client), strict=True)))
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        token = self._patiently(lambda: self._ask("POST", "/oauth/token", headers, form), _token)
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
                    message = "Profit is niet bereikbaar, of breekt zijn antwoord af."
                    raise AfasError(message) from error
                continue
            wait_s = _wait_s(headers) if status == 503 else None
            if is_last or wait_s is None or wait_s > LONGEST_WAIT_S:
                raise _refusal(status, wait_s, body)
            self._pause(wait_s)
        raise AssertionError

    def _ask(
        self, method: str, path: str, headers: Mapping[str, str], body: str | None = None
    ) -> Answer:
        connection = self._connection = self._connection or self._connect()
        connection.request(method, self._base.path + path, body, headers=headers)
        answer = connection.getresponse()
        content = answer.read()  # raises IncompleteRead for half a file
        if answer.headers.get("Content-Encoding") == "gzip":
            content = gzip.decompress(content)
        return answer.status, answer.headers, content

    def _connect(self) -> http.client.HTTPConnection:
        kind = http.client.HTTPSConnection
        if self._base.scheme == "http":
            kind = http.client.HTTPConnection
        return kind(self._base.hostname or "", self._base.port, timeout=TIMEOUT_S)


def _rows(body: bytes) -> Sequence[Mapping[str, Any]]:
    """Return the rows of an answer; what has none is no answer, and never one without rows."""
    answer = json.loads(body)
    rows = answer.get("rows") if isinstance(answer, dict) else None
    if not isinstance(rows, list):
        raise NoAnswerError
    return rows


def _token(body: bytes) -> str:
    return str(json.loads(body)["access_token"])


def _bytes(body: bytes) -> bytes:
    return body


def _wait_s(headers: Mapping[str, str]) -> int:
    said = headers.get("Retry-After") or ""
    return int(said) if said.isdecimal() else 1


def _refusal(status: int, wait_s: int | None, body: bytes) -> AfasError:
    if status == 404:
        return GoneError("Profit geeft dit bestand niet: het is weg, of niet voor deze gebruiker.")
    if status == 400:
        return AfasError("Profit laat het archief niet aanmelden. Vernieuw het secret in Profit.")
    if status == 401:
        return AfasError("De token werkt niet meer. Maak in Profit een nieuwe.")
    if status == 403:
        return AfasError("Profit laat het IP-adres van het archief niet toe.")
    if status == 503:
        return AfasError(f"Profit is in onderhoud; over {wait_s} seconden opnieuw proberen.")
    try:
        told = json.loads(body)
        said, reference = told.get("externalMessage"), told.get("profitLogReference")
    except (ValueError, AttributeError):
        said = reference = None
    error = AfasError(f"Profit weigert: {said or f'status {status}'}")
    error.reference = reference or ""
    return error
