"""What happens in ERP1 reaches an integration's service as a signed webhook."""

import sys
import textwrap

import pytest

from support.cli import koppeling

MANIFEST = """
id: luisteraar
title: {nl: Luisteraar, en: Listener}
partner: {name: Voorbeeld B.V., subscription: "12345"}
version: "1.0.0"
integration_id: "12345_1"
releases: ["Profit 7", "Profit 8"]
runtime:
  kind: http
  command: ["%s", "{folder}/service.py", "{port}"]
  url: "http://127.0.0.1:{port}"
  prepare: /prepare
  webhooks: {path: /webhooks/afas, events: [subject.created]}
update_connectors:
  - id: KnSubject
    fields: [StId, Ds]
operations:
  - name: received
    title: {nl: Ontvangen, en: Received}
    writes: [KnSubject]
    example: {}
"""

SERVICE = """
import hashlib, hmac, json, sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

seen, secret, told = [], [], threading.Event()

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.answer({})

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/prepare":
            seen.clear()
            told.clear()
            secret[:] = [json.loads(body)["context"]["webhook_secret"]]
        elif self.path == "/webhooks/afas":
            key = (secret[0] or "").encode()
            expected = "sha256=" + hmac.new(key, body, hashlib.sha256).hexdigest()
            signed = self.headers["X-Profit-Signature-256"] == expected
            seen.append([json.loads(body)["EventType"], signed])
            told.set()
        elif secret[0]:
            told.wait(5)
        self.answer({"output": {"seen": seen, "has_secret": bool(secret[0])}})

    def answer(self, plain):
        text = json.dumps(plain).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""

SCENARIO = """
scenario: webhooks.{name}
title: {{nl: Webhook komt aan, en: A webhook arrives}}
level: required
proves: [test]
given:
  - insert: KnSubject
    fields: {{StId: 1, Ds: Voor de tijd}}
when:
  - insert: KnSubject
    fields: {{StId: 1, Ds: Nieuw}}
  - operation: received
    expect: {{output: {expected}}}
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("release", "expected"),
    [
        ("Profit 8", "{seen: [[subject.created, true]], has_secret: true}"),
        ("Profit 7", "{seen: [], has_secret: false}"),
    ],
)
def test_a_service_is_told_of_what_happens_after_the_preparation(tmp_path, release, expected):
    folder = tmp_path / "plugins" / "luisteraar"
    folder.mkdir(parents=True)
    (folder / "koppeling.yaml").write_text(MANIFEST % sys.executable, encoding="utf-8")
    (folder / "service.py").write_text(textwrap.dedent(SERVICE), encoding="utf-8")
    (tmp_path / "scenarios").mkdir()
    for name in ("one", "two"):
        text = SCENARIO.format(name=name, expected=expected)
        (tmp_path / "scenarios" / f"{name}.scenario.yaml").write_text(text, encoding="utf-8")

    ran = koppeling("run", "--release", release, cwd=tmp_path)

    assert ran.code == 0, ran.all
    assert "2 of 2 required scenarios executed and passed" in ran.out


DELIVERIES = """
scenario: webhooks.deliveries
title: {nl: Webhooks van wie dan ook, en: Webhooks of whoever}
level: required
proves: [test]
when:
  - webhook: subject.created
    data: {SubjectId: "${unique(4)}"}
    event_id: ${unique(8)}
    expect: {status: 200}
  - {webhook: subject.created, signature: wrong}
  - {webhook: subject.created, signature: missing}
  - operation: received
    expect:
      output:
        seen: [[subject.created, true], [subject.created, false], [subject.created, false]]
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("release", "code", "said"),
    [
        ("Profit 8", 0, "1 of 1 required scenarios executed and passed"),
        ("Profit 7", 10, "this integration gets no webhooks from this environment"),
    ],
)
def test_a_scenario_delivers_webhooks_that_afas_signed_and_that_it_did_not(
    tmp_path, release, code, said
):
    folder = tmp_path / "plugins" / "luisteraar"
    folder.mkdir(parents=True)
    (folder / "koppeling.yaml").write_text(MANIFEST % sys.executable, encoding="utf-8")
    (folder / "service.py").write_text(textwrap.dedent(SERVICE), encoding="utf-8")
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "one.scenario.yaml").write_text(DELIVERIES, encoding="utf-8")

    ran = koppeling("run", "--release", release, cwd=tmp_path)

    assert ran.code == code, ran.all
    assert said in ran.out
