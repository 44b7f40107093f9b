"""The reference integrations are in order, and every seeded defect can be made."""

import shutil
import subprocess
import sys

import pytest

from koppeling_harness.plugin.discover import discover
from koppeling_harness.workflow.plugins import check
from support.defects import DEFECTS, PLUGINS, seeded

pytestmark = pytest.mark.skipif(not PLUGINS.is_dir(), reason="plugins/ is not here")


def test_every_reference_integration_is_in_order():
    checked = check(PLUGINS)

    assert [(each.name, each.problem) for each in checked if each.problem] == []
    assert "urenportaal" in [each.name for each in checked]


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


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_a_seeded_defect_makes_another_plugin_that_can_still_be_loaded(defect, tmp_path):
    folder = seeded(defect, tmp_path)

    (found,) = discover([folder], entry_points=False).integrations
    (clean,) = discover([PLUGINS / defect.integration], entry_points=False).integrations
    assert found.digest != clean.digest
    for path in folder.rglob("*.py"):
        compile(path.read_text(encoding="utf-8"), path, "exec")


def test_every_defect_has_a_name_of_its_own():
    names = [defect.name for defect in DEFECTS]

    assert sorted(set(names)) == sorted(names)
