import asyncio

import pytest

from koppeling_harness.plugin.conformance import check_integration
from koppeling_harness.plugin.discover import discover
from support.integrations import PYTHON, a_context
from support.plugins import MANIFEST, a_plugin

pytestmark = pytest.mark.usefixtures("nothing_left_behind")

STDIO = f"kind: stdio\n  command: [{PYTHON}, '{{folder}}/program.py']"
COMMAND = f"kind: command\n  command: [{PYTHON}, '{{folder}}/program.py', '{{operation}}']"
HTTP = (
    f"kind: http\n  command: [{PYTHON[:-1]}, '{{folder}}/program.py', '{{port}}']\n"
    "  url: 'http://127.0.0.1:{port}'\n  prepare: /prepare\n  finish: /finish"
)

PROGRAM = """
import json, sys, time

def send(**message):
    print(json.dumps({"jsonrpc": "2.0", **message}), flush=True)

def error(call, code):
    send(id=call["id"], error={"code": code, "message": "nee"})

def initialize(call):
    if 1 not in call["params"]["versions"]:
        return error(call, -32000)
    hooks = ["prepare", "trigger", "check_traffic", "finish"]
    send(id=call["id"], result={"version": 1, "hooks": hooks})

def accept(call):
    send(id=call["id"], result=None)

def trigger(call):
    if not isinstance(call["params"]["call"], dict):
        return error(call, -32602)
    send(id=call["id"], result={"ok": False, "error": "onbekend"})

def other(call):
    error(call, -32601)

def end():
    pass

prepare = check_traffic = finish = shutdown = accept
REPLACED

methods = dict(globals())
for line in sys.stdin:
    call = json.loads(line)
    if call["method"] == "cancel":
        continue
    known = call["method"] in {
        "initialize", "prepare", "trigger", "check_traffic", "finish", "shutdown"
    }
    methods[call["method"] if known else "other"](call)
end()
"""


def checks_of(tmp_path, runtime, program):
    """Return what was tried, and of that what did not go as it must: by name what was found."""
    folder = tmp_path / "voorbeeld"
    folder.mkdir()
    (folder / "program.py").write_text(program, encoding="utf-8")
    manifest = MANIFEST.replace("kind: python", runtime)
    found = discover([a_plugin(folder, manifest=manifest)], entry_points=False)
    assert found.set_aside == ()
    context = a_context(tmp_path / "work")
    checks = asyncio.run(
        check_integration(
            found.integrations[0], context, redact=lambda text: text.replace("<token/>", "[token]")
        )
    )
    return [each.what for each in checks], {
        each.what: each.found for each in checks if not each.is_ok
    }


def test_a_child_that_keeps_to_the_protocol_passes_every_check(tmp_path):
    tried, failed = checks_of(tmp_path, STDIO, PROGRAM.replace("REPLACED", ""))

    assert failed == {}
    assert tried == [
        "initialize, offering version 1",
        "prepare",
        "a method that does not exist",
        "trigger, with a call that is no call",
        "trigger, of an operation that does not exist",
        "cancel, of a call under way",
        "check_traffic",
        "finish",
        "shutdown",
        "the end of its stdin",
        "stdout",
        "initialize, offering only version 999",
    ]


def test_hooks_in_python_keep_to_the_protocol(tmp_path):
    tried, failed = checks_of(tmp_path, "kind: python", "")

    assert failed == {}
    assert len(tried) == 11


WRONG = {
    "agrees to anything": (
        "def initialize(call):\n"
        "    version = call['params']['versions'][0]\n"
        "    send(id=call['id'], result={'version': version, 'hooks': ['trigger']})",
        {"initialize, offering only version 999": "'version': 999"},
    ),
    "no hooks": (
        "def initialize(call): send(id=call['id'], result={'version': 1})",
        {"initialize, offering version 1": "{'version': 1}"},
    ),
    "does not prepare": (
        "def prepare(call): error(call, -32000)",
        {"prepare": "'message': 'nee'"},
    ),
    "says its token": (
        "def prepare(call):\n"
        "    told = call['params']['context']['token']\n"
        "    send(id=call['id'], error={'code': 1, 'message': told})",
        {"prepare": "'message': '[token]'"},
    ),
    "another code for a method": (
        "def other(call): error(call, -32000)",
        {"a method that does not exist": "'code': -32000"},
    ),
    "takes any call": (
        "def trigger(call): send(id=call['id'], result={})",
        {"trigger, with a call that is no call": "'result': {}"},
    ),
    "answers a cancelled call twice": (
        "def trigger(call):\n"
        "    if call['params']['call'] == 1: return error(call, -32602)\n"
        "    send(id=call['id'], result={}); send(id=call['id'], result={})",
        {"cancel, of a call under way": "'result': {}"},
    ),
    "ends in an error": (
        "def end(): sys.exit(3)",
        {"the end of its stdin": "it ended with code 3"},
    ),
    "chats": (
        "def finish(call):\n    print('Tot ziens!')\n    accept(call)",
        {"stdout": "Tot ziens!"},
    ),
    "speaks another JSON-RPC": (
        "def finish(call):\n    print('{\"id\": 0}')\n    accept(call)",
        {"stdout": '{"id": 0}'},
    ),
}


@pytest.mark.parametrize(("replaced", "expected"), WRONG.values(), ids=WRONG)
def test_what_a_child_does_wrong_is_a_check_that_fails_with_what_was_found(
    tmp_path, replaced, expected
):
    _, failed = checks_of(tmp_path, STDIO, PROGRAM.replace("REPLACED", replaced))

    assert list(failed) == list(expected)
    for what, found in expected.items():
        assert found in failed[what]


def test_a_child_that_crashes_at_a_method_it_does_not_know_fails_all_that_follows(tmp_path):
    program = PROGRAM.replace("REPLACED", "def other(call): sys.exit(4)")
    tried, failed = checks_of(tmp_path, STDIO, program)

    assert "ended with code 4" in failed["a method that does not exist"]
    assert len(failed) >= 6
    assert len(tried) == 12


def test_a_command_answers_also_for_an_operation_that_it_does_not_have(tmp_path):
    program = 'import sys\nprint(\'{"ok": false, "error": "onbekend"}\')\nsys.exit(1)'
    tried, failed = checks_of(tmp_path, COMMAND, program)

    assert (tried, failed) == (["an operation that does not exist"], {})


def test_a_command_that_crashes_at_an_operation_that_it_does_not_have_is_told(tmp_path):
    _, failed = checks_of(tmp_path, COMMAND, "import sys; sys.exit(255)")

    assert "ended with code 255" in failed["an operation that does not exist"]


SERVICE = """
import os, signal, sys
from http.server import BaseHTTPRequestHandler, HTTPServer

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.answer(200)

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(404 if "koppeling-check" in self.path else 204)

    def answer(self, status):
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass

REPLACED
HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


def test_a_service_that_refuses_what_it_does_not_know_and_ends_when_told_passes(tmp_path):
    tried, failed = checks_of(tmp_path, HTTP, SERVICE.replace("REPLACED", ""))

    assert failed == {}
    assert tried == [
        "GET /health",
        "POST /prepare",
        "an operation that does not exist",
        "POST /finish",
        "it is still there after that",
        "SIGTERM",
    ]


WRONG_SERVICE = {
    "does not start": ("sys.exit(3)", "GET /health", "ended with code 3 during its start"),
    "breaks down": (
        "Handler.do_POST = lambda self: os._exit(5)",
        "an operation that does not exist",
        "ended with code 5",
    ),
    "does not end": (
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)",
        "SIGTERM",
        "it ended by signal 9",
    ),
}


@pytest.mark.parametrize(("replaced", "what", "found"), WRONG_SERVICE.values(), ids=WRONG_SERVICE)
def test_what_a_service_does_wrong_is_a_check_that_fails(
    tmp_path, monkeypatch, replaced, what, found
):
    monkeypatch.setattr("koppeling_harness.plugin.process.GOODBYE_S", 0.2)
    _, failed = checks_of(tmp_path, HTTP, SERVICE.replace("REPLACED", replaced))

    assert found in failed[what]
