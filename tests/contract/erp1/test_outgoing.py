"""Webhooks and BI models: documented row by row."""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from contract.erp1.table import shows
from koppeling_harness.emulator.webhooks import Delivery, Webhooks
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


@shows("other.webhooks")
def test_a_created_subject_is_told_signed_and_retried(receiver):
    client = caller(clock=HandClock())
    hooks = Webhooks("T12345AA", client.erp1._setup.clock.now, gaps_s=(0.01, 0.01))
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
        "EnvironmentId": "T12345AA",
        "EventType": "subject.created",
        "Data": {"SubjectTypeId": 1, "SubjectId": 26},
        "Timestamp": "2026-11-24T11:00:00Z",
    }
    assert [each.attempts for each in subscription.sent] == [3]
    client.erp1.close()


def test_repeated_failure_blocks_the_subscription():
    hooks = Webhooks("T12345AA", HandClock().now, gaps_s=())
    receiver = Receiver(*[404] * 9)
    subscription = hooks.subscribe(receiver.url, Secret("x"), "test.executed")

    for _ in range(3):
        hooks.emit("test.executed", {})
    wait_for(lambda: subscription.blocked)
    hooks.emit("test.executed", {})

    assert [each.state for each in subscription.sent] == [Delivery.FAILED] * 3
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
