import json
import sys
from pathlib import Path

import pytest

from koppeling_harness.model.operation import OperationResult
from koppeling_harness.plugin.session import BreakdownKind
from support.integrations import PYTHON, drive, triggering

pytestmark = pytest.mark.usefixtures("nothing_left_behind")

RUNTIME = (
    f"kind: command\n  command: [{PYTHON}, '{{folder}}/program.py', '{{operation}}', "
    "'{input_file}', '{work_dir}']\n  environ: [PROXY_OF_OURS, NOT_SET]"
)


def test_an_operation_gets_its_input_by_stdin_file_and_command_line(tmp_path, monkeypatch):
    monkeypatch.setenv("PROXY_OF_OURS", "http://proxy")
    monkeypatch.setenv("CI_DEPLOY_KEY", "very-secret")
    program = """
import json, os, sys
environ = {name: value for name, value in os.environ.items() if not name.startswith("LC_")}
text = open(sys.argv[2]).read()
print(json.dumps({"output": [sys.stdin.read() == text, text, sys.argv[1:], os.getcwd(), environ]}))
"""
    answer, ended, log = drive(tmp_path, RUNTIME, program, triggering({"naam": "Zoë"}))

    same, text, (operation, input_file, work_dir), cwd, environ = answer.output
    home = Path(input_file).parent
    assert (same, json.loads(text), operation) == (True, {"naam": "Zoë"}, "push-hours")
    assert work_dir == cwd == str(tmp_path / "work")
    assert {name: environ.pop(name) for name in list(environ) if name.startswith("KOPPELING_")} == {
        "KOPPELING_BASE_URL": "http://127.0.0.1:1/ProfitRestServices",
        "KOPPELING_TOKEN": "<token/>",
        "KOPPELING_INTEGRATION_ID": "12345_678901",
        "KOPPELING_RELEASE": "Profit 8",
        "KOPPELING_VERSION": "8.0.1",
        "KOPPELING_OPERATION": "push-hours",
        "KOPPELING_SCENARIO": "s1",
        "KOPPELING_INTEGRATION": "voorbeeld",
        "KOPPELING_WORK_DIR": str(tmp_path / "work"),
        "KOPPELING_INPUT_FILE": input_file,
        "KOPPELING_PROCESS": home.name,
    }
    assert environ["PROXY_OF_OURS"] == "http://proxy"
    assert environ["HOME"] == environ["TMPDIR"] == str(home)
    assert "very-secret" not in environ.values()
    assert not any(name.startswith("PYTHON") for name in environ)
    assert (ended, log) == (None, "")


SAID = {
    "nothing": ("", OperationResult()),
    "its output": ("print('{\"output\": [1]}')", OperationResult(output=[1])),
    "no with exit 0": (
        'print(\'{"ok": false, "error": "vol"}\')',
        OperationResult(ok=False, error="vol"),
    ),
    "no with exit 1": (
        "print('{\"output\": 2}'); sys.exit(1)",
        OperationResult(ok=False, output=2),
    ),
    "why with exit 1": (
        'print(\'{"error": "vol"}\'); sys.exit(1)',
        OperationResult(ok=False, error="vol"),
    ),
    "why, though it logged a trace": (
        "print('Traceback (most recent call last):', file=sys.stderr)\n"
        'print(\'{"error": "vol"}\'); sys.exit(1)',
        OperationResult(ok=False, error="vol"),
    ),
}


@pytest.mark.parametrize(("body", "expected"), SAID.values(), ids=SAID)
def test_the_result_is_the_exit_code_and_what_was_written_to_stdout(tmp_path, body, expected):
    answer, _, _ = drive(tmp_path, RUNTIME, f"import sys\n{body}", triggering())

    assert answer == expected


REFUSES = {
    "the last line of stderr": ("print('eerst', 'dan', sep='\\n', file=sys.stderr)", None, "dan"),
    "JSON before stderr": ('print(\'{"error": "vol", "output": 2}\')', 2, "vol"),
    "nothing": ("", None, None),
    "the last line after a trace that was caught": (
        "import logging\n"
        "try: 1 / 0\n"
        "except ZeroDivisionError: logging.exception('nee')\n"
        "print('dan', file=sys.stderr)",
        None,
        "dan",
    ),
}


@pytest.mark.parametrize(("body", "output", "error"), REFUSES.values(), ids=REFUSES)
def test_an_exit_code_that_the_manifest_names_refuses(tmp_path, body, output, error):
    runtime = f"{RUNTIME}\n  refused_exit_code: 75"
    program = f"import sys\n{body}\nsys.exit(75)"
    answer, _, _ = drive(tmp_path, runtime, program, triggering())

    assert answer == OperationResult(ok=False, output=output, error=error)


@pytest.mark.parametrize("declared", ["", "\n  refused_exit_code: 1"])
@pytest.mark.parametrize("body", ["json.loads('<html>')", "print('{}'); 1 / 0"])
def test_an_uncaught_error_is_no_refusal_whatever_the_manifest_says(tmp_path, declared, body):
    answer, _, log = drive(tmp_path, RUNTIME + declared, f"import json\n{body}", triggering())

    assert answer.kind is BreakdownKind.CRASHED
    assert "Traceback" in log


BREAKS = {
    "exit code 1 without JSON": (
        "print('vol', file=sys.stderr); sys.exit(1)",
        BreakdownKind.CRASHED,
        "ended with code 1 during `push-",
    ),
    "another exit code": ("sys.exit(2)", BreakdownKind.CRASHED, "ended with code 2 during `push-"),
    "text": ("print('Klaar!')", BreakdownKind.NO_ANSWER, "wrote `Klaar!` to stdout, expected"),
    "a list": ("print('[]')", BreakdownKind.NO_ANSWER, "wrote `[]` to stdout"),
    "two objects": ("print('{}\\n{}')", BreakdownKind.NO_ANSWER, "to stdout, expected nothing or"),
    "unknown member": (
        "print('{\"result\": 1}')",
        BreakdownKind.NO_ANSWER,
        "unknown key `result`",
    ),
    "without end": (
        "while True: print('x' * 65536)",
        BreakdownKind.OUTPUT_FLOOD,
        "answered more than 16384 KiB; the process was ended",
    ),
}


@pytest.mark.parametrize(("body", "kind", "said"), BREAKS.values(), ids=BREAKS)
def test_what_is_no_result_is_a_breakdown_that_says_how(tmp_path, body, kind, said):
    answer, _, _ = drive(tmp_path, RUNTIME, f"import sys\n{body}", triggering())

    assert answer.kind is kind
    assert said in answer.message


def test_stdout_of_a_command_that_crashed_is_in_the_log(tmp_path):
    program = "import sys\nprint('tot hier')\nsys.exit(9)"
    _, _, log = drive(tmp_path, RUNTIME, program, triggering())

    assert log == "tot hier\n"


def test_a_command_that_does_not_read_its_input_does_not_matter(tmp_path):
    answer, _, _ = drive(tmp_path, RUNTIME, "", triggering("x" * 1_000_000))

    assert answer == OperationResult()


def test_a_program_that_is_not_there_is_not_started(tmp_path):
    runtime = "kind: command\n  command: [no-such-program]"
    answer, _, _ = drive(tmp_path, runtime, "", triggering())

    assert answer.kind is BreakdownKind.NOT_STARTED
    assert "no-such-program" in answer.message


@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited on Linux only")
def test_the_memory_of_a_command_is_what_the_manifest_allows(tmp_path):
    program = "import resource\nprint('{\"output\": %d}' % resource.getrlimit(2)[0])"
    runtime = f"{RUNTIME}\n  memory_mb: 100"

    answer, _, _ = drive(tmp_path, runtime, program, triggering())

    assert answer.output == 100 * 1024 * 1024
