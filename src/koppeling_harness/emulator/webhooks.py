"""Webhooks: what happened in an environment, told to who subscribed.

A receiver must be HTTPS (loopback may be plain) and answer 2xx within two seconds; else it is told
again, with growing gaps, until the delivery counts as failed and its subscription is blocked.
The signature is `X-Profit-Signature-256: sha256=<HMAC-SHA256 of the raw body>`.

Of identical events in quick succession only the last is sent; the others count as rate limited.

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
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from koppeling_harness.clock import Clock
from koppeling_harness.errors import ConfigurationError
from koppeling_harness.model.secret import Secret

ANSWER_WITHIN_S = 2.0
GAPS_S = (1.0, 5.0, 25.0)
"""Waits before each retry."""

TEST = "test.executed"
EVENTS = (
    TEST,
    *(f"subject.{each}" for each in ("created", "updated", "deleted")),
    *(f"subject.reaction.{each}" for each in ("created", "updated", "deleted")),
    "workflow.action.executed",
    "workflow.task.entered",
)
"""The types that AFAS lists. Those of workflows never come by themselves here: there are none."""

FORM = {
    "webhook_coalescing": "200_ms",
    "webhook_environment": "without_letter",
    "webhook_timestamp": "seven_decimals",
}
"""The switches that say what a notification looks like, at their defaults."""

_FAILURES_UNTIL_BLOCKED = 3
_TIMESTAMPS = {
    "seven_decimals": "%Y-%m-%dT%H:%M:%S.%f0Z",
    "no_decimals": "%Y-%m-%dT%H:%M:%SZ",
}
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
    due_s: float = 0.0
    """When it is sent, by the clock that only goes forward."""
    state: Delivery = Delivery.REGISTERED
    attempts: int = 0


@dataclass(slots=True, kw_only=True)
class Subscription:
    """Who is told of which events."""

    url: str
    secret: Secret
    events: frozenset[str]
    """Event types, such as `subject.created`."""
    number: int = 1
    """Its code on the app connector, which `test.executed` tells."""
    name: str = "Webhook 1"
    blocked: bool = False
    ended: bool = False
    sent: list[Sent] = field(default_factory=list)
    """Every delivery, in order."""


class Webhooks:
    """The subscriptions of one environment.

    One thread delivers; it starts with the first event and ends with `close`.

    Args:
        environment: Its id.
        clock: Tells the time.
        settings: The environment's switches.
        gaps_s: Waits before each retry.

    Attributes:
        is_blocked: Tells whether the app connector is: then nothing is sent.
    """

    def __init__(
        self,
        environment: str,
        clock: Clock,
        settings: Mapping[str, str] = FORM,
        *,
        gaps_s: tuple[float, ...] = GAPS_S,
    ) -> None:
        self._environment = environment
        self._clock = clock
        self._settings = settings
        self._gaps_s = gaps_s
        self._subscriptions: list[Subscription] = []
        self._waiting: queue.Queue[tuple[Subscription, Sent] | None] = queue.Queue()
        self._latest: dict[tuple[int, str, str], Sent] = {}
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closing = threading.Event()
        self.is_blocked: Callable[[], bool] = lambda: False

    def subscribe(self, url: str, secret: Secret, *events: str, name: str = "") -> Subscription:
        """Tell a receiver of some event types from now on.

        Args:
            url: Its address.
            secret: What it verifies signatures with.
            events: The types.
            name: What the webhook is called.

        Raises:
            ConfigurationError: The address is not HTTPS, nor on loopback; AFAS has no such type.
        """
        if unknown := [each for each in events if each not in EVENTS]:
            message = f"webhook {url}: unknown event {', '.join(unknown)}"
            raise ConfigurationError(message, hint=f"expected some of {', '.join(EVENTS)}")
        parts = urlsplit(url)
        local = parts.scheme == "http" and parts.hostname in _LOOPBACK
        if parts.scheme != "https" and not local:
            message = f"webhook {url}: expected an https address"
            raise ConfigurationError(message)
        number = len(self._subscriptions) + 1
        made = Subscription(
            url=url,
            secret=secret,
            events=frozenset(events),
            number=number,
            name=name or f"Webhook {number}",
        )
        self._subscriptions.append(made)
        return made

    def unsubscribe_all(self) -> None:
        """Tell nobody any more; what waits is dropped."""
        for each in self._subscriptions:
            each.ended = True
        self._subscriptions.clear()

    def emit(self, event: str, data: Mapping[str, Any]) -> None:
        """Tell every subscription that wants an event."""
        for each in self._subscriptions:
            if event in each.events:
                self._send(each, event, data)

    def test(self) -> int:
        """Send `test.executed` to every subscription; return to how many."""
        for each in self._subscriptions:
            self._send(each, TEST, {"SubscriptionId": each.number, "SubscriptionName": each.name})
        return len(self._subscriptions)

    def _send(self, to: Subscription, event: str, data: Mapping[str, Any]) -> None:
        sent = Sent(event=event, body=self._body(event, data, event_id=None))
        to.sent.append(sent)
        if to.blocked or self.is_blocked():
            sent.state = Delivery.FAILED
            return
        self._replace_equal(sent, (to.number, event, json.dumps(data, sort_keys=True)))
        self._waiting.put((to, sent))
        if self._thread is None:
            self._thread = threading.Thread(target=self._deliver_all, daemon=True)
            self._thread.start()

    def _replace_equal(self, sent: Sent, same: tuple[int, str, str]) -> None:
        """Have a notification sent soon, and in place of an identical one that still waits."""
        window_s = _seconds(self._settings["webhook_coalescing"])
        now_s = self._clock.elapsed_s()
        with self._lock:
            earlier = self._latest.get(same)
            sent.state, sent.due_s = Delivery.PENDING, now_s + window_s
            if earlier is not None and earlier.state is Delivery.PENDING and window_s:
                # at the time of the first, so that a steady stream is sent too
                earlier.state, sent.due_s = Delivery.ENTITY_RATE_LIMITED, earlier.due_s
            self._latest[same] = sent

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
        timestamp = self._settings["webhook_timestamp"]
        letter = int(self._settings["webhook_environment"] == "without_letter")
        body = {
            "EventId": event_id or str(uuid.uuid4()),
            "EnvironmentId": self._environment[letter:],
            "EventType": event,
            "Data": dict(data),
            "Timestamp": self._clock.now().strftime(_TIMESTAMPS[timestamp]),
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
        self._closing.wait(max(0.0, sent.due_s - self._clock.elapsed_s()))
        with self._lock:
            if sent.state is not Delivery.PENDING:
                return
            sent.state = Delivery.RETRY  # on its way: nothing takes its place any more
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
        passed_over = {Delivery.PENDING, Delivery.ENTITY_RATE_LIMITED}
        recent = [each.state for each in subscription.sent if each.state not in passed_over]
        failures = recent[-_FAILURES_UNTIL_BLOCKED:]
        subscription.blocked = failures == [Delivery.FAILED] * _FAILURES_UNTIL_BLOCKED


def _seconds(value: str) -> float:
    """Return a switch such as `200_ms` or `5_s` in seconds; `off` is none."""
    number, _, unit = value.partition("_")
    return 0.0 if value == "off" else int(number) / (1000 if unit == "ms" else 1)


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
