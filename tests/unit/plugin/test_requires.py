import sys

import pytest

from koppeling_harness.plugin.discover import discover
from koppeling_harness.plugin.requires import satisfies, with_runtimes
from support.plugins import MANIFEST, a_plugin


def found_with(tmp_path, runtime):
    manifest = MANIFEST.replace("kind: python", runtime)
    found = discover([a_plugin(tmp_path / "voorbeeld", manifest=manifest)], entry_points=False)
    assert found.set_aside == ()
    return with_runtimes(found)


@pytest.fixture
def _tools(tmp_path, monkeypatch):
    """Put nothing on PATH but the programs `old` and `mute`."""
    bin_ = tmp_path / "bin"
    bin_.mkdir()
    for name, says in {"old": "echo old v16.20.1 build 99", "mute": "exit 1"}.items():
        (bin_ / name).write_text(f"#!/bin/sh\n{says}\n")
        (bin_ / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(bin_))


posix = pytest.mark.skipif(sys.platform == "win32", reason="writes shell scripts")
pytestmark = [posix, pytest.mark.usefixtures("_tools")]


def test_an_integration_whose_programs_are_there_is_kept(tmp_path):
    runtime = 'kind: stdio\n  command: [old]\n  requires: [{program: old, version: ">=16,<17"}]'

    found = found_with(tmp_path, runtime)

    assert [each.manifest.id for each in found.integrations] == ["voorbeeld"]
    assert found.set_aside == ()


LACKING = {
    "absent": (
        "kind: stdio\n  command: [node]\n  requires: [{program: node}]",
        "needs `node`, which is not found on PATH",
        "Install Node.js",
    ),
    "absent, only in the command": (
        "kind: command\n  command: [php, '{folder}']",
        "needs `php`, which is not found on PATH",
        "Install PHP",
    ),
    "not known to the harness": (
        "kind: stdio\n  command: [wonder]",
        "needs `wonder`, which is not found on PATH",
        "Install wonder.",
    ),
    "too old": (
        "kind: stdio\n  command: [old]\n  requires: [{program: old, version: '>=18'}]",
        "needs `old` >=18, found 16.20.1",
        "Install old >=18.",
    ),
    "tells no version": (
        "kind: stdio\n  command: [mute]\n  requires: [{program: mute, version: '>=1'}]",
        "needs `mute` >=1, but `mute --version` tells no version",
        "Install mute >=1.",
    ),
    "with its own advice": (
        "kind: python\n  requires: [{program: tesseract, "
        "install: {nl: Installeer het., en: Install it.}}]",
        "needs `tesseract`, which is not found on PATH",
        "Install it.",
    ),
}


@pytest.mark.parametrize(("runtime", "problem", "hint"), LACKING.values(), ids=LACKING)
def test_an_integration_without_its_programs_is_set_aside_with_how_to_install_them(
    tmp_path, runtime, problem, hint
):
    found = found_with(tmp_path, runtime)

    (aside,) = found.set_aside
    assert found.integrations == ()
    assert (aside.name, aside.problem, aside.missing_runtime) == ("voorbeeld", problem, True)
    assert aside.hint.startswith(hint)
    assert aside.advice.nl.startswith("Installeer")


@pytest.mark.parametrize(
    ("version", "conditions", "holds"),
    [
        ("20.11.1", ">=18", True),
        ("18", ">=18.2", False),
        ("9.1", ">=18", False),
        ("8.2.36", "<=8.2", True),
        ("8.3", "<=8.2", False),
        ("8.2.36", "==8.2", True),
        ("8.2.36", ">8.2", False),
        ("8.9", ">=8.1,<9", True),
        ("9.0", ">=8.1,<9", False),
    ],
)
def test_a_version_is_compared_as_far_as_the_condition_goes(version, conditions, holds):
    assert satisfies(version, conditions) is holds
