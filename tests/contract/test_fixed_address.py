"""An integration with AFAS's address built in is certified at its own door, through a proxy.

Each program here knows one address, that of a production environment, and what its runtime reads of
proxies and authorities. What it meets on its connection is what `koppeling run` does to it.
"""

import json
import shutil
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from koppeling_harness.plugin.sandbox import why_not
from support.cli import koppeling

HOST = "12345.rest.afas.online"
QUERY = "filterfieldids=ProjectId&filtervalues=500001&operatortypes=1"
URL = f"https://{HOST}/ProfitRestServices/connectors/Tiny_Projects?{QUERY}"

MANIFEST = """
id: tiny
title: {{nl: Klein, en: Tiny}}
partner: {{name: Voorbeeld B.V., subscription: "12345"}}
version: "1.0.0"
integration_id: "12345_1"
releases: ["Profit 8"]
address: fixed
runtime: {runtime}
get_connectors:
  - id: Tiny_Projects
    copy_of: Profit_Projects
    fields: [ProjectId, Description]
operations:
  - name: read
    title: {{nl: Lezen, en: Read}}
    reads: [Tiny_Projects]
    idempotent: true
"""

SCENARIO = """
scenario: tiny.it
title: {{nl: Het, en: It}}
level: required
proves: [test]
when:
  - operation: read
    expect: {expect}
{faults}
"""

PYTHON = f"""
import base64, json, os, sys, urllib.request
token = base64.b64encode(os.environ["KOPPELING_TOKEN"].encode()).decode()
request = urllib.request.Request({URL!r}, headers={{
    "Authorization": "AfasToken " + token, "IntegrationId": os.environ["KOPPELING_INTEGRATION_ID"],
}})
try:
    with urllib.request.urlopen(request, timeout=20) as answer:
        result = {{"output": len(json.load(answer)["rows"])}}
except Exception as error:
    met = getattr(error, "reason", error)  # in Python 3.11 a reset reads as an end, in TLS
    told = "reset" if isinstance(met, ConnectionResetError) else type(met).__name__
    result = {{"ok": False, "output": told, "error": "AFAS is niet bereikbaar"}}
print(json.dumps(result))
"""

PHP = f"""<?php
$ask = curl_init({URL!r});
curl_setopt_array($ask, [CURLOPT_RETURNTRANSFER => true, CURLOPT_HTTPHEADER => [
    'Authorization: AfasToken ' . base64_encode(getenv('KOPPELING_TOKEN')),
    'IntegrationId: ' . getenv('KOPPELING_INTEGRATION_ID'),
]]);
$answer = curl_exec($ask);
echo json_encode($answer === false
    ? ['ok' => false, 'output' => curl_errno($ask), 'error' => 'AFAS is niet bereikbaar']
    : ['output' => count(json_decode($answer, true)['rows'])]);
"""

NODE = f"""
import {{ connect as tunnel }} from "node:net";
import {{ connect }} from "node:tls";
import {{ request }} from "node:https";

const proxy = new URL(process.env.HTTPS_PROXY);
const token = Buffer.from(process.env.KOPPELING_TOKEN).toString("base64");
let said = false;
const say = (result) => {{
  if (!said) console.log(JSON.stringify(result));
  said = true;
}};
const fail = (error) => say({{ ok: false, output: error.code, error: "AFAS is niet bereikbaar" }});
const plain = tunnel(Number(proxy.port), proxy.hostname, () =>
  plain.write("CONNECT {HOST}:443 HTTP/1.1\\r\\nHost: {HOST}:443\\r\\n\\r\\n"));
plain.on("error", fail);
plain.once("data", () => {{
  const socket = connect({{ socket: plain, servername: "{HOST}" }}, () => {{
    const headers = {{
      Authorization: "AfasToken " + token,
      IntegrationId: process.env.KOPPELING_INTEGRATION_ID,
    }};
    const ask = request({URL!r}, {{ headers, createConnection: () => socket }}, async (answer) => {{
      try {{
        const chunks = [];
        for await (const chunk of answer) chunks.push(chunk);
        say({{ output: JSON.parse(Buffer.concat(chunks)).rows.length }});
      }} catch (error) {{ fail(error); }}
    }});
    ask.on("error", fail).end();
  }});
  socket.on("error", fail);
}});
"""

CURL = f"""
set -u
token=$(printf %s "$KOPPELING_TOKEN" | base64 -w0)
said=$(curl -sS -H "Authorization: AfasToken $token" \\
  -H "IntegrationId: $KOPPELING_INTEGRATION_ID" '{URL}') || {{
  printf '{{"ok": false, "output": %d, "error": "AFAS is niet bereikbaar"}}' $?
  exit 0
}}
printf '{{"output": %d}}' "$(printf %s "$said" | grep -o '"ProjectId"' | wc -l)"
"""

PROGRAMS = {
    "python": (sys.executable, "-I", "program.py", PYTHON),
    "php": ("php", "-n", "program.php", PHP),
    "node": ("node", "--no-warnings", "program.mjs", NODE),
    "curl": ("sh", "-e", "program.sh", CURL),
}
MET = {
    "reset": {"python": "reset", "php": 56, "node": "ECONNRESET", "curl": 56},
    "lost_answer": {"python": "reset", "php": 52, "node": "ECONNRESET", "curl": 52},
    "half_body": {"python": "IncompleteRead", "php": 18, "node": "ECONNRESET", "curl": 18},
}
"""What each runtime calls a connection that is reset, closed without an answer, and closed halfway.
"""


def a_project(folder: Path, name: str, program: str = "", *, expect: str, faults: str = "") -> Path:
    """Write a project with one integration, written for a runtime, and one scenario for it."""
    needed, option, file, text = PROGRAMS[name]
    found = {"sh": "curl"}.get(needed, needed)
    if shutil.which(found) is None:
        pytest.skip(f"needs {found}")
    if name == "php":
        option = "-d display_errors=stderr"
    if (
        name == "php"
        and "curl"
        not in subprocess.run(["php", "-m"], capture_output=True, text=True, check=True).stdout
    ):
        pytest.skip("needs php-curl")
    plugin = folder / "plugins" / "tiny"
    plugin.mkdir(parents=True)
    command = json.dumps([needed, *option.split(" ", 1), f"{{folder}}/{file}"])
    runtime = f"{{kind: command, command: {command}}}"
    (plugin / "koppeling.yaml").write_text(MANIFEST.format(runtime=runtime), encoding="utf-8")
    (plugin / file).write_text(program or text, encoding="utf-8")
    (folder / "scenarios").mkdir()
    told = f"faults: [{{fault: {faults}}}]" if faults else ""
    scenario = SCENARIO.format(expect=expect, faults=told)
    (folder / "scenarios" / "it.scenario.yaml").write_text(scenario, encoding="utf-8")
    return folder


def results(ran) -> list[dict]:
    return [each for one in ran.json()["integrations"] for each in one["results"]]


@pytest.mark.parametrize("name", PROGRAMS)
def test_what_is_sent_to_the_built_in_address_is_answered_recorded_and_judged(tmp_path, name):
    project = a_project(tmp_path, name, expect="{output: 1}")
    ran = koppeling("run", "--json", "--release", "Profit 8", cwd=project)
    (result,) = results(ran)

    assert result["outcome"] == "passed", ran.all
    assert [each["path"] for each in result["exchanges"]] == [f"/connectors/Tiny_Projects?{QUERY}"]


@pytest.mark.parametrize("fault", MET)
@pytest.mark.parametrize("name", PROGRAMS)
def test_a_connection_that_breaks_is_the_programs_own(tmp_path, name, fault):
    met = json.dumps(MET[fault][name])
    project = a_project(tmp_path, name, expect=f"{{ok: false, output: {met}}}", faults=fault)
    ran = koppeling("run", "--json", "--release", "Profit 8", cwd=project)
    (result,) = results(ran)

    assert result["outcome"] == "passed", ran.all
    assert [each["fault"] for each in result["exchanges"]] == [fault]


def test_a_program_that_does_not_trust_the_authority_is_told_so_as_configuration(tmp_path):
    program = PYTHON.replace("timeout=20", "timeout=20, context=strangers").replace(
        "import base64",
        "import ssl; strangers = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)\n"
        "strangers.check_hostname, strangers.verify_mode = True, ssl.CERT_REQUIRED\nimport base64",
    )
    project = a_project(tmp_path, "python", program, expect="{ok: false}")
    generic = (
        SCENARIO.format(expect="{ok: false}", faults="")
        .replace("when:", "for_each: operations\nwhen:")
        .replace("operation: read", 'operation: "${operation.name}"')
    )
    (project / "scenarios" / "it.scenario.yaml").write_text(generic, encoding="utf-8")
    ran = koppeling("run", "--json", "--release", "Profit 8", cwd=project)
    (result,) = results(ran)

    assert (result["outcome"], result["cause"]) == ("not_run", "configuration"), ran.all
    assert "the connection in TLS was not made" in result["findings"][0]["message"]
    assert "SSL_CERT_FILE" in result["findings"][0]["hint"]


@pytest.mark.parametrize(
    "url", ["https://www.afas.nl/", "https://12345.afas.online/x", f"https://{HOST}:8443/x"]
)
def test_nothing_is_sent_to_another_host_of_afas(tmp_path, url):
    project = a_project(tmp_path, "python", PYTHON.replace(URL, url), expect="{ok: false}")
    ran = koppeling("run", "--json", "--release", "Profit 8", cwd=project)
    (result,) = results(ran)

    (finding,) = (each for each in result["findings"] if each["code"] == "ADDRESS-UNKNOWN")
    assert "another host of AFAS" in finding["message"]
    assert [each["status"] for each in result["exchanges"]] == [403]


def test_what_is_meant_for_others_goes_there_unseen(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:

        def answer() -> None:
            client, _ = other.accept()
            with client:
                client.sendall(b"dag " + client.recv(9))

        threading.Thread(target=answer, daemon=True).start()
        program = f"""
import json, os, socket
from urllib.parse import urlsplit
proxy = urlsplit(os.environ["HTTPS_PROXY"])
with socket.create_connection((proxy.hostname, proxy.port)) as wire:
    wire.sendall(b"CONNECT 127.0.0.1:{other.getsockname()[1]} HTTP/1.1\\r\\n\\r\\n")
    head = wire.recv(999)
    wire.sendall(b"wereld")
    said = wire.recv(99)
print(json.dumps({{"output": [head.decode().split()[1], said.decode()]}}))
"""
        project = a_project(tmp_path, "python", program, expect='{output: ["200", dag wereld]}')
        ran = koppeling("run", "--json", "--release", "Profit 8", cwd=project)
        (result,) = results(ran)

    assert result["outcome"] == "passed", ran.all
    assert result["exchanges"] == []


@pytest.mark.skipif(bool(why_not()), reason=f"no sandbox here: {why_not()}")
def test_within_a_sandbox_the_proxy_leads_to_erp1_and_nowhere_else(tmp_path):
    tunnel = """
import socket
from urllib.parse import urlsplit
proxy = urlsplit(os.environ["HTTPS_PROXY"])
with socket.create_connection((proxy.hostname, proxy.port)) as wire:
    wire.sendall(b"CONNECT 127.0.0.1:1 HTTP/1.1\\r\\n\\r\\n")
    result["output"] = [result["output"], wire.recv(99).decode().split()[1]]
"""
    program = PYTHON.replace("print(json", tunnel + "print(json")
    project = a_project(tmp_path, "python", program, expect='{output: [1, "403"]}')
    ran = koppeling("run", "--json", "--release", "Profit 8", "--sandbox", cwd=project)
    (result,) = results(ran)

    assert result["outcome"] == "passed", ran.all


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET http://12345.rest.afas.online/ HTTP/1.1\r\nHost: x\r\n\r\n", "400"),
        (b"CONNECT nergens HTTP/1.1\r\n\r\n", "400"),
        (b"\x16\x03\x01\x02\x00rubbish\r\n\r\n", "400"),
        (b"CONNECT 12345.rest.afas.online:443 HTTP/1.1\r\n\r\nvroeg", "400"),
        (b"CONNECT x.invalid:443 HTTP/1.1\r\nA: " + b"x" * 20_000 + b"\r\n\r\n", "431"),
        (b"CONNECT x.invalid:443 HTTP/1.1\r\n\r\n", "502"),
    ],
    ids=["no tunnel", "no port", "no HTTP", "early", "long", "nobody there"],
)
def test_whatever_else_is_said_to_the_proxy_is_answered(tmp_path, sent, status):
    program = f"""
import json, os, socket
from urllib.parse import urlsplit
proxy = urlsplit(os.environ["HTTPS_PROXY"])
with socket.create_connection((proxy.hostname, proxy.port)) as wire:
    wire.sendall({sent!r})
    print(json.dumps({{"output": wire.recv(999).decode().split()[1]}}))
"""
    project = a_project(tmp_path, "python", program, expect=f'{{output: "{status}"}}')
    ran = koppeling("run", "--json", "--release", "Profit 8", cwd=project)
    (result,) = results(ran)

    assert "EXPECTATION" not in [each["code"] for each in result["findings"]], ran.all
