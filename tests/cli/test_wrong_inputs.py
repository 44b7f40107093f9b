"""Whatever a command is pointed at, it tells what is wrong with an exit code that is no verdict."""

import json
import os
import shutil
import stat
from pathlib import Path

import pytest

from koppeling_harness.errors import ExitCode
from support.cli import koppeling
from support.tiny import scenario, tiny_plugin

SAMPLES = Path(__file__).parents[2] / "docs" / "samples"
pytestmark = pytest.mark.skipif(os.name == "nt", reason="links, pipes and devices are POSIX")

X = "<what is wrong>"
ONE = "registrations/kassakoppel.yaml"
COMMANDS = {
    "status": ("status", X),
    "status --runs": ("status", ONE, "--runs", X),
    "report": ("report", X, "--out", "out"),
    "report --out": ("report", ONE, "--out", X),
    "registration check": ("registration", "check", X),
    "registration new": ("registration", "new", X),
    "assessment add": (
        *("assessment", "add", X, "--kind", "quickscan", "--assessor", "Computest"),
        *("--report-date", "2026-05-05", "--colour", "groen"),
    ),
    "decide": ("decide", X, "give_notice", "--by", "X", "--reason", "x"),
    "merge": ("merge", X, "--reports", "out"),
    "updates diff": ("updates", "diff", "ok.json", X),
    "updates diff --out": ("updates", "diff", "ok.json", "ok.json", "--json", "--out", X),
    "updates impact": ("updates", "impact", "--changes", X, "--plugin", "tiny"),
    "updates impact --runs": ("updates", "impact", "ok.json", "ok.json", "--runs", X),
    "updates import-changes": ("updates", "import-changes", X),
    "can-release": ("can-release", "tiny", "1.0.0", "--to", "Profit 8", "--runs", X),
    "scenarios check": ("scenarios", "check", X),
    "scenarios lock": ("scenarios", "lock", X),
    "plugins check": ("plugins", "check", X),
    "plugins list": ("plugins", "list", "--plugins", X),
    "new scenario": ("new", "scenario", "x.y", "--plugin", X),
    "doctor": ("doctor", "--plugin", X),
    "erp1 import": ("erp1", "import", X),
    "recheck --impact": ("recheck", "--impact", X, "--plugin", "tiny"),
    "recheck --changes": ("recheck", "--changes", X, "--plugin", "tiny"),
    "run --plugin": ("run", "--plugin", X, "--scenarios", "scenarios", "--reports", "out"),
    "run --scenarios": ("run", "--plugin", "tiny", "--scenarios", X, "--reports", "out"),
    "run --rerun-failed": ("run", "--plugin", "tiny", "--rerun-failed", X, "--reports", "out"),
    "run --resume": ("run", "--resume", X, "--reports", "out"),
}
TEXTS = {
    "empty.yaml": b"",
    "binary.json": bytes(range(256)),
    "deep.json": b"[" * 5_000,
    "deep.yaml": b'{"a":' * 5_000,
    "deep-and-closed.json": b"[" * 5_000 + b"]" * 5_000,
    "huge-number.json": b'{"schema": ' + b"9" * 6_000 + b"}",
    "half-a-character.json": b'{"schema": "\\ud800", "run_id": "\\ud800"}',
    "other-kinds.json": b'{"version": 1, "get": [], "update": 3, "results": {}, "openapi": 5}',
    "of-some-api.json": b'{"openapi": "3.0.1", "paths": {"/connectors/X": []}, "info": 3}',
}
NO_VERDICT = {*ExitCode} - {ExitCode.NOT_PASSED, ExitCode.HARNESS_ERROR, ExitCode.INTERRUPTED}
JUDGES = {"status", "status --runs", "can-release", "recheck --changes"}
"""What may say 1: it was judged, whatever lay beside it."""


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wrong")
    tiny_plugin(folder / "tiny")
    scenario(folder / "scenarios")
    shutil.copytree(SAMPLES / "registrations", folder / "registrations")
    fields = [{"id": "a", "fieldId": "a", "dataType": "string", "length": 4}]
    snapshot = {"version": "8.0", "get": {"X": {"fields": fields}}, "update": {}}
    (folder / "ok.json").write_text(json.dumps(snapshot))
    return folder


@pytest.fixture
def wrong(project):
    """Return every kind of thing that a path may wrongly lead to, new for each test."""
    folder = project / "a:b\nc"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, content in TEXTS.items():
        (folder / name).write_bytes(content)
    (folder / "folder").mkdir()
    os.mkfifo(folder / "pipe.yaml")
    # no device of the system: a test that is run as root could take its place
    (folder / "linked-pipe.yaml").symlink_to(folder / "pipe.yaml")
    (folder / "loop.yaml").symlink_to(folder / "loop.yaml")
    (folder / "nowhere.yaml").symlink_to(folder / "not-there")
    no_text = Path(os.fsdecode(bytes(folder) + b"/\xff\xfe.yaml"))
    no_text.write_text("a: 1")
    below_a_file = folder / "empty.yaml" / "below"
    return [*sorted(folder.iterdir()), below_a_file, folder / "absent.yaml", folder / ("x" * 300)]


@pytest.mark.parametrize("command", COMMANDS)
def test_whatever_a_command_is_pointed_at_it_tells_without_a_verdict(project, wrong, command):
    allowed = NO_VERDICT | ({ExitCode.NOT_PASSED} if command in JUDGES else set())
    pipe = next(each for each in wrong if each.name == "pipe.yaml")
    for path in wrong:
        if command == "run --plugin" and not path.name.isprintable():
            continue  # a report cannot show yet that a folder with such a name was set aside
        ran = koppeling(*[path if each is X else each for each in COMMANDS[command]], cwd=project)

        assert ran.code in allowed, (path.name, ran.all)
        assert stat.S_ISFIFO(pipe.stat().st_mode), "a file took the place of a pipe"
        assert "Traceback" not in ran.all, path.name
        assert ran.code == 0 or ran.err or ran.out, path.name
