from dataclasses import replace

import pytest

from koppeling_harness.clock import SystemClock
from koppeling_harness.config.manifest import load_manifest
from koppeling_harness.errors import ConfigurationError, DocumentError, UsageError
from koppeling_harness.scenario.load import load_scenario
from koppeling_harness.workflow.authoring import scenarios
from koppeling_harness.workflow.authoring.init import write_starter
from koppeling_harness.workflow.authoring.new import scenario_text, write_scenario


@pytest.fixture
def folder(tmp_path):
    write_starter("x", runtime="node", folder=tmp_path / "plugins" / "x", clock=SystemClock())
    return tmp_path / "plugins" / "x"


def test_a_new_scenario_is_in_order_and_about_an_operation_that_writes(folder):
    path = write_scenario("two-notes", folder)

    assert path == folder / "scenarios" / "two-notes.scenario.yaml"
    assert len(scenarios.check([folder / "scenarios"])) == 4
    made = load_scenario(path)
    assert made.scenario == "x.two-notes"
    assert made.when[0].operation == "write-note"
    assert made.when[0].input == {"text": "Gebeld over de offerte"}


def test_of_an_integration_that_only_reads_it_is_about_reading(folder, tmp_path):
    manifest = load_manifest(folder / "koppeling.yaml")
    reads = replace(manifest, operations=manifest.operations[:1])
    path = tmp_path / "reads.scenario.yaml"
    path.write_text(scenario_text("x", reads), encoding="utf-8")

    assert load_scenario(path).then[0].exchanges.connector == "X_Projecten"


def test_an_example_that_looks_like_an_expression_stays_text(folder, tmp_path):
    manifest = folder / "koppeling.yaml"
    text = manifest.read_text(encoding="utf-8")
    odd = text.replace("{text: Gebeld over de offerte}", r"{text: '${offerte}: é \"'}")
    manifest.write_text(odd, encoding="utf-8")

    made = load_scenario(write_scenario("odd", folder))

    assert made.when[0].input == {"text": '$${offerte}: é \\"'}


def test_the_commented_parts_are_in_order_too(folder):
    path = write_scenario("whole", folder)
    lines = path.read_text(encoding="utf-8").splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("# given"))
    whole = lines[:start] + [line.removeprefix("# ") for line in lines[start:]]
    comment = "the integration wrote"
    path.write_text("\n".join(line for line in whole if comment not in line), encoding="utf-8")

    made = load_scenario(path)

    assert made.given[0].insert == "PtProject"
    assert made.faults[0].fault == "lost_answer"


def test_a_scenario_that_exists_is_left_alone(folder):
    path = write_scenario("mine", folder)
    path.write_text("mine", encoding="utf-8")

    with pytest.raises(ConfigurationError, match="exists already"):
        write_scenario("mine", folder)

    assert path.read_text(encoding="utf-8") == "mine"


def test_the_only_integration_is_meant_when_nothing_is_said(folder, monkeypatch):
    monkeypatch.chdir(folder.parents[1])
    assert write_scenario("a", None).is_file()

    monkeypatch.chdir(folder)
    assert write_scenario("b", None).resolve().parent == (folder / "scenarios").resolve()


def test_of_two_integrations_it_is_asked_which(folder, monkeypatch):
    write_starter("y", runtime="node", folder=folder.with_name("y"), clock=SystemClock())
    monkeypatch.chdir(folder.parents[1])

    with pytest.raises(UsageError, match="there are: x, y"):
        write_scenario("a", None)


def test_a_folder_without_a_manifest_says_so(tmp_path):
    with pytest.raises(DocumentError, match=r"there is no koppeling\.yaml"):
        write_scenario("a", tmp_path)


def test_a_name_that_is_no_id_is_refused(folder):
    with pytest.raises(UsageError, match="cannot be the name"):
        write_scenario("A B", folder)
