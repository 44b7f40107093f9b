"""`koppeling erp1` from outside: served on a real socket, killed, interrupted, imported."""

import hashlib
import hmac
import json
import os
import queue
import signal
import ssl
import threading
import urllib.request
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.error import HTTPError
from urllib.parse import urlsplit

import pytest

from support.cli import koppeling
from support.erp1 import element
from support.serving import Served, served


def test_the_first_line_says_all_that_a_client_needs_and_it_answers_at_once():
    with served("--release", "Profit 7", "--rows", "300", "--quirk", "put_status=200") as erp1:
        assert list(erp1.line) == [
            "base_url",
            "token",
            "token_base64",
            "release",
            "version",
            "environment",
        ]
        assert erp1.url.startswith("http://127.0.0.1:")
        assert (
            erp1.ask("/profitversion") == {"version": "7.7.10"} == {"version": erp1.line["version"]}
        )
        assert erp1.line["token"].startswith("<token><version>1</version><data>")


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C of another process is POSIX")
def test_ctrl_c_stops_it_cleanly():
    with served("--rows", "300") as erp1:
        erp1.ask("/profitversion")
        erp1.process.send_signal(signal.SIGINT)

        assert erp1.process.wait(timeout=20) == 2
        assert erp1.process.stderr is not None
        assert erp1.process.stderr.read() == "koppeling: interrupted; nothing was left running\n"


def test_a_kill_in_the_middle_of_writes_loses_nothing_that_was_acknowledged(tmp_path):
    state = tmp_path / "erp1.state"
    acknowledged: list[int] = []
    enough = threading.Event()

    def write(erp1: Served) -> None:
        try:
            while True:
                acknowledged.append(int(erp1.book()))
                if len(acknowledged) >= 60:
                    enough.set()
        except (OSError, ValueError):
            return  # killed

    with served("--rows", "300", "--state", state) as erp1:
        before = erp1.line
        writers = [threading.Thread(target=write, args=(erp1,)) for _ in range(3)]
        for writer in writers:
            writer.start()
        assert enough.wait(timeout=60)
        erp1.process.kill()
        for writer in writers:
            writer.join(timeout=20)

    with served("--rows", "300", "--state", state) as erp1:
        found = erp1.ask(
            "/connectors/Profit_Realization?skip=-1&take=-1&filterfieldids=Identity"
            "&filtervalues=300&operatortypes=4"
        )["rows"]
        assert {row["Identity"] for row in found} >= set(acknowledged)
        assert erp1.line["token"] == before["token"]
        assert erp1.line["environment"] == before["environment"]
        second = koppeling("erp1", "serve", "--state", state, cwd=tmp_path)
        assert second.code == 10
        assert "in use by another server" in second.err


def test_tls_serves_https():
    pytest.importorskip("trustme")
    with served("--rows", "300", "--tls") as erp1:
        trusting = ssl.create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        assert erp1.url.startswith("https://")
        assert erp1.ask("/profitversion", context=trusting) == {"version": "8.0.12"}


def test_another_day_moves_everything_that_is_served():
    with served("--rows", "300", "--now", "2027-08-31T23:00", "--release", "Profit 9") as erp1:
        made = erp1.book()
        where = f"filterfieldids=Identity&filtervalues={made}"
        row = erp1.ask(f"/connectors/Profit_Realization?{where}")["rows"][0]
        assert row["DateModified"].startswith("2027-08-31T23:0")
        asked = urllib.request.Request(f"{erp1.url}/profitversion", method="OPTIONS")
        with urllib.request.urlopen(asked, timeout=20) as answer:
            dates = answer.headers.get_all("Date")
        assert [each[:20] for each in dates] == ["Tue, 31 Aug 2027 21:"]
    with served("--rows", "300", "--now", "2027-09-01") as erp1:
        with pytest.raises(HTTPError) as refused:
            erp1.ask("/profitversion")
        with refused.value as answer:
            assert answer.status == 401


def test_wrong_options_are_named_without_a_traceback(tmp_path):
    wrong = tmp_path / "x.json"
    wrong.write_text("{}")
    text = tmp_path / "x.state"
    text.write_text("not a database, whatever its name says\n" * 100)

    for arguments, code, says in (
        (("--quirk", "nope=1", "--release", "Profit 8"), 10, "nope is not a switch"),
        (("--import", tmp_path / "absent.json"), 10, "cannot be read"),
        (("--import", wrong), 10, "expected a snapshot"),
        (("--state", text), 10, "is not a state file"),
        (("--now", "tomorrow"), 10, "expected a day such as 2027-05-01"),
    ):
        ran = koppeling("erp1", "serve", *arguments, cwd=tmp_path)
        assert ran.code == code, ran.all
        assert says in ran.err
        assert "Traceback" not in ran.err


def test_own_getconnectors_come_from_yaml(tmp_path):
    path = tmp_path / "own.yaml"
    path.write_text(
        "get_connectors:\n"
        "  - id: Acme_Hours\n"
        "    copy_of: Profit_Realization\n"
        "    fields: [Identity, QuantityUnit]\n"
        "    fixed_filters: [{field: QuantityUnit, operator: '<', value: '0'}]\n"
    )
    with served("--rows", "300", "--import", path) as erp1:
        rows = erp1.ask("/connectors/Acme_Hours?take=1")["rows"]
        assert rows == [{"Identity": 97, "QuantityUnit": -4.0}]


def test_an_app_connector_and_custom_fields_come_from_yaml(tmp_path):
    field = "U8BB552544967345CF73661AB9E5CB1F2"
    path = tmp_path / "environment.yaml"
    path.write_text(
        "app_connector:\n"
        "  get_connectors: [Profit_Projects]\n"
        "  client_id: app\n"
        "  client_secret: invented\n"
        f"custom_fields: [{{id: {field}, object: PtProject, label: Kleur}}]\n"
    )
    with served("--rows", "300", "--import", path) as erp1:
        metainfo = erp1.ask("/metainfo")
        assert [each["id"] for each in metainfo["getConnectors"]] == ["Profit_Projects"]
        fields = erp1.ask("/metainfo/update/PtProject")["fields"]
        assert [each["label"] for each in fields if each["fieldId"] == field] == ["Kleur"]
        form = b"grant_type=client_credentials&client_id=app&client_secret=invented"
        with urllib.request.urlopen(f"{erp1.url}/oauth/token", form, timeout=20) as answer:
            assert json.loads(answer.read())["token_type"] == "Bearer"
    path.write_text("app_connector: {allowed_addresses: [nowhere]}\nx: 1\n")
    ran = koppeling("erp1", "serve", "--import", path, cwd=tmp_path)
    assert (ran.code, "x" in ran.err, "Traceback" in ran.err) == (10, True, False)
    path.write_text("app_connector: {allowed_addresses: [nowhere]}\n")
    ran = koppeling("erp1", "serve", "--import", path, cwd=tmp_path)
    assert (ran.code, "'nowhere' is no address" in ran.err) == (10, True)


def test_a_snapshot_of_a_served_environment_can_be_served_again(tmp_path, monkeypatch):
    out = tmp_path / "snapshot.json"
    with served("--rows", "300") as erp1:
        monkeypatch.setenv("AFAS_TOKEN", erp1.line["token"])
        ran = koppeling("erp1", "snapshot", "--url", erp1.url, "--out", out, cwd=tmp_path)
        assert ran.code == 0, ran.all
        expected = erp1.ask("/metainfo/update/FbSales")
    imported = koppeling("erp1", "import", out, cwd=tmp_path)
    assert imported.out.startswith("21 UpdateConnectors, 85 GetConnectors understood")
    with served("--rows", "300", "--import", out) as erp1:
        assert erp1.ask("/metainfo/update/FbSales") == expected


def test_a_snapshot_of_production_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("AFAS_TOKEN", "<token/>")
    url = "https://12345.rest.afas.online/ProfitRestServices"

    ran = koppeling("erp1", "snapshot", "--url", url, "--out", tmp_path / "x", cwd=tmp_path)

    assert ran.code == 10
    assert "production" in ran.err


def test_every_switch_is_listed_with_values_and_source(tmp_path):
    found = koppeling("erp1", "quirks", "--json", cwd=tmp_path).json()

    assert len(found) > 25
    assert all(each["source"] and each["default"] == each["values"][0] for each in found)


def test_an_answer_to_garbage_is_a_status_and_never_a_traceback():
    with served("--rows", "300") as erp1:
        host = urlsplit(erp1.url)
        for line in ("/%00/%FF", "/T12345AA/ProfitRestServices/connectors/%F0%28"):
            connection = HTTPConnection(host.hostname or "", host.port, timeout=10)
            connection.request("GET", line)
            assert connection.getresponse().status in {401, 404}
            connection.close()
        with pytest.raises(HTTPError) as caught:
            erp1.ask("/connectors/KnSubject", ["x"], "POST")
        assert caught.value.code == 500
        caught.value.close()


WEBHOOKS = """
webhooks:
  - {{url: "{url}", events: [subject.created], secret: invented}}
"""


class _Receiver(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.put((self.headers["X-Profit-Signature-256"], body))  # type: ignore[attr-defined]
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_what_happens_is_told_to_the_receivers_of_the_definition(tmp_path):
    with ThreadingHTTPServer(("127.0.0.1", 0), _Receiver) as receiver:
        receiver.got = queue.Queue()  # type: ignore[attr-defined]
        threading.Thread(target=receiver.serve_forever, daemon=True).start()
        definition = tmp_path / "own.yaml"
        url = f"http://127.0.0.1:{receiver.server_address[1]}/afas"
        definition.write_text(WEBHOOKS.format(url=url), encoding="utf-8")
        with served("--import", definition) as erp1:
            subject = element("KnSubject", {"StId": "1", "Ds": "Nieuw"})
            erp1.ask("/connectors/KnSubject", subject, "POST")
            signature, body = receiver.got.get(timeout=20)  # type: ignore[attr-defined]
        receiver.shutdown()

    expected = hmac.new(b"invented", body, hashlib.sha256).hexdigest()
    assert signature == f"sha256={expected}"
    assert b"subject.created" in body


def test_a_release_without_webhooks_refuses_receivers(tmp_path):
    definition = tmp_path / "own.yaml"
    definition.write_text(WEBHOOKS.format(url="http://127.0.0.1:9/afas"), encoding="utf-8")
    ran = koppeling("erp1", "serve", "--release", "Profit 7", "--import", definition, cwd=tmp_path)

    assert ran.code == 10
    assert "Profit 7 does not send any" in ran.err


OAUTH = """
app_connector:
  client_id: acme
  client_secret: invented
"""


def oauth_token(erp1: Served) -> str:
    form = b"grant_type=client_credentials&client_id=acme&client_secret=invented"
    with urllib.request.urlopen(f"{erp1.url}/oauth/token", data=form, timeout=20) as answer:
        return json.loads(answer.read())["access_token"]


def test_an_oauth_token_outlives_a_kill_with_state_and_stands_in_no_file(tmp_path):
    definition, state = tmp_path / "own.yaml", tmp_path / "state.db"
    definition.write_text(OAUTH, encoding="utf-8")
    with served("--state", state, "--import", definition) as erp1:
        token = oauth_token(erp1)
        erp1.process.kill()
        erp1.process.wait()
    with served("--state", state, "--import", definition) as erp1:
        request = urllib.request.Request(
            erp1.url + "/metainfo", headers={"Authorization": f"Bearer {token}"}
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            assert answer.status == 200

    kept = b"".join(path.read_bytes() for path in tmp_path.glob("state.db*"))
    assert token.encode() not in kept
