"""An integration that shows a certificate is certified by it, and one that does not is told why."""

import json
import shutil
import sys
from datetime import timedelta
from pathlib import Path

import pytest
import trustme

from koppeling_harness.clock import SystemClock
from support.cli import koppeling

MANIFEST = """
id: {id}
title: {{nl: Klein, en: Tiny}}
partner: {{name: Voorbeeld B.V., subscription: "12345"}}
version: "1.0.0"
integration_id: "12345_1"
releases: ["Profit 9"]
address: {address}
oauth: {{}}
client_ca: client-ca.pem
runtime: {{kind: command, command: ["{python}", "-I", "{{folder}}/program.py"]}}
get_connectors:
  - {{id: Tiny_Projects, copy_of: Profit_Projects, fields: [ProjectId]}}
operations:
  - name: read
    title: {{nl: Lezen, en: Read}}
    reads: [Tiny_Projects]
    idempotent: true
"""

PROGRAM = """
import json, os, ssl, sys, urllib.parse, urllib.request
from pathlib import Path

here = Path(__file__).parent
tls = ssl.create_default_context(cafile=os.environ["KOPPELING_AUTHORITY_FILE"])
if (here / "client.pem").exists():
    tls.load_cert_chain(here / "client.pem")
handlers = [urllib.request.HTTPSHandler(context=tls)]
if "KOPPELING_PROXY_URL" in os.environ:
    base = "https://12345.rest.afas.online/ProfitRestServices"
else:
    base = os.environ["KOPPELING_BASE_URL"]
    handlers.append(urllib.request.ProxyHandler({}))
ask = urllib.request.build_opener(*handlers).open

def token():
    form = {"grant_type": "client_credentials", "client_id": os.environ["KOPPELING_CLIENT_ID"],
            "client_secret": os.environ["KOPPELING_CLIENT_SECRET"]}
    request = urllib.request.Request(base + "/oauth/token", urllib.parse.urlencode(form).encode())
    return json.load(ask(request, timeout=20))["access_token"]

def rows(token):
    request = urllib.request.Request(
        base + "/connectors/Tiny_Projects?take=1000&skip=0&orderbyfieldids=ProjectId",
        headers={"Authorization": "Bearer " + token,
                 "IntegrationId": os.environ["KOPPELING_INTEGRATION_ID"]})
    return len(json.load(ask(request, timeout=20))["rows"])

try:
    result = {"output": rows(token())}
except OSError as error:
    result = {"ok": False, "error": "AFAS is niet bereikbaar"}
print(json.dumps(result))
"""

SCENARIO = """
scenario: own.{id}
title: {{nl: Lezen, en: Read}}
level: required
proves: [test]
applies: {{integration: {id}}}
when: [{{operation: read}}]
then:
  - exchanges: {{kind: calls}}
    expect: {{count: {{$min: 1}}}}
"""

SHOWN = {
    "given": ("given", "right"),
    "fixed": ("fixed", "right"),
    "named-itself": ("given", "itself"),
    "none": ("given", "none"),
    "none-fixed": ("fixed", "none"),
    "of-another": ("given", "other"),
    "ended": ("given", "ended"),
}
"""By integration: how it is given the address, and the certificate that it shows."""


def integration(folder: Path, name: str) -> None:
    address, shows = SHOWN[name]
    made = folder / "plugins" / name
    (made / "scenarios").mkdir(parents=True)
    authority, other = trustme.CA(), trustme.CA()
    ended = SystemClock().now() - timedelta(days=1) if shows == "ended" else None
    issued = (other if shows == "other" else authority).issue_cert("acme.example", not_after=ended)
    named = issued.cert_chain_pems[0] if shows == "itself" else authority.cert_pem
    named.write_to_path(str(made / "client-ca.pem"))
    if shows != "none":
        issued.private_key_and_cert_chain_pem.write_to_path(str(made / "client.pem"))
    manifest = MANIFEST.format(id=name, address=address, python=sys.executable)
    (made / "koppeling.yaml").write_text(manifest, encoding="utf-8")
    (made / "program.py").write_text(PROGRAM, encoding="utf-8")
    own = made / "scenarios" / "own.scenario.yaml"
    own.write_text(SCENARIO.format(id=name), encoding="utf-8")


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """What came of each integration, in one run."""
    folder = tmp_path_factory.mktemp("mtls")
    for name in SHOWN:
        integration(folder, name)
    (folder / "none").mkdir()
    ran = koppeling(
        *("run", "--plugin", folder / "plugins", "--scenarios", folder / "none"),
        *("--release", "Profit 9", "--json", "--no-traffic"),
        cwd=folder,
    )
    found = {each["id"]: each["results"][0] for each in json.loads(ran.out)["integrations"]}
    shutil.rmtree(folder)
    return found


@pytest.mark.parametrize("name", ["given", "fixed", "named-itself"])
def test_who_shows_its_certificate_signs_in_and_reads(results, name):
    found = results[name]

    assert found["outcome"] == "passed"
    # urllib keeps no connection
    assert {each["code"] for each in found["findings"]} == {"CONNECTION-CLOSE"}
    assert [each["status"] for each in found["exchanges"]] == [200, 200]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("none", "PEER_DID_NOT_RETURN_A_CERTIFICATE"),
        ("none-fixed", "PEER_DID_NOT_RETURN_A_CERTIFICATE"),
        ("of-another", "CERTIFICATE_VERIFY_FAILED"),
        ("ended", "CERTIFICATE_VERIFY_FAILED"),
    ],
)
def test_who_shows_no_certificate_or_another_gets_no_answer_and_is_told_why(results, name, why):
    found = results[name]
    told = {each["code"]: each for each in found["findings"]}

    assert found["outcome"] != "passed"
    assert why in told["TLS-REFUSED"]["message"]
    assert {each["status"] for each in found["exchanges"]} == {None}
