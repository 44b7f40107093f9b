"""Webhooks: what happened in an environment, told to who subscribed.

A receiver must be HTTPS (loopback may be plain) and answer 2xx within two seconds; else it is told
again, with growing gaps, until the delivery counts as failed and its subscription is blocked.
The signature is `X-Profit-Signature-256: sha256=<HMAC-SHA256 of the raw body>`.

Source: AFAS, docs.afas.help/profit/en/webhooks. How many times it is retried, and the gaps, are
not published; those here are ours.
"""

import hashlib
import hmac
import json
import queue
import ssl
import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from koppeling_harness.errors import ConfigurationError
from koppeling_harness.model.secret import Secret

ANSWER_WITHIN_S = 2.0
GAPS_S = (1.0, 5.0, 25.0)
"""Waits before each retry."""

_FAILURES_UNTIL_BLOCKED = 3
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class Delivery(StrEnum):
    """How far one delivery is."""

    REGISTERED = "Registered"
    PENDING = "Pending"
    SUCCESS = "Success"
    RETRY = "Retry"
    FAILED = "Failed"
    ENTITY_RATE_LIMITED = "EntityRateLimited"


@dataclass(slots=True, kw_only=True)
class Sent:
    """One event on its way to one subscription."""

    event: str
    body: bytes
    state: Delivery = Delivery.REGISTERED
    attempts: int = 0


@dataclass(slots=True, kw_only=True)
class Subscription:
    """Who is told of which events."""

    url: str
    secret: Secret
    events: frozenset[str]
    """Event types, such as `subject.created`."""
    blocked: bool = False
    ended: bool = False
    sent: list[Sent] = field(default_factory=list)
    """Every delivery, in order."""


class Webhooks:
    """The subscriptions of one environment.

    One thread delivers; it starts with the first event and ends with `close`.

    Args:
        environment: Its id.
        now: Tells the time, in UTC.
        gaps_s: Waits before each retry.
    """

    def __init__(
        self,
        environment: str,
        now: Callable[[], datetime],
        *,
        gaps_s: tuple[float, ...] = GAPS_S,
    ) -> None:
        self._environment = environment
        self._now = now
        self._gaps_s = gaps_s
        self._subscriptions: list[Subscription] = []
        self._waiting: queue.Queue[tuple[Subscription, Sent] | None] = queue.Queue()
        self._thread: threading.Thread | None = None
        self._closing = threading.Event()

    def subscribe(self, url: str, secret: Secret, *events: str) -> Subscription:
        """Tell a receiver of some event types from now on.

        Raises:
            ConfigurationError: The address is not HTTPS, nor on loopback.
        """
        parts = urlsplit(url)
        local = parts.scheme == "http" and parts.hostname in _LOOPBACK
        if parts.scheme != "https" and not local:
            message = f"webhook {url}: expected an https address"
            raise ConfigurationError(message)
        made = Subscription(url=url, secret=secret, events=frozenset(events))
        self._subscriptions.append(made)
        return made

    def unsubscribe_all(self) -> None:
        """Tell nobody any more; what waits is dropped."""
        for each in self._subscriptions:
            each.ended = True
        self._subscriptions.clear()

    def emit(self, event: str, data: Mapping[str, Any]) -> None:
        """Tell every subscription that wants an event."""
        wanting = [
            each for each in self._subscriptions if event in each.events and not each.blocked
        ]
        if not wanting:
            return
        content = self._body(event, data, event_id=None)
        for each in wanting:
            sent = Sent(event=event, body=content)
            each.sent.append(sent)
            sent.state = Delivery.PENDING
            self._waiting.put((each, sent))
        if self._thread is None:
            self._thread = threading.Thread(target=self._deliver_all, daemon=True)
            self._thread.start()

    def deliver(
        self,
        url: str,
        secret: Secret | None,
        event: str,
        data: Mapping[str, Any],
        *,
        event_id: str | None = None,
    ) -> int | None:
        """Deliver an event to an address now and once, whoever subscribed.

        Args:
            url: Where.
            secret: What it is signed with; None leaves the signature out.
            event: Event type.
            data: What it is about.
            event_id: Its id; a new one when None.

        Returns:
            The status that was answered, None when no answer came in time.
        """
        return _post(url, secret, self._body(event, data, event_id=event_id))

    def _body(self, event: str, data: Mapping[str, Any], *, event_id: str | None) -> bytes:
        body = {
            "EventId": event_id or str(uuid.uuid4()),
            "EnvironmentId": self._environment,
            "EventType": event,
            "Data": dict(data),
            "Timestamp": self._now().strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        return json.dumps(body, ensure_ascii=False).encode()

    def close(self) -> None:
        """Stop delivering; what waits is dropped."""
        self._closing.set()
        self._waiting.put(None)
        if self._thread is not None:
            self._thread.join(timeout=ANSWER_WITHIN_S * 2)

    def _deliver_all(self) -> None:
        while not self._closing.is_set():
            work = self._waiting.get()
            if work is not None:
                self._deliver(*work)

    def _deliver(self, subscription: Subscription, sent: Sent) -> None:
        for gap_s in (0.0, *self._gaps_s):
            if self._closing.wait(gap_s) or subscription.ended:
                return
            sent.attempts += 1
            status = _post(subscription.url, subscription.secret, sent.body)
            if status is not None and 200 <= status < 300:
                sent.state = Delivery.SUCCESS
                return
            sent.state = Delivery.RETRY
        sent.state = Delivery.FAILED
        recent = [each.state for each in subscription.sent if each.state is not Delivery.PENDING]
        failures = recent[-_FAILURES_UNTIL_BLOCKED:]
        subscription.blocked = failures == [Delivery.FAILED] * _FAILURES_UNTIL_BLOCKED


def signature(secret: Secret, body: bytes) -> str:
    """Return the value of `X-Profit-Signature-256`."""
    return "sha256=" + hmac.new(secret.reveal().encode(), body, hashlib.sha256).hexdigest()


def _post(url: str, secret: Secret | None, body: bytes) -> int | None:
    """Return what the receiver answered, None when it did not in time."""
    import http.client  # noqa: PLC0415 - 10 ms, and few integrations subscribe

    parts = urlsplit(url)
    host = parts.hostname or ""
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        connection = http.client.HTTPSConnection(
            host, parts.port, timeout=ANSWER_WITHIN_S, context=ssl.create_default_context()
        )
    else:
        connection = http.client.HTTPConnection(host, parts.port, timeout=ANSWER_WITHIN_S)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {"Content-Type": "application/json; charset=utf-8"}
    if secret is not None:
        headers["X-Profit-Signature-256"] = signature(secret, body)
    try:
        connection.request("POST", path, body, headers)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
