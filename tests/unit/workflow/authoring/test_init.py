"""Starters are complete, in order, and never in the way of what is there."""

import shutil
import subprocess
from pathlib import Path

import pytest
from lxml import etree

from koppeling_harness.cli.init import PIPELINES, RUNTIMES
from koppeling_harness.clock import SystemClock
from koppeling_harness.config.manifest import load_manifest
from koppeling_harness.config.registration import load_registration
from koppeling_harness.document import read_yaml
from koppeling_harness.errors import ConfigurationError, UsageError
from koppeling_harness.scenario.load import load_scenarios
from koppeling_harness.workflow.authoring import scenarios
from koppeling_harness.workflow.authoring.init import (
    STARTERS,
    starter_files,
    write_new,
    write_starter,
)
from koppeling_harness.workflow.authoring.pipelines import pipeline_files

CLOCK = SystemClock()


def started(runtime: str, folder: Path) -> Path:
    write_starter("mijn-koppeling", runtime=runtime, folder=folder, clock=CLOCK)
    if runtime == "dotnet":  # what it is built into
        built = folder / "bin" / "Release" / "net8.0" / "Koppeling.dll"
        built.parent.mkdir(parents=True)
        built.touch()
    return folder


def test_the_command_offers_every_starter_and_every_pipeline():
    assert set(RUNTIMES) == set(STARTERS)
    assert [kind for kind in PIPELINES if not pipeline_files(kind)] == []


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_a_starter_has_a_manifest_scenarios_and_a_registration_in_order(runtime, tmp_path):
    folder = started(runtime, tmp_path / "x")

    manifest = load_manifest(folder / "koppeling.yaml")
    registration = load_registration(folder / "registration.yaml")
    checked = scenarios.check([folder / "scenarios"])
    assert manifest.id == registration.registration == "mijn-koppeling"
    assert manifest.get_connectors[0].id == "MijnKoppeling_Projecten"
    assert {each.scenario.partition(".")[0] for each in checked} == {"mijn-koppeling"}
    assert len(checked) == len(load_scenarios([folder / "scenarios"])) == 3


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_a_starter_leaves_no_place_open_and_ends_every_file_with_a_line(runtime):
    texts = {
        name: content.decode() for name, content in starter_files("a.b_c", runtime=runtime).items()
    }

    assert [name for name, text in texts.items() if "{{" in text] == []
    assert [name for name, text in texts.items() if not text.endswith("\n")] == []
    assert [name for name in texts if name.endswith(".template") or "dot-" in name] == []


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_the_files_of_a_starter_are_well_formed(runtime):
    for name, content in starter_files("x", runtime=runtime).items():
        text = content.decode()
        if name.endswith((".yaml", ".yml")):
            read_yaml(text.replace("on: [push]", "push: []"), name=name)
        elif name.endswith(".py"):
            compile(text, name, "exec")
        elif name.endswith(".csproj"):
            etree.fromstring(content)
        elif name.endswith(".cs"):
            assert [text.count(sign) for sign in "{(["] == [text.count(sign) for sign in "})]"]


def test_the_readme_of_a_starter_names_its_files():
    for runtime in RUNTIMES:
        files = starter_files("x", runtime=runtime)
        readme = files["README.md"].decode()
        own = [
            name
            for name in files
            if name.endswith((".py", ".mjs", ".cs", ".csproj", "Integration.php", "koppeling.php"))
            and not name.startswith("tests/")
        ]
        assert [name for name in own if f"`{name}`" not in readme] == []


def test_what_exists_is_named_and_nothing_is_written(tmp_path):
    for name in ("README.md", "afas.py"):
        (tmp_path / name).write_text("mine", encoding="utf-8")

    with pytest.raises(ConfigurationError) as caught:
        write_starter("x", runtime="python", folder=tmp_path, clock=CLOCK)

    assert "README.md: exists already" in caught.value.message
    assert "afas.py: exists already" in caught.value.message
    assert sorted(each.name for each in tmp_path.iterdir()) == ["README.md", "afas.py"]
    assert (tmp_path / "afas.py").read_text(encoding="utf-8") == "mine"


def test_other_files_in_the_folder_are_no_hindrance(tmp_path):
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")

    written = write_starter("x", runtime="node", folder=tmp_path, clock=CLOCK)

    assert tmp_path / "koppeling.mjs" in written
    assert (tmp_path / ".github" / "workflows" / "koppeling.yml").is_file()


def test_when_a_file_cannot_be_written_none_is(tmp_path):
    (tmp_path / "a").write_text("a file where a folder must come", encoding="utf-8")

    with pytest.raises(ConfigurationError, match="cannot be written"):
        write_new(tmp_path, {"b.txt": b"b", "a/c.txt": b"c"})

    assert [each.name for each in tmp_path.iterdir()] == ["a"]


@pytest.mark.parametrize("name", ["Mijn", "1x", "a--b", "a b", ""])
def test_a_name_that_is_no_id_is_refused(name, tmp_path):
    with pytest.raises(UsageError, match="cannot be the id"):
        write_starter(name, runtime="python", folder=tmp_path / "x", clock=CLOCK)

    assert not (tmp_path / "x").exists()


@pytest.mark.skipif(shutil.which("php") is None, reason="needs php")
def test_php_can_read_its_starter(tmp_path):
    folder = started("php", tmp_path / "x")
    for path in folder.rglob("*.php"):
        subprocess.run(["php", "-l", path], check=True, capture_output=True)
