"""A partner's own suite, in a process of its own, with one line for the contract."""

import shutil

import pytest

from koppeling_harness.clock import SystemClock
from koppeling_harness.workflow.authoring.init import write_starter
from support.cli import pytest_

SUITE = """
from pathlib import Path

from koppeling_harness.testing import plugin_contract

test_plugin = plugin_contract(Path(__file__).parents[1])
"""
SENTENCES = (
    "the manifest is in order",
    "it starts",
    "fetch-projects carries out its example",
    "fetch-projects says that ERP1 is away",
    "write-note carries out its example",
    "write-note says that ERP1 is away",
    "state stays in the work folder",
)


def partner(folder, runtime="python"):
    """A partner's product with its own suite."""
    write_starter("x", runtime=runtime, folder=folder, clock=SystemClock())
    suite = folder / "tests" / "test_plugin.py"
    suite.parent.mkdir(exist_ok=True)
    suite.write_text(SUITE, encoding="utf-8")
    return folder


def change(folder, name, old, new):
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("runtime", ["python", "node"])
def test_every_sentence_is_a_test_that_says_what_it_shows(runtime, tmp_path):
    if runtime == "node" and shutil.which("node") is None:
        pytest.skip("needs node")
    ran = pytest_("-v", cwd=partner(tmp_path / "x", runtime), measured=True)

    assert ran.code == 0, ran.all
    for sentence in SENTENCES:
        assert f"tests/test_plugin.py::test_plugin[{sentence}] PASSED" in ran.out
    assert "10 passed" in ran.out  # and the three scenarios of its own


@pytest.mark.slow
def test_what_does_not_hold_fails_by_its_sentence_and_says_what_to_do(tmp_path):
    folder = partner(tmp_path / "x")
    change(
        folder, "integration.py", 'folder / "projects.json"', 'Path(__file__).with_name("p.json")'
    )
    change(folder, "afas.py", "except httpx.TransportError as error:", "except KeyError as error:")
    ran = pytest_("-v", "-k", "fetch-projects or state", cwd=folder, measured=True)

    failed = [sentence for sentence in SENTENCES if f"[{sentence}] FAILED" in ran.out]
    assert ran.code == 1
    assert failed == ["fetch-projects says that ERP1 is away", "state stays in the work folder"]
    assert "PLUGIN-RAISED" in ran.out
    assert "Keep what belongs to a scenario in the work folder" in ran.out


def test_one_operation_is_chosen_with_k(tmp_path):
    folder = partner(tmp_path / "x")
    ran = pytest_("--collect-only", "-q", "-k", "write-note and example", cwd=folder)

    assert "tests/test_plugin.py::test_plugin[write-note carries out its example]" in ran.out
    assert "1/10 tests collected" in ran.out


def test_every_problem_of_a_manifest_is_told(tmp_path):
    folder = partner(tmp_path / "x")
    change(folder, "koppeling.yaml", "reads: [X_Projecten]", "reads: [X_Project]")
    change(folder, "koppeling.yaml", "writes: [KnSubject]", "writes: [KnSubjct]")
    ran = pytest_("-v", cwd=folder, measured=True)

    assert ran.code == 1
    assert "test_plugin[the manifest is in order] FAILED" in ran.out
    assert "`X_Project`, which is not declared" in ran.out
    assert "Did you mean `KnSubject`?" in ran.out
    assert "1 failed" in ran.out


def test_a_program_that_is_missing_skips_and_says_how_to_install_it(tmp_path):
    folder = partner(tmp_path / "x", "node")
    change(folder, "koppeling.yaml", "program: node", "program: not-there-at-all")
    ran = pytest_("-v", "-rs", cwd=folder)

    assert ran.code == 0
    assert "1 skipped" in ran.out
    assert "not-there-at-all" in ran.out
    assert "nodejs.org" in ran.out


def test_a_plugin_that_cannot_be_loaded_fails_by_the_sentence_about_that(tmp_path):
    folder = partner(tmp_path / "x")
    change(folder, "koppeling_plugin.py", "def koppeling_trigger(", "def koppeling_triger(")
    ran = pytest_("-v", "-k", "starts", cwd=folder)

    assert ran.code == 1
    assert "test_plugin[it starts] FAILED" in ran.out
    assert "koppeling_trigger" in ran.out
