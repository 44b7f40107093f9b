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
import trustme

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
scenario: tiny.{id}
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
    "python": (sys.executable, ("-I",), "program.py", PYTHON),
    "php": ("php", ("-d", "display_errors=stderr"), "program.php", PHP),
    "node": ("node", (), "program.mjs", NODE),
    "curl": ("sh", ("-e",), "program.sh", CURL),
}
MET = {
    "reset": {"python": "reset", "php": 56, "node": "ECONNRESET", "curl": 56},
    "lost_answer": {"python": "reset", "php": 52, "node": "ECONNRESET", "curl": 52},
    "half_body": {"python": "IncompleteRead", "php": 18, "node": "ECONNRESET", "curl": 18},
}
"""What each runtime calls a connection that is reset, closed without an answer, and closed halfway.
"""


def a_project(folder: Path, name: str, program: str = "", **scenarios: str) -> Path:
    """Write a project with one integration, written for a runtime, and scenarios for it.

    Args:
        folder: Where.
        name: The runtime.
        program: What is run instead of the one that reads.
        scenarios: What is expected by the name of each, and behind a semicolon its fault.
    """
    needed, option, file, text = PROGRAMS[name]
    found = {"sh": "curl"}.get(needed, needed)
    if shutil.which(found) is None:
        pytest.skip(f"needs {found}")
    if name == "php" and b"curl" not in subprocess.check_output(["php", "-m"]):
        pytest.skip("needs php-curl")
    plugin = folder / "plugins" / "tiny"
    plugin.mkdir(parents=True)
    command = json.dumps([needed, *option, f"{{folder}}/{file}"])
    runtime = f"{{kind: command, command: {command}}}"
    (plugin / "koppeling.yaml").write_text(MANIFEST.format(runtime=runtime), encoding="utf-8")
    (plugin / file).write_text(program or text, encoding="utf-8")
    (folder / "scenarios").mkdir()
    for id_, told in scenarios.items():
        expect, _, fault = told.partition(";")
        faults = f"faults: [{{fault: {fault}}}]" if fault else ""
        text = SCENARIO.format(id=id_, expect=expect, faults=faults)
        (folder / "scenarios" / f"{id_}.scenario.yaml").write_text(text, encoding="utf-8")
    return folder


def carried_out(project: Path, *options: str) -> dict[str, dict]:
    """Return the result of each scenario."""
    ran = koppeling("run", "--json", "--release", "Profit 8", *options, cwd=project)
    (record,) = ran.json()["integrations"]
    assert record["problem"] == "", ran.all
    return {each["scenario"].removeprefix("tiny."): each for each in record["results"]}


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_with_a_built_in_address_is_answered_and_its_own_connection_breaks(
    tmp_path, name
):
    met = {
        fault: f"{{ok: false, output: {json.dumps(by_name[name])}}};{fault}"
        for fault, by_name in MET.items()
    }
    found = carried_out(a_project(tmp_path, name, whole="{output: 1}", **met))

    assert {id_: each["outcome"] for id_, each in found.items()} == dict.fromkeys(
        ["whole", *MET], "passed"
    ), [each["findings"] for each in found.values()]
    (call,) = found["whole"]["exchanges"]
    assert call["path"] == f"/connectors/Tiny_Projects?{QUERY}"
    for fault in MET:
        assert [each["fault"] for each in found[fault]["exchanges"]] == [fault]


def test_a_program_that_does_not_trust_the_authority_is_told_so_as_configuration(tmp_path):
    strangers = "ssl.create_default_context(cafile=certifi_of_nobody)"
    program = PYTHON.replace("timeout=20", f"timeout=20, context={strangers}").replace(
        "import base64", "import ssl; certifi_of_nobody = OWN\nimport base64"
    )
    nobody = tmp_path / "nobody.pem"
    trustme.CA().cert_pem.write_to_path(str(nobody))
    project = a_project(tmp_path, "python", program.replace("OWN", repr(str(nobody))))
    generic = SCENARIO.format(id="each", expect="{ok: false}", faults="")
    generic = generic.replace("when:", "for_each: operations\nwhen:")
    generic = generic.replace("operation: read", 'operation: "${operation.name}"')
    (project / "scenarios" / "each.scenario.yaml").write_text(generic, encoding="utf-8")
    result = carried_out(project)["each"]

    assert (result["outcome"], result["cause"]) == ("not_run", "configuration")
    assert "the connection in TLS was not made" in result["findings"][0]["message"]
    assert "SSL_CERT_FILE" in result["findings"][0]["hint"]


SOAP = "https://12345.soap.afas.online/ProfitServices/AppConnectorGet.asmx"
OTHERS = ("https://www.afas.nl/", "https://12345.afas.online/x", f"https://{HOST}:8443/x", SOAP)


def test_nothing_is_sent_to_another_host_of_afas(tmp_path):
    program = PYTHON.replace(repr(URL), "json.load(sys.stdin)['url']")
    project = a_project(tmp_path, "python", program)
    for number, url in enumerate(OTHERS):
        text = SCENARIO.format(id=f"n{number}", expect="{ok: false}", faults="")
        text = text.replace("expect:", f"input: {{url: '{url}'}}\n    expect:")
        (project / "scenarios" / f"{number}.scenario.yaml").write_text(text, encoding="utf-8")
    found = carried_out(project)

    assert len(found) == len(OTHERS)
    for name, result in found.items():
        (finding,) = (each for each in result["findings"] if each["code"] == "ADDRESS-UNKNOWN")
        what = "there is REST only here" if name == "n3" else "another host of AFAS"
        assert what in finding["message"]
        assert [each["status"] for each in result["exchanges"]] == [403]


TALK = """
import json, os, socket, sys
from urllib.parse import urlsplit
proxy = urlsplit(os.environ["HTTPS_PROXY"])
said = []
with socket.create_connection((proxy.hostname, proxy.port), timeout=20) as wire:
    for each in json.load(sys.stdin)["say"]:
        wire.sendall(each.encode("latin-1"))
        said.append(wire.recv(999).decode("latin-1"))
said[0] = said[0].split()[1]
print(json.dumps({"output": said}))
"""


def talked(tmp_path: Path, said: dict[str, tuple[list[str], list[str]]], *options: str) -> dict:
    """Have a program say something to its proxy in each scenario, and expect what it answers."""
    project = a_project(tmp_path, "python", TALK)
    for id_, (say, answers) in said.items():
        text = SCENARIO.format(id=id_, expect=json.dumps({"output": answers}), faults="")
        text = text.replace("expect:", f"input: {json.dumps({'say': say})}\n    expect:")
        (project / "scenarios" / f"{id_}.scenario.yaml").write_text(text, encoding="utf-8")
    return carried_out(project, *options)


def codes_of(result: dict) -> list[str]:
    return [each["code"] for each in result["findings"]]


def test_what_is_meant_for_others_goes_there_unseen(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:

        def answer() -> None:
            client, _ = other.accept()
            with client:
                client.sendall(b"dag " + client.recv(9))

        threading.Thread(target=answer, daemon=True).start()
        tunnel = f"CONNECT 127.0.0.1:{other.getsockname()[1]} HTTP/1.1\r\n\r\n"
        found = talked(tmp_path, {"other": ([tunnel, "wereld"], ["200", "dag wereld"])})

    assert "EXPECTATION" not in codes_of(found["other"])
    assert found["other"]["exchanges"] == []


@pytest.mark.skipif(bool(why_not()), reason=f"no sandbox here: {why_not()}")
def test_within_a_sandbox_the_proxy_leads_to_erp1_and_nowhere_else(tmp_path):
    said = {"other": (["CONNECT 127.0.0.1:1 HTTP/1.1\r\n\r\n"], ["403"])}
    (tmp_path / "talk").mkdir()
    (tmp_path / "read").mkdir()
    other = talked(tmp_path / "talk", said, "--sandbox")["other"]
    read = carried_out(a_project(tmp_path / "read", "python", whole="{output: 1}"), "--sandbox")

    assert "EXPECTATION" not in codes_of(other)
    assert read["whole"]["outcome"] == "passed"


ODD = {
    "no-tunnel": ("GET http://12345.rest.afas.online/ HTTP/1.1\r\nHost: x\r\n\r\n", "400"),
    "no-port": ("CONNECT nergens HTTP/1.1\r\n\r\n", "400"),
    "no-http": ("\x16\x03\x01\x02\x00rubbish\r\n\r\n", "400"),
    "early": ("CONNECT 12345.rest.afas.online:443 HTTP/1.1\r\n\r\nvroeg", "400"),
    "long": ("CONNECT x.invalid:443 HTTP/1.1\r\nA: " + "x" * 20_000 + "\r\n\r\n", "431"),
    "nobody-there": ("CONNECT x.invalid:443 HTTP/1.1\r\n\r\n", "502"),
}


def test_whatever_else_is_said_to_the_proxy_is_answered(tmp_path):
    found = talked(tmp_path, {id_: ([say], [status]) for id_, (say, status) in ODD.items()})

    assert found.keys() == ODD.keys()
    assert [id_ for id_, each in found.items() if "EXPECTATION" in codes_of(each)] == []
