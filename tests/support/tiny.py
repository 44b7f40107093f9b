"""A tiny integration and scenarios for it, written where a test wants them."""

import textwrap
from pathlib import Path

MANIFEST = """
id: {id}
title: {{nl: Klein, en: Tiny}}
partner: {{name: Voorbeeld B.V., subscription: "12345"}}
version: "1.0.0"
integration_id: "12345_1"
releases: ["Profit 8"]
runtime: {{kind: python}}
get_connectors:
  - id: Tiny_Projects
    copy_of: Profit_Projects
    fields: [ProjectId, Description]
update_connectors:
  - id: PtProject
    fields: [PrId, Ds]
operations:
  - name: read
    title: {{nl: Lezen, en: Read}}
    reads: [Tiny_Projects]
    idempotent: true
"""

PLUGIN = """
import base64, http.client, json, os, sys, time
from urllib.parse import urlsplit
from koppeling_harness import OperationResult, hookimpl

def call(context, path):
    token = base64.b64encode(context.token.encode()).decode()
    headers = {"Authorization": "AfasToken " + token, "IntegrationId": context.integration_id}
    base = urlsplit(context.base_url)
    connection = http.client.HTTPConnection(base.hostname, base.port, timeout=10)
    connection.request("GET", base.path + path, headers=headers)
    answer = json.load(connection.getresponse())
    connection.close()
    return answer

@hookimpl
def koppeling_trigger(call: object):
    context = call.context
    BODY
"""

READ = """
rows = globals()["call"](context, "/connectors/Tiny_Projects?orderbyfieldids=ProjectId")["rows"]
return OperationResult(ok=True, output={"count": len(rows)})
"""

FAILS_ONCE = """
if not os.path.exists({marker!r}):
    open({marker!r}, "w").close()
    return OperationResult(ok=False, error="not the first time")
return OperationResult()
"""
"""What fails the first time that any scenario triggers it; `marker` is a file."""

SCENARIO = """
scenario: {id}
title: {{nl: Lezen lukt, en: Reading works}}
level: {level}
proves: [test]
when:
  - operation: read
    input: {{scenario: "${{scenario.id}}"}}
    expect: {expect}
"""


def tiny_plugin(folder: Path, *, body: str = READ, name: str = "tiny", manifest: str = "") -> Path:
    """Write a plugin whose one operation does what `body` says; return its folder."""
    folder.mkdir(parents=True)
    (folder / "koppeling.yaml").write_text(MANIFEST.format(id=name) + manifest, encoding="utf-8")
    source = PLUGIN.replace("    BODY\n", textwrap.indent(textwrap.dedent(body).strip(), "    "))
    (folder / "koppeling_plugin.py").write_text(source + "\n", encoding="utf-8")
    return folder


def scenario(
    folder: Path,
    *,
    name: str = "read",
    level: str = "required",
    expect: str = "{ok: true}",
    extra: str = "",
) -> Path:
    """Write a scenario that triggers the operation; return its file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.scenario.yaml"
    text = SCENARIO.format(id=name, level=level, expect=expect) + extra
    path.write_text(text, encoding="utf-8")
    return path


def tiny_project(
    folder: Path,
    *names: str,
    body: str = READ,
    expect: str = "{ok: true}",
    plugin: str = "plugins/tiny",
) -> Path:
    """Write a project: the tiny integration, and required scenarios for it; return its folder.

    Args:
        folder: Where.
        names: Of the scenarios; `read` alone when there are none.
        body: What the operation does.
        expect: What the scenarios expect of it.
        plugin: Where the integration lies in it.
    """
    tiny_plugin(folder / plugin, body=body)
    for name in names or ("read",):
        scenario(folder / "scenarios", name=name, expect=expect)
    return folder
