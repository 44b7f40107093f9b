import asyncio
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from koppeling_harness.model.exchange import Exchange, Refused, RefusedFor, Sender
from koppeling_harness.model.finding import Finding
from koppeling_harness.model.operation import OperationCall, OperationResult, RunContext
from koppeling_harness.model.shape import Release, Text
from koppeling_harness.plugin.discover import discover
from koppeling_harness.plugin.session import (
    Breakdown,
    BreakdownKind,
    IntegrationRunner,
    Session,
)
from support.plugins import MANIFEST, a_plugin, is_running, nothing_left

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="looks into /proc to prove that no process is left"
)


@pytest.fixture(autouse=True)
def _nothing_left_behind() -> Iterator[None]:
    with nothing_left():
        yield


def a_context(work_dir: Path, scenario: str = "s1") -> RunContext:
    work_dir.mkdir(exist_ok=True)
    return RunContext(
        integration="voorbeeld",
        scenario=scenario,
        base_url="http://127.0.0.1:1/ProfitRestServices",
        token="<token/>",
        integration_id="12345_678901",
        release=Release(label="Profit 8", version="8.0.1"),
        work_dir=str(work_dir),
    )


def an_exchange() -> Exchange:
    return Exchange(
        number=1,
        sender=Sender.INTEGRATION,
        started_s=0.0,
        duration_s=0.01,
        method="GET",
        path="/connectors/Voorbeeld_Medewerkers",
        query="take=10",
        request_headers=(("IntegrationId", "12345_678901"),),
        request_body=None,
        request_size=0,
        status=200,
    )


def drive(
    tmp_path: Path,
    play: Callable[[IntegrationRunner, RunContext], Awaitable[object]],
    *,
    hooks: str = "",
    trigger: str = "return OperationResult(output=call.input)",
    interpreter: Path | None = None,
    **options: object,
) -> object:
    """Run a play on a runner of a plugin with these hooks, and close the runner."""
    found = discover([a_plugin(tmp_path / "voorbeeld", hooks, trigger=trigger)], entry_points=False)
    assert found.set_aside == ()

    async def whole() -> object:
        integration = replace(found.integrations[0], python=interpreter)
        runner = IntegrationRunner(integration, **options)
        try:
            return await play(runner, a_context(tmp_path / "work"))
        finally:
            await runner.close()

    return asyncio.run(whole())


async def gone(pid: int) -> bool:
    """Return whether a process ends within some seconds."""
    for _ in range(300):
        if not is_running(pid):
            return True
        await asyncio.sleep(0.01)
    return False


async def opened(runner: IntegrationRunner, context: RunContext) -> Session:
    session = await runner.open(context)
    assert isinstance(session, Session), session
    return session


def triggering(
    given: object = None, *, timeout_s: float = 10.0
) -> Callable[[IntegrationRunner, RunContext], Awaitable[object]]:
    """Return a play of one operation; it gives the answer, how it finished, and the log."""

    async def play(runner: IntegrationRunner, context: RunContext) -> object:
        session = await opened(runner, context)
        call = OperationCall(operation="push-hours", input=given, context=context)
        answer = await session.trigger(call, timeout_s=timeout_s)
        ended = await session.finish(timeout_s=5.0)
        return answer, ended, session.log

    return play


def test_an_operation_answers_what_the_hook_returns(tmp_path):
    given = {"omschrijving": "Één dag à 7,5 uur", "regels": [1, 2.5, None, True]}

    answer, ended, _ = drive(tmp_path, triggering(given))

    assert answer == OperationResult(ok=True, output=given)
    assert ended is None


def test_the_hooks_of_a_scenario_are_called_in_order_in_its_work_folder(tmp_path):
    hooks = """
seen = []

@hookimpl
def koppeling_prepare(context):
    seen.append(("prepare", context.scenario, os.getcwd() == context.work_dir))

@hookimpl
def koppeling_check_traffic(exchanges):
    seen.append(("check", exchanges[0].label(), exchanges[0].header("integrationid")))
    return [Finding(code="EIGEN-1", level=Severity.WARNING, message=repr(seen), where="here")]

@hookimpl
def koppeling_finish(context):
    print("finished", context.scenario)
"""

    async def play(runner: IntegrationRunner, context: RunContext) -> object:
        session = await opened(runner, context)
        call = OperationCall(operation="push-hours", input=None, context=context)
        await session.trigger(call, timeout_s=5.0)
        findings = await session.check_traffic([an_exchange()])
        await session.finish(timeout_s=5.0)
        return findings, session.log

    findings, log = drive(
        tmp_path, play, hooks=hooks, trigger="seen.append(call.operation)\nreturn OperationResult()"
    )

    assert findings == (
        Finding(
            code="EIGEN-1",
            level="warning",
            message="[('prepare', 's1', True), 'push-hours', ('check', "
            "'exchange 1: GET /connectors/Voorbeeld_Medewerkers -> 200', '12345_678901')]",
            where="here",
        ),
    )
    assert log == "finished s1\n"


def test_a_process_serves_one_scenario_after_the_other_each_with_its_own_log(tmp_path):
    async def play(runner: IntegrationRunner, context: RunContext) -> object:
        seen = []
        for name in ("first", "second"):
            session = await opened(runner, a_context(tmp_path / name, name))
            call = OperationCall(operation="push-hours", input=name, context=context)
            answer = await session.trigger(call, timeout_s=5.0)
            await session.finish(timeout_s=5.0)
            seen.append((answer.output, session.log))
        return seen

    trigger = "print(call.input)\nreturn OperationResult(output=[os.getpid(), os.getcwd()])"
    first, second = drive(tmp_path, play, trigger=trigger)

    assert first[0][0] == second[0][0]
    assert (first[0][1], second[0][1]) == (str(tmp_path / "first"), str(tmp_path / "second"))
    assert (first[1], second[1]) == ("first\n", "second\n")


def test_scenarios_at_the_same_time_have_processes_of_their_own(tmp_path):
    async def play(runner: IntegrationRunner, context: RunContext) -> object:
        async def one(number: int) -> int:
            own = a_context(tmp_path / f"w{number}")
            session = await opened(runner, own)
            call = OperationCall(operation="push-hours", input=number, context=own)
            answer = await session.trigger(call, timeout_s=10.0)
            await session.finish(timeout_s=5.0)
            return answer.output

        return await asyncio.gather(*(one(number) for number in range(3)))

    trigger = "time.sleep(0.2)\nreturn OperationResult(output=os.getpid())"
    pids = drive(tmp_path, play, trigger=trigger, max_processes=2)

    assert len(set(pids)) == 2


def test_in_the_harness_itself_all_hooks_run_in_one_thread_also_what_runs_at_once(tmp_path):
    """A database that one hook opens may be used by that thread only."""

    async def play(runner: IntegrationRunner, context: RunContext) -> object:
        session = await opened(runner, context)
        beside = await runner.open_beside(session, context)
        call = OperationCall(operation="push-hours", input=None, context=context)
        answers = await asyncio.gather(
            *(each.trigger(call, timeout_s=5.0) for each in (session, beside, session))
        )
        await session.finish(timeout_s=5.0)
        return {each.output for each in answers}

    trigger = (
        "time.sleep(0.05)\nimport threading\nreturn OperationResult(output=threading.get_ident())"
    )
    assert len(drive(tmp_path, play, trigger=trigger, in_process=True)) == 1


def test_a_run_beside_another_has_a_process_of_its_own_whatever_room_there_is(tmp_path):
    async def play(runner: IntegrationRunner, context: RunContext) -> object:
        session = await opened(runner, context)
        beside = await runner.open_beside(session, context)
        call = OperationCall(operation="push-hours", input=None, context=context)
        answers = await asyncio.gather(
            *(each.trigger(call, timeout_s=5.0) for each in (session, beside))
        )
        await beside.finish(timeout_s=5.0)
        await session.finish(timeout_s=5.0)
        again = await opened(runner, context)
        await again.finish(timeout_s=5.0)
        return {each.output for each in answers}

    trigger = "time.sleep(0.2)\nreturn OperationResult(output=os.getpid())"
    assert len(drive(tmp_path, play, trigger=trigger, max_processes=1)) == 2


def test_a_process_without_work_goes_after_a_while(tmp_path):
    async def play(runner: IntegrationRunner, context: RunContext) -> object:
        session = await opened(runner, context)
        call = OperationCall(operation="push-hours", input=None, context=context)
        answer = await session.trigger(call, timeout_s=5.0)
        await session.finish(timeout_s=5.0)
        went = await gone(answer.output)
        again = await opened(runner, context)
        await again.finish(timeout_s=5.0)
        return went

    trigger = "return OperationResult(output=os.getpid())"
    assert drive(tmp_path, play, trigger=trigger, idle_limit_s=0.1)


def test_only_the_needed_environment_reaches_the_integration(tmp_path, monkeypatch):
    monkeypatch.setenv("CI_DEPLOY_KEY", "very-secret")
    monkeypatch.setenv("AFAS_TOKEN", "very-secret")

    answer, _, _ = drive(
        tmp_path, triggering(), trigger="return OperationResult(output=dict(os.environ))"
    )

    assert "PATH" in answer.output
    assert "very-secret" not in answer.output.values()


BREAKS = {
    "raises": ("raise ValueError('kapot')", BreakdownKind.RAISED, "ValueError: kapot at koppeling"),
    "hangs": ("time.sleep(60)", BreakdownKind.HUNG, "no answer within 0.5 s"),
    "hangs in a loop": ("while True: pass", BreakdownKind.HUNG, "no answer within 0.5 s"),
    "exits with 3": ("os._exit(3)", BreakdownKind.CRASHED, "ended with code 3 during"),
    "exits with 0": ("os._exit(0)", BreakdownKind.NO_ANSWER, "ended with code 0 during"),
    "leaves Python": ("sys.exit(4)", BreakdownKind.CRASHED, "ended with code 4"),
    "kills itself": ("os.kill(os.getpid(), 9)", BreakdownKind.CRASHED, "ended by SIGKILL"),
    "segfaults": ("import ctypes; ctypes.string_at(0)", BreakdownKind.CRASHED, "by SIGSEGV"),
    "returns a dict": ("return {'ok': True}", BreakdownKind.NO_ANSWER, "returned dict, expected"),
    "returns nothing": ("return None", BreakdownKind.NO_ANSWER, "no result for operation"),
    "wrong member": (
        "return OperationResult(ok='ja')",
        BreakdownKind.NO_ANSWER,
        'expected true or false, found "ja"',
    ),
    "not JSON": (
        "return OperationResult(output={1, 2})",
        BreakdownKind.NO_ANSWER,
        "type set is not JSON",
    ),
    "not a number": (
        "return OperationResult(output=float('nan'))",
        BreakdownKind.NO_ANSWER,
        "not JSON",
    ),
    "prints without end": (
        "while True: print('x' * 1000)",
        BreakdownKind.OUTPUT_FLOOD,
        "printed more than",
    ),
    "answers without end": (
        "return OperationResult(output='x' * 20_000_000)",
        BreakdownKind.OUTPUT_FLOOD,
        "answered more than",
    ),
    "writes into the channel": (
        "for fd in range(3, 9):\n    try: os.write(fd, b'rubbish\\n')\n    except OSError: pass",
        BreakdownKind.NO_ANSWER,
        "something other than an answer",
    ),
}


def test_an_answer_that_came_while_the_harness_was_busy_came_in_time(tmp_path):
    async def play(runner: IntegrationRunner, context: RunContext) -> object:
        session = await opened(runner, context)
        asyncio.get_running_loop().call_later(0.05, time.sleep, 1.0)
        call = OperationCall(operation="push-hours", input=1, context=context)
        answer = await session.trigger(call, timeout_s=0.6)
        await session.finish(timeout_s=5.0)
        return answer

    slow = "time.sleep(0.2)\nreturn OperationResult(output=call.input)"

    assert drive(tmp_path, play, trigger=slow) == OperationResult(output=1)


@pytest.mark.parametrize(("trigger", "kind", "said"), BREAKS.values(), ids=BREAKS)
def test_an_operation_that_breaks_down_is_a_value_that_says_how(tmp_path, trigger, kind, said):
    slow = kind is BreakdownKind.HUNG
    answer, _, _ = drive(tmp_path, triggering(timeout_s=0.5 if slow else 20.0), trigger=trigger)

    assert isinstance(answer, Breakdown)
    assert answer.kind is kind
    assert said in answer.message


def test_a_breakdown_leaves_the_next_scenario_alone(tmp_path):
    async def play(runner: IntegrationRunner, context: RunContext) -> object:
        answers = []
        for given in ("die", "live"):
            session = await opened(runner, context)
            call = OperationCall(operation="push-hours", input=given, context=context)
            answers.append(await session.trigger(call, timeout_s=10.0))
            await session.finish(timeout_s=5.0)
        return answers

    trigger = "if call.input == 'die': os._exit(9)\nreturn OperationResult(output=call.input)"
    died, lived = drive(tmp_path, play, trigger=trigger, max_processes=1)

    assert died.kind is BreakdownKind.CRASHED
    assert lived == OperationResult(output="live")


def test_a_plugin_imports_what_lies_beside_it(tmp_path):
    a_plugin(tmp_path / "voorbeeld")
    (tmp_path / "voorbeeld" / "eigen.py").write_text("naam = 'van ons'\n")

    answer, _, _ = drive(
        tmp_path,
        triggering(),
        hooks="import eigen",
        trigger="return OperationResult(output=eigen.naam)",
    )

    assert answer == OperationResult(output="van ons")


def test_a_process_in_which_something_was_raised_serves_no_other_scenario(tmp_path):
    async def play(runner: IntegrationRunner, context: RunContext) -> object:
        pids = []
        for given in ("raise", "go on"):
            session = await opened(runner, context)
            call = OperationCall(operation="push-hours", input="pid", context=context)
            pids.append((await session.trigger(call, timeout_s=10.0)).output)
            again = OperationCall(operation="push-hours", input=given, context=context)
            await session.trigger(again, timeout_s=10.0)
            await session.finish(timeout_s=5.0)
        return pids

    trigger = (
        "if call.input == 'raise': raise ValueError\nreturn OperationResult(output=os.getpid())"
    )
    first, second = drive(tmp_path, play, trigger=trigger)

    assert first != second


def test_rubbish_on_stdout_is_log_and_not_an_answer(tmp_path):
    trigger = """
print('{"jsonrpc": "2.0", "id": 2, "result": null}')
os.write(1, b"\\xff\\xfe raw\\n")
subprocess.run([sys.executable, "-c", "print('from a grandchild')"], check=True)
return OperationResult(output=sys.stdin.read())
"""
    answer, ended, log = drive(tmp_path, triggering(), trigger=trigger)

    assert answer == OperationResult(output="")
    assert ended is None
    assert '"jsonrpc"' in log
    assert "raw" in log
    assert "from a grandchild" in log


def test_the_log_of_a_hook_that_hangs_shows_where_it_was(tmp_path):
    _, _, log = drive(tmp_path, triggering(timeout_s=1.0), trigger="print('begin')\ntime.sleep(60)")

    assert log.startswith("begin\n")
    assert "koppeling_plugin.py" in log


def test_the_log_keeps_its_end_when_there_is_much_of_it(tmp_path):
    trigger = "for number in range(10_000): print(number)\nreturn OperationResult()"
    _, _, log = drive(tmp_path, triggering(), trigger=trigger, log_limit_bytes=1000)

    assert log.startswith("[... earlier output left out ...]")
    assert log.endswith("9999\n")
    assert len(log) < 1100


GRANDCHILD = """
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
Path(call.context.work_dir, "pid").write_text(str(child.pid))
"""


@pytest.mark.parametrize(
    "ending",
    ["return OperationResult()", "raise ValueError", "time.sleep(60)", "os._exit(1)"],
)
def test_what_an_integration_started_ends_with_it(tmp_path, ending):
    slow = "sleep" in ending
    drive(tmp_path, triggering(timeout_s=0.5 if slow else 20.0), trigger=GRANDCHILD + ending)

    pid = int((tmp_path / "work" / "pid").read_text())
    deadline_s = time.monotonic() + 5
    while is_running(pid) and time.monotonic() < deadline_s:
        time.sleep(0.01)
    assert not is_running(pid)


def test_cancelling_ends_the_process_and_makes_room_for_another(tmp_path):
    async def play(runner: IntegrationRunner, context: RunContext) -> object:
        session = await opened(runner, context)
        hanging = OperationCall(operation="push-hours", input=60, context=context)
        task = asyncio.create_task(session.trigger(hanging, timeout_s=100.0))
        while not (tmp_path / "work" / "begun").exists():
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await gone(int((tmp_path / "work" / "begun").read_text()))
        await session.finish(timeout_s=5.0)
        again = await opened(runner, context)
        call = OperationCall(operation="push-hours", input=0, context=context)
        answer = await again.trigger(call, timeout_s=5.0)
        await again.finish(timeout_s=5.0)
        return answer

    trigger = (
        "Path('pid').write_text(str(os.getpid()))\n"
        "os.rename('pid', 'begun')\n"
        "time.sleep(call.input)\n"
        "return OperationResult(output='ok')"
    )
    answer = drive(tmp_path, play, trigger=trigger, max_processes=1)

    assert answer == OperationResult(output="ok")


NOTES_ITS_START = """
with open(Path(__file__).with_name("starts.txt"), "a") as starts:
    print(os.getpid(), file=starts)
"""


def starts_of(tmp_path: Path) -> list[int]:
    text = (tmp_path / "voorbeeld" / "starts.txt").read_text()
    return [int(line) for line in text.split()]


def test_the_first_session_gets_the_process_that_was_begun_for_it(tmp_path):
    async def play(runner: IntegrationRunner, context: RunContext) -> object:
        await runner.begin()
        first = await opened(runner, context)
        after_first = starts_of(tmp_path)
        await opened(runner, a_context(tmp_path / "other"))
        await first.finish(timeout_s=5.0)
        return after_first

    after_first = drive(tmp_path, play, hooks=NOTES_ITS_START)
    assert len(after_first) == 1
    assert len(starts_of(tmp_path)) == 2


def test_a_process_that_was_begun_and_never_needed_is_ended(tmp_path):
    async def play(runner: IntegrationRunner, context: RunContext) -> None:
        await runner.begin()

    drive(tmp_path, play)


def test_what_is_wrong_with_a_process_that_was_begun_is_told_to_the_first_session(tmp_path):
    async def play(runner: IntegrationRunner, context: RunContext) -> object:
        await runner.begin()
        return await runner.open(context)

    answer = drive(tmp_path, play, hooks="1 / 0")
    assert answer.kind is BreakdownKind.NOT_STARTED
    assert "ZeroDivisionError" in answer.message


def test_closing_the_runner_ends_sessions_that_were_never_finished(tmp_path):
    async def play(runner: IntegrationRunner, context: RunContext) -> None:
        await opened(runner, context)

    drive(tmp_path, play)


def test_a_hook_that_hangs_ends_when_the_harness_is_gone(tmp_path):
    plugin = a_plugin(
        tmp_path / "voorbeeld",
        trigger="Path('pid').write_text(str(os.getpid()))\n"
        "os.rename('pid', 'begun')\n"
        "time.sleep(60)",
    )
    (tmp_path / "work").mkdir()
    code = f"""
import asyncio, os, threading, time
from pathlib import Path
from koppeling_harness.plugin.discover import discover
from koppeling_harness.plugin.session import IntegrationRunner
from koppeling_harness.model.operation import OperationCall, RunContext
from koppeling_harness.model.shape import Release
work = Path({str(tmp_path / "work")!r})
def die():
    while not (work / "begun").exists(): time.sleep(0.01)
    os._exit(0)
threading.Thread(target=die).start()
async def main():
    found = discover([Path({str(plugin)!r})], entry_points=False)
    runner = IntegrationRunner(found.integrations[0])
    context = RunContext(integration="v", scenario="s", base_url="", token="", integration_id="",
        release=Release(label="P", version="8"), work_dir=str(work))
    session = await runner.open(context)
    call = OperationCall(operation="push-hours", input=None, context=context)
    await session.trigger(call, timeout_s=60)
asyncio.run(main())
"""

    subprocess.run([sys.executable, "-c", code], check=True, timeout=30)

    pid = int((tmp_path / "work" / "begun").read_text())
    deadline_s = time.monotonic() + 5
    while is_running(pid) and time.monotonic() < deadline_s:
        time.sleep(0.01)
    assert not is_running(pid)


PREPARE = """
@hookimpl
def koppeling_prepare(context):
    {prepare}

@hookimpl
def koppeling_finish(context):
    Path(context.work_dir, "finished").touch()
"""


def test_finish_is_called_also_when_prepare_raised(tmp_path):
    async def play(runner: IntegrationRunner, context: RunContext) -> object:
        return await runner.open(context)

    answer = drive(tmp_path, play, hooks=PREPARE.format(prepare="print('x'); raise OSError('no')"))

    assert answer.kind is BreakdownKind.RAISED
    assert "koppeling_prepare raised OSError: no" in answer.message
    assert answer.log.startswith("x\nTraceback")
    assert (tmp_path / "work" / "finished").exists()


def test_finish_is_called_also_when_an_operation_raised(tmp_path):
    drive(tmp_path, triggering(), hooks=PREPARE.format(prepare="pass"), trigger="raise ValueError")

    assert (tmp_path / "work" / "finished").exists()


def test_a_finish_that_raises_is_told(tmp_path):
    hooks = "@hookimpl\ndef koppeling_finish(context):\n    raise RuntimeError('no goodbye')"
    answer, ended, _ = drive(tmp_path, triggering(), hooks=hooks)

    assert answer == OperationResult()
    assert ended.kind is BreakdownKind.RAISED


def test_traffic_checks_that_return_something_else_are_no_answer(tmp_path):
    hooks = "@hookimpl\ndef koppeling_check_traffic(exchanges):\n    return ['niet goed']"

    async def play(runner: IntegrationRunner, context: RunContext) -> object:
        session = await opened(runner, context)
        found = await session.check_traffic([an_exchange()])
        await session.finish(timeout_s=5.0)
        return found

    found = drive(tmp_path, play, hooks=hooks)

    assert found.kind is BreakdownKind.NO_ANSWER
    assert "returned str, expected Finding" in found.message


def test_a_request_that_was_refused_reaches_a_plugins_own_checks_as_it_is(tmp_path):
    hooks = (
        "@hookimpl\ndef koppeling_check_traffic(exchanges):\n"
        "    why = exchanges[0].refused\n    text = f'{why.kind} {why.found.en}'\n"
        "    return [Finding(code='EIGEN-1', level=Severity.WARNING, message=text, where='here')]"
    )
    why = Refused(kind=RefusedFor.ADDRESS, found=Text(nl="geen adres", en="no address"))

    async def play(runner: IntegrationRunner, context: RunContext) -> object:
        session = await opened(runner, context)
        found = await session.check_traffic([replace(an_exchange(), refused=why)])
        await session.finish(timeout_s=5.0)
        return found

    [finding] = drive(tmp_path, play, hooks=hooks)

    assert finding.message == "address no address"


def test_a_plugin_without_traffic_checks_finds_nothing(tmp_path):
    async def play(runner: IntegrationRunner, context: RunContext) -> object:
        session = await opened(runner, context)
        found = await session.check_traffic([an_exchange()])
        await session.finish(timeout_s=5.0)
        return found

    assert drive(tmp_path, play) == ()


NOT_STARTED = {
    "misspelt": (
        "@hookimpl\ndef koppeling_triger(call): pass",
        "there is no hook `koppeling_triger`",
        "Did you mean `koppeling_trigger`?",
    ),
    "not marked": (
        "def koppeling_prepare(context): pass",
        "`koppeling_prepare` is not marked as a hook",
        "@hookimpl",
    ),
    "not a hook": (
        "@hookimpl\ndef trigger(call): pass",
        "unknown hook 'trigger'",
        "the name",
    ),
    "default": (
        "@hookimpl\ndef koppeling_prepare(context=None): pass",
        "argument `context` of `koppeling_prepare` has a default",
        "without defaults",
    ),
    "unknown argument": (
        "@hookimpl\ndef koppeling_prepare(kontext): pass",
        "{'kontext'} are declared in the hookimpl",
        "arguments that its specification has",
    ),
    "syntax": ("def broken(:", "koppeling_plugin.py:11: invalid syntax", "Mend"),
    "import": (
        "import no_such_module",
        "koppeling_plugin.py:11: ModuleNotFoundError: No module named 'no_such_module'",
        "Install it",
    ),
    "raises": ("1 / 0", "koppeling_plugin.py:11: ZeroDivisionError", ""),
    "exits": ("os._exit(7)", "ended with code 7 during initialize", "log"),
}


@pytest.mark.parametrize(("hooks", "said", "hint"), NOT_STARTED.values(), ids=NOT_STARTED)
def test_a_plugin_that_cannot_be_loaded_is_not_started_and_says_why(tmp_path, hooks, said, hint):
    async def play(runner: IntegrationRunner, context: RunContext) -> object:
        return await runner.check(), await runner.open(context)

    checked, answer = drive(tmp_path, play, hooks=hooks)

    assert checked == answer
    assert answer.kind is BreakdownKind.NOT_STARTED
    assert said in answer.message
    assert hint in answer.hint


def test_a_plugin_without_trigger_is_not_started(tmp_path):
    async def play(runner: IntegrationRunner, context: RunContext) -> object:
        (tmp_path / "voorbeeld" / "koppeling_plugin.py").write_text("")
        return await runner.open(context)

    answer = drive(tmp_path, play)

    assert answer.kind is BreakdownKind.NOT_STARTED
    assert "has no hook `koppeling_trigger`" in answer.message


def test_a_plugin_file_that_is_no_python_is_not_started(tmp_path):
    plugin = a_plugin(
        tmp_path / "voorbeeld",
        manifest=MANIFEST.replace("kind: python", "kind: python\n  plugin: hooks.txt"),
    )
    (plugin / "hooks.txt").write_text("geen Python")
    (integration,) = discover([plugin], entry_points=False).integrations

    async def whole() -> object:
        runner = IntegrationRunner(integration)
        try:
            return await runner.check()
        finally:
            await runner.close()

    answer = asyncio.run(whole())

    assert answer.kind is BreakdownKind.NOT_STARTED
    assert "hooks.txt is not a Python file" in answer.message


def test_a_plugin_file_that_has_gone_is_not_started(tmp_path):
    async def play(runner: IntegrationRunner, context: RunContext) -> object:
        (tmp_path / "voorbeeld" / "koppeling_plugin.py").unlink()
        return await runner.open(context)

    answer = drive(tmp_path, play)

    assert answer.kind is BreakdownKind.NOT_STARTED
    assert "koppeling_plugin.py does not exist in voorbeeld" in answer.message


def test_cancelling_while_it_prepares_makes_room_for_another(tmp_path):
    async def play(runner: IntegrationRunner, context: RunContext) -> object:
        task = asyncio.create_task(runner.open(context))
        while not (tmp_path / "work" / "begun").exists():
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        again = await opened(runner, a_context(tmp_path / "other"))
        return await again.finish(timeout_s=5.0)

    prepare = "Path('begun').touch(); time.sleep(60 if context.work_dir.endswith('work') else 0)"
    hooks = PREPARE.format(prepare=prepare)

    assert drive(tmp_path, play, hooks=hooks, max_processes=1) is None


def test_an_interpreter_that_does_not_exist_is_not_started(tmp_path):
    async def play(runner: IntegrationRunner, context: RunContext) -> object:
        return await runner.open(context)

    answer = drive(tmp_path, play, interpreter=tmp_path / "no-python")

    assert answer.kind is BreakdownKind.NOT_STARTED
    assert "no-python" in answer.message


def test_each_customer_for_whom_it_was_made_ready_is_finished_once(tmp_path):
    hooks = """
from pathlib import Path


def told(context, what):
    with open(Path(__file__).parent / "told", "a") as file:
        file.write(f"{what} {Path(context.work_dir).name}\\n")


@hookimpl
def koppeling_prepare(context):
    told(context, "prepare")


@hookimpl
def koppeling_finish(context):
    told(context, "finish")
"""

    async def play(runner: IntegrationRunner, context: RunContext) -> object:
        session = await opened(runner, context)
        other = a_context(tmp_path / "work" / "other")
        for each in (other, context):
            assert await session.prepare_again(each, timeout_s=30) is None
        return await session.finish(timeout_s=30)

    assert drive(tmp_path, play, hooks=hooks) is None
    told = (tmp_path / "voorbeeld" / "told").read_text(encoding="utf-8").splitlines()
    assert told == [
        *("prepare work", "prepare other", "prepare work"),
        *("finish work", "finish other"),
    ]
