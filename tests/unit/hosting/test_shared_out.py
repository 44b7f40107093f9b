"""A session in several processes tells what one in this process would, or that it could not."""

import asyncio
import errno
import os
import pickle
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from koppeling_harness.clock import SystemClock
from koppeling_harness.engine.lanes import usual
from koppeling_harness.engine.observer import Observer
from koppeling_harness.errors import (
    DocumentError,
    ErpUnavailableError,
    HarnessError,
    Problem,
)
from koppeling_harness.hosting import shared_out as module
from koppeling_harness.hosting.engine_process import _UNTAKEN_MOST, Began, Learned, Over, Telling
from koppeling_harness.hosting.session import run_session
from koppeling_harness.hosting.shared_out import SharedOut, shared
from koppeling_harness.model.order import Order
from koppeling_harness.model.verdict import Outcome
from koppeling_harness.plugin.discover import discover
from koppeling_harness.scenario.load import load_scenarios
from koppeling_harness.scenario.plan import PlannedScenario, plan
from koppeling_harness.traffic.redactor import Redactor
from support.cli import unmeasured
from support.plugins import is_running
from support.scenarios import a_manifest, a_scenario, an_operation
from support.tiny import READ, SCENARIO, tiny_plugin, tiny_project

SHOWS_ITS_TOKEN = "print('the token is', context.token)\n" + READ
SHOWS_WHAT_ANOTHER_GOT = """
import pathlib, re
token, own = pathlib.Path("TOKEN"), pathlib.Path(__file__).parent.name
if own == "one":
    token.with_suffix(".part").write_text(re.search("<data>(.*?)<", context.token).group(1))
    token.with_suffix(".part").replace(token)
while not token.exists():
    time.sleep(0.05)
if own == "two":
    print("found:", token.read_text())
"""
"""One integration lays down the digits of its token, the other shows them."""
NOTES_ITS_END = """
import pathlib
globals()["call"](context, "/connectors/Tiny_Projects?orderbyfieldids=ProjectId")
pathlib.Path({folder!r}, str(time.time_ns())).touch()
return OperationResult(ok=True)
"""
NOTES_ITS_ENVIRONMENT = """
import pathlib
name = urlsplit(context.base_url).path.split("/")[1]
pathlib.Path({folder!r}, name + " " + str(time.time_ns())).touch()
"""
HANGS = """
import pathlib
pathlib.Path({folder!r}, str(os.getpid())).touch()
time.sleep(600)
"""


def many(work):
    return [
        PlannedScenario(
            scenario=a_scenario(f"{name}.s{number}"),
            manifest=a_manifest(an_operation("sync"), name=name),
        )
        for name, count in work.items()
        for number in range(count)
    ]


def test_no_integration_is_cut_and_each_part_has_as_much_to_do():
    planned = many({"a": 60, "b": 30, "c": 20, "d": 12})

    parts = shared(planned, 2, usual)

    assert [len(each) for each in parts] == [60, 62]
    assert {each.manifest.id for each in parts[0]} == {"a"}
    for part in parts:
        assert list(part) == [each for each in planned if each in part]


def test_there_are_no_more_parts_than_integrations():
    assert len(shared(many({"a": 5, "b": 1}), 4, usual)) == 2


class Told(Observer):
    """Notes what it is told, and does something at the first scenario that begins."""

    def __init__(self, at_first=lambda: None):
        self.began, self.recorded_, self.ended_ = [], [], []
        self._at_first = at_first

    def scenario_started(self, planned):
        self.began.append(planned)
        if len(self.began) == 1:
            self._at_first()

    async def recorded(self, planned, recording):
        self.recorded_.append((planned.id, len(recording.exchanges)))

    def scenario_ended(self, planned, result):
        self.ended_.append((planned, result))


@pytest.fixture
def session(tmp_path, monkeypatch):
    """Return what makes a session in two processes, of two integrations that do the same."""
    for name in os.environ.keys() - unmeasured().keys():
        monkeypatch.delenv(name)

    def make(body, *, scenarios=("a", "b"), imports=(), concurrency=4):
        folder = tmp_path / "scenarios"
        folder.mkdir()
        for name in scenarios:
            text = SCENARIO.format(id=name, level="required", expect="{ok: true}")
            (folder / f"{name}.scenario.yaml").write_text(text, encoding="utf-8")
        plugins = [tiny_plugin(tmp_path / name, name=name, body=body) for name in ("one", "two")]
        integrations = discover(plugins, entry_points=False).integrations
        planned = [
            one
            for each in integrations
            for one in plan(load_scenarios([folder]), each.manifest, release="Profit 8")
        ]
        return planned, SharedOut(
            Order(release="Profit 8", concurrency=concurrency, imports=imports),
            integrations,
            count=2,
            run_id="r1",
            seed=1,
            clock=SystemClock(),
            redactor=Redactor(secrets.token_bytes(32)),
            expected=usual,
            run_ids={"Profit 8": "r1"},
        )

    return make


def test_an_observer_is_told_of_each_scenario_as_in_one_process(session):
    planned, shared_out = session(READ)
    told = Told()

    done = run_session(shared_out, planned, told)

    assert [each for each, _ in done.results] == planned
    assert {result.outcome for _, result in done.results} == {Outcome.PASSED}
    assert {id(each) for each in told.began} == set(map(id, planned))
    assert {id(each) for each, _ in told.ended_} == set(map(id, planned))
    assert sorted(told.recorded_) == sorted((each.id, 1) for each in planned)
    assert done.releases["Profit 8"].label == "Profit 8"
    assert [each.id for each in done.pace.integrations] == ["one", "two"]
    assert not done.late
    assert not done.interrupted


def test_no_two_environments_of_a_run_have_one_name(session, tmp_path):
    folder = tmp_path / "names"
    folder.mkdir()
    planned, shared_out = session(NOTES_ITS_ENVIRONMENT.format(folder=str(folder)) + READ)

    run_session(shared_out, planned)

    assert len({each.name.partition(" ")[0] for each in folder.iterdir()}) == len(planned)


def test_no_more_are_in_flight_than_was_asked(session):
    planned, shared_out = session(READ, concurrency=3)

    assert run_session(shared_out, planned).pace.lanes == 3


def test_the_run_knows_every_token_that_was_drawn_elsewhere(session):
    planned, shared_out = session(SHOWS_ITS_TOKEN)

    done = run_session(shared_out, planned)

    known = [secret.reveal() for secret, kind in done.redactor.known.told if kind == "token"]
    assert len(known) >= len(planned)
    for token in known:
        assert done.redactor.find_secrets(f"a {token} b".encode()) == ("token",)
    logs = [result.log for _, result in done.results]
    assert len(logs) == len(planned)
    assert all("the token is [token:" in each for each in logs)


def test_a_token_in_the_output_of_another_integration_is_found_as_in_one_process(session, tmp_path):
    body = SHOWS_WHAT_ANOTHER_GOT.replace("TOKEN", (tmp_path / "token").as_posix())
    planned, shared_out = session(body + READ, scenarios=("read",))

    done = run_session(shared_out, planned)

    codes = {
        each.manifest.id: [finding.code for finding in result.findings]
        for each, result in done.results
    }
    assert "LOG-SECRET" in codes["two"]
    assert "LOG-SECRET" not in codes["one"]
    logs = [result.log for each, result in done.results if each.manifest.id == "two"]
    assert all("found: [token:" in each for each in logs)


def test_what_cannot_begin_is_raised_as_it_is(session, tmp_path):
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("nothing: of a connector\n", encoding="utf-8")
    planned, shared_out = session(READ, imports=(str(wrong),))

    with pytest.raises(DocumentError, match=r"wrong\.yaml") as raised:
        run_session(shared_out, planned)

    assert raised.value.problems


@pytest.mark.parametrize(
    "error",
    [
        DocumentError([Problem(where="a.yaml:3", message="wrong", hint="right")]),
        HarnessError("broken", hint="mend"),
        ErpUnavailableError("away"),
    ],
)
def test_an_error_is_the_same_in_another_process(error):
    back = pickle.loads(pickle.dumps(error))

    assert type(back) is type(error)
    assert back.render() == error.render()
    assert vars(back) == vars(error)


def _killed(shared_out):
    os.kill(shared_out._processes[0]._process.pid, signal.SIGKILL)


@pytest.mark.skipif(os.name == "nt", reason="kills as POSIX does")
def test_a_process_that_is_killed_is_not_waited_for(session, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_TO_END_S", 600.0)
    folder = tmp_path / "began"
    folder.mkdir()
    planned, shared_out = session(HANGS.format(folder=str(folder)))

    with pytest.raises(HarnessError, match="ended"):
        run_session(shared_out, planned, Told(lambda: _killed(shared_out)))


@pytest.mark.skipif(os.name == "nt", reason="kills as POSIX does")
def test_a_process_that_is_killed_gives_no_verdict_and_leaves_nothing(session, tmp_path):
    folder = tmp_path / "began"
    folder.mkdir()
    planned, shared_out = session(HANGS.format(folder=str(folder)))

    def once_both_hang():
        while len(list(folder.iterdir())) < 2:
            time.sleep(0.05)
        _killed(shared_out)

    with pytest.raises(HarnessError, match=r"a process of the engine ended \(-9\)") as raised:
        run_session(shared_out, planned, Told(once_both_hang))

    assert "--resume" in raised.value.hint
    _gone(folder)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere its guard is not ended before it")
def test_a_process_that_is_killed_with_its_guard_leaves_nothing(session, tmp_path):
    folder = tmp_path / "began"
    folder.mkdir()
    planned, shared_out = session(HANGS.format(folder=str(folder)))

    def once_both_hang():
        while len(list(folder.iterdir())) < 2:
            time.sleep(0.05)
        pid = shared_out._processes[0]._process.pid
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            if b"wait_and_end" in Path(f"/proc/{child}/cmdline").read_bytes():
                os.kill(int(child), signal.SIGKILL)
        _killed(shared_out)

    with pytest.raises(HarnessError, match="ended"):
        run_session(shared_out, planned, Told(once_both_hang))

    _gone(folder)
    killed = shared_out._processes[0]._process.pid
    assert not list(Path(tempfile.gettempdir()).glob(f"koppeling-{killed}-*"))


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError("full")])
def test_whatever_ends_a_session_ends_every_process(session, tmp_path, error):
    folder = tmp_path / "began"
    folder.mkdir()
    planned, shared_out = session(HANGS.format(folder=str(folder)))

    def once_both_hang():
        while len(list(folder.iterdir())) < 2:
            time.sleep(0.05)
        raise error

    if isinstance(error, KeyboardInterrupt):
        assert run_session(shared_out, planned, Told(once_both_hang)).interrupted
    else:
        with pytest.raises(OSError, match="full"):
            run_session(shared_out, planned, Told(once_both_hang))

    _gone(folder)


def _gone(folder):
    hung = [int(each.name) for each in folder.iterdir()]
    assert hung
    until_s = time.monotonic() + 10
    while any(map(is_running, hung)):
        assert time.monotonic() < until_s, hung
        time.sleep(0.05)


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is sent as a POSIX signal here")
def test_what_was_finished_before_ctrl_c_is_told(session, tmp_path):
    folder = tmp_path / "done"
    folder.mkdir()
    planned, shared_out = session(NOTES_ITS_END.format(folder=str(folder)))

    def once_all_is_finished():
        while len(list(folder.iterdir())) < len(planned):
            time.sleep(0.05)
        time.sleep(2)  # the rest of each scenario: nothing of it is taken meanwhile
        signal.raise_signal(signal.SIGINT)

    told = Told(once_all_is_finished)
    done = run_session(shared_out, planned, told)

    assert done.interrupted
    assert {id(each) for each, _ in told.ended_} == set(map(id, planned))
    assert sorted(told.recorded_) == sorted((each.id, 1) for each in planned)


@pytest.mark.skipif(os.name == "nt", reason="a process is stopped as POSIX does")
def test_a_process_that_stands_still_is_ended(session, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_TO_END_S", 1.0)
    folder = tmp_path / "began"
    folder.mkdir()
    planned, shared_out = session(HANGS.format(folder=str(folder)))

    def once_both_hang():
        while len(list(folder.iterdir())) < 2:
            time.sleep(0.05)
        os.kill(shared_out._processes[0]._process.pid, signal.SIGSTOP)
        signal.raise_signal(signal.SIGINT)

    assert run_session(shared_out, planned, Told(once_both_hang)).interrupted
    _gone(folder)


def test_no_room_for_a_process_is_no_verdict(session, monkeypatch):
    planned, shared_out = session(READ)

    def refuse(*_, **__):
        raise BlockingIOError(errno.EAGAIN, "no room")

    monkeypatch.setattr(module.subprocess, "Popen", refuse)
    with pytest.raises(HarnessError, match=r"cannot be started: .*no room") as raised:
        run_session(shared_out, planned)

    assert "--processes 1" in raised.value.hint


def test_what_ends_a_session_while_it_starts_waits_for_nothing(session, monkeypatch, capfd):
    monkeypatch.setattr(module, "_TO_END_S", 20.0)
    planned, shared_out = session(READ)
    start, started = module._started, []

    def interrupted():
        if started:
            raise KeyboardInterrupt  # as SIGTERM does where Ctrl-C is ignored
        started.append(start())
        return started[0]

    monkeypatch.setattr(module, "_started", interrupted)
    began_s = time.monotonic()

    assert run_session(shared_out, planned).interrupted

    assert started[0].returncode is not None
    assert time.monotonic() - began_s < 20
    assert "Traceback" not in capfd.readouterr().err


@pytest.fixture
def pipe():
    reads, writes = os.pipe()
    with os.fdopen(reads, "rb") as told:
        yield told, Telling(os.fdopen(writes, "wb"))


def test_who_tells_more_than_is_taken_waits(pipe):
    _told, tell = pipe
    for _ in range(_UNTAKEN_MOST + 1):
        tell(Began(at=0))
        tell(Learned(told=()))  # waits for nobody

    async def has_room():
        async with asyncio.timeout(0.3):
            await tell.has_room()

    with pytest.raises(TimeoutError):
        asyncio.run(has_room())
    tell.is_taken()
    asyncio.run(has_room())
    tell.end()


def test_a_secret_is_told_before_what_waits_to_be_sent(pipe):
    told, tell = pipe
    for _ in range(3):
        tell(b"a" * 2**20)  # more than a pipe holds
    tell(Learned(told=()))

    sent = []
    while len(sent) < 4:
        sent.append(type(pickle.load(told)))
    tell.end()

    assert sent.index(Learned) < 2  # the first was under way


def test_what_cannot_be_sent_is_an_error_and_no_silence(pipe):
    told, tell = pipe
    lost = []
    tell.lost = lambda: lost.append(True)

    tell(lambda: "not to be pickled")
    tell.end()

    over = pickle.load(told)
    assert isinstance(over, Over)
    assert "<lambda>" in str(over.error)
    assert told.read() == b""
    assert lost


CERTIFIES = """
import sys
from pathlib import Path
from koppeling_harness.cli.main import run
Path("carried-out").open("a").write("once ")
sys.exit(run(["run", "--release", "Profit 8", "--processes", "2"]))
"""


@pytest.mark.parametrize("from_stdin", [True, False], ids=["from stdin", "a file"])
def test_the_program_that_certifies_is_not_carried_out_again(tmp_path, from_stdin):
    tiny_project(tmp_path, plugin="plugins/one")
    tiny_plugin(tmp_path / "plugins" / "two", name="two")
    program = tmp_path / "certifies.py"
    program.write_text(CERTIFIES, encoding="utf-8")

    done = subprocess.run(
        [sys.executable, "-" if from_stdin else str(program)],
        input=CERTIFIES if from_stdin else "",
        cwd=tmp_path,
        env=unmeasured(),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "carried-out").read_text() == "once "
