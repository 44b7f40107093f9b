"""The hooks page says what the hook specification says."""

import inspect
import re
from pathlib import Path

import pytest

import koppeling_harness
from koppeling_harness.plugin import spec

ROOT = Path(__file__).parents[2]
HOOKS = {
    name: function
    for name, function in inspect.getmembers(spec, inspect.isfunction)
    if name.startswith("koppeling_")
}

pytestmark = pytest.mark.skipif(not (ROOT / "docs").is_dir(), reason="docs/ is not here")


def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def test_every_hook_is_documented_with_its_arguments_and_no_other():
    expected = {
        f"{name}({', '.join(inspect.signature(function).parameters)})"
        for name, function in HOOKS.items()
    }

    assert set(re.findall(r"^## `(.*)`$", page("reference/hooks.md"), re.MULTILINE)) == expected


def test_the_diagram_shows_every_hook():
    diagram = page("reference/hooks.md").split("```")[3]

    assert [name for name in HOOKS if f"{name}(" not in diagram] == []


def test_every_hook_tells_when_it_is_called():
    assert [name for name, function in HOOKS.items() if "Called" not in function.__doc__] == []


def test_what_the_page_lets_import_is_what_the_package_offers():
    listed = page("reference/hooks.md").rpartition("## What can be imported")[2]
    names = set(re.findall(r"`([A-Za-z]+)`", listed))

    assert names == set(koppeling_harness.__all__) - {"__version__"}


def test_the_how_to_shows_the_plugin_of_the_reference_integration():
    plugin = (ROOT / "plugins/urenportaal/koppeling_plugin.py").read_text(encoding="utf-8")

    assert plugin.strip() in page("how-to/write-a-plugin.md")
