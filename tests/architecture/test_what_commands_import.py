"""A command imports only what it uses: importing is most of what a short one does."""

import subprocess
import sys
from pathlib import Path

import pytest

from support.tiny import scenario, tiny_plugin

SAMPLES = Path(__file__).parents[2] / "docs" / "samples" / "registrations"

SELDOM = {"certifi", "cryptography", "httpx", "joserfc", "keyring", "pydantic", "rich", "trustme"}
"""Needed for problems in files, real environments, signed sign-in, or on a terminal."""
TO_RUN = {"asyncio", "jinja2", "starlette", "uvicorn", "koppeling_harness.emulator"}
TO_SHOW_HELP = {"cli", "cli.group", "cli.main", "version"}

LISTS_WHAT_IT_IMPORTED = """\
import atexit, sys
atexit.register(lambda: print(*sys.modules, sep="\\n"))
from koppeling_harness.cli.main import main
main()
"""


def imported_by(*arguments, cwd):
    """Return the code with which a command ends, and the names of what it imported."""
    command = [sys.executable, "-c", LISTS_WHAT_IT_IMPORTED, *map(str, arguments)]
    ran = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    return ran.returncode, set(ran.stdout.split())


def test_the_help_imports_only_what_shows_it(tmp_path):
    code, names = imported_by("--help", cwd=tmp_path)
    own = {name.partition(".")[2] for name in names if name.startswith("koppeling_harness.")}
    assert code == 0
    assert own == TO_SHOW_HELP
    assert not names & (SELDOM | TO_RUN | {"pytest", "yaml"})


def test_a_status_imports_nothing_that_only_runs_need(tmp_path):
    code, names = imported_by("status", SAMPLES, cwd=tmp_path)
    assert code != 2
    assert "koppeling_harness.rules.status" in names
    assert "koppeling_harness.scenario.known_lists" in names
    assert not names & {"koppeling_harness.scenario.load", "koppeling_harness.scenario.matcher"}
    assert not names & (SELDOM | TO_RUN | {"pytest"})


@pytest.mark.slow
def test_a_run_against_erp1_here_imports_nothing_that_is_seldom_needed(tmp_path):
    tiny_plugin(tmp_path / "plugins" / "tiny")
    scenario(tmp_path / "scenarios")
    code, names = imported_by("run", cwd=tmp_path)
    assert code == 0
    assert names >= TO_RUN
    assert not names & (SELDOM | {"pytest"})

    _, when_nothing_changed = imported_by("run", cwd=tmp_path)
    assert "yaml" in names
    assert "yaml" not in when_nothing_changed


def test_what_certifies_imports_neither_server_nor_templates():
    program = 'import sys, koppeling_harness.workflow.run.run; print(*sys.modules, sep="\\n")'
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    names = set(ran.stdout.split())

    assert "koppeling_harness.engine.engine" in names
    assert not names & {"uvicorn", "starlette", "jinja2", "pydantic", "httpx"}
