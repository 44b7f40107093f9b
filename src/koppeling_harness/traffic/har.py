"""A recording as an HTTP Archive, for whoever wants to look at it with another tool."""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from koppeling_harness.model.exchange import Exchange, Headers, Recording
from koppeling_harness.traffic.effects import retried
from koppeling_harness.version import __version__

_UNKNOWN = -1


def to_har(recording: Recording, *, base_url: str, began_at: datetime) -> dict[str, Any]:
    """Return a recording in the form of HAR 1.2.

    All of it was redacted when it was recorded; what HAR repeats (query string, cookies) is taken
    from that. Members of our own begin with `_`. Source: the HAR 1.2 specification, W3C archive.

    Args:
        recording: What was recorded.
        base_url: The environment's base URL, `https://…/ProfitRestServices`.
        began_at: When recording began, with a time zone.
    """
    repeats = retried(recording.exchanges)
    return {
        "log": {
            "version": "1.2",
            "creator": {"name": "koppeling-harness", "version": __version__},
            "entries": [
                _entry(each, base_url, began_at, repeats.get(each.number))
                for each in recording.exchanges
            ],
            "_faultsFired": list(recording.faults_fired),
            "_redacted": dict(recording.redacted),
            "_triggers": [
                {
                    "operation": each.operation,
                    "input": each.input,
                    "ok": each.ok,
                    "told": each.told,
                    "gave_output": each.gave_output,
                    "runs": each.runs,
                }
                for each in recording.triggers
            ],
        }
    }


def _entry(
    exchange: Exchange, base_url: str, began_at: datetime, retry_of: int | None
) -> dict[str, Any]:
    started_at = began_at + timedelta(seconds=exchange.started_s)
    wait_ms = round(exchange.duration_s * 1000, 3)
    return {
        "startedDateTime": started_at.isoformat(),
        "time": wait_ms,
        "request": _request(exchange, base_url),
        "response": _response(exchange),
        "cache": {},
        "timings": {"send": 0, "wait": wait_ms, "receive": 0},
        "connection": str(exchange.connection),
        "_number": exchange.number,
        "_sender": exchange.sender.value,
        "_turn": exchange.turn,
        "_customer": exchange.customer,
        "_fault": exchange.fault,
        "_erpStatus": exchange.erp_status,
        "_retryOf": retry_of,
        **_unusual(exchange),
    }


def _unusual(exchange: Exchange) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if exchange.request_unread:
        found["_requestUnread"] = exchange.request_unread
    if exchange.refused is not None:
        why = exchange.refused
        found["_refused"] = {"kind": why.kind.value, "nl": why.found.nl, "en": why.found.en}
    return found


def _request(exchange: Exchange, base_url: str) -> dict[str, Any]:
    query = f"?{exchange.query}" if exchange.query else ""
    request: dict[str, Any] = {
        "method": exchange.method,
        "url": base_url + exchange.path + query,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _named(exchange.request_headers),
        "queryString": [
            {"name": name, "value": value}
            for name, value in parse_qsl(exchange.query, keep_blank_values=True)
        ],
        "headersSize": _UNKNOWN,
        "bodySize": exchange.request_size,
    }
    if exchange.request_body is not None:
        mime = exchange.header("content-type") or ""
        request["postData"] = {"mimeType": mime, "text": exchange.request_body}
    return request


def _response(exchange: Exchange) -> dict[str, Any]:
    # HAR writes an answer that never came as status 0
    status = exchange.status or 0
    content: dict[str, Any] = {
        "size": len((exchange.response_body or "").encode()),
        "mimeType": exchange.response_header("content-type") or "",
    }
    if exchange.response_body is not None:
        content["text"] = exchange.response_body
    return {
        "status": status,
        "statusText": _phrase(status),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _named(exchange.response_headers),
        "content": content,
        "redirectURL": exchange.response_header("location") or "",
        "headersSize": _UNKNOWN,
        "bodySize": exchange.response_size,
    }


def _named(headers: Headers) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in headers]


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
