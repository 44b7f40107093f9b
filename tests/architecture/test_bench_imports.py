"""What measures is run by hand: that it still fits the program is seen here."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted(each.stem for each in (ROOT / "bench").glob("[a-z]*.py"))
pytestmark = pytest.mark.skipif(not MODULES, reason="bench/ is not here")


def test_every_module_of_the_bench_finds_what_it_imports():
    program = f"import importlib\nfor name in {MODULES!r}: importlib.import_module('bench.' + name)"
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert ran.returncode == 0, ran.stderr
