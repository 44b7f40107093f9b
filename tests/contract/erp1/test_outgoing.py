"""Webhooks and BI models: documented row by row."""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from contract.erp1.table import shows
from koppeling_harness.clock import SystemClock
from koppeling_harness.emulator.webhooks import EVENTS, FORM, Delivery, Webhooks
from koppeling_harness.errors import ConfigurationError
from koppeling_harness.model.secret import Secret
from support.erp1 import HandClock, caller, element


class Receiver:
    """A receiver on loopback that answers with the statuses it is given, then 200."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.arrived = threading.Semaphore(0)
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append((dict(self.headers), body))
                status = receiver.statuses.pop(0) if receiver.statuses else 200
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()
                receiver.arrived.release()

            def log_message(self, *_: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook?x=1"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver(500, 500)
    yield made
    made.close()


def wait_for(condition) -> None:
    pause = threading.Event()
    for _ in range(1000):
        if condition():
            return
        pause.wait(0.01)
    pytest.fail("it did not happen within ten seconds")


NOT_COALESCED = {**FORM, "webhook_coalescing": "off"}


@shows("other.webhooks", "other.webhook-form")
def test_a_created_subject_is_told_signed_and_retried(receiver):
    client = caller(clock=HandClock())
    hooks = Webhooks("T12345AA", client.environment.setup.clock, gaps_s=(0.01, 0.01))
    client.environment.webhooks = hooks
    secret = Secret("geheim")
    subscription = hooks.subscribe(receiver.url, secret, "subject.created")

    client.post("KnSubject", element("KnSubject", {"StId": 1, "Ds": "x"}))
    client.put("KnSubject", element("KnSubject", {"@SbId": 26, "Ds": "y"}))

    wait_for(lambda: subscription.sent[0].state is Delivery.SUCCESS)
    headers, body = receiver.got[-1]
    expected = hmac.new(b"geheim", body, hashlib.sha256).hexdigest()
    told = json.loads(body)
    assert headers["X-Profit-Signature-256"] == f"sha256={expected}"
    assert told.pop("EventId")
    assert told == {
        "EnvironmentId": "12345AA",
        "EventType": "subject.created",
        "Data": {"SubjectTypeId": 1, "SubjectId": 26},
        "Timestamp": "2026-11-24T11:00:00.2500000Z",
    }
    assert [each.attempts for each in subscription.sent] == [3]
    client.erp1.close()


def test_repeated_failure_blocks_the_subscription():
    hooks = Webhooks("T12345AA", HandClock(), NOT_COALESCED, gaps_s=())
    receiver = Receiver(*[404] * 9)
    subscription = hooks.subscribe(receiver.url, Secret("x"), "test.executed")

    for _ in range(3):
        hooks.emit("test.executed", {})
    wait_for(lambda: subscription.blocked)
    hooks.emit("test.executed", {})

    assert [each.state for each in subscription.sent] == [Delivery.FAILED] * 4
    hooks.close()
    receiver.close()


def test_profit_7_has_no_webhooks_and_a_plain_address_is_refused():
    client = caller(release="Profit 7")
    hooks = client.environment.webhooks
    subscription = hooks.subscribe("http://127.0.0.1:9/", Secret("x"), "subject.created")

    client.post("KnSubject", element("KnSubject", {"StId": 1, "Ds": "x"}))

    assert subscription.sent == []
    with pytest.raises(ConfigurationError, match="expected an https address"):
        hooks.subscribe("http://example.com/hook", Secret("x"), "subject.created")


@pytest.fixture
def willing() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.close()


@pytest.mark.parametrize(
    ("switch", "member", "told"),
    [
        ({}, "Timestamp", "2026-11-24T11:00:00.2500000Z"),
        ({"webhook_timestamp": "no_decimals"}, "Timestamp", "2026-11-24T11:00:00Z"),
        ({}, "EnvironmentId", "12345AA"),
        ({"webhook_environment": "with_letter"}, "EnvironmentId", "T12345AA"),
    ],
)
def test_how_a_notification_names_environment_and_moment_is_a_switch(willing, switch, member, told):
    client = caller(clock=HandClock(), quirks=switch, name="T12345AA")
    hooks = client.environment.webhooks

    assert hooks.deliver(willing.url, None, "subject.created", {}) == 200

    assert json.loads(willing.got[0][1])[member] == told
    client.erp1.close()


@shows("other.webhook-coalesced")
@pytest.mark.parametrize(("quirk", "arrive"), [("200_ms", 1), ("1_s", 1), ("5_s", 1), ("off", 5)])
def test_of_identical_events_in_quick_succession_only_the_last_is_sent(willing, quirk, arrive):
    clock = HandClock()
    hooks = Webhooks("T12345AA", clock, {**FORM, "webhook_coalescing": quirk}, gaps_s=())
    subscription = hooks.subscribe(willing.url, Secret("x"), "subject.updated", "subject.deleted")

    for _ in range(5):
        hooks.emit("subject.updated", {"SubjectTypeId": 1, "SubjectId": 26})
    hooks.emit("subject.updated", {"SubjectTypeId": 1, "SubjectId": 27})
    hooks.emit("subject.deleted", {"SubjectTypeId": 1, "SubjectId": 26})
    clock.forward(minutes=1)  # all of it is due, but for what is waited for already

    wait_for(lambda: len(willing.got) == arrive + 2)
    states = [each.state for each in subscription.sent]
    assert states[:4] == [Delivery.ENTITY_RATE_LIMITED if arrive == 1 else Delivery.SUCCESS] * 4
    told = {body for _, body in willing.got}
    assert told == {each.body for each in subscription.sent[5 - arrive :]}
    hooks.close()


def test_a_steady_stream_of_identical_events_is_told_now_and_then(willing):
    hooks = Webhooks("T12345AA", SystemClock(), FORM, gaps_s=())
    subscription = hooks.subscribe(willing.url, Secret("x"), "subject.updated")
    pause = threading.Event()

    for _ in range(60):
        hooks.emit("subject.updated", {"SubjectId": 1})
        pause.wait(0.01)
    wait_for(lambda: subscription.sent[-1].state is Delivery.SUCCESS)

    assert 2 <= len(willing.got) <= 6
    hooks.close()


@shows("other.webhook-blocked")
def test_to_a_blocked_webhook_or_app_connector_nothing_is_sent(willing):
    client = caller(clock=HandClock())
    hooks = client.environment.webhooks
    subscription = hooks.subscribe(willing.url, Secret("x"), "subject.created")

    client.environment.apps[0].blocked = True
    hooks.emit("subject.created", {})
    client.environment.apps[0].blocked = False
    subscription.blocked = True
    hooks.emit("subject.created", {})

    assert [each.state for each in subscription.sent] == [Delivery.FAILED] * 2
    assert willing.got == []
    client.erp1.close()


@shows("other.webhook-test")
def test_a_test_goes_to_every_receiver_and_says_which_it_is(willing):
    hooks = Webhooks("T12345AA", HandClock(), FORM, gaps_s=())
    hooks.subscribe(willing.url, Secret("x"), "workflow.task.entered", name="Webshop")
    hooks.subscribe(willing.url, Secret("y"), "subject.created")

    assert hooks.test() == 2

    wait_for(lambda: len(willing.got) == 2)
    told = [json.loads(body) for _, body in willing.got]
    assert {each["EventType"] for each in told} == {"test.executed"}
    assert [each["Data"] for each in told] == [
        {"SubscriptionId": 1, "SubscriptionName": "Webshop"},
        {"SubscriptionId": 2, "SubscriptionName": "Webhook 2"},
    ]
    hooks.close()


def test_an_event_that_afas_does_not_have_is_refused():
    hooks = Webhooks("T12345AA", HandClock())

    with pytest.raises(ConfigurationError, match=r"unknown event subject\.creatd"):
        hooks.subscribe("https://acme.example/hook", Secret("x"), "subject.creatd")
    assert len(EVENTS) == 9


@shows("other.bi")
def test_a_bi_model_redirects_to_version_2_and_pages_itself():
    client = caller(rows=1500)
    base = "http://erp1.example/T12345AA/ProfitRestServices/bi/Profit_Realization/v2/"

    redirected = client.call("GET", "/bi/Profit_Realization")
    first = client.call("GET", "/bi/Profit_Realization/v2/").json()
    second = client.call("GET", "/bi/Profit_Realization/v2/?$skip=1000").json()

    assert (redirected.status, redirected.headers["location"]) == (302, base)
    assert len(first["value"]) == 1000
    assert first["@odata.nextLink"] == f"{base}?$skip=1000"
    assert len(second["value"]) == 500
    assert list(second) == ["value"]
    assert client.call("GET", "/bi/Nope").status == 404
