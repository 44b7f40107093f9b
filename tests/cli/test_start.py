"""Every command starts in a process of its own, and says there what it says in the tests' own."""

import pytest

from koppeling_harness.cli.group import COMMANDS
from support.cli import koppeling, koppeling_process

NOTHING_HERE = {
    "run": ((), 5, "hint:"),
    "recheck": ((), 5, "hint:"),
    "merge": (("nowhere",), 4, "nowhere"),
    "status": ((), 5, "expected a registration or a folder"),
    "report": ((), 5, "expected a registration or a folder"),
    "registration": (("check",), 5, "expected a registration or a folder"),
    "assessment": (("add", "x"), 4, "Missing option"),
    "auditor": (("x",), 4, "Missing argument 'REPORT'"),
    "letter": (("x", "reminder"), 4, "is not one of"),
    "listing": ((), 5, "expected a registration or a folder"),
    "decide": (("x", "give_notice"), 4, "expected PATH, DECISION, --by and --reason"),
    "updates": (("diff", "a.json", "b.json"), 10, "a.json"),
    "watch": ((), 10, "no environment is configured"),
    "evidence": (("verify", "x.kpack"), 4, "no file with registered keys"),
    "intake": (("nowhere",), 10, "expected a pack or a folder with packs"),
    "parity": (("--env", "x"), 10, "found no environment 'x'"),
    "can-release": (("x", "1.0", "--to", "Profit 8"), 11, "x 1.0 -> Profit 8: unknown"),
    "records": (("check", "nowhere"), 10, "expected a run record"),
    "scenarios": (("check", "."), 5, "hint:"),
    "plugins": (("list",), 0, "no integrations in plugins"),
    "init": (("ci", "github"), 0, "wrote"),
    "new": (("scenario", "x"), 4, "Say so: --plugin FOLDER."),
    "sweep": (("x",), 10, "no environment 'x'"),
    "doctor": ((), 0, "settings: none"),
    "config": (("show",), 0, "default"),
    "rules": (("list",), 0, "RETRY-401"),
    "requirements": (("list",), 0, "pages-complete"),
    "erp1": (("quirks",), 0, "put_status"),
    "schema": (("run",), 0, '"$schema"'),
    "explain": (("12",), 0, "required scenario"),
}
"""Command: what is given in an empty folder, the exit code, and what is said."""


@pytest.mark.parametrize("start", [koppeling, koppeling_process])
@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_says_what_is_not_there_in_either_process(tmp_path, command, start):
    arguments, code, says = NOTHING_HERE[command]
    ran = start(command, *arguments, cwd=tmp_path)

    assert (ran.code, says in ran.all) == (code, True), ran.all
    assert "Traceback" not in ran.err
