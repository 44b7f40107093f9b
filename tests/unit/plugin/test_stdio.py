import asyncio

import pytest

from koppeling_harness.aside import end_processes
from koppeling_harness.model.operation import OperationResult
from koppeling_harness.plugin.session import BreakdownKind
from support.integrations import PYTHON, a_call, drive, opened, opening, triggering

pytestmark = pytest.mark.usefixtures("nothing_left_behind")

RUNTIME = f"kind: stdio\n  command: [{PYTHON}, '{{folder}}/program.py']"

PROGRAM = """
import json, sys, time

def send(**message):
    print(json.dumps({"jsonrpc": "2.0", **message}), flush=True)

def result(call, value):
    send(id=call["id"], result=value)

def trigger(call):
    result(call, {"output": call["params"]["call"]["input"]})

hello = {"version": 1, "hooks": ["trigger"]}
others = {}
REPLACED

for line in sys.stdin:
    call = json.loads(line)
    if call["method"] == "initialize":
        result(call, hello)
    elif call["method"] == "trigger":
        trigger(call)
    elif call["method"] in others:
        others[call["method"]](call)
    elif "id" in call:
        result(call, {})
"""


def program(replaced: str = "") -> str:
    return PROGRAM.replace("REPLACED", replaced)


def with_help(play):
    """Return a play after which no process is left that read what is long."""

    async def whole(runner, context):
        try:
            return await play(runner, context)
        finally:
            await end_processes()

    return whole


def test_an_operation_answers_what_the_child_says(tmp_path):
    given = {"omschrijving": "Één dag à 7,5 uur", "regels": [1, 2.5, None, True]}

    answer, ended, log = drive(tmp_path, RUNTIME, program(), triggering(given))

    assert (answer, ended, log) == (OperationResult(ok=True, output=given), None, "")


FLOODS = {
    "notifications": """b'{"jsonrpc":"2.0","method":"x"}\\n' * 2000""",
    "long ones": """b'{"jsonrpc":"2.0","method":"x","params":"' + b'y' * 100_000 + b'"}\\n'""",
    "empty logs": """b'{"jsonrpc":"2.0","method":"log","x":"' + b'y' * 9000 + b'"}\\n'""",
}


@pytest.mark.parametrize("said", FLOODS.values(), ids=FLOODS)
def test_what_is_not_listened_to_counts_as_output_too(tmp_path, said):
    replaced = f"""
def trigger(call):
    said = {said}
    while True:
        sys.stdout.buffer.write(said)
"""

    answer, _, _ = drive(tmp_path, RUNTIME, program(replaced), with_help(triggering()))

    assert answer.kind is BreakdownKind.OUTPUT_FLOOD
    assert "printed more than 8192 KiB" in answer.message


def test_a_long_line_before_an_answer_is_read_before_it(tmp_path):
    replaced = """
def trigger(call):
    for text in ("a" * 200_000, "b"):
        send(method="log", params={"level": "info", "message": text})
    result(call, {"output": 1})
"""

    answer, _, log = drive(tmp_path, RUNTIME, program(replaced), with_help(triggering()))

    assert answer == OperationResult(output=1)
    assert log.endswith("aaa\ninfo: b\n")


def test_a_child_is_asked_what_it_knows_and_told_which_versions_there_are(tmp_path):
    replaced = """
hello["hooks"] += ["prepare", "check_traffic", "finish"]
seen = []
def note(call):
    seen.append([call["method"], sorted(call["params"])])
    print(*seen[-1], file=sys.stderr, flush=True)
    result(call, [] if call["method"] == "check_traffic" else {})
def trigger(call):
    note(call)
others = {name: note for name in hello["hooks"] + ["shutdown"]}
"""

    async def play(runner, context):
        session = await opened(runner, context)
        await session.trigger(a_call(context), timeout_s=5.0)
        found = await session.check_traffic([])
        await session.finish(timeout_s=5.0)
        return found, session.log.splitlines()

    found, log = drive(tmp_path, RUNTIME, program(replaced), play)

    assert found == ()
    assert log == [
        "prepare ['context', 'timeout_s']",
        "trigger ['call', 'timeout_s']",
        "check_traffic ['exchanges', 'timeout_s']",
        "finish ['context', 'timeout_s']",
    ]


def test_log_messages_and_stderr_are_the_log(tmp_path):
    replaced = """
def trigger(call):
    send(method="log", params={"level": "warning", "message": "bijna vol"})
    print("uit stderr", file=sys.stderr, flush=True)
    send(method="unheard-of", params={})
    result(call, {"ok": False, "error": "vol"})
"""
    answer, _, log = drive(tmp_path, RUNTIME, program(replaced), triggering())

    assert answer == OperationResult(ok=False, error="vol")
    assert sorted(log.splitlines()) == ["uit stderr", "warning: bijna vol"]


def test_an_error_is_a_breakdown_in_the_child_s_own_words(tmp_path):
    replaced = """
def trigger(call):
    data = {"kind": "raised", "hint": "Vul de magazijncode in."}
    send(id=call["id"], error={"code": -32000, "message": "geen magazijn", "data": data})
"""
    answer, _, _ = drive(tmp_path, RUNTIME, program(replaced), triggering())

    assert answer.kind is BreakdownKind.RAISED
    assert (answer.message, answer.hint) == ("geen magazijn", "Vul de magazijncode in.")


def test_a_child_cannot_say_that_the_configuration_is_to_blame(tmp_path):
    replaced = """
def trigger(call):
    error = {"code": 1, "message": "ik was het niet", "data": {"kind": "not_started"}}
    send(id=call["id"], error=error)
"""
    answer, _, _ = drive(tmp_path, RUNTIME, program(replaced), triggering())

    assert answer.kind is BreakdownKind.RAISED


CANCEL = """
import select
hello["hooks"].append("finish")

def trigger(call):
    if call["params"]["call"]["input"] != "wait":
        return result(call, {"output": "again"})
    cancelled = json.loads(sys.stdin.readline())
    print("cancelled", cancelled["params"]["id"] == call["id"], file=sys.stderr, flush=True)
    send(id=call["id"], error={"code": -32800, "message": "cancelled"})

def finish(call):
    print("finished", file=sys.stderr, flush=True)
    result(call, {})
others["finish"] = finish
"""


def test_a_call_that_takes_too_long_is_cancelled_and_the_child_may_finish(tmp_path):
    answer, ended, log = drive(
        tmp_path, RUNTIME, program(CANCEL), triggering("wait", timeout_s=0.3)
    )

    assert answer.kind is BreakdownKind.HUNG
    assert "gave no answer within 0.3 s" in answer.message
    assert "ended" not in answer.message
    assert ended is None
    assert log == "cancelled True\nfinished\n"


def test_a_child_that_does_not_leave_off_is_ended(tmp_path):
    replaced = "def trigger(call):\n    time.sleep(60)"
    answer, _, _ = drive(tmp_path, RUNTIME, program(replaced), triggering(timeout_s=0.3))

    assert answer.kind is BreakdownKind.HUNG
    assert answer.message.endswith("; the process was ended")


RUBBISH = {
    "text": "print('Welkom!', flush=True)",
    "JSON that is no message": "print('[1, 2]', flush=True)",
    "an answer to nothing": "send(id=77, result=1)",
    "an answer that is two": "result(call, {}); result(call, {})",
    "an empty line": "print(flush=True)",
    "neither result nor error": "send(id=call['id'])",
}


@pytest.mark.parametrize("body", RUBBISH.values(), ids=RUBBISH)
def test_rubbish_on_stdout_is_no_answer_and_shows_what_it_was(tmp_path, body):
    async def play(runner, context):
        session = await opened(runner, context)
        answers = [await session.trigger(a_call(context), timeout_s=5.0) for _ in range(2)]
        await session.finish(timeout_s=5.0)
        return answers[-1]

    answer = drive(tmp_path, RUNTIME, program(f"def trigger(call):\n    {body}"), play)

    assert answer.kind is BreakdownKind.NO_ANSWER
    assert "wrote something other than an answer into the channel" in answer.message
    assert "the process was ended" in answer.message


NOT_AGREED = {
    "another version": ("hello['version'] = 2", "chose version 2 of koppeling/stdio, expected"),
    "no version": ("del hello['version']", "chose version None"),
    "no mapping": ("hello = 'hallo'", "chose version 'hallo'"),
    "no trigger": ("hello['hooks'] = ['finish']", "named the hooks ['finish'], expected a list"),
    "unknown hook": ("hello['hooks'].append('trafic')", "'trafic'], expected a list with"),
    "no hooks": ("del hello['hooks']", "named the hooks None"),
    "ends": ("sys.exit(0)", "ended with code 0 during initialize"),
    "crashes": ("1 / 0", "ended with code 1 during initialize"),
}


@pytest.mark.parametrize(("replaced", "said"), NOT_AGREED.values(), ids=NOT_AGREED)
def test_without_agreement_on_the_protocol_it_is_not_started(tmp_path, replaced, said):
    answer = drive(tmp_path, RUNTIME, program(replaced), opening())

    assert answer.kind is BreakdownKind.NOT_STARTED
    assert said in answer.message


def test_why_it_was_not_started_has_the_log_with_it(tmp_path):
    answer = drive(tmp_path, RUNTIME, program("1 / 0"), opening())

    assert "ZeroDivisionError" in answer.log


def test_an_answer_that_was_not_flushed_is_not_started_with_what_to_do(tmp_path):
    body = "import builtins\nprint = lambda *_, **__: builtins.print(*_)"
    answer = drive(tmp_path, RUNTIME, program(body), opening(), start_limit_s=0.4)

    assert answer.kind is BreakdownKind.NOT_STARTED
    assert answer.hint == "Answer `initialize` with one line on stdout; flush it."


def test_a_program_that_is_not_there_is_not_started(tmp_path):
    answer = drive(tmp_path, "kind: stdio\n  command: [no-such-program]", "", opening())

    assert answer.kind is BreakdownKind.NOT_STARTED
    assert "No such file or directory: 'no-such-program'" in answer.message


ANSWERS = {
    "result": ("trigger", "{'ok': 'ja'}", 'expected true or false, found "ja"'),
    "unknown member": ("trigger", "{'done': True}", "unknown key `done`"),
    "findings": ("check_traffic", "'geen'", "returned str, expected a list of findings"),
    "finding": ("check_traffic", "[{'code': 'X'}]", "lacks `message`"),
}


@pytest.mark.parametrize(("method", "value", "said"), ANSWERS.values(), ids=ANSWERS)
def test_an_answer_of_another_form_is_no_answer(tmp_path, method, value, said):
    replaced = f"""
hello["hooks"].append("check_traffic")
others["check_traffic"] = lambda call: result(call, {value})
if "{method}" == "trigger":
    trigger = lambda call: result(call, {value})
"""

    async def play(runner, context):
        session = await opened(runner, context)
        answer = await session.trigger(a_call(context), timeout_s=5.0)
        if method == "check_traffic":
            answer = await session.check_traffic([])
        await session.finish(timeout_s=5.0)
        return answer

    answer = drive(tmp_path, RUNTIME, program(replaced), play)

    assert answer.kind is BreakdownKind.NO_ANSWER
    assert said in answer.message


def test_closed_at_once_a_child_gets_no_moment_to_end_by_itself(tmp_path, monkeypatch):
    monkeypatch.setattr("koppeling_harness.plugin.process.GOODBYE_S", 300)
    stays = "import atexit; atexit.register(time.sleep, 600)"

    async def play(runner, context):
        session = await opened(runner, context)
        await session.finish(timeout_s=5.0)
        async with asyncio.timeout(60):
            await runner.close(at_once=True)
        return "closed"

    assert drive(tmp_path, RUNTIME, program(stays), play) == "closed"
