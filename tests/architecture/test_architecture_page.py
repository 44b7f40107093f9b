"""ARCHITECTURE.md says where things lie, and they lie there."""

import re
from pathlib import Path

import pytest

import koppeling_harness

PACKAGE = Path(koppeling_harness.__file__).parent
PAGE = Path(__file__).parents[2] / "ARCHITECTURE.md"
pytestmark = pytest.mark.skipif(not PAGE.is_file(), reason="ARCHITECTURE.md is not here")


def test_every_package_has_its_floor_and_every_floor_its_package():
    text = PAGE.read_text(encoding="utf-8")
    cells = re.findall(r"^\| \d+ \| ([^|]+) \|", text, flags=re.MULTILINE)
    named = {each.strip("`/") for cell in cells for each in cell.split()}
    there = {
        each.name
        for each in PACKAGE.iterdir()
        if (each / "__init__.py").is_file() or each.suffix == ".py"
    }

    assert named <= there
    assert there - named == {"__init__.py", "__main__.py"}


def test_every_module_that_it_names_is_there():
    text = PAGE.read_text(encoding="utf-8")
    _, below = text.split("## How a run flows")
    named = set(re.findall(r"`([a-z_]+(?:/[a-z_0-9]+)+)`", below))

    missing = [
        each
        for each in sorted(named)
        if not (PACKAGE / f"{each}.py").is_file() and not (PACKAGE / each).is_dir()
    ]
    assert missing == []
    assert len(named) > 20


def test_the_walk_of_a_scenario_has_eight_stations():
    text = PAGE.read_text(encoding="utf-8")
    walk = text.partition("### The walk of one scenario")[2].partition("###")[0]

    assert re.findall(r"^(\d)\. ", walk, flags=re.MULTILINE) == list("12345678")
