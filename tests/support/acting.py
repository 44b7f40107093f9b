"""An integration of each runtime whose one operation does what a test says."""

import sys
from pathlib import Path

MANIFEST = """
id: {id}
title: {{nl: Slecht, en: Bad}}
partner: {{name: Voorbeeld B.V., subscription: "12345"}}
version: "1.0.0"
integration_id: "12345_1"
releases: ["Profit 8"]
runtime: {{{runtime}, memory_mb: 128}}
update_connectors:
  - id: PtProject
    fields: [Ds]
operations:
  - name: act
    title: {{nl: Doen, en: Act}}
    writes: [PtProject]
    example: {{}}
"""

SCENARIO = """
scenario: act.{id}
title: {{nl: Doen, en: Act}}
level: required
proves: [test]
timeout_s: 300
when:
  - operation: act
    timeout_s: {timeout_s}
"""

RUNTIMES = {
    "python": "kind: python",
    "command": "kind: command, command: ['%s', -IS, '{folder}/command.py']",
    "stdio": "kind: stdio, command: ['%s', -IS, '{folder}/stdio.py']",
    "http": "kind: http, command: ['%s', -I, '{folder}/service.py', '{port}'], "
    "url: 'http://127.0.0.1:{port}'",
}

FILES = {
    "koppeling_plugin.py": """
from act import act
from koppeling_harness import OperationResult, hookimpl

@hookimpl
def koppeling_trigger():
    act()
    return OperationResult()
""",
    "command.py": """
import sys
sys.path.insert(0, __file__.rpartition("/")[0])
from act import act
act()
""",
    "stdio.py": """
import json, os, sys
sys.path.insert(0, __file__.rpartition("/")[0])
from act import act

for line in sys.stdin:
    call = json.loads(line)
    if "id" in call:
        if call["method"] == "trigger":
            act()
        result = {"version": 1, "hooks": ["trigger"]} if call["method"] == "initialize" else {}
        print(json.dumps({"jsonrpc": "2.0", "id": call["id"], "result": result}), flush=True)
""",
    "service.py": """
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
sys.path.insert(0, __file__.rpartition("/")[0])
from act import act

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.answer()

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        act()
        self.answer()

    def answer(self):
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_):
        pass

HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
""",
}


def write_acting(project: Path, kind: str, *, name: str, act: str, timeout_s: float = 30) -> Path:
    """Write an integration into `plugins/` of a project; return its folder.

    `act` is the body of a function in Python, which is called in its process.
    """
    folder = project / "plugins" / name
    (folder / "scenarios").mkdir(parents=True)
    started = RUNTIMES[kind].replace("%s", sys.executable)
    files = {
        **FILES,
        "koppeling.yaml": MANIFEST.format(id=name, runtime=started),
        "scenarios/act.scenario.yaml": SCENARIO.format(id=name, timeout_s=timeout_s),
        "act.py": f"import os, time\n\ndef act():\n    {act}\n",
    }
    for file, text in files.items():
        (folder / file).write_text(text, encoding="utf-8")
    return folder
