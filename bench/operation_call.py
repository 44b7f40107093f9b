"""What an operation call costs, by way of connecting: `python bench/operation_call.py`.

The integration does nothing, so what is measured is the way to it and back.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path

from koppeling_harness.model.operation import OperationCall, RunContext
from koppeling_harness.model.shape import Release
from koppeling_harness.plugin.discover import discover
from koppeling_harness.plugin.session import IntegrationRunner, Session

CALLS = 500
COMMAND_CALLS = 50

MANIFEST = """
id: niets
title: {{nl: Niets, en: Nothing}}
partner: {{name: Voorbeeld B.V., subscription: "12345"}}
version: "1.0.0"
integration_id: "12345_1"
releases: ["Profit 8"]
runtime: {{{runtime}}}
update_connectors: [{{id: PtProject, fields: [Ds]}}]
operations: [{{name: nothing, title: {{nl: Niets, en: Nothing}}, writes: [PtProject]}}]
"""

HOOKS = """
from koppeling_harness import OperationResult, hookimpl

@hookimpl
def koppeling_trigger():
    return OperationResult()
"""

STDIO = """
import json, sys
for line in sys.stdin:
    call = json.loads(line)
    result = {"version": 1, "hooks": ["trigger"]} if call["method"] == "initialize" else {}
    print(json.dumps({"jsonrpc": "2.0", "id": call["id"], "result": result}), flush=True)
"""

SERVICE = """
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def log_message(self, *_):
        pass

HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""

PYTHON = f"'{sys.executable}', -IS"
WAYS = {
    "in process": ("kind: python", "", CALLS),
    "python": ("kind: python", "", CALLS),
    "stdio": (f"kind: stdio, command: [{PYTHON}, '{{folder}}/program.py']", STDIO, CALLS),
    "http": (
        f"kind: http, command: ['{sys.executable}', -I, '{{folder}}/program.py', '{{port}}'], "
        "url: 'http://127.0.0.1:{port}'",
        SERVICE,
        CALLS,
    ),
    "command": (
        f"kind: command, command: [{PYTHON}, '{{folder}}/program.py']",
        "",
        COMMAND_CALLS,
    ),
}


async def measured(way: str, folder: Path) -> tuple[float, list[float]]:
    runtime, program, calls = WAYS[way]
    (folder / "koppeling.yaml").write_text(MANIFEST.format(runtime=runtime))
    (folder / "koppeling_plugin.py").write_text(HOOKS)
    (folder / "program.py").write_text(program)
    (integration,) = discover([folder], entry_points=False).integrations
    context = RunContext(
        integration="niets",
        scenario="s",
        base_url="http://127.0.0.1:1/T12345AA/ProfitRestServices",
        token="<token/>",
        integration_id="12345_1",
        release=Release(label="Profit 8", version="8.0.12"),
        work_dir=str(folder),
    )
    call = OperationCall(operation="nothing", input={"hours": [1, 2, 3]}, context=context)
    runner = IntegrationRunner(integration, in_process=way == "in process")
    try:
        started_s = time.perf_counter()
        session = await runner.open(context)
        opening_s = time.perf_counter() - started_s
        assert isinstance(session, Session), session
        took = []
        for _ in range(calls):
            started_s = time.perf_counter()
            await session.trigger(call, timeout_s=10.0)
            took.append(time.perf_counter() - started_s)
        await session.finish(timeout_s=5.0)
    finally:
        await runner.close()
    return opening_s, took


def main() -> None:
    print("way          first session    call: median       p95")
    for way in WAYS:
        with tempfile.TemporaryDirectory() as folder:
            opening_s, took = asyncio.run(measured(way, Path(folder)))
        p95_s = statistics.quantiles(took, n=20)[-1]
        print(
            f"{way:12} {opening_s * 1e3:10.1f} ms {statistics.median(took) * 1e3:13.2f} ms "
            f"{p95_s * 1e3:8.2f} ms"
        )


if __name__ == "__main__":
    main()
