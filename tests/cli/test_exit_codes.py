"""Every exit code that a page names can be made to happen, by a command line as a user types it."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO

import pytest

from koppeling_harness.errors import ExitCode
from support.cli import koppeling, unmeasured
from support.tiny import scenario, tiny_project
from support.watched import StandIn

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "docs" / "samples"
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="docs/ is not here")

TOKEN = f"<token><version>1</version><data>{'0A' * 32}</data></token>"
EXPIRED = """
schema: koppeling/decisions@1
of: tiny
waivers:
  - {id: W1, scenario: less, releases: ["Profit 8"], reason: Wordt hersteld, owner: O. Wner,
      approved_by: R. Viewer, until: 2026-01-15}
"""


def ran(folder: Path, *arguments: str | Path) -> int:
    return koppeling(*arguments, cwd=folder).code


def process(
    folder: Path, *arguments: str, stdout: IO[str] | int = subprocess.PIPE
) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "koppeling_harness", *arguments],
        cwd=folder,
        stdout=stdout,
        stderr=subprocess.DEVNULL,
        env=unmeasured(),
    )


def that_passes(folder: Path) -> int:
    return ran(tiny_project(folder), "run")


def that_does_not_pass(folder: Path) -> int:
    return ran(tiny_project(folder, expect="{output: {count: -1}}"), "run")


def until_ctrl_c(folder: Path) -> int:
    with process(folder, "erp1", "serve", "--port", "0") as serving:
        assert serving.stdout is not None
        serving.stdout.readline()  # it serves
        serving.send_signal(signal.SIGINT)
        serving.stdout.read()
    return serving.returncode


def on_a_full_disk(folder: Path) -> int:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("there is no device that is always full")
    with full.open("w") as output, process(folder, "explain", stdout=output) as writing:
        writing.wait(timeout=60)
    return writing.returncode


def with_an_option_that_does_not_exist(folder: Path) -> int:
    return ran(folder, "run", "--fast")


def without_an_integration(folder: Path) -> int:
    scenario(folder / "scenarios")
    return ran(folder, "run")


def with_a_keyword_that_matches_nothing(folder: Path) -> int:
    return ran(tiny_project(folder), "run", "-k", "nothing_of_the_kind")


def where_there_are_none(folder: Path) -> int:
    (folder / "reports").mkdir()
    return ran(folder, "records", "check", "reports")


def of_one_that_cannot_be_loaded(folder: Path) -> int:
    (tiny_project(folder) / "plugins" / "tiny" / "koppeling.yaml").write_text("id: Broken\n")
    return ran(folder, "run", "tiny")


def where_something_is_already(folder: Path) -> int:
    (folder / "tiny").mkdir()
    (folder / "tiny" / "koppeling.yaml").write_text("mine\n")
    return ran(folder, "init", "tiny", "--runtime", "python")


def of_one_with_problems(folder: Path) -> int:
    (folder / "registration.yaml").write_text("integration: 1\n")
    return ran(folder, "registration", "check", "registration.yaml")


def of_one_with_problems_on_pages(folder: Path) -> int:
    (folder / "registration.yaml").write_text("integration: 1\n")
    return ran(folder, "report", "registration.yaml")


def of_an_environment_that_is_down(folder: Path) -> int:
    StandIn(folder)
    return ran(folder, "doctor", "demo")


def of_what_was_never_tested(folder: Path) -> int:
    (tiny_project(folder) / "reports").mkdir()
    return ran(folder, "can-release", "tiny", "1.0.0", "--to", "Profit 8")


def of_only_one_of_two(folder: Path) -> int:
    scenario(tiny_project(folder) / "scenarios", name="other")
    return ran(folder, "run", "-k", "other")


def of_one_shard_of_two(folder: Path) -> int:
    tiny_project(folder, *"abcdefgh")  # which shard each is in follows from its id
    assert ran(folder, "run", "--shard", "1/2", "--reports", "one") == ExitCode.PASSED
    return ran(folder, "merge", "one")


def with_a_waiver_that_has_expired(folder: Path) -> int:
    tiny_project(folder)
    scenario(folder / "scenarios", name="less", level="recommended", expect="{output: {count: -1}}")
    (folder / "tiny.decisions.yaml").write_text(EXPIRED)
    return ran(folder, "run", "--decisions", "tiny.decisions.yaml")


def with_a_token_in_it(folder: Path) -> int:
    shutil.copytree(SAMPLES / "registrations", folder / "registrations")
    path = folder / "registrations" / "kassakoppel.yaml"
    path.write_text(path.read_text().replace("nl: Kassakoppel", f'nl: "{TOKEN}"'))
    return ran(folder, "report", "registrations", "--out", "site")


def that_was_changed(folder: Path) -> int:
    (path,) = SAMPLES.glob("runs/20260518T073000Z-*/run.json")
    record = json.loads(path.read_text("utf-8"))
    record["integrations"][0]["verdict"]["required"]["passed"] += 1
    (folder / "run.json").write_text(json.dumps(record))
    return ran(folder, "records", "check", "run.json")


def of_an_environment_that_was_updated(folder: Path) -> int:
    environment = StandIn(folder)
    with environment.at("7.7.10"):
        assert ran(folder, "updates", "check") == ExitCode.PASSED
    with environment.at("8.0.12"):
        return ran(folder, "updates", "check")


MADE: dict[ExitCode, dict[str, Callable[[Path], int]]] = {
    ExitCode.PASSED: {"run": that_passes},
    ExitCode.NOT_PASSED: {"run": that_does_not_pass},
    ExitCode.INTERRUPTED: {"erp1 serve": until_ctrl_c},
    ExitCode.HARNESS_ERROR: {"explain": on_a_full_disk},
    ExitCode.USAGE: {"run": with_an_option_that_does_not_exist},
    ExitCode.NOTHING_TO_RUN: {
        "run": without_an_integration,
        "run -k": with_a_keyword_that_matches_nothing,
        "records check": where_there_are_none,
    },
    ExitCode.CONFIGURATION: {
        "run": of_one_that_cannot_be_loaded,
        "init": where_something_is_already,
        "registration check": of_one_with_problems,
        "report": of_one_with_problems_on_pages,
    },
    ExitCode.ENVIRONMENT: {
        "doctor": of_an_environment_that_is_down,
        "can-release": of_what_was_never_tested,
    },
    ExitCode.REQUIRED_NOT_EXECUTED: {"run": of_only_one_of_two, "merge": of_one_shard_of_two},
    ExitCode.WAIVER: {"run": with_a_waiver_that_has_expired},
    ExitCode.SECRET_FOUND: {"report": with_a_token_in_it},
    ExitCode.VERIFICATION: {"records check": that_was_changed},
    ExitCode.DIFFERS: {"updates check": of_an_environment_that_was_updated},
}
"""By code the commands that leave with it."""


@pytest.mark.parametrize(
    ("code", "make"),
    [
        pytest.param(code, make, id=f"{int(code)}-{command}-{make.__name__}")
        for code, commands in MADE.items()
        for command, make in commands.items()
    ],
)
def test_every_exit_code_can_be_made_to_happen(code, make, tmp_path, monkeypatch):
    if code is ExitCode.INTERRUPTED and os.name == "nt":
        pytest.skip("Ctrl-C of another process is POSIX")
    monkeypatch.setenv("KOPPELING_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("KOPPELING_TOKEN_DEMO", TOKEN)
    (tmp_path / "here").mkdir()

    assert make(tmp_path / "here") == code


def test_no_code_is_left_out_here():
    assert list(MADE) == list(ExitCode)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_page_names_no_other_code(page):
    text = page.read_text("utf-8")
    found = {int(each) for each in re.findall(r"[Ee]xit code `?([0-9]+)", text)}

    assert found <= {int(each) for each in ExitCode}
