import asyncio
import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from koppeling_harness.model.operation import OperationResult
from koppeling_harness.plugin.session import Breakdown, BreakdownKind
from support.integrations import a_call, a_context, drive, opened, opening, triggering

pytestmark = pytest.mark.usefixtures("nothing_left_behind")

RUNTIME = (
    f"kind: http\n  command: ['{sys.executable}', -I, '{{folder}}/program.py', '{{port}}']\n"
    "  url: 'http://127.0.0.1:{port}'"
)

PROGRAM = """
import json, os, sys, time
from http.server import BaseHTTPRequestHandler, HTTPServer

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.answer(200)

    def do_POST(self):
        told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.told(told)

    do_PUT = do_POST

    def told(self, told):
        seen = [self.command, self.path, sorted(told)]
        print(*seen, flush=True)
        self.answer(200, {"output": [seen, told["input"]]} if "input" in told else {})

    def answer(self, status, plain=None):
        text = b"" if plain is None else json.dumps(plain).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass

REPLACED
HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


def program(body: str = "", *, told: str = "") -> str:
    if told:
        body = f"def told(self, told):\n    {told}\nHandler.told = told\n{body}"
    return PROGRAM.replace("REPLACED", body)


def test_an_operation_is_posted_with_its_context(tmp_path):
    answer, ended, log = drive(tmp_path, RUNTIME, program(), triggering({"naam": "Zoë"}))

    seen = ["POST", "/operations/push-hours", ["context", "input", "operation"]]
    assert answer == OperationResult(output=[seen, {"naam": "Zoë"}])
    assert ended is None
    assert log == "POST /operations/push-hours ['context', 'input', 'operation']\n"


def test_what_is_no_utf_8_is_told_as_an_escape(tmp_path):
    told = "self.answer(200, {'output': ascii(told['input'])})"
    given = triggering({"naam": "half \ud83d"})
    answer, _, _ = drive(tmp_path, RUNTIME, program(told=told), given)

    assert answer.output == ascii({"naam": "half \ud83d"})


def test_a_packed_answer_is_unpacked(tmp_path):
    told = """import gzip
    text = gzip.compress(b'{"output": "uitgepakt"}')
    self.send_response(200); self.send_header("Content-Encoding", "gzip")
    self.send_header("Content-Length", str(len(text))); self.end_headers()
    self.wfile.write(text)"""
    answer, _, _ = drive(tmp_path, RUNTIME, program(told=told), triggering())

    assert answer == OperationResult(output="uitgepakt")


def test_preparing_and_finishing_and_paths_are_as_the_manifest_says(tmp_path):
    runtime = (
        f"{RUNTIME}\n  prepare: /begin\n  finish: /end\n"
        "  operations: {push-hours: {method: PUT, path: /hours}}"
    )
    _, _, log = drive(tmp_path, runtime, program(), triggering())

    assert log.splitlines() == [
        "POST /begin ['context']",
        "PUT /hours ['context', 'input', 'operation']",
        "POST /end ['context']",
    ]


def test_the_port_is_told_by_the_environment_too(tmp_path):
    body = "assert os.environ['PORT'] == sys.argv[1]"
    answer, _, _ = drive(tmp_path, RUNTIME, program(body), triggering())

    assert isinstance(answer, OperationResult)


def test_webhooks_come_to_the_path_that_the_manifest_says(tmp_path):
    async def play(runner, context):
        session = await opened(runner, context)
        url = session.webhook_url
        await session.finish(timeout_s=5.0)
        return url

    without = drive(tmp_path, RUNTIME, program(), play)
    (tmp_path / "voorbeeld").rename(tmp_path / "eerder")
    url = drive(tmp_path, f"{RUNTIME}\n  webhooks: {{path: /afas}}", program(), play)

    assert without is None
    assert url.startswith("http://127.0.0.1:")
    assert url.endswith("/afas")


BREAKS = {
    "another status": (
        "self.answer(500, {'fout': 'magazijn dicht'})",
        BreakdownKind.RAISED,
        'POST /operations/push-hours answered status 500: `{"fout": "magazijn dicht"}`',
    ),
    "no JSON": (
        "self.send_response(200); self.end_headers(); self.wfile.write(b'<html>')",
        BreakdownKind.NO_ANSWER,
        "answered `<html>`, expected JSON",
    ),
    "nothing": ("self.answer(200)", BreakdownKind.NO_ANSWER, "answered ``, expected JSON"),
    "unknown member": (
        "self.answer(200, {'result': 1})",
        BreakdownKind.NO_ANSWER,
        "unknown key `result`",
    ),
    "ends": ("os._exit(0)", BreakdownKind.NO_ANSWER, "ended with code 0 during POST /operations/"),
    "crashes": ("os._exit(3)", BreakdownKind.CRASHED, "ended with code 3 during POST"),
    "breaks off": (
        "self.connection.close(); self.wfile.close = lambda: None",
        BreakdownKind.NO_ANSWER,
        "got no whole answer",
    ),
    "answers without end": (
        "self.send_response(200); self.end_headers()\n"
        "    while True: self.wfile.write(b'x' * 65536)",
        BreakdownKind.OUTPUT_FLOOD,
        "answered more than 16384 KiB; the process was ended",
    ),
    "answers a little that is much": (
        "import zlib; text = zlib.compress(b'x' * 2**25); self.send_response(200)\n"
        "    self.send_header('Content-Encoding', 'deflate'); self.end_headers()\n"
        "    self.wfile.write(text)",
        BreakdownKind.OUTPUT_FLOOD,
        "answered more than 16384 KiB; the process was ended",
    ),
    "is packed, and is not": (
        "self.send_response(200); self.send_header('Content-Encoding', 'gzip')\n"
        "    self.end_headers(); self.wfile.write(b'{}')",
        BreakdownKind.NO_ANSWER,
        "got no whole answer",
    ),
    "hangs": ("time.sleep(60)", BreakdownKind.HUNG, "no answer within 1 s; the process was ended"),
}


@pytest.mark.parametrize(("told", "kind", "said"), BREAKS.values(), ids=BREAKS)
def test_what_is_no_result_is_a_breakdown_that_says_how(tmp_path, told, kind, said):
    timeout_s = 1.0 if kind is BreakdownKind.HUNG else 10.0
    answer, _, _ = drive(tmp_path, RUNTIME, program(told=told), triggering(timeout_s=timeout_s))

    assert answer.kind is kind
    assert said in answer.message


def test_a_service_that_ends_between_scenarios_is_started_again(tmp_path):
    runtime = f"{RUNTIME}\n  finish: /end"
    told = """self.answer(200, {"output": os.getpid()} if "input" in told else {})
    "input" in told or os._exit(0)"""

    async def play(runner, context):
        pids = []
        for _ in range(2):
            session = await opened(runner, context)
            pids.append((await session.trigger(a_call(context), timeout_s=5.0)).output)
            await session.finish(timeout_s=5.0)
            await asyncio.sleep(0.1)  # until its end was noticed
        return pids

    first, second = drive(tmp_path, runtime, program(told=told), play)

    assert isinstance(first, int)
    assert isinstance(second, int)
    assert first != second


def test_a_service_that_ends_before_it_is_ready_is_not_started(tmp_path):
    body = "print('poort bezet'); sys.exit(4)"
    answer = drive(tmp_path, RUNTIME, program(body), opening())

    assert answer.kind is BreakdownKind.NOT_STARTED
    assert "ended with code 4 during its start" in answer.message
    assert answer.log == "poort bezet\n"


def test_a_service_that_is_never_ready_is_not_started_and_ended(tmp_path):
    runtime = f"{RUNTIME}\n  ready: /ready"
    body = "Handler.do_GET = lambda self: self.answer(503)"
    answer = drive(tmp_path, runtime, program(body), opening(), start_limit_s=0.7)

    assert answer.kind is BreakdownKind.NOT_STARTED
    assert "/ready gave" in answer.message
    assert "expected 2xx within 0.7 s" in answer.message


def test_a_service_that_ignores_the_request_to_end_is_ended(tmp_path, monkeypatch):
    monkeypatch.setattr("koppeling_harness.plugin.process.GOODBYE_S", 0.1)
    body = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)"

    answer, _, _ = drive(tmp_path, RUNTIME, program(body), triggering())

    assert isinstance(answer, OperationResult)


@contextlib.contextmanager
def running(folder: Path, text: str) -> Iterator[int]:
    """Have a service run that the harness did not start; give its port."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    path = folder / "running.py"
    path.write_text(text, encoding="utf-8")
    process = subprocess.Popen([sys.executable, "-I", str(path), str(port)])
    try:
        for _ in range(500):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            time.sleep(0.01)
        yield port
        assert process.poll() is None, "the service was ended"
    finally:
        process.kill()
        process.wait()


def test_a_service_that_runs_already_is_used_one_scenario_at_a_time_and_not_ended(tmp_path):
    told = "time.sleep(0.1); self.answer(200, {'output': os.getpid()})"
    busy = most = 0

    async def play(runner, context):
        async def one(number):
            nonlocal busy, most
            own = a_context(tmp_path / f"w{number}")
            session = await opened(runner, own)
            busy += 1
            most = max(most, busy)
            answer = await session.trigger(a_call(own), timeout_s=10.0)
            busy -= 1
            await session.finish(timeout_s=5.0)
            return answer.output

        return await asyncio.gather(*(one(number) for number in range(3)))

    with running(tmp_path, program(told=told)) as port:
        pids = drive(tmp_path, f"kind: http\n  url: http://127.0.0.1:{port}", "", play)

    assert len(set(pids)) == 1
    assert most == 1


def test_whom_the_url_names_is_told_and_odd_letters_and_a_query_are_sent(tmp_path):
    told = "self.answer(200, {'output': [self.path, self.headers['Authorization']]})"
    with running(tmp_path, program(told=told)) as port:
        runtime = f"kind: http\n  url: 'http://jan:w%40chtwoord@127.0.0.1:{port}/dienst'"
        runtime += "\n  operations: {push-hours: {path: '/uren/é?soort=één'}}"
        answer, _, _ = drive(tmp_path, runtime, "", triggering())

    assert answer.output == [
        "/dienst/uren/%C3%A9?soort=%C3%A9%C3%A9n",
        "Basic amFuOndAY2h0d29vcmQ=",
    ]


def test_a_service_that_runs_already_is_not_ended_when_it_hangs(tmp_path):
    with running(tmp_path, program(told="time.sleep(1); self.answer(200, {})")) as port:
        runtime = f"kind: http\n  url: http://127.0.0.1:{port}"
        answer, _, _ = drive(tmp_path, runtime, "", triggering(timeout_s=0.2))

    assert answer.kind is BreakdownKind.HUNG
    assert "ended" not in answer.message


def test_a_service_that_should_run_and_does_not_is_not_started(tmp_path):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    runtime = f"kind: http\n  url: http://127.0.0.1:{port}"
    answer = drive(tmp_path, runtime, "", opening(), start_limit_s=0.2)

    assert isinstance(answer, Breakdown)
    assert answer.kind is BreakdownKind.NOT_STARTED
    assert "gave no answer, expected 2xx within 0.2 s" in answer.message
