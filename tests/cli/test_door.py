"""Where every command ends: whatever happens leaves as a message with an exit code of its own.

Exit code 1 is a verdict. It never comes of an exception, and no exception is shown as a trace.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import click
import pytest

from koppeling_harness.cli.group import COMMANDS
from koppeling_harness.cli.group import koppeling as every_command
from koppeling_harness.errors import HarnessError, UsageError
from support.cli import koppeling, unmeasured
from support.failing import PACKAGE, broken, failing
from support.serving import Served, served
from support.tiny import scenario, tiny_plugin
from support.updates import a_field

SAMPLES = Path(__file__).parents[2] / "docs" / "samples"
POSIX_ONLY = pytest.mark.skipif(os.name == "nt", reason="Ctrl-C of another process is POSIX")

LEAVES = {
    "run": ("--plugin", "tiny"),
    "recheck": ("--plugin", "tiny"),
    "merge": ("runs",),
    "status": ("registrations",),
    "report": ("registrations", "--runs", "runs"),
    "registration check": ("registrations",),
    "registration new": ("tiny",),
    "registration split": ("registrations/kassakoppel.yaml",),
    "registration assign": ("registrations/webwinkelbrug.yaml", "--to", "X"),
    "registration plan": (
        *("registrations/webwinkelbrug.yaml", "Q1", "--owner", "X", "--due", "2027-01-01"),
        *("--step", "x"),
    ),
    "registration signal": (
        *("registrations/webwinkelbrug.yaml", "received", "--of", "2026-10-03", "--by", "X"),
    ),
    "assessment add": (
        *("registrations/kassakoppel.yaml", "--kind", "quickscan", "--assessor", "Computest"),
        *("--report-date", "2026-05-05"),
    ),
    "decide": ("registrations/kassakoppel.yaml", "give_notice", "--by", "X", "--reason", "x"),
    "auditor": ("registrations/kassakoppel.yaml", "auditor.md"),
    "letter": ("registrations/kassakoppel.yaml", "notice", "--by", "X"),
    "listing": ("registrations",),
    "parity compare": ("a.json", "b.json"),
    "records prune": ("runs",),
    "updates check": (),
    "updates deadlines": (),
    "updates diff": ("a.json", "b.json"),
    "updates impact": ("a.json", "b.json"),
    "updates import-changes": ("table.tsv",),
    "updates sources": ("pages",),
    "watch": (),
    "evidence certificate": ("registrations/kassakoppel.yaml", "--by", "X"),
    "evidence keygen": ("--out", "evidence.key"),
    "evidence pack": ("runs",),
    "evidence rerun": ("runs",),
    "evidence revoke": ("0123456789abcdef", "--by", "X", "--reason", "x"),
    "evidence sign": ("runs", "--key", "evidence.key"),
    "evidence verify": ("runs",),
    "intake": ("packs",),
    "parity": ("--env", "demo"),
    "parity adopt": ("parity.json",),
    "can-release": ("tiny", "1.0.0", "--to", "Profit 8"),
    "scenarios check": ("scenarios",),
    "scenarios list": ("scenarios",),
    "scenarios lock": ("scenarios",),
    "plugins check": ("tiny",),
    "plugins list": (),
    "init": ("new-one", "--runtime", "python"),
    "new scenario": ("x",),
    "sweep": ("demo",),
    "doctor": (),
    "config show": (),
    "records check": ("runs",),
    "requirements changes": (),
    "requirements list": (),
    "rules list": (),
    "erp1 import": ("a.json",),
    "erp1 connectors": (),
    "erp1 gaps": (),
    "erp1 openapi": (),
    "erp1 quirks": (),
    "erp1 reset": ("--state", "erp1.state"),
    "erp1 serve": (),
    "erp1 snapshot": ("--url", "http://127.0.0.1:1", "--out", "x.json"),
    "schema": ("run",),
    "explain": ("12",),
}
"""Every command, with what it is given here."""


def leaves(group: click.Group, before: tuple[str, ...] = ()):
    context = click.Context(group)
    for name in group.list_commands(context):
        each = group.get_command(context, name)
        if isinstance(each, click.Group):
            yield from leaves(each, (*before, name))
        if not isinstance(each, click.Group) or each.invoke_without_command:
            yield " ".join((*before, name))


def test_every_command_is_tried_here():
    assert set(leaves(every_command)) == set(LEAVES)
    assert {each.split()[0] for each in LEAVES} == set(COMMANDS)


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = tmp_path_factory.mktemp("project")
    tiny_plugin(folder / "tiny")
    scenario(folder / "scenarios")
    shutil.copytree(SAMPLES / "registrations", folder / "registrations")
    shutil.copytree(SAMPLES / "runs", folder / "runs")
    for name, length in (("a.json", 40), ("b.json", 80)):
        shape = {"Profit_X": {"fields": [a_field("Name", length=length)]}}
        snapshot = {"version": f"{length}.0", "get": shape, "update": {}}
        (folder / name).write_text(json.dumps(snapshot))
    return folder


@pytest.mark.parametrize("command", LEAVES)
def test_a_fault_that_nobody_expected_leaves_any_command_with_3(project, command):
    with failing("workflow", ZeroDivisionError(31415)) as raised:
        ran = koppeling(*command.split(), *LEAVES[command], cwd=project)

    assert raised
    assert ran.code == 3, ran.all
    assert f"koppeling: {command}: the harness itself failed" in ran.err
    assert "ZeroDivisionError" in ran.err
    assert "workflow/" in ran.err
    assert "koppeling explain HARNESS-ERROR" in ran.err
    assert "Traceback" not in ran.all
    assert "31415" not in ran.all


@pytest.mark.parametrize(
    ("fault", "code", "says"),
    [
        (MemoryError(), 3, "no memory left"),
        (RecursionError(), 3, "the harness itself failed, with RecursionError"),
        (SystemExit(1), 3, "the harness itself failed, with SystemExit"),
        (SystemExit(0), 3, "the harness itself failed, with SystemExit"),
        (KeyboardInterrupt(), 2, "interrupted"),
        (EOFError(), 3, "the harness itself failed, with EOFError"),
        (GeneratorExit(), 3, "the harness itself failed"),
        (ExceptionGroup("two", [ValueError("a"), ValueError("b")]), 3, "with ValueError"),
        (BaseExceptionGroup("two", [ValueError("a"), KeyboardInterrupt()]), 2, "interrupted"),
        (ExceptionGroup("one", [UsageError("no such thing")]), 4, "no such thing"),
        (HarnessError("of its own"), 3, "of its own"),
        (PermissionError(13, "Permission denied", "kept.json"), 10, "kept.json: no permission"),
        (IsADirectoryError(21, "Is a directory", "there"), 10, "there: it is a folder"),
        (OSError(28, "No space left on device", "full.json"), 3, "full.json: No space left"),
        (OSError(24, "Too many open files"), 3, "Too many open files"),
        (FileNotFoundError(2, "No such file", str(PACKAGE / "x.html")), 3, "x.html"),
        (BrokenPipeError(32, "Broken pipe"), 3, "nobody reads it any more"),
    ],
    ids=lambda each: type(each).__name__ if isinstance(each, BaseException) else None,
)
def test_what_a_command_ends_with_has_the_exit_code_of_its_kind(project, fault, code, says):
    with failing("workflow", fault) as raised:
        ran = koppeling("status", "registrations", cwd=project)

    assert raised
    assert (ran.code, says in ran.err) == (code, True), ran.all
    assert "Traceback" not in ran.all


def test_an_error_that_ctrl_c_led_to_is_ctrl_c(project):
    fault = AttributeError("half made")
    fault.__context__ = KeyboardInterrupt()
    with failing("workflow", fault):
        assert koppeling("status", "registrations", cwd=project).code == 2


def test_the_trace_of_a_fault_is_there_for_who_asks(project, monkeypatch):
    monkeypatch.setenv("KOPPELING_DEBUG", "1")
    with failing("workflow", ZeroDivisionError("here")):
        ran = koppeling("status", "registrations", cwd=project)

    assert ran.code == 3
    assert "Traceback (most recent call last)" in ran.err
    assert "ZeroDivisionError: here" in ran.err


WRITERS = {
    "run": [
        *("report.result_forms", "report.run_text", "store.files"),
        *("workflow.run.conclude", "workflow.run.keep_traffic", "workflow.run.write_run"),
    ],
    "report": [
        *("report.overview_page", "report.dossier_page", "report.pages", "report.badge_svg"),
        *("report.changes", "report.colour_chart", "report.deadlines_ics", "report.due"),
        *("report.status_csv", "report.summary_markdown", "workflow.review.publish"),
    ],
    "recheck": ["report.recheck_page", "report.recheck_text"],
    "status": ["report.status_text"],
    "can-release": ["report.releasable_text"],
    "updates impact": ["report.updates_text"],
    "updates diff": ["report.updates_text"],
}
"""Command, and the modules that write what it leaves."""
MORE = {
    "run": ("--scenarios", "scenarios", "--reports"),
    "recheck": ("--scenarios", "scenarios", "--release", "Profit 8", "--reports"),
    "report": ("--out",),
}
"""Command, and its last options: what is written goes to a folder of the test."""


@pytest.mark.parametrize(
    ("command", "writer"), [(each, one) for each, many in WRITERS.items() for one in many]
)
def test_a_fault_of_whatever_writes_a_report_is_never_a_verdict(project, tmp_path, command, writer):
    more = [*MORE[command], tmp_path] if command in MORE else []
    with broken(writer):
        ran = koppeling(*command.split(), *LEAVES[command], *more, cwd=project)

    assert ran.code == 3, ran.all
    assert not re.search(r": (passed|failed) - ", ran.out)
    assert "Traceback" not in ran.all


@pytest.mark.parametrize(
    ("writer", "files"),
    [
        ("report.junit", ["junit.xml"]),
        ("report.ctrf", ["ctrf.json"]),
        ("report.run_page", ["index.html"]),
        ("report.pages", ["index.html"]),
        ("report.run_markdown", ["summary.md"]),
        ("traffic.har", ["traffic"]),
    ],
)
def test_a_fault_of_one_report_costs_no_other_nor_the_verdict(project, tmp_path, writer, files):
    arguments = ("--plugin", "tiny", *MORE["run"], tmp_path, "--release", "Profit 8")
    with broken(writer):
        ran = koppeling("run", *arguments, cwd=project)
    written = {each.name for each in tmp_path.glob("2*/*")}

    assert ran.code == 3, ran.all
    assert ran.out.startswith("1 integration on Profit 8: 1 passed\n")
    assert "Traceback" not in ran.all
    assert all(f"{each}" in ran.out for each in files)
    assert "not written: the harness failed, with ZeroDivisionError in" in ran.out
    everything = {"run.json", "junit.xml", "ctrf.json", "index.html", "summary.md", "traffic"}
    assert written == everything - set(files)
    assert (tmp_path / "latest.json").is_file()


INTERRUPTED_AT_AN_IMPORT = """\
import sys
name = sys.argv.pop(1)
def interrupt(event, arguments):
    if event == "import" and arguments[0] == name:
        raise KeyboardInterrupt
sys.addaudithook(interrupt)
from koppeling_harness.cli.main import main
main()
"""


@pytest.mark.parametrize(
    "name",
    [
        *("click", "koppeling_harness.cli.group", "koppeling_harness.errors", "dataclasses"),
        *("koppeling_harness.cli.progress", "koppeling_harness.workflow.run.run"),
        *("asyncio", "uvicorn"),
    ],
)
def test_ctrl_c_during_the_imports_is_an_end_with_2_and_no_trace(project, tmp_path, name):
    command = [sys.executable, "-c", INTERRUPTED_AT_AN_IMPORT, name]
    arguments = ["run", "--plugin", "tiny", "--scenarios", "scenarios", "--reports", tmp_path]
    ran = subprocess.run(
        [*command, *map(str, arguments)],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
        env=unmeasured(),
    )
    assert ran.returncode == 2, ran.stderr
    assert "Traceback" not in ran.stderr


def test_what_cannot_be_imported_is_told_without_a_trace(project):
    program = (
        "import sys; sys.modules['koppeling_harness.cli.status'] = None\n"
        "from koppeling_harness.cli.main import main\nmain()"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, "status"],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
        env=unmeasured(),
    )
    assert ran.returncode == 3, ran.stderr
    assert "Traceback" not in ran.stderr


@POSIX_ONLY
def test_output_that_nobody_reads_is_no_verdict(project):
    command = [sys.executable, "-m", "koppeling_harness", "explain"]
    with subprocess.Popen(
        command, cwd=project, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=unmeasured()
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        said = process.stderr.read().decode()
    assert process.returncode == 141  # as a shell tells SIGPIPE: `koppeling … | head`
    assert said == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
def test_output_onto_a_full_disk_is_no_verdict(project):
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "koppeling_harness", "explain", "12"],
            cwd=project,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            env=unmeasured(),
        )
    assert ran.returncode == 3
    assert "No space left" in ran.stderr
    assert "Traceback" not in ran.stderr


def half_a_request(erp1: Served) -> HTTPConnection:
    where = urlsplit(erp1.url)
    assert where.hostname is not None
    connection = HTTPConnection(where.hostname, where.port, timeout=20)
    connection.putrequest("POST", where.path + "/connectors/KnSubject")
    connection.putheader("Authorization", f"AfasToken {erp1.line['token_base64']}")
    connection.putheader("Content-Length", "1000")
    connection.endheaders(b'{"KnSubject"')
    return connection


def whole_request(erp1: Served) -> HTTPConnection:
    where = urlsplit(erp1.url)
    assert where.hostname is not None
    connection = HTTPConnection(where.hostname, where.port, timeout=20)
    connection.request("GET", where.path + "/profitversion")
    return connection


@POSIX_ONLY
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize(
    ("ask", "options"), [(half_a_request, ()), (whole_request, ("--latency-ms", "20000"))]
)
def test_erp1_ends_at_once_whoever_is_still_being_answered(ask, options, number):
    with served("--rows", "50", *options) as erp1:
        connection = ask(erp1)
        time.sleep(0.3)  # until it is there
        before_s = time.monotonic()
        erp1.process.send_signal(number)

        assert erp1.process.wait(timeout=20) == 2
        assert time.monotonic() - before_s < 2
        assert erp1.process.stderr is not None
        assert erp1.process.stderr.read() == "koppeling: interrupted; nothing was left running\n"
        connection.close()
