"""`koppeling new scenario --from-example`: what only the owner of the data can know."""

import json
import shutil
from pathlib import Path

import pytest

from support.cli import koppeling
from support.defects import STRANGERS


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copytree(STRANGERS / "dagstaat", tmp_path / "dagstaat")
    return tmp_path


def test_it_writes_what_was_sent_with_where_it_stands_in_the_input(project):
    done = koppeling(
        "new", "scenario", "--from-example", "boeken", "--plugin", "dagstaat", cwd=project
    )
    made = project / "dagstaat" / "scenarios" / "boeken-arrives.scenario.yaml"

    assert done.code == 0, done.err
    assert "change what was not meant so" in done.out
    text = made.read_text(encoding="utf-8")
    assert '"Qu": "1.33"' in text
    assert '"Ds": "${values.input.regels.0.tekst}"' in text
    assert '"EmId": "000001003"' in text  # it stands there more than once: whose it is, is unknown


def test_it_passes_as_it_is_and_fails_once_another_value_was_meant(project):
    koppeling("new", "scenario", "--from-example", "boeken", "--plugin", "dagstaat", cwd=project)
    made = project / "dagstaat" / "scenarios" / "boeken-arrives.scenario.yaml"

    def outcome() -> str:
        ran = koppeling(
            *("run", "--plugin", "dagstaat", "--release", "Profit 8", "--json"),
            *("-k", "boeken-arrives"),
            cwd=project,
        )
        (integration,) = json.loads(ran.out)["integrations"]
        (result,) = integration["results"]
        return result["outcome"]

    assert outcome() == "passed"
    made.write_text(made.read_text("utf-8").replace('"1.33"', '"1.34"'), encoding="utf-8")
    assert outcome() == "failed"


def test_of_what_only_reads_it_says_where_to_say_what_must_come_of_it(project):
    koppeling(
        "new", "scenario", "m", "--from-example", "mensen", "--plugin", "dagstaat", cwd=project
    )
    made = project / "dagstaat" / "scenarios" / "m.scenario.yaml"

    assert "Say above, in" in made.read_text(encoding="utf-8")
    assert koppeling("scenarios", "check", made, cwd=project).code == 0


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        ([], 2, "Name the scenario, or an operation"),
        (["--from-example", "boek"], 4, "Did you mean `boeken`?"),
    ],
)
def test_what_it_cannot_do_is_told(arguments, code, told, project):
    done = koppeling("new", "scenario", *arguments, "--plugin", "dagstaat", cwd=project)

    assert told in done.err
    assert done.code in {code, 4}


def test_an_example_that_is_not_carried_out_is_told_and_nothing_is_written(project):
    manifest = project / "dagstaat" / "koppeling.yaml"
    text = manifest.read_text("utf-8").replace('wie: "000001003"', 'wie: "999999999"')
    manifest.write_text(text, encoding="utf-8")
    done = koppeling(
        "new", "scenario", "--from-example", "boeken", "--plugin", "dagstaat", cwd=project
    )

    assert done.code == 10
    assert "the example of `boeken` is not carried out" in done.err
    assert not (project / "dagstaat" / "scenarios").exists()
