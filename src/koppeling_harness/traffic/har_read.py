"""Read a recording back from the HTTP Archive that `har` writes."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from koppeling_harness.errors import DocumentError, Problem
from koppeling_harness.model.exchange import (
    Exchange,
    Headers,
    Recording,
    Refused,
    RefusedFor,
    Sender,
    TriggerRecord,
)
from koppeling_harness.model.shape import Text

_BASE = "/profitrestservices"
_HINT = "Only archives that `koppeling run` wrote can be played back."


def from_har(content: bytes, *, name: str) -> Recording:
    """Return the recording that an archive holds.

    Args:
        content: The file.
        name: What messages call it, usually its path.

    Raises:
        DocumentError: It is not an archive of this harness.
    """
    try:
        log = json.loads(content)["log"]
        entries = log["entries"]
        began_at = min((_moment(each) for each in entries), default=None)
        return Recording(
            exchanges=tuple(_exchange(each, began_at) for each in entries),
            faults_fired=tuple(log["_faultsFired"]),
            redacted=tuple(log["_redacted"].items()),
            triggers=tuple(
                TriggerRecord(
                    operation=each["operation"],
                    input=each["input"],
                    ok=each["ok"],
                    told=each.get("told", False),
                    gave_output=each.get("gave_output", True),
                    runs=each.get("runs", 1),
                )
                for each in log.get("_triggers", ())
            ),
        )
    except KeyError as error:
        message = f"expected an archive of this harness (HAR 1.2), but it lacks {error.args[0]!r}"
    except (ValueError, TypeError, AttributeError, IndexError, RecursionError) as error:
        message = f"expected an archive of this harness (HAR 1.2): {error}"
    raise DocumentError([Problem(where=name, message=message, hint=_HINT)])


def _moment(entry: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(entry["startedDateTime"])


def _exchange(entry: Mapping[str, Any], began_at: datetime | None) -> Exchange:
    request, response = entry["request"], entry["response"]
    url = urlsplit(request["url"])
    started_s = (_moment(entry) - began_at).total_seconds() if began_at else 0.0
    return Exchange(
        number=int(entry["_number"]),
        sender=Sender(entry["_sender"]),
        started_s=started_s,
        duration_s=float(entry["time"]) / 1000,
        method=str(request["method"]),
        path=_below_base(url.path),
        query=url.query,
        request_headers=_headers(request["headers"]),
        request_body=request.get("postData", {}).get("text"),
        request_size=int(request["bodySize"]),
        status=int(response["status"]) or None,  # HAR writes an answer that never came as 0
        response_headers=_headers(response["headers"]),
        response_body=response["content"].get("text"),
        response_size=int(response["bodySize"]),
        connection=int(entry.get("connection") or 0),
        fault=entry["_fault"],
        turn=int(entry["_turn"]),
        customer=int(entry.get("_customer", 1)),
        erp_status=entry.get("_erpStatus"),
        request_unread=str(entry.get("_requestUnread", "")),
        refused=_refused(entry.get("_refused")),
    )


def _refused(why: Mapping[str, str] | None) -> Refused | None:
    if why is None:
        return None
    return Refused(kind=RefusedFor(why["kind"]), found=Text(nl=why["nl"], en=why["en"]))


def _below_base(path: str) -> str:
    at = path.lower().find(_BASE)
    return path[at + len(_BASE) :] if at >= 0 else path


def _headers(named: list[Mapping[str, str]]) -> Headers:
    return tuple((str(each["name"]), str(each["value"])) for each in named)
