"""The stdio protocol: its page, its JSON Schema and what really goes over the line agree."""

import json
import re
import sys
from pathlib import Path

import jsonschema
import pytest

from koppeling_harness.model.exchange import Exchange, Sender
from koppeling_harness.workflow.authoring.schemas import schema
from support.integrations import a_call, drive, opened

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "stdio-protocol.md"
METHODS = ["initialize", "prepare", "trigger", "check_traffic", "finish", "cancel", "shutdown"]

PROGRAM = """
import json, sys

kept = open(sys.argv[1], "a")

def say(message):
    line = json.dumps({"jsonrpc": "2.0", **message})
    print(line, file=kept, flush=True)
    print(line, flush=True)

RESULTS = {
    "initialize": {"version": 1, "hooks": ["prepare", "trigger", "check_traffic", "finish"]},
    "check_traffic": [{"code": "EIGEN-1", "level": "warning", "message": "m", "where": "w"}],
    "trigger": {"ok": False, "output": {"a": 1}, "error": "vol"},
}
for line in sys.stdin:
    kept.write(line)
    call = json.loads(line)
    if call["method"] == "trigger" and call["params"]["call"]["input"] == "hang":
        continue
    if call["method"] == "cancel":
        error = {"code": -32800, "message": "left off", "data": {"kind": "raised", "hint": "h"}}
        say({"id": call["params"]["id"], "error": error})
    else:
        say({"method": "log", "params": {"level": "info", "message": call["method"]}})
        say({"id": call["id"], "result": RESULTS.get(call["method"])})
"""


@pytest.fixture(scope="module")
def valid() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(schema("stdio-protocol"))


def an_exchange() -> Exchange:
    return Exchange(
        number=1,
        sender=Sender.INTEGRATION,
        started_s=0.0,
        duration_s=0.01,
        method="GET",
        path="/connectors/X",
        query="",
        request_headers=(("IntegrationId", "12345_678901"),),
        request_body=None,
        request_size=0,
        status=200,
    )


def test_every_line_in_both_directions_fits_the_published_schema(tmp_path, valid):
    kept = tmp_path / "kept.jsonl"
    runtime = (
        f"kind: stdio\n  command: ['{sys.executable}', -IS, '{{folder}}/program.py', '{kept}']"
    )

    async def play(runner, context):
        session = await opened(runner, context)
        await session.trigger(a_call(context, {"a": [1]}), timeout_s=5.0)
        await session.check_traffic([an_exchange()])
        await session.trigger(a_call(context, "hang"), timeout_s=0.2)
        await session.finish(timeout_s=5.0)

    drive(tmp_path, runtime, PROGRAM, play)

    lines = [json.loads(line) for line in kept.read_text(encoding="utf-8").splitlines()]
    assert {each["method"] for each in lines if "method" in each} == {*METHODS, "log"}
    for each in lines:
        valid.validate(each)


@pytest.mark.parametrize(
    "line",
    [
        {"jsonrpc": "2.0", "id": 1},
        {"jsonrpc": "1.0", "id": 1, "result": None},
        {"jsonrpc": "2.0", "id": 1, "result": {"version": 2, "hooks": ["trigger"]}},
        {"jsonrpc": "2.0", "id": 1, "result": "ok"},
        {"jsonrpc": "2.0", "method": "log", "params": {"level": "loud", "message": ""}},
        "Welkom!",
    ],
)
def test_what_is_no_message_does_not_fit_the_schema(valid, line):
    assert not valid.is_valid(line)


@pytest.mark.skipif(not PAGE.is_file(), reason="docs/ is not here")
def test_every_line_of_the_page_fits_the_schema_and_every_method_is_on_it(valid):
    text = PAGE.read_text(encoding="utf-8")
    lines = re.findall(r"^(?:[→←] )?(\{.*\})$", text, re.MULTILINE)

    for line in lines:
        valid.validate(json.loads(line))
    assert len(lines) >= 12
    assert [name for name in METHODS if f"| `{name}` |" not in text] == []
