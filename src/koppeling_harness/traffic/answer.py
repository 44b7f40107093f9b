"""Answers that AFAS documents, for the faults that take the ERP's place."""

import json
from dataclasses import replace

from koppeling_harness.http.headers import RawHeaders
from koppeling_harness.model.fault import Fault, FaultKind
from koppeling_harness.value import dataclass

_JSON = (b"content-type", b"application/json; charset=utf-8")
_XML = (b"content-type", b"application/xml; charset=utf-8")
_EVERY: RawHeaders = [
    (b"cache-control", b"no-store, no-cache"),
    (b"strict-transport-security", b"max-age=31536000"),
    (b"x-content-type-options", b"nosniff"),
]
_MAINTENANCE = (
    "Service temporarily unavailable due to scheduled maintenance. "
    "Please check afasstatus.nl for details."
)
_BLOCKED = {
    "en": "This GetConnector (definition) is blocked",
    "nl": "Deze GetConnector (definitie) is geblokkeerd",
}
_NO_SUCH_VALUE = {
    "en": "The entered value for 'Employee' does not exist.",
    "nl": "De ingevulde waarde bij 'Medewerker' bestaat niet.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A whole response.

    Attributes:
        status: HTTP status.
        headers: As they go on the wire.
        body: Not encoded.
    """

    status: int
    headers: RawHeaders
    body: bytes


def documented_answer(fault: Fault, *, language: str, log_reference: str) -> Answer:
    """Return what AFAS answers in the situation that a fault imitates.

    Source: AFAS, docs.afas.help/profit/en/troubleshooting and /get-connector.

    Args:
        fault: One that takes the ERP's place. A page to log in at is not AFAS's own: what stands
            between a customer and AFAS answers so.
        language: Value of the request's `Accept-Language`; Dutch unless it says English.
        log_reference: 32 hexadecimal digits for `profitLogReference`.
    """
    if fault.fault is FaultKind.EXPIRED_TOKEN:
        return _empty(401)
    if fault.fault is FaultKind.BLOCKED_CONNECTOR:
        return _functional(_BLOCKED, -2147180996, language, log_reference)
    if fault.fault is FaultKind.LOGIN_PAGE:
        return _page()
    if fault.fault is FaultKind.ERROR_BODY:
        refusal = _functional(_NO_SUCH_VALUE, -2147220469, language, log_reference)
        return replace(refusal, status=200)
    status = fault.status or 503
    if status == 503:
        return _unavailable(fault.retry_after_s)
    if status == 500:
        return _functional(_NO_SUCH_VALUE, -2147220469, language, log_reference)
    return _empty(status, _retry_after(fault.retry_after_s))


def refused_sign_in(status: int) -> Answer:
    """Return how the token endpoint refuses a client.

    Source: AFAS, docs.afas.help/profit/en/authentication.

    Args:
        status: 400, or 401 for a client that came with HTTP Basic.
    """
    challenge = [(b"www-authenticate", b"Basic")] if status == 401 else []
    return _json(status, {"error": "invalid_client"}, challenge)


def _page() -> Answer:
    body = (
        b"<!DOCTYPE html><html><head><title>Aanmelden</title></head><body><form method='post'>"
        b"<input name='user'><input name='password' type='password'></form></body></html>"
    )
    headers = [(b"content-type", b"text/html; charset=utf-8")]
    headers.append((b"content-length", str(len(body)).encode()))
    return Answer(status=200, headers=headers, body=body)


def _unavailable(retry_after_s: int | None) -> Answer:
    body: dict[str, object] = {"error": {"code": "503", "message": _MAINTENANCE}}
    if retry_after_s is not None:
        body["retry_after"] = retry_after_s
    return _json(503, body, _retry_after(retry_after_s))


def _functional(messages: dict[str, str], number: int, language: str, log_reference: str) -> Answer:
    body = {
        "externalMessage": messages["en" if language.lower().startswith("en") else "nl"],
        "errorNumber": number,
        "profitLogReference": log_reference,
    }
    return _json(500, body, [])


def _json(status: int, body: dict[str, object], more: RawHeaders) -> Answer:
    data = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    length = (b"content-length", str(len(data)).encode())
    return Answer(status=status, headers=[*_EVERY, _JSON, length, *more], body=data)


def _empty(status: int, more: RawHeaders | None = None) -> Answer:
    headers = [*_EVERY, _XML, (b"content-length", b"0"), *(more or [])]
    return Answer(status=status, headers=headers, body=b"")


def _retry_after(retry_after_s: int | None) -> RawHeaders:
    return [] if retry_after_s is None else [(b"retry-after", str(retry_after_s).encode())]
