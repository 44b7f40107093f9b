"""Calls to AFAS Profit, the way AFAS asks for them.

Source: AFAS, docs.afas.help/profit: authentication, integrationid, get-connector, troubleshooting.
"""

import base64
import json
import logging
import ssl
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import httpx

from urenportaal import __version__

log = logging.getLogger(__name__)

TRIES = 3
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
"""Longer maintenance than this is told to the user instead of waited for."""
MOST_CELLS = 150_000
"""AFAS: rows times columns of one call stay below this."""
MOST_ROWS = 1_000

EQUALS, AT_LEAST, BELOW = 1, 2, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where Profit is and how it is called: by OAuth where there is a client, else by the token."""

    base_url: str
    token: str = field(repr=False)
    integration_id: str
    client_id: str = ""
    client_secret: str = field(repr=False, default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    field: str
    operator: int
    value: str


class AfasError(Exception):
    """AFAS did not do what was asked."""

    def __init__(self, message: str, *, log_reference: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.log_reference = log_reference

    def for_user(self) -> str:
        """Return the text that the administrator of the portal sees."""
        if not self.log_reference:
            return self.message
        return f"{self.message} (AFAS-logreferentie {self.log_reference})"


class AccessError(AfasError):
    """The token or this machine is not let in. Trying again does not help."""


class RefusedError(AfasError):
    """AFAS understood the call and refused it. Trying again does not help."""


class UnavailableError(AfasError):
    """AFAS cannot be reached now."""


class AnswerLostError(AfasError):
    """The call was sent and its answer never came: it may have been carried out."""


class AnswerPendingError(AfasError):
    """AFAS took too long to answer, and may still be at it."""


class AfasClient:
    """Calls one Profit environment over connections that are kept open.

    Args:
        settings: Where it is.
        pause: Waits some seconds between two tries.
        transport: Carries the calls; for tests.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        pause: Callable[[float], None] = time.sleep,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        token = base64.b64encode(settings.token.encode()).decode()
        self._settings = settings
        self._authorization = "" if settings.client_id else f"AfasToken {token}"
        self._pause = pause
        self._http = httpx.Client(
            base_url=settings.base_url,
            headers={
                "User-Agent": f"Urenportaal/{__version__}",
                "Accept-Language": "nl-nl",
            },
            timeout=httpx.Timeout(120.0, connect=10.0),
            verify=_trusted(),
            transport=transport,
        )

    def close(self) -> None:
        self._http.close()

    def rows(
        self,
        connector: str,
        *,
        columns: int,
        order_by: Sequence[str],
        filters: Sequence[Filter] = (),
    ) -> Iterator[dict[str, Any]]:
        """Yield the rows of a GetConnector, page by page, in a fixed order.

        Without the order two pages may hold the same row and miss another.
        """
        take = min(MOST_ROWS, MOST_CELLS // columns)
        skip = 0
        while True:
            page = {"skip": str(skip), "take": str(take), "orderbyfieldids": ",".join(order_by)}
            query = page | _filter_query(filters)
            answer = self._call("GET", f"/connectors/{connector}", params=query, repeatable=True)
            rows = _rows(answer)
            yield from rows
            if len(rows) < take:
                return
            skip += take

    def insert(self, connector: str, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Insert one element through an UpdateConnector; return the keys that AFAS gave it.

        Raises:
            AnswerLostError: Look whether it is there before sending it again.
        """
        body = {connector: {"Element": {"Fields": dict(fields)}}}
        answer = self._call(
            "POST",
            f"/connectors/{connector}",
            content=json.dumps(body, ensure_ascii=False).encode(),
            headers={"Content-Type": "application/json;charset=utf-8"},
            repeatable=False,
        )
        if not answer.content:
            return {}
        results = _json(answer).get("results", {})
        return next(iter(results.values()), {})

    def _call(self, method: str, path: str, *, repeatable: bool, **rest: Any) -> httpx.Response:
        """Return the answer to a call; by OAuth with one token for all, and once with a new one."""
        own = rest.pop("headers", {})
        by_oauth = self._settings.client_id != ""
        if by_oauth and not self._authorization:
            self._sign_in()
        answer = self._asked(method, path, repeatable=repeatable, headers=own | self._who(), **rest)
        if by_oauth and answer.status_code == httpx.codes.UNAUTHORIZED:  # the token has ended
            self._sign_in()
            headers = own | self._who()
            answer = self._asked(method, path, repeatable=repeatable, headers=headers, **rest)
        return _accepted(answer)

    def _who(self) -> dict[str, str]:
        return {
            "Authorization": self._authorization,
            "IntegrationId": self._settings.integration_id,
        }

    def _sign_in(self) -> None:
        """Ask for an access token, to be used until it ends."""
        form = {
            "grant_type": "client_credentials",
            "client_id": self._settings.client_id,
            "client_secret": self._settings.client_secret,
        }
        answer = self._asked("POST", "/oauth/token", repeatable=True, data=form)
        if answer.status_code in {httpx.codes.BAD_REQUEST, httpx.codes.UNAUTHORIZED}:
            message = "AFAS weigert de aanmelding. Vernieuw het secret van de app connector."
            raise AccessError(message)
        token = _json(_accepted(answer)).get("access_token")
        if not token:
            message = "AFAS gaf geen token bij de aanmelding; probeer het later opnieuw."
            raise UnavailableError(message)
        self._authorization = f"Bearer {token}"

    def _asked(self, method: str, path: str, *, repeatable: bool, **rest: Any) -> httpx.Response:
        for number in range(1, TRIES + 1):
            pause_s = FIRST_PAUSE_S * 2 ** (number - 1)
            try:
                answer = self._http.request(method, path, **rest)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                problem: AfasError = UnavailableError(f"AFAS is niet bereikbaar: {error}")
            except httpx.ReadTimeout as error:  # AFAS works on, so trying again makes it worse
                message = "AFAS antwoordt niet op tijd. Wacht een kwartier en probeer het opnieuw."
                raise AnswerPendingError(message) from error
            except httpx.TransportError as error:
                kind = type(error).__name__
                problem = AnswerLostError(f"Het antwoord van AFAS ging verloren ({kind}).")
                if not repeatable:
                    raise problem from error
            else:
                if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                    return answer
                pause_s = _retry_after_s(answer) or pause_s
                problem = UnavailableError(
                    f"AFAS is in onderhoud; probeer het over {pause_s:.0f} seconden opnieuw."
                )
            if number == TRIES or pause_s > LONGEST_PAUSE_S:
                raise problem
            log.warning("%s %s: %s Wacht %.1f s.", method, path, problem, pause_s)
            self._pause(pause_s)
        raise AssertionError  # the last try has returned or raised


@cache
def _trusted() -> ssl.SSLContext:
    """Return the certificate authorities that are trusted; reading them takes a while."""
    return httpx.create_ssl_context()


def _filter_query(filters: Sequence[Filter]) -> dict[str, str]:
    if not filters:
        return {}
    if any(sign in each.value for each in filters for sign in ",;"):
        terms = [
            {"@FieldId": each.field, "@OperatorType": str(each.operator), "#text": each.value}
            for each in filters
        ]
        whole = {"Filters": {"Filter": [{"@FilterId": "Filter 1", "Field": terms}]}}
        return {"filterjson": json.dumps(whole)}
    return {
        "filterfieldids": ",".join(each.field for each in filters),
        "filtervalues": ",".join(each.value for each in filters),
        "operatortypes": ",".join(str(each.operator) for each in filters),
    }


def _accepted(answer: httpx.Response) -> httpx.Response:
    """Return an answer that says yes.

    Of a 500 AFAS means: I will not do this. Its text and reference are for the administrator.
    """
    status = answer.status_code
    if answer.is_success:
        return answer
    if status == httpx.codes.UNAUTHORIZED:
        message = "AFAS weigert het token (401). Maak een nieuw token voor de app connector."
        raise AccessError(message)
    if status == httpx.codes.FORBIDDEN:
        message = "AFAS weigert dit IP-adres (403). Pas de IP-restrictie aan."
        raise AccessError(message)
    try:
        told = answer.json()
        message, reference = str(told["externalMessage"]), str(told.get("profitLogReference", ""))
    except (ValueError, KeyError, TypeError):
        message = f"AFAS weigert de aanroep met status {status}."
        raise RefusedError(message) from None
    log.error("AFAS weigert: %s [%s]", message, reference)
    raise RefusedError(message, log_reference=reference)


def _rows(answer: httpx.Response) -> list[dict[str, Any]]:
    """Return the rows of an answer; what has none is no answer, and never one without rows."""
    rows = _json(answer).get("rows")
    if not isinstance(rows, list):
        message = "Het antwoord van AFAS bevat geen rijen."
        raise AnswerLostError(message)
    return rows


def _json(answer: httpx.Response) -> dict[str, Any]:
    try:
        told = answer.json()
    except ValueError:
        told = None
    if not isinstance(told, dict):
        message = "Het antwoord van AFAS is geen leesbare JSON."
        raise AnswerLostError(message)
    return told


def _retry_after_s(answer: httpx.Response) -> float | None:
    value = answer.headers.get("Retry-After")
    if value is None:
        try:
            value = answer.json()["retry_after"]
        except (ValueError, KeyError, TypeError):
            return None
    try:
        return max(0.0, float(value))
    except ValueError:
        return None
