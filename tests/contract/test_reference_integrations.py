"""The reference integrations are in order, and every seeded defect can be made."""

import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from koppeling_harness.plugin.discover import discover
from koppeling_harness.scenario.known_lists import list_book
from koppeling_harness.store.runs import check_content
from koppeling_harness.workflow.authoring.plugins import check
from support.cli import koppeling_process
from support.defects import DEFECTS, PLUGINS, home_of, seeded

pytestmark = pytest.mark.skipif(not PLUGINS.is_dir(), reason="plugins/ is not here")

PROGRAMS = {
    "bijlagearchief": "python3",
    "boekhoudbrug": "node",
    "opzoekhulp": "python3",
    "personeelsync": "php",
    "urenportaal": "",
    "webwinkel": "node",
}
"""The reference integrations, and what the machine must have to run each."""

MISSING = sorted({each for each in PROGRAMS.values() if each and shutil.which(each) is None})


def test_every_reference_integration_is_in_order():
    checked = check(PLUGINS)

    there = [name for name, program in PROGRAMS.items() if program not in MISSING]
    assert [each.name for each in checked if not each.problem] == sorted(there)
    assert sorted(each.name for each in checked) == sorted(PROGRAMS)


def test_the_reference_integrations_own_tests_pass(tmp_path):
    folder = shutil.copytree(
        PLUGINS / "urenportaal",
        tmp_path / "urenportaal",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(folder)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.skipif(shutil.which("php") is None, reason="needs php, 8.2 or newer")
def test_the_own_tests_of_the_integration_in_php_pass():
    ran = subprocess.run(
        ["php", PLUGINS / "personeelsync" / "tests" / "run.php"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stdout.count("\nok ") > 20


@pytest.mark.skipif(shutil.which("python3") is None, reason="needs python3")
@pytest.mark.parametrize("name", ["bijlagearchief", "opzoekhulp"])
def test_the_own_tests_of_the_integrations_without_packages_pass(name):
    ran = subprocess.run(
        ["python3", "-B", "-m", "unittest", "discover", "tests"],
        cwd=PLUGINS / name,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "\nOK" in ran.stderr
    assert "Ran 0 tests" not in ran.stderr


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node, 18.2 or newer")
@pytest.mark.parametrize("name", ["webwinkel", "boekhoudbrug"])
@pytest.mark.slow
def test_the_own_tests_of_the_integrations_in_node_pass(name):
    ran = subprocess.run(
        ["node", "--test", "--test-reporter=tap"],
        cwd=PLUGINS / name,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "# fail 0" in ran.stdout
    passed = next(line for line in ran.stdout.splitlines() if line.startswith("# pass "))
    assert int(passed.removeprefix("# pass ")) > 40


EACH_TIME = ("boekhoudbrug", "opzoekhulp", "webwinkel")


@pytest.fixture(
    scope="module",
    params=[EACH_TIME, pytest.param(tuple(PROGRAMS), marks=pytest.mark.long)],
    ids=["three", "all"],
)
def certified(request, tmp_path_factory):
    """One run of reference integrations: what it said, their records by id, and which they are."""
    if MISSING:
        pytest.skip(f"needs {', '.join(MISSING)}")
    folder = tmp_path_factory.mktemp("certified")
    where = ("--plugin", PLUGINS, "--release", "Profit 8")
    ran = koppeling_process("run", *request.param, *where, "--json", cwd=folder, timeout_s=600)
    return ran, {each["id"]: each for each in ran.json()["integrations"]}, request.param


@pytest.mark.slow
def test_one_run_certifies_every_reference_integration(certified):
    ran, records, names = certified

    assert ran.code == 0, ran.err
    assert sorted(records) == sorted(names)


@pytest.mark.slow
def test_every_required_scenario_of_a_reference_integration_passes_without_a_finding(certified):
    for record in certified[1].values():
        passes_without_a_finding(record)


def passes_without_a_finding(record):
    assert record["problem"] == ""
    assert record["verdict"]["outcome"] == "passed"
    required = record["verdict"]["required"]
    assert required["total"] == required["executed"] == required["passed"] > 30
    # what will be required of operations that look up before they write need not be seen yet
    now = [each for each in record["results"] if each["required_from"] is None]
    found = [each for result in now for each in result["findings"]]
    # some scenarios of their own are about input that must not reach AFAS
    assert [each for each in found if each["code"] != "NO-CALL"] == []
    assert {each["level"] for each in found} <= {"information"}
    assert {each["outcome"] for each in now} == {"passed"}
    assert {each["outcome"] for each in record["results"]} <= {"passed", "not_run"}


@pytest.mark.slow
def test_the_record_of_a_run_that_passed_counts(certified):
    """What the engine writes, the check of records lets stand: else no run ever counts."""
    content = certified[0].out.encode()
    now = datetime.fromisoformat(certified[0].json()["finished_at"])

    checked = check_content(Path("run.json"), content, now=now, book=list_book({}))

    assert [f"{each.where}: {each.message}" for each in checked.problems] == []


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_a_seeded_defect_makes_another_plugin_that_can_still_be_loaded(defect, tmp_path):
    folder = seeded(defect, tmp_path)

    (found,) = discover([folder], entry_points=False).integrations
    (clean,) = discover([home_of(defect.integration)], entry_points=False).integrations
    assert found.digest != clean.digest
    for path in folder.rglob("*.py"):
        compile(path.read_text(encoding="utf-8"), path, "exec")


def test_every_defect_has_a_name_of_its_own():
    names = [defect.name for defect in DEFECTS]

    assert sorted(set(names)) == sorted(names)
