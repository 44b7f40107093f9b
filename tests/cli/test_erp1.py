"""`koppeling erp1` from outside: served on a real socket, killed, interrupted, imported."""

import hashlib
import hmac
import json
import os
import queue
import signal
import socket
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


def test_why_a_request_was_refused_is_told_in_a_line_and_no_secret_is(tmp_path):
    (tmp_path / "own.yaml").write_text("app_connector: {client_id: a, client_secret: geheim}\n")
    options = ("--rows", "300", "--release", "Profit 9", "--import", tmp_path / "own.yaml")
    with served(*options) as erp1:
        data = "0123456789ABCDEF" * 4
        hours = "/connectors/Profit_Realization"
        token = {"Authorization": f"AfasToken {erp1.line['token_base64']}"}
        asked = [
            ("GET", "/metainfo", None, {}),
            ("GET", "/metainfo", None, {"Authorization": "AfasToken <token>"}),
            ("GET", "/metainfo", None, {"Authorization": "AfasToken " + "A" * 9}),
            ("GET", "/metainfo", None, {"Authorization": f"Bearer {data}"}),
            ("GET", f"/connectors/{data}/x%0ay", None, {}),
            ("GET", "/connectors/Nowhere", None, None),
            ("GET", "/nowhere", None, None),
            ("POST", "/oauth/token", b"grant_type=x&client_id=a&client_secret=geheim", {}),
            ("GET", f"{hours}?filterfieldids=QuantityUnit&filtervalues=1e3", None, None),
            ("GET", f"{hours}?filterfieldids=EmployeeId&filtervalues=1,2", None, None),
            ("POST", "/connectors/KnSubject", b'{"KnSubject": NaN}', None),
            ("POST", "/connectors/KnSubject", b'{"KnSubject": {"Element": {"a": 1}}}', None),
            ("POST", "/connectors/KnSubject", b"x", {**token, "Content-Encoding": "br"}),
        ]
        for method, path, body, headers in asked:
            request = urllib.request.Request(
                erp1.url + path,
                method=method,
                data=body,
                headers=token if headers is None else headers,
            )
            with pytest.raises(HTTPError) as refused:
                urllib.request.urlopen(request, timeout=20)
            refused.value.close()
        erp1.ask("/profitversion")
        erp1.process.kill()
        told = erp1.process.communicate(timeout=20)[1].splitlines()

    says = [
        "GET /T12345AA/ProfitRestServices/metainfo 401: there is no header Authorization",
        "metainfo 500: the token is not in base64 (switch plain_token)",
        "metainfo 401: the token is not base64 of text",
        "metainfo 401: the access token is none of this environment",
        "GET /T12345AA/ProfitRestServices/connectors/…/x%0ay 404: nothing is served there",
        "connectors/Nowhere 500: ",
        "nowhere 404: nothing is served there",
        "POST /T12345AA/ProfitRestServices/oauth/token 400: unsupported_grant_type",
        "filter on QuantityUnit: '1e3' is no decimal as Profit reads it",
        "filterfieldids, filtervalues and operatortypes differ in their commas",
        "KnSubject 400: the body is no JSON in UTF-8: NaN is no number",
        "beside Fields and Objects stands 'a'; a key has @ before its name",
        "KnSubject 415: Content-Encoding is br, expected gzip, deflate or identity",
    ]
    assert len(told) == len(says), told[-2:]
    assert all(text in line for text, line in zip(says, told, strict=True)), told
    assert not any(secret in line for secret in (data, "geheim") for line in told)


def test_what_is_said_to_a_served_environment_is_done():
    with served("--rows", "300", "--commands", "--quiet") as erp1:
        assert erp1.process.stdin is not None

        def say(line):
            erp1.process.stdin.write(line + "\n")
            erp1.process.stdin.flush()
            return erp1.process.stderr.readline().strip()

        def status():
            try:
                erp1.ask("/connectors/Profit_Article?take=1")
            except HTTPError as refused:
                with refused:
                    return refused.status
            return 200

        made = erp1.book()
        assert say("fail 503 2") == "fail: the next 2 calls to connectors are answered 503"
        assert [status() for _ in range(3)] == [503, 503, 200]
        where = f"/connectors/Profit_Realization?filterfieldids=Identity&filtervalues={made}"
        before = erp1.ask(where)["rows"][0]["DateModified"]
        assert say("age +2d") == "age: all that is kept is 2d older"
        assert erp1.ask(where)["rows"][0]["DateModified"] < before
        assert say("reset") == "reset: the demo company is back"
        assert erp1.ask(where)["rows"] == []
        assert say("webhook-test") == "webhook-test: sent to 0 receivers"
        assert say("event x.y {").startswith("event: Expecting")
        assert say("age 2") == "age: expected such as +31d, +59m"
        assert say("fail 200").startswith("fail: expected a status from 400 on")
        assert say("kind oauth") == "kind: the app connector is of type oauth"
        assert status() == 401
        assert say("nonsense").startswith("commands, one a line")


def test_a_state_file_is_put_back_and_what_is_none_is_named(tmp_path):
    state = tmp_path / "erp1.state"
    with served("--rows", "300", "--state", state) as erp1:
        made, token = erp1.book(), erp1.line["token"]
        used = koppeling("erp1", "reset", "--state", state, cwd=tmp_path)
        assert (used.code, "in use by another server" in used.err) == (10, True)

    ran = koppeling("erp1", "reset", "--state", state, "--rows", "300", cwd=tmp_path)
    absent = koppeling("erp1", "reset", "--state", tmp_path / "no.state", cwd=tmp_path)
    folder = koppeling("erp1", "serve", "--state", tmp_path, cwd=tmp_path)

    assert ran.code == 0, ran.all
    assert (absent.code, "there is no such file" in absent.err) == (10, True)
    assert (folder.code, "is a folder, expected a file" in folder.err) == (10, True)
    with served("--rows", "300", "--state", state) as erp1:
        where = f"/connectors/Profit_Realization?filterfieldids=Identity&filtervalues={made}"
        assert (erp1.ask(where)["rows"], erp1.line["token"]) == ([], token)


@pytest.mark.parametrize(
    ("host", "told"), [("0.0.0.0", "http://127.0.0.1:"), ("::", "http://[::1]:")]
)
def test_an_address_that_stands_for_all_is_announced_as_one_that_can_be_called(host, told):
    if host == "::" and not socket.has_ipv6:
        pytest.skip("this machine has no IPv6")
    with served("--rows", "300", "--host", host) as erp1:
        assert erp1.url.startswith(told)
        assert erp1.ask("/profitversion")


def test_the_openapi_document_of_what_is_served_is_written(tmp_path):
    own = tmp_path / "own.yaml"
    own.write_text("get_connectors: [{id: Acme_X, copy_of: Profit_Article, fields: [ItemCode]}]\n")

    said = koppeling("erp1", "openapi", "--import", own, cwd=tmp_path)
    written = koppeling("erp1", "openapi", "--out", tmp_path / "erp1.json", cwd=tmp_path)

    paths = json.loads(said.out)["paths"]
    assert {"/connectors/Acme_X", "/connectors/Profit_Article", "/connectors/KnSubject"} <= set(
        paths
    )
    assert written.code == 0
    assert "/connectors/KnPerson" in json.loads((tmp_path / "erp1.json").read_text())["paths"]


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


def raw_status(erp1, *lines):
    """Return the status of a request whose header lines are sent as they stand."""
    host = urlsplit(erp1.url)
    text = "\r\n".join((f"GET {host.path}/profitversion HTTP/1.1", "Host: erp1.example", *lines))
    with socket.create_connection((host.hostname, host.port), timeout=20) as wire:
        wire.sendall(f"{text}\r\nConnection: close\r\n\r\n".encode())
        return int(wire.makefile("rb").read().split()[1])


def test_two_credentials_in_one_request_are_none():
    with served("--rows", "300") as erp1:
        good = f"Authorization: AfasToken {erp1.line['token_base64']}"

        assert raw_status(erp1, good) == 200
        assert raw_status(erp1, good, good) == 401
        assert raw_status(erp1, "Authorization: Bearer other", good) == 401
        assert raw_status(erp1, good, "Authorization:") == 401


def test_no_caller_can_say_that_it_is_somebody_else(tmp_path):
    """An app connector may be restricted to addresses; a header makes no other of its caller."""
    definition = tmp_path / "acme.yaml"
    definition.write_text("app_connector:\n  allowed_addresses: [192.0.2.0/24]\n", encoding="utf-8")
    with served("--rows", "300", "--import", definition) as erp1:
        good = f"Authorization: AfasToken {erp1.line['token_base64']}"

        assert raw_status(erp1, good) == 403
        assert raw_status(erp1, good, "X-Forwarded-For: 192.0.2.7") == 403


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
